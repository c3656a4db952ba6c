"""From pages to the service's models: priorities by the ballots, hosts and teams, a challenge's effect."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import polars as pl
from django.db import transaction
from django.http import HttpRequest

from parentis import region
from parentis.figures import Polarity
from parentis.figures.benchmarks import NEVER_RANKED
from parentis.services.improvement.agenda import listed
from parentis.services.improvement.impact import ImpactCheck, impact_check, prior_of
from parentis.services.improvement.matching import Candidates, Matching, match
from parentis.services.improvement.priorities import PARTS, POINTS, Priority, priorities
from parentis.web.api.queries import figures as released
from parentis.web.audit.recorder import record
from parentis.web.cases.models import Record
from parentis.web.dashboards.pages import catalogue
from parentis.web.improvement import conflicts
from parentis.web.improvement.benchmarks import frames, neighbours
from parentis.web.improvement.case_types import KIND
from parentis.web.improvement.models import Ballot

PART_TITLES: Final[Mapping[str, str]] = {
    "worse": "How sure it is that boroughs are worse than their neighbours",
    "distance": "How far behind they are",
    "children": "How many children it is about",
    "cost": "What it costs",
    "learnable": "Whether others have shown that it can be learnt",
}


def ballots() -> list[Ballot]:
    """The latest of each authority."""
    found: dict[str, Ballot] = {}
    for one in Ballot.objects.all():
        found.setdefault(one.authority, one)
    return list(found.values())


@transaction.atomic
def cast(*, by: Any, authority: str, points: Mapping[str, int], request: HttpRequest | None) -> None:
    """Save a ballot; earlier ones are kept."""
    Ballot.objects.create(authority=authority, points=dict(points), by=by)
    record(who=by, what="improvement:voted", authority=authority, subject="priorities", detail=dict(points),
           request=request)  # fmt: skip


def valid(points: Mapping[str, int]) -> bool:
    """Whether a ballot gives all its points, and none below nought."""
    return set(points) == set(PARTS) and min(points.values()) >= 0 and sum(points.values()) == POINTS


def ordered() -> tuple[Priority, ...]:
    """The region's measures in order of the ballots."""
    held = frames("candidates")
    if held is None or held.is_empty():
        return ()
    return priorities(listed(held), [one.points for one in ballots()])


def matched(
    measure: str, hosts: Sequence[str], wall: pl.DataFrame, *, declined: Sequence[tuple[str, str]], today: date
) -> Matching:
    """Teams for these hosts, by a measure of the wall."""
    rows = wall.filter(pl.col("measure") == measure, ~pl.col("geography").is_in(list(NEVER_RANKED)))
    teams = tuple(sorted(rows["geography"]))
    best = {row["geography"]: row["p_best_half"] or 0.0 for row in rows.iter_rows(named=True)}
    near = neighbours()
    unlike = np.array([[_unlike(near, host, team) for team in teams] for host in hosts]).reshape(len(hosts), len(teams))
    names = {one.name: one.gss for one in region.authorities()}
    done: dict[str, int] = {}
    before: set[tuple[str, str]] = set()
    for one in Record.objects.filter(case__kind=KIND).exclude(case__state="withdrawn").select_related("case"):
        team, begun = names.get(one.values.get("team", ""), ""), str(one.values.get("begun_on", ""))[:4]
        if begun == str(today.year):
            done[team] = done.get(team, 0) + 1
        if begun == str(today.year - 1):
            before.add((one.case.place, team))
    return match(
        Candidates(
            hosts=tuple(hosts), teams=teams, p_best_half=best, unlike=unlike, done=done, last_year=before,
            conflicts=conflicts.pairs(today), declined=tuple(declined),
        )
    )  # fmt: skip


def _unlike(near: Mapping[str, Sequence[str]], host: str, team: str) -> float:
    """0.1 for the nearest statistical neighbour to 1 for the tenth; the halves of both lists; 1 for no neighbour."""
    one, other = (
        (listed_.index(at) + 1) / len(listed_) if at in listed_ else 1.0
        for listed_, at in ((near.get(host, ()), team), (near.get(team, ()), host))
    )
    return (one + other) / 2


def periods_of(measure: str, viewer: Any) -> list[str]:
    """The periods of a measure that have values, the earliest first."""
    held = released(viewer, measure, None, None, "").filter(pl.col("value").is_not_null())
    return held.sort("period_end")["period"].unique(maintain_order=True).to_list()


def checked(measure: str, boroughs: Sequence[str], first: str, last: str, viewer: Any) -> ImpactCheck | None:
    """The effect of what was done in these boroughs between two periods, on figures as the reader sees them."""
    known = catalogue()[measure]
    held = released(viewer, measure, None, None, "").filter(pl.col("geography").str.starts_with("E09"))
    wide = (
        held.filter(~pl.col("geography").is_in(list(NEVER_RANKED)))
        .sort("period_end").pivot(on="period", index="geography", values="value", aggregate_function="first")
        .sort("geography")
    )  # fmt: skip
    if first not in wide.columns or last not in wide.columns or wide.columns.index(first) >= wide.columns.index(last):
        return None
    sign = 1.0 if known.polarity is Polarity.LOWER else -1.0
    places = wide["geography"].to_list()
    table = wide.drop("geography").cast(pl.Float64).fill_null(float("nan")).to_numpy() * sign
    at = wide.columns.index(first) - 1
    near = {
        number: [places.index(one) for one in neighbours().get(place, ()) if one in places]
        for number, place in enumerate(places)
    }
    return impact_check(
        table[:, at], table[:, wide.columns.index(last) - 1], np.array([one in boroughs for one in places]),
        near=near, prior=prior_of(table[:, :at]),
    )  # fmt: skip
