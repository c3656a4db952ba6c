"""What each viewer sees of the same figures."""

from datetime import date

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from parentis.figures import (
    CHILDREN,
    Audience,
    Catalogue,
    Disclosure,
    Figures,
    Measure,
    Viewer,
    differencing,
    release,
)

BROMLEY, CROYDON, SUTTON = "E09000006", "E09000008", "E09000029"
SOUTH = "bcu-south"
WHOLE = Disclosure(threshold=6, rounding=10, whole_percentages=True)
CATALOGUE = Catalogue(
    Measure(id=name, title=name, unit=unit, definition="", source="", disclosure=rule, audience=audience)
    for name, unit, rule, audience in (
        ("t.children", "count", CHILDREN, Audience.PUBLISHED),
        ("t.share", "%", WHOLE, Audience.PUBLISHED),
        ("t.stay", "nights", CHILDREN, Audience.PUBLISHED),
        ("t.money", "£", Disclosure(), Audience.OWN),
        ("t.between", "£", Disclosure(), Audience.MEMBERS),
    )
)


def figures(*rows: dict, **common: object) -> pl.DataFrame:
    base = {
        "measure": "t.children", "breakdown": "", "period_start": date(2024, 3, 31),
        "period_end": date(2024, 3, 31), "period": "2024-03-31", "low": None, "high": None, "level": None,
        "n": None, "suppressed": None, "scenario": "", "audience": "published", "authority_set": "",
        "gross_net": "", "cumulative": "", "netted": "", "method": "", "provisional": False, "provenance_id": "p",
    }  # fmt: skip
    made = [{**base, **common, **row} for row in rows]
    for row in made:
        row.setdefault("unit", CATALOGUE[row["measure"]].unit)
    return Figures.validate(pl.DataFrame(made, infer_schema_length=None), cast=True)


def at(geography: str, value: float | None, **more: object) -> dict:
    return {"geography": geography, "value": value, **more}


def shown(frame: pl.DataFrame) -> dict[str, float | str | None]:
    """Value by geography, or the marker in its place."""
    return {
        row["geography"]: row["suppressed"] if row["value"] is None else row["value"]
        for row in frame.iter_rows(named=True)
    }


PEOPLE = figures(at(BROMLEY, 10), at(CROYDON, 3), at(SUTTON, 24), at(SOUTH, 37))
MONEY = [at(BROMLEY, 1e6), at(CROYDON, -2e6), at(SUTTON, 3e6), at(SOUTH, 2e6), at("bcu-north", 9e6)]


@pytest.mark.spec
@pytest.mark.parametrize(
    ("viewer", "expected"),
    [
        (Viewer.public(), {BROMLEY: "c", CROYDON: "c", SUTTON: "c", SOUTH: 40}),
        (Viewer.own(CROYDON), {BROMLEY: "c", CROYDON: 3, SUTTON: "c", SOUTH: 40}),
        (Viewer.members(CROYDON), {BROMLEY: "c", CROYDON: 3, SUTTON: "c", SOUTH: 40}),
        (Viewer.members(BROMLEY, CROYDON, SUTTON), {BROMLEY: 10, CROYDON: 3, SUTTON: 24, SOUTH: 40}),
    ],
)
def test_children_are_protected_and_own_figures_intact(viewer: Viewer, expected: dict) -> None:
    assert shown(release(PEOPLE, CATALOGUE, viewer)) == expected


@pytest.mark.spec
@pytest.mark.parametrize(
    ("audience", "viewer", "expected"),
    [
        ("own", Viewer.public(), {}),
        ("own", Viewer.own(CROYDON), {CROYDON: -2e6}),
        ("own", Viewer.members(CROYDON), {CROYDON: -2e6, SOUTH: 2e6, "bcu-north": "c"}),
        ("own", Viewer.members(), {SOUTH: 2e6, "bcu-north": "c"}),
        ("members", Viewer.public(), {}),
        ("members", Viewer.members(), {row["geography"]: row["value"] for row in MONEY}),
        ("published", Viewer.public(), {row["geography"]: row["value"] for row in MONEY}),
    ],
)
def test_each_audience_sees_its_own(audience: str, viewer: Viewer, expected: dict) -> None:
    held = figures(*MONEY, measure="t.money", audience=audience)
    assert shown(release(held, CATALOGUE, viewer)) == expected


@pytest.mark.spec
def test_counts_over_footprints_are_rounded_and_k_is_not_zero() -> None:
    assert shown(release(figures(at("london", 1234), at("england", 45)), CATALOGUE, Viewer.public())) == {
        "london": 1230,
        "england": 50,
    }
    big = Catalogue(
        [Measure(id="t.children", title="", unit="count", definition="", source="", disclosure=Disclosure(2, 100))]
    )
    assert shown(release(figures(at("london", 7)), big, Viewer.public())) == {"london": "k"}
    assert shown(release(figures(at("london", 0)), big, Viewer.public())) == {"london": 0}


@pytest.mark.spec
@pytest.mark.parametrize(
    ("value", "n", "expected"),
    [
        (50.0, 5, "c"),  # fewer than six children behind it
        (10.0, 40, "c"),  # four children
        (95.0, 40, "c"),  # all but two
        (33.3, 90, 33),  # thirty children, as a whole number
        (0.0, 40, 0),
        (100.0, 40, 100),
        (None, 0, None),
    ],
)
def test_percentages_do_not_give_their_numerators_away(value: float, n: int, expected: object) -> None:
    held = figures(at(CROYDON, value, n=n), measure="t.share")
    seen = release(held, CATALOGUE, Viewer.public())
    assert shown(seen) == {CROYDON: expected}
    if expected == "c":
        assert seen.select("value", "low", "high", "n").row(0) == (None, None, None, None)
    assert shown(release(held, CATALOGUE, Viewer.own(CROYDON))) == {CROYDON: value}


@pytest.mark.spec
def test_a_mean_over_few_children_is_confidential() -> None:
    held = figures(at(CROYDON, 120.5, n=4), at(SUTTON, 99.5, n=40), measure="t.stay")
    assert shown(release(held, CATALOGUE, Viewer.public())) == {CROYDON: "c", SUTTON: 99.5}


@pytest.mark.unit
def test_no_figures_release_to_no_figures() -> None:
    assert release(PEOPLE.clear(), CATALOGUE, Viewer.public()).is_empty()


SOME = st.lists(st.integers(0, 30), min_size=6, max_size=6)


def table(values: list[int]) -> pl.DataFrame:
    inner = {
        (gss, part): values[2 * i + j]
        for i, gss in enumerate((BROMLEY, CROYDON, SUTTON))
        for j, part in enumerate(("age=a", "age=b"))
    }
    rows = [at(gss, value, breakdown=part) for (gss, part), value in inner.items()]
    rows += [at(gss, sum(v for (g, _), v in inner.items() if g == gss)) for gss in (BROMLEY, CROYDON, SUTTON)]
    for part in ("age=a", "age=b"):
        rows += [at(SOUTH, sum(v for (_, p), v in inner.items() if p == part), breakdown=part)]
    rows.append(at(SOUTH, sum(values)))
    shares = [at(gss, 100 * inner[gss, "age=a"] / 30, n=30, measure="t.share") for gss in (BROMLEY, CROYDON, SUTTON)]
    money = [at(gss, float(value), measure="t.money", audience="own") for (gss, _), value in list(inner.items())[::2]]
    return figures(*rows, *shares, *money, at(SOUTH, 5.0, measure="t.money", audience="own"))


VIEWERS = st.sampled_from(
    [
        Viewer.public(),
        Viewer.own(CROYDON),
        Viewer.members(),
        Viewer.members(SUTTON),
        Viewer.members(BROMLEY, SUTTON),
    ]
)


@pytest.mark.generative
@settings(max_examples=60, deadline=None)
@given(values=SOME, viewer=VIEWERS)
@example(values=[0, 0, 1, 0, 1, 6], viewer=Viewer.members(SUTTON))  # own small cells in sight the second time
def test_releasing_twice_is_releasing_once_and_own_figures_are_untouched(values: list[int], viewer: Viewer) -> None:
    held = table(values)
    once = release(held, CATALOGUE, viewer)
    assert_frame_equal(release(once, CATALOGUE, viewer), once)
    mine = pl.col("geography").is_in(list(viewer.authorities))
    assert_frame_equal(once.filter(mine), held.filter(mine))


@pytest.mark.generative
@settings(max_examples=40, deadline=None)
@given(values=SOME, gss=st.sampled_from([BROMLEY, CROYDON, SUTTON]))
def test_two_releases_side_by_side_give_nothing_away(values: list[int], gss: str) -> None:
    held = table(values)
    public, own = (release(held, CATALOGUE, viewer) for viewer in (Viewer.public(), Viewer.own(gss)))
    found = differencing(public, own).filter(pl.col("measure") == "t.children")
    # their own cells, which they know, and totals that hold no one else's children
    assert set(found.get_column("geography")) <= {gss, SOUTH}


@pytest.mark.spec
def test_differencing_finds_what_two_releases_tell_together() -> None:
    old = release(PEOPLE, CATALOGUE, Viewer.public())
    # a later release that forgot Croydon's neighbours
    later = PEOPLE.with_columns(
        pl.when(pl.col("geography") == CROYDON).then(None).otherwise("value").alias("value"),
        pl.when(pl.col("geography") == CROYDON).then(pl.lit("c")).otherwise(None).alias("suppressed"),
    )
    found = dict(differencing(old, later).select("geography", "how").iter_rows())
    assert found == {
        BROMLEY: "shown in the later release",
        SUTTON: "shown in the later release",
        CROYDON: "by subtraction",
    }
    assert differencing(old, old).is_empty()
