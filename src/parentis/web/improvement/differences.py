"""Collected, derived and published values of a borough's indicators, and who owns a difference.

A borough sees its own three values. Of others it sees, as the region does, whether they agree: the values of a
quarter are the borough's own until disclosure control has let them out, which the measure's page shows.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from django.db import transaction
from django.http import HttpRequest

from parentis.services.improvement.reconciliation import ALONE, DIFFERS
from parentis.web.audit.recorder import record
from parentis.web.improvement.models import Difference

OWNER: Final = "Performance lead"
"Who owns a difference until the borough names somebody."
LONGEST_OWNER, LONGEST = 200, 1000


@dataclass(frozen=True, slots=True)
class Compared:
    """A row of the comparison, whether somebody has to answer for it, and who does."""

    row: Mapping[str, Any]
    differs: bool
    owner: str
    said: Difference | None
    rows: str
    "Of a quarter with rows of the return behind it, the quarter as an address has it."


def compared(
    rows: pl.DataFrame, place: str, *, every: bool, behind: Collection[tuple[str, str]] = ()
) -> list[Compared]:
    """A borough's rows, years first and what differs before what agrees; what there is nothing to compare with only
    where `every` is asked for."""
    said: dict[tuple[str, str], Difference] = {}
    for one in Difference.objects.filter(authority=place):
        said.setdefault((one.slot, one.period), one)
    own = rows.filter(pl.col("geography") == place)
    if not every:
        own = own.filter(pl.col("says") != ALONE)
    ordered = own.sort(
        ~pl.col("says").is_in(list(DIFFERS)), pl.col("period").str.contains("Q"), "slot", "period",
        descending=[False, False, False, True],
    )  # fmt: skip
    found = []
    for row in ordered.iter_rows(named=True):
        held = said.get((row["slot"], row["period"]))
        label = row["period"].replace(" ", "_") if (row["slot"], row["period"]) in behind else ""
        found.append(Compared(row, row["says"] in DIFFERS, held.owner if held else OWNER, held, label))
    return found


def by_borough(rows: pl.DataFrame) -> list[tuple[str, int, int]]:
    """Of each borough how many of its comparisons differ, and of how many: `geography`, `differ`, `compared`."""
    of = rows.filter(pl.col("says") != ALONE).group_by("geography").agg(
        differ=pl.col("says").is_in(list(DIFFERS)).sum(), compared=pl.len()
    )  # fmt: skip
    return of.sort("geography").rows()


@transaction.atomic
def answer(
    *, by: Any, authority: str, slot: str, period: str, owner: str, text: str, request: HttpRequest | None
) -> None:
    """Save who owns a difference and their explanation; earlier ones are kept."""
    Difference.objects.create(authority=authority, slot=slot, period=period, owner=owner, text=text, by=by)
    record(
        who=by, what="improvement:difference-answered", authority=authority, subject=f"{slot}, {period}",
        request=request,
    )  # fmt: skip
