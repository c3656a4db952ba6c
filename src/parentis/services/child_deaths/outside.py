"""Release from the enclave: in bands, once a quarter, and only of streams with at least ten deaths.

With monthly releases, the timing of an alarm could itself disclose a death. So a release uses the cases as at the end
of a quarter, counts are banded, and a stream is released only once it has `FEWEST` deaths. A release does not change
within the quarter, even if deaths are notified or withdrawn.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from parentis.services.child_deaths.budget import Watching
from parentis.services.child_deaths.streams import Alarm, Watch

FEWEST: Final = 10
"Deaths that a stream needs before anything about it leaves the enclave."
BANDS: Final = (10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What the board sees of a stream in a quarter. `deaths` is a band; `signal`: it signalled in the quarter."""

    stream: str
    title: str
    quarter_ends: date
    deaths: str
    signal: bool
    promised: float


def banded(count: float) -> str:
    """A count as a band; `fewer than 10` includes zero."""
    if count < BANDS[0]:
        return f"fewer than {BANDS[0]}"
    for low, high in itertools.pairwise(BANDS):
        if count < high:
            return f"{low} to {high - 1}"
    return f"{BANDS[-1]:,} or more"


def quarter_end(on: date) -> date:
    """The last day of the latest calendar quarter that had ended on a day."""
    first = date(on.year, 3 * ((on.month - 1) // 3) + 1, 1)
    next_first = date(first.year + (first.month == 10), first.month % 12 + 3 if first.month != 10 else 1, 1)
    return on if on == next_first - timedelta(days=1) else first - timedelta(days=1)


def quarterly(watch: Watch) -> tuple[Released, ...]:
    """The board's view of a Signals page as at the end of a quarter (`quarter_end`). A cluster is shown by the
    footprint it overlaps; its boroughs and its circle are never released."""
    ends = quarter_end(watch.as_of)
    begins = _back(ends, 3)
    made = []
    for one in watch.streams:
        if one.stream.watching is not Watching.DEATHS:
            continue  # completeness of notifications is shown only to those who notify
        months = [at for at, month in enumerate(one.months) if begins < month <= ends]
        deaths = int(sum(one.counts[at] for at in months))
        behind = deaths if one.stream.id != "scan" else sum(alarm.deaths for alarm in one.alarms)
        if behind < FEWEST:
            continue
        signalled = any(begins < alarm.at <= ends and alarm.deaths >= FEWEST for alarm in one.alarms)
        made.append(
            Released(stream=one.stream.id, title=_title(one.stream.title, one.alarms), quarter_ends=ends,
                     deaths=banded(behind), signal=signalled, promised=one.share.promised)
        )  # fmt: skip
    return tuple(made)


def _title(title: str, alarms: Sequence[Alarm]) -> str:
    places = sorted({place for alarm in alarms for place in alarm.where})
    return f"{title}: {', '.join(places)}" if places else title


def _back(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    nxt = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return nxt - timedelta(days=1)
