"""The evaluator against plain Python, on generated returns."""

import polars as pl
import pytest
from funding_tables import lines
from hypothesis import given, settings
from hypothesis import strategies as st

from parentis.region import authorities, members, parse_period
from parentis.services.funding.compute import compute

PERIOD = "2022-23"
LONDON = members("london", parse_period(PERIOD).end)
OUTSIDE = next(one.gss for one in authorities() if one.region == "North East" and one.valid_to is None)
POUNDS = st.one_of(st.none(), st.integers(-1_000, 1_000_000))
CLOSE = 1e-9  # sums of a few dozen whole pounds, divided


@st.composite
def returns_held(draw: st.DrawFn) -> dict[str, dict[str, int | None]]:
    chosen = draw(st.lists(st.sampled_from([*LONDON[:12], OUTSIDE]), unique=True, min_size=1, max_size=8))
    return {
        code: {name: draw(POUNDS) for name in ("csc.budget", "csc.outturn", "asc.budget", "asc.outturn")}
        for code in chosen
    }


def as_tables(held: dict[str, dict[str, int | None]]) -> dict[str, pl.DataFrame]:
    def text(what: str) -> str:
        return "\n".join(
            f"{code} | {subject} | {'' if amounts[f'{subject}.{what}'] is None else amounts[f'{subject}.{what}']}"
            for code, amounts in held.items()
            for subject in ("csc", "asc")
        )

    return {
        "finance.ra/lines": lines("finance.ra/lines", PERIOD, text("budget")),
        "finance.rs/lines": lines("finance.rs/lines", PERIOD, text("outturn")),
    }


def plainly(held: dict[str, dict[str, int | None]], place: tuple[str, ...]) -> dict[str, float]:
    """The same statistics, one authority at a time."""
    inside = [amounts for code, amounts in held.items() if code in place]
    both = [(a["csc.budget"], a["csc.outturn"]) for a in inside if None not in (a["csc.budget"], a["csc.outturn"])]
    found: dict[str, float] = {}
    if both:
        gaps = [outturn - budget for budget, outturn in both]
        found["variance"] = sum(gaps)
        found["variance_gross"] = sum(gap for gap in gaps if gap > 0)
        found["overspending_authorities"] = sum(gap > 0 for gap in gaps)
        found["overspending_authorities.over_1_percent"] = sum(
            gap > abs(budget) / 100 for gap, (budget, _) in zip(gaps, both, strict=True)
        )
        if (whole := sum(budget for budget, _ in both)) > 0:
            found["variance_percent"] = 100 * sum(gaps) / whole
    four = [a for a in inside if None not in a.values()]
    if four:
        found["variance_above_adults_pounds"] = sum(
            a["csc.outturn"] - a["csc.budget"] > a["asc.outturn"] - a["asc.budget"] for a in four
        )
        found["variance_above_adults_percent"] = sum(
            a["csc.budget"] > 0
            and a["asc.budget"] > 0
            and a["csc.outturn"] / a["csc.budget"] > a["asc.outturn"] / a["asc.budget"]
            for a in four
        )
    return found


@pytest.mark.generative
@settings(max_examples=25, deadline=None)
@given(returns_held())
def test_evaluator_agrees_with_plain_python(held: dict[str, dict[str, int | None]]) -> None:
    figures = compute(as_tables(held), {}).figures
    for place in ("london", "inner-london", "icb-north-central-london"):
        expected = plainly(held, members(place, parse_period(PERIOD).end))
        shown = figures.filter(geography=place, period=PERIOD)
        found = {
            row["measure"].removeprefix("funding.csc."): row["value"]
            for row in shown.iter_rows(named=True)
            if row["measure"].startswith("funding.csc.")
        }
        for name, amount in expected.items():
            assert found.pop(name) == pytest.approx(amount, rel=CLOSE), (place, name)
        assert not {
            name for name in found if name.startswith("variance") and "." not in name and "real" not in name
        } - {"variance_percent"}
