"""What each viewer sees of the same figures."""

from datetime import date

import polars as pl
import pytest

from parentis.errors import DeclarationError
from parentis.figures import (
    Audience,
    Catalogue,
    Counts,
    Figures,
    Measure,
    NoPeople,
    Population,
    Viewer,
    guard,
    release,
    with_release,
)

BROMLEY, CROYDON, SUTTON = "E09000006", "E09000008", "E09000029"
SOUTH = "bcu-south"
CHILDREN, OTHERS = Population(id="children"), Population(id="other children")
MONEY = NoPeople("money of whole services")
CATALOGUE = Catalogue(
    Measure(id=name, title=name, unit=unit, definition="", source="", people=people, audience=audience)
    for name, unit, people, audience in (
        ("t.children", "count", (Counts(of=CHILDREN, value=1),), Audience.PUBLISHED),
        ("t.share", "%", (Counts(of=OTHERS, n=1, part="in=yes"),), Audience.PUBLISHED),
        ("t.stay", "nights", (Counts(of=OTHERS, n=1),), Audience.PUBLISHED),
        ("t.cost", "£", (Counts(of=CHILDREN, told=True),), Audience.PUBLISHED),
        ("t.money", "£", MONEY, Audience.OWN),
        ("t.between", "£", MONEY, Audience.MEMBERS),
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
    rare = Counts(of=Population(id="rare", threshold=2, rounding=100), value=1)
    big = Catalogue([Measure(id="t.children", title="", unit="count", definition="", source="", people=(rare,))])
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
    assert shown(release(held, CATALOGUE, Viewer.public())) == {CROYDON: "c", SUTTON: 100.0}


@pytest.mark.spec
@pytest.mark.parametrize(("children", "seen"), [(5, "c"), (6, 6), (1, "c"), (0, 0)])
def test_the_threshold_is_six(children: int, seen: object) -> None:
    assert shown(release(figures(at(CROYDON, children)), CATALOGUE, Viewer.public())) == {CROYDON: seen}


@pytest.mark.spec
def test_money_that_tells_of_few_children_is_hidden_with_them() -> None:
    held = figures(
        at(CROYDON, 3), at(CROYDON, 8000.0, measure="t.cost"), at(SUTTON, 30), at(SUTTON, 9.0, measure="t.cost")
    )
    seen = release(held, CATALOGUE, Viewer.public())
    assert shown(seen.filter(measure="t.cost")) == {CROYDON: "c", SUTTON: 9.0}


@pytest.mark.spec
def test_n_is_a_count_that_no_subtraction_gives_away() -> None:
    rows = [at(gss, 9.5, n=n) for gss, n in ((BROMLEY, 10), (CROYDON, 3), (SUTTON, 24), (SOUTH, 37))]
    seen = release(figures(*rows, measure="t.stay"), CATALOGUE, Viewer.public())
    assert shown(seen) == {BROMLEY: 10, CROYDON: "c", SUTTON: 10, SOUTH: 10}
    assert dict(seen.select("geography", "n").iter_rows()) == {BROMLEY: None, CROYDON: None, SUTTON: None, SOUTH: 40}


@pytest.mark.spec
def test_n_of_what_is_an_authoritys_own_is_its_own() -> None:
    own = Counts(of=Population(id="own", audience=Audience.OWN), n=1)
    known = Catalogue([Measure(id="t.stay", title="", unit="nights", definition="", source="", people=(own,))])
    seen = release(figures(at(CROYDON, 9.5, n=30), measure="t.stay"), known, Viewer.members())
    assert seen.select("value", "n").row(0) == (10, None)


@pytest.mark.spec
def test_what_is_hidden_does_not_say_where_it_came_from() -> None:
    seen = release(PEOPLE, CATALOGUE, Viewer.members(CROYDON))
    where = dict(seen.select("geography", "provenance_id").iter_rows())
    assert where == {BROMLEY: "", CROYDON: "p", SUTTON: "", SOUTH: "p"}


@pytest.mark.spec
@pytest.mark.parametrize(
    ("measure", "value", "counts", "mine", "others"),
    [
        ("t.share", 50.0, (20.0, 40.0), (20.0, 40.0), (20.0, 40.0)),
        ("t.share", 5.0, (2.0, 40.0), (2.0, 40.0), (None, None)),  # two children
        ("t.cost", 900.0, (900.0, 30.0), (900.0, 30.0), (None, None)),  # children that the measure does not declare
        ("t.between", 900.0, (900.0, 30.0), (900.0, 30.0), (900.0, 30.0)),  # no people at all
    ],
)
def test_counts_are_shown_where_n_may_be(
    measure: str, value: float, counts: tuple[float, float], mine: tuple[float, float], others: tuple[object, object]
) -> None:
    """A numerator and a denominator tell no more than the value and its `n`, and go with them."""
    row = at(CROYDON, value, measure=measure, n=int(counts[1]), audience="members")
    given = figures(row).with_columns(numerator=pl.lit(counts[0]), denominator=pl.lit(counts[1]))
    for viewer, expected in ((Viewer.own(CROYDON), mine), (Viewer.members(BROMLEY), others)):
        assert release(given, CATALOGUE, viewer).select("numerator", "denominator").row(0) == expected


@pytest.mark.spec
def test_counts_over_footprints_are_rounded_with_n() -> None:
    given = figures(at(SOUTH, 51.0, measure="t.share", n=94)).with_columns(numerator=48.0, denominator=94.0)
    seen = release(given, CATALOGUE, Viewer.members(BROMLEY))
    assert seen.select("n", "numerator", "denominator").row(0) == (90, 50, 90)


@pytest.mark.spec
def test_a_measure_that_does_not_say_whom_it_counts_is_refused() -> None:
    silent = Catalogue([Measure(id="t.children", title="", unit="count", definition="", source="")])
    with pytest.raises(DeclarationError, match=r"t\.children"):
        guard(figures(at(CROYDON, 30)), silent)


@pytest.mark.unit
def test_no_figures_release_to_no_figures() -> None:
    assert release(PEOPLE.clear(), CATALOGUE, Viewer.public()).is_empty()


@pytest.mark.spec
def test_a_total_that_changes_by_few_is_not_shown_again() -> None:
    # Sutton's return comes in: the total less the one before would be Sutton's three.
    first = figures(at(BROMLEY, 10), at(CROYDON, 20), at("england", 1030), at("london", 30), measure="t.children")
    shown_first = guard(first, CATALOGUE).figures
    assert not shown_first["hidden"].any()
    before = with_release(None, shown_first, CATALOGUE)
    later = figures(at(BROMLEY, 10), at(CROYDON, 20), at(SUTTON, 3), at("london", 33), at("england", 1030))
    seen = release(guard(later, CATALOGUE, before=before).figures, CATALOGUE, Viewer.public())
    assert shown(seen) == {BROMLEY: 10, CROYDON: 20, SUTTON: "c", "london": "c", "england": 1030}


@pytest.mark.spec
def test_what_was_hidden_stays_hidden_while_it_is_the_same() -> None:
    before = with_release(None, guard(PEOPLE, CATALOGUE).figures, CATALOGUE)
    more = pl.concat([PEOPLE, figures(at("england", 4000))])
    seen = release(guard(more, CATALOGUE, before=before).figures, CATALOGUE, Viewer.public())
    assert shown(seen) == {BROMLEY: "c", CROYDON: "c", SUTTON: "c", SOUTH: 40, "england": 4000}


@pytest.mark.spec
def test_what_was_hidden_last_stays_hidden_whatever_was_shown_before_that() -> None:
    """Bromley alone, then all three, then all three again."""
    first = guard(figures(at(BROMLEY, 10)), CATALOGUE).figures
    before = with_release(None, first, CATALOGUE)
    second = guard(PEOPLE, CATALOGUE, before=before).figures
    third = guard(PEOPLE, CATALOGUE, before=with_release(before, second, CATALOGUE)).figures
    assert third["hidden"].to_list() == second["hidden"].to_list()
    assert second["hidden"].sum() > 1


@pytest.mark.spec
def test_two_authorities_together_see_no_total_of_three() -> None:
    """What is left of it, less their own two, would be the third's."""
    held = figures(*MONEY, measure="t.money", audience="own")
    assert shown(release(held, CATALOGUE, Viewer.members(BROMLEY, CROYDON)))[SOUTH] == "c"
    assert shown(release(held, CATALOGUE, Viewer.members(BROMLEY)))[SOUTH] == 2e6


def one_measure(*people: Counts, decimals: int = 0) -> Catalogue:
    return Catalogue(
        [Measure(id="t.children", title="", unit="count", definition="", source="", people=people, decimals=decimals)]
    )


@pytest.mark.spec
def test_a_mean_over_days_is_rounded_as_the_nights_behind_it() -> None:
    """34 children a night over 365 days are 12,410 nights: to the nearest 3,650, thirty children."""
    nights = Population(id="nights", threshold=6 * 365, rounding=10 * 365)
    held = figures(at(SOUTH, 34.0), at(CROYDON, 5.9), period_start=date(2022, 4, 1), period_end=date(2023, 3, 31))
    seen = release(held, one_measure(Counts(of=nights, value=1, days=True), decimals=1), Viewer.public())
    assert shown(seen) == {SOUTH: 30, CROYDON: "c"}


@pytest.mark.spec
def test_a_population_that_needs_no_care_is_neither_rounded_nor_closed() -> None:
    places = Population(id="places", threshold=0, rounding=0)
    held = figures(at(SOUTH, 37.0), at(CROYDON, 3.0)).with_columns(numerator=pl.lit(3.0), denominator=pl.lit(7.0))
    seen = release(held, one_measure(Counts(of=places, value=1)), Viewer.public())
    assert shown(seen) == {SOUTH: 37, CROYDON: 3}
    assert seen.select("numerator", "denominator").unique().row(0) == (3.0, 7.0)


@pytest.mark.spec
def test_the_first_population_that_a_measure_tells_of_says_how_it_is_rounded() -> None:
    fives = Population(id="fives", rounding=5)
    known = one_measure(Counts(of=CHILDREN, value=1), Counts(of=fives, n=1))
    assert shown(release(figures(at(SOUTH, 37, n=400)), known, Viewer.public())) == {SOUTH: 40}


@pytest.mark.spec
def test_what_tells_of_people_has_the_digits_of_its_measure() -> None:
    known = one_measure(Counts(of=OTHERS, n=1), decimals=2)
    held = figures(at(CROYDON, 12.34567, n=40))
    assert shown(release(held, known, Viewer.public()))[CROYDON] == pytest.approx(12.35, abs=1e-9)
    assert shown(release(held, known, Viewer.own(CROYDON))) == {CROYDON: 12.34567}


@pytest.mark.spec
def test_a_population_of_which_one_is_enough_is_shown_in_whole_numbers_and_closed() -> None:
    one = Population(id="ones", threshold=1, rounding=1)
    held = figures(at(SOUTH, 36.6)).with_columns(numerator=pl.lit(3.0), denominator=pl.lit(7.0))
    seen = release(held, one_measure(Counts(of=one, value=1), decimals=1), Viewer.public())
    assert shown(seen) == {SOUTH: 37}
    assert seen.select("numerator", "denominator").row(0) == (None, None)
