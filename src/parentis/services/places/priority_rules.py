"""Priority rules: versioned files of points, and each rule's result on last year's log.

A rule is a file of this package and is never changed once published: a change is a new file. A rule is identified by
the digest of its content, so that a trial belongs to exactly these points.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
import polars as pl

from parentis.errors import DeclarationError
from parentis.services.places.candidates import Weights, candidates
from parentis.services.places.fairness import Gap, gaps
from parentis.services.places.matching import match

DANGERS: Final = ("self-harm", "exploitation", "violence")
"Risks for each of which `danger` gives points."
PATIENCE: Final = 60
"Days after which an unplaced child is assumed to have been placed elsewhere, where the log does not say."
USUAL_STAY: Final = 84
"Mean stay in days that is used where no stay has ended."
FAR_KM: Final = 80.0
COMPARED: Final = ("sex", "ethnicity", "authority")


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Points for each day waited; for a child held without a court for up to 72 hours; for one under 13; for each of
    `DANGERS`; for a child of a member authority."""

    waited_day: float = 0.0
    basis_72h: float = 0.0
    under_13: float = 0.0
    danger: float = 0.0
    member: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityRule:
    """A rule as in its file. `digest` is that of its points and weights."""

    id: str
    title: str
    published: date
    why: str
    points: Points
    weights: Weights = field(default_factory=Weights)

    @property
    def digest(self) -> str:
        said = {name: {one.name: getattr(part, one.name) for one in fields(part)} for name, part in
                (("points", self.points), ("weights", self.weights))}  # fmt: skip
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def read_rule(text: str) -> PriorityRule:
    """A rule from its file. DeclarationError where it gives points for an unknown ground."""
    held = tomllib.loads(text)
    parts: dict[str, Any] = {}
    for name, made in (("points", Points), ("weights", Weights)):
        given = held.pop(name, {})
        if unknown := set(given) - {one.name for one in fields(made)}:
            raise DeclarationError(f"a priority rule knows no {name} for {sorted(unknown)}")
        parts[name] = made(**{key: float(value) for key, value in given.items()})
    if missing := {"id", "title", "published", "why"} ^ set(held):
        raise DeclarationError(f"a priority rule says id, title, published and why, each once: see {sorted(missing)}")
    return PriorityRule(**held, **parts)


@cache
def priority_rules() -> tuple[PriorityRule, ...]:
    """Every rule there is, in the order they were published."""
    folder = files(__package__) / "priority"
    found = [read_rule(one.read_text(encoding="utf-8")) for one in folder.iterdir() if one.name.endswith(".toml")]
    if len({one.id for one in found}) != len(found):
        raise DeclarationError("two priority rules have one id")
    return tuple(sorted(found, key=lambda one: (one.published, one.id)))


def points(rule: PriorityRule, children: pl.DataFrame, *, members: frozenset[str]) -> pl.Series:
    """Points of children with `waited` (days), `basis`, `age`, `risks` (list) and `authority`."""
    of = rule.points
    dangers = pl.sum_horizontal([pl.col("risks").list.contains(one).cast(pl.Float64) for one in DANGERS])
    return children.select(
        of.waited_day * pl.col("waited").cast(pl.Float64)
        + of.basis_72h * (pl.col("basis") == "s25-72h").cast(pl.Float64)
        + of.under_13 * (pl.col("age") < 13).cast(pl.Float64)
        + of.danger * dangers.fill_null(0.0)
        + of.member * pl.col("authority").is_in(list(members)).cast(pl.Float64)
    ).to_series()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The result of a rule. `waits`: one row for each child, `days` waited (including children who left), `placed`,
    `km` and its groups; `gaps` between groups in days waited."""

    rule: str
    digest: str
    children: int
    placed: int
    mean_days: float
    tenth_days: float
    "90th percentile of days waited."
    far: int
    "Children placed further than `FAR_KM`."
    waits: pl.DataFrame
    gaps: tuple[Gap, ...]


def log_digest(log: pl.DataFrame) -> str:
    """Digest of a log's rows, independent of their order."""
    hashes = log.select(sorted(log.columns)).hash_rows(seed=0).sort()
    return hashlib.sha256(hashes.to_numpy().tobytes()).hexdigest()[:16]


def try_rule(
    rule: PriorityRule, log: pl.DataFrame, homes: pl.DataFrame, *, starts: date, ends: date,
    members: frozenset[str] = frozenset(), seed: int = 0,
) -> Trial:  # fmt: skip
    """Run a year of the log through the daily batch under a rule.

    Args:
        log: `child`, `authority`, `sex`, `ethnicity`, `age`, `kind`, `basis`, `risks` (list), `radius`, `referred`,
            `stay` (days, null where it never began or goes on: one is drawn, the same under every rule), `so_far` (days
            of one that goes on) and `gave_up` (the day the search ended without a place; null where there was one).
        homes: `candidates.HOMES`, with `free` the staffed places.
        starts, ends: the first day and the day after the last.
    """
    year = log.filter((pl.col("referred") >= starts) & (pl.col("referred") < ends)).sort("referred", "child")
    year = _with_stays(year, seed)
    rows = year.to_dicts()
    arrive: dict[date, list[int]] = {}
    for at, row in enumerate(rows):
        arrive.setdefault(row["referred"], []).append(at)
    capacity = homes["free"].fill_null(0).to_numpy()
    taken = np.zeros(len(capacity), dtype=np.int64)
    leaving: dict[date, list[int]] = {}
    waiting: list[int] = []
    outcome: dict[int, tuple[float, bool, float]] = {}
    day = starts
    while day < ends:
        freed, came = leaving.pop(day, []), arrive.get(day, [])
        for home in freed:
            taken[home] -= 1
        waiting += came
        gone = [at for at in waiting if day > _last_day(rows[at])]
        for at in gone:
            outcome[at] = (float((day - rows[at]["referred"]).days), False, float("nan"))
        waiting = [at for at in waiting if at not in outcome]
        # A child who could not be placed yesterday can be placed today only if a bed became free.
        if waiting and (freed or came) and (capacity > taken).any():
            for at, home, km in _day(
                rule, [rows[at] for at in waiting], waiting, homes, capacity - taken, day, members
            ):
                outcome[at] = (float((day - rows[at]["referred"]).days), True, km)
                taken[home] += 1
                leaving.setdefault(day + timedelta(days=max(1, int(rows[at]["stay"]))), []).append(home)
            waiting = [at for at in waiting if at not in outcome]
        day += timedelta(days=1)
    for at in waiting:
        outcome[at] = (float((ends - rows[at]["referred"]).days), False, float("nan"))
    return _trial(rule, year, outcome, seed)


def _last_day(row: Mapping[str, Any]) -> date:
    gave_up: date | None = row["gave_up"]
    last: date = gave_up or row["referred"] + timedelta(days=PATIENCE)
    return last


def _with_stays(log: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The log with a length for stays that never began or have not ended, drawn from the Kaplan–Meier estimate: the
    same for each child under every rule, and at least the length so far."""
    so_far = pl.col("so_far") if "so_far" in log.columns else pl.lit(None, pl.Int64)
    known = log.select(days=pl.coalesce("stay", so_far), ended=pl.col("stay").is_not_null(), so_far=so_far)
    times, left = _survival(known.drop_nulls("days"))
    luck = np.random.Generator(np.random.Philox(seed)).random(log.height)
    lasted = known["so_far"].fill_null(0).to_numpy()
    still = np.array([left[times <= day][-1] if (times <= day).any() else 1.0 for day in lasted])
    at = np.array([int(np.argmax(left <= each)) if (left <= each).any() else len(left) - 1 for each in luck * still])
    return log.with_columns(stay=pl.coalesce("stay", pl.Series(np.maximum(times[at], lasted))).cast(pl.Int64))


def _survival(known: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Days, and the share of stays that last longer, from `days` and whether each `ended`."""
    if not known["ended"].any():
        return np.array([USUAL_STAY]), np.array([0.0])
    by_day = known.group_by("days").agg(at=pl.len(), ended=pl.col("ended").sum()).sort("days")
    at_risk = known.height - by_day["at"].cum_sum().shift(1, fill_value=0).to_numpy()
    left = np.cumprod(1.0 - by_day["ended"].to_numpy() / at_risk)
    return by_day["days"].to_numpy(), left


def _day(
    rule: PriorityRule, rows: list[dict[str, Any]], at: list[int], homes: pl.DataFrame, free: np.ndarray, day: date,
    members: frozenset[str],
) -> list[tuple[int, int, float]]:  # fmt: skip
    """Placements of a day: the child's index in the year, the home's in the table, and kilometres."""
    keep = ("child", "authority", "sex", "age", "kind", "basis", "risks", "radius")
    children = pl.DataFrame(
        [{**{name: row[name] for name in keep}, "waited": (day - row["referred"]).days} for row in rows],
        schema_overrides={"risks": pl.List(pl.String), "radius": pl.Float64},
    )
    children = children.with_columns(points=points(rule, children, members=members))
    known = candidates(children, homes.with_columns(free=pl.Series(free)), weights=rule.weights)
    found = match(known)
    return [(at[child], int(home), float(known.km[child, home])) for child, home in enumerate(found.home) if home >= 0]


def _trial(
    rule: PriorityRule, year: pl.DataFrame, outcome: Mapping[int, tuple[float, bool, float]], seed: int
) -> Trial:
    told = [outcome[at] for at in range(year.height)]
    waits = year.select("child", *COMPARED).with_columns(
        days=pl.Series([one[0] for one in told], dtype=pl.Float64),
        placed=pl.Series([one[1] for one in told], dtype=pl.Boolean),
        km=pl.Series([one[2] for one in told], dtype=pl.Float64),
    )
    days = waits["days"]
    return Trial(
        rule=rule.id, digest=rule.digest, children=waits.height, placed=int(waits["placed"].sum()),
        mean_days=float(days.to_numpy().mean()) if len(days) else 0.0, tenth_days=float(days.quantile(0.9) or 0.0),
        far=waits.filter(pl.col("placed") & (pl.col("km") > FAR_KM)).height, waits=waits,
        gaps=gaps(waits, COMPARED, seed=seed),
    )  # fmt: skip
