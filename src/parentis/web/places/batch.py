"""The children for whom a place is looked for, and the homes with a place, as the matching reads them."""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from django.utils import timezone

from parentis.services.places.candidates import CHILDREN, Candidates, candidates
from parentis.services.places.desk_frames import homes_of
from parentis.services.places.matching import Explained, Matching, explain, match
from parentis.services.places.priority_rules import points
from parentis.web.cases import records
from parentis.web.cases.models import Case
from parentis.web.places.held import frame, rule_in_use

MOST: Final = 200
"Children of a batch: the longest waiting come first."
CONCESSIONS: Final = {
    "kind": "Looking for another kind of place", "age": "The home takes another age",
    "sex": "The home takes either sex",
    "risk": "The home takes the child's risks", "radius": "Further away", "price": "A higher price",
    "bed": "A place is staffed or becomes free", "apart": "Living with a child on the list of those to be kept apart",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Batch:
    """A batch, its answer, and the cases it is of, in the order of `known.children`."""

    cases: Sequence[Case]
    known: Candidates
    found: Matching
    explained: Sequence[Explained]


def homes() -> pl.DataFrame | None:
    """Homes that say whom they take and what is free, from the last build."""
    held = frame("register")
    return None if held is None else homes_of(held)


def batch(cases: Iterable[Case]) -> Batch | None:
    """Match referrals to homes by the rule in use; None where no vacancies are held, or there is nobody."""
    there, listed = homes(), list(cases)[:MOST]
    if there is None or there.is_empty() or not listed:
        return None
    rule, _ = rule_in_use()
    values = [records.values_of(one.record) for one in listed]
    children = _children(listed, values)
    children = children.with_columns(points=points(rule, children, members=frozenset(children["authority"])))
    known = candidates(
        children.drop("waited"), there, apart=_apart(listed, values, set(there["home"])), weights=rule.weights
    )
    found = match(known)
    return Batch(cases=listed, known=known, found=found, explained=explain(known, found))


def _children(cases: Sequence[Case], values: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    today = timezone.localdate()
    groups = _groups(cases, values)
    rows = [
        {
            "child": str(case.pk), "authority": case.authority, "sex": one["sex"], "age": one["age"],
            "kind": one["looked_for"], "basis": one["basis"], "risks": list(one["risks"] or ()),
            "radius": one["radius"], "price_limit": None, "school": (one["age"] or 0) < 16,
            "group": groups.get(case.pk),
            "waited": max(0, (today - one["referred_on"]).days) if one["referred_on"] else 0, "points": 0.0,
        }
        for case, one in zip(cases, values, strict=True)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema={**CHILDREN, "waited": pl.Int64}, strict=False)


def _named(text: str | None, by_reference: Mapping[str, int]) -> list[int]:
    """The referrals of the batch that a text names by their references."""
    return [by_reference[word] for word in re.split(r"[\s,;]+", text or "") if word in by_reference]


def _references(cases: Sequence[Case], values: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {str(one["reference"]): int(case.pk) for case, one in zip(cases, values, strict=True) if one["reference"]}


def _apart(cases: Sequence[Case], values: Sequence[Mapping[str, Any]], numbers: Set[str]) -> pl.DataFrame:
    """Children who must not live together, and homes that a list of those to be kept apart names by their number."""
    by_reference = _references(cases, values)
    pairs = []
    for case, one in zip(cases, values, strict=True):
        words = [word for word in re.split(r"[\s,;]+", one["apart"] or "") if word]
        pairs += [(str(case.pk), str(by_reference[word])) for word in words if word in by_reference]
        pairs += [(str(case.pk), word) for word in words if word in numbers]
    return pl.DataFrame(pairs, schema={"child": pl.String, "other": pl.String}, orient="row")


def _groups(cases: Sequence[Case], values: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Brothers and sisters: whoever names another is in one group with them, and with whom those name."""
    by_reference = _references(cases, values)
    group = {int(case.pk): int(case.pk) for case in cases}

    def root(one: int) -> int:
        while group[one] != one:
            one = group[one]
        return one

    for case, one in zip(cases, values, strict=True):
        for other in _named(one["siblings"], by_reference):
            group[root(other)] = root(int(case.pk))
    roots = {one: root(one) for one in group}
    sizes = {at: sum(1 for one in roots.values() if one == at) for at in set(roots.values())}
    return {one: str(at) for one, at in roots.items() if sizes[at] > 1}


def rows(made: Batch) -> list[dict[str, Any]]:
    """The answer in words, a row a child."""
    names = made.known.homes
    return [_row(made, at, one, names) for at, one in enumerate(made.explained)]


def _row(made: Batch, at: int, one: Explained, names: pl.DataFrame) -> dict[str, Any]:
    def home(place: int) -> dict[str, Any]:
        return names.row(place, named=True)

    choices = [
        {
            "home": home(choice.home)["home"], "points": choice.points, "chosen": choice.chosen,
            "km": None if choice.km != choice.km else choice.km, "price": home(choice.home)["price"],
            "free": home(choice.home)["free"],
            "parts": [(PARTS[name], points) for name, points in choice.parts.items() if points],
        }
        for choice in one.choices
    ]  # fmt: skip
    best = min((choice.points for choice in one.choices), default=None)
    concessions = [
        {
            "title": CONCESSIONS[each.constraint], "homes": each.homes, "home": home(each.home)["home"],
            "points": each.points, "gain": None if best is None else best - each.points,
        }
        for each in one.concessions
        if best is None or each.points < best
    ]  # fmt: skip
    case = made.cases[at]
    return {
        "case": case, "reference": case.record.values.get("reference") or str(case), "place": case.place_name,
        "home": home(one.home)["home"] if one.home >= 0 else "", "why": one.why, "choices": choices,
        "concessions": concessions,
    }  # fmt: skip


PARTS: Final = {"distance": "distance", "mix": "who lives there", "school": "no school", "quality": "quality",
                "price": "price"}  # fmt: skip
