"""What each level can detect: months until a rise signals, by stream and size of rise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from parentis.services.child_deaths.budget import RISE
from parentis.services.child_deaths.run_lengths import design, months_to_signal, smallest_visible_rise

RISES: Final = (1.25, 1.5, 2.0)
RUN_LENGTHS: Final = (120.0, 840.0)
"Months between false signals of a stream: alone (ten years), and as one of 70 on a page with one false signal a year."


@dataclass(frozen=True, slots=True, kw_only=True)
class Visible:
    """`months[run length][rise]`: mean months until the rise signals. `smallest`: least rise detected within a year
    with probability 0.8, by run length."""

    stream: str
    yearly: float
    months: Mapping[float, Mapping[float, float]]
    smallest: Mapping[float, float]


def level_table(
    streams: Sequence[tuple[str, float]], *, rises: Sequence[float] = RISES, run_lengths: Sequence[float] = RUN_LENGTHS
) -> tuple[Visible, ...]:
    """Rows for streams given as title and deaths expected a year."""
    rows = []
    for title, yearly in streams:
        charts = {length: design(yearly / 12, RISE, length) for length in run_lengths}
        rows.append(
            Visible(
                stream=title, yearly=yearly,
                months={at: {rise: months_to_signal(one, rise) for rise in rises} for at, one in charts.items()},
                smallest={length: smallest_visible_rise(chart) for length, chart in charts.items()},
            )
        )  # fmt: skip
    return tuple(rows)
