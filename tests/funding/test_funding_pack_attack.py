"""An attacker of the Spending Review pack: every amount it prints of boroughs and footprints, in one linear system.

Nobody outside a borough may work out its unpublished money, however measures, footprints, years and variants are added
and subtracted, be it with the figures of one's own borough. The attacker knows who is in every total, which a reader
can only guess, and exact amounts, which are printed rounded.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache

import numpy as np
import polars as pl
import pytest
from care_region import care_region

from parentis.evidence.assembly import chapters
from parentis.evidence.document import cells_of
from parentis.evidence.figure_lookup import FigureLookup
from parentis.evidence.pack import sections_of
from parentis.figures import HIDDEN, Catalogue, Viewer, guard, release
from parentis.region import footprints, members, tiles
from parentis.services import services
from parentis.services.funding.catalogue import measures
from parentis.services.funding.compute import compute
from parentis.services.funding.sections import PACK

ON = date(2025, 3, 31)
LONDON = tuple(sorted(members("london", ON)))
NO_HIGH_NEEDS, NO_OUTTURN, FLAGGED = LONDON[5], LONDON[9], LONDON[14]
YEAR = "2024-25"
EXACT = 1e-7
LOOKED_AT = ("monitoring", "2025-26", "2028-29")
"The year reported, a forecast year of one ask, and one in which high needs is apart."
SCALED = (".real", ".per_child")
"Variants that are the amount times a number that everybody knows."
Variable = tuple[str, str]
"What is to be found out: an amount that adds up no others, and its borough."

MONITORED: Mapping[str, tuple[str, ...]] = {
    "csc.revised_budget": ("csc budget",),
    "csc.overspend": ("csc gap",),
    "csc.overspend.unflagged": ("csc gap",),
    "csc.expected_outturn": ("csc budget", "csc gap"),
    "hn.budget": ("hn budget",),
    "hn.shortfall": ("hn gap",),
    "hn.outturn": ("hn budget", "hn gap"),
    "total.shortfall": ("csc gap", "hn gap"),
}
FORECAST: Mapping[str, tuple[str, ...]] = {
    "forecast.csc_shortfall": ("csc",),
    "forecast.hn_shortfall": ("hn",),
    "forecast.shortfall": ("csc", "hn"),
    "forecast.high_needs_apart": ("hn",),
}


@cache
def region() -> tuple[pl.DataFrame, Catalogue]:
    """The figures of 33 boroughs, one without high needs, one without an outturn, and one that is flagged: what made
    the pack's own totals give it away."""
    tables = care_region(LONDON, years=("2022-23", "2023-24", YEAR))
    high, lines = "finance.monitoring/high_needs", "finance.monitoring/lines"
    tables[high] = tables[high].filter(pl.col("authority") != NO_HIGH_NEEDS)
    social = pl.col("SERVICE_LINE") == "csc"
    tables[lines] = tables[lines].with_columns(
        OUTTURN=pl.when(social & (pl.col("authority") == NO_OUTTURN)).then(None)
        .when(social & (pl.col("authority") == FLAGGED)).then(pl.col("OUTTURN") * 2)
        .otherwise("OUTTURN")
    )  # fmt: skip
    found = compute(tables, {"years": 4, "replicates": 10, "reruns": False})
    return found.figures, Catalogue(measures())


def printed(figures: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Every figure of the pack with a value, as a member of the region has it: `measure, geography, period`."""
    seen = release(figures, catalogue, Viewer.members()).with_columns(geography_name=pl.col("geography"))
    book = FigureLookup(
        seen, catalogue, geography="london", areas=LONDON, footprints={one.id: one.kind for one in footprints()}
    )
    sections = [one for one in services()["funding"].sections.resolve() if PACK in one.packs]
    grid = {row["authority"]: (row["column"], row["row"]) for row in tiles().to_dicts()}
    document = chapters(sections_of(PACK, sections), book, grid)
    keys = {(one.measure, one.geography, one.period) for one in cells_of(document) if one.value is not None}
    # Whoever has the pack can have its data too: every place and period of the measures that it prints.
    shown = {measure for measure, _, _ in keys}
    whole = seen.filter(pl.col("measure").is_in(list(shown)), pl.col("value").is_not_null(), breakdown="")
    return whole.select("measure", "geography", "period")


def rows(shown: pl.DataFrame, figures: pl.DataFrame) -> Mapping[str, list[frozenset[Variable]]]:
    """By what is looked at (monitoring's year, or the forecast's), the sums that are known."""
    made = figures.filter(breakdown="").select("measure", "geography", "period").unique()
    has: dict[tuple[str, str], set[str]] = {}
    for measure, geography, period in made.iter_rows():
        if geography in LONDON:
            has.setdefault((measure, period), set()).add(geography)
    found: dict[str, list[frozenset[Variable]]] = {}
    for measure, geography, period in shown.iter_rows():
        name = measure.removeprefix("funding.")
        for end in SCALED:
            name = name.removesuffix(end)
        bases = MONITORED.get(name) if period == YEAR else FORECAST.get(name)
        if name == "forecast.ask":
            bases = ("csc", "hn") if period <= "2027-28" else ("csc",)
        if bases is None:
            continue
        inside = {geography} if geography in LONDON else set(members(geography, ON))
        own = inside & has.get((measure, period), set())
        if geography not in LONDON and name.startswith("forecast"):
            own = inside & has["funding.forecast.shortfall", period]
        of = "monitoring" if period == YEAR else period
        found.setdefault(of, []).append(frozenset((base, gss) for base in bases for gss in own))
    return found


def worked_out(known: Iterable[frozenset[Variable]], knows: str = "") -> set[Variable]:
    """The unpublished amounts of others that follow from the sums, by least squares on each."""
    sums = list(dict.fromkeys(known))
    order = sorted({one for each in sums for one in each if one[1] != knows})
    column = {one: at for at, one in enumerate(order)}
    matrix = np.zeros((len(order), len(sums)))
    for at, each in enumerate(sums):
        for one in each:
            if one in column:
                matrix[column[one], at] = 1.0
    answer, *_ = np.linalg.lstsq(matrix, np.eye(len(order)), rcond=None)
    missed = np.abs(matrix @ answer - np.eye(len(order))).max(axis=0)
    return {one for one, at in column.items() if missed[at] < EXACT}


def unguarded(figures: pl.DataFrame) -> pl.DataFrame:
    return figures.with_columns(**dict.fromkeys(HIDDEN, pl.lit(value=False)))


@pytest.mark.integration
@pytest.mark.parametrize(
    ("look", "leaks"),
    [(lambda figures, _: unguarded(figures), True), (lambda figures, known: guard(figures, known).figures, False)],
    ids=["as it would be without disclosure control", "as it is"],
)
def test_nobodys_money_follows_from_the_whole_pack(
    look: Callable[[pl.DataFrame, Catalogue], pl.DataFrame], leaks: bool
) -> None:
    figures, catalogue = region()
    shown = printed(look(figures, catalogue), catalogue)
    known = rows(shown, figures)
    assert set(LOOKED_AT) <= set(known)
    found = {of: worked_out(known[of]) for of in LOOKED_AT}
    if leaks:
        # The attacker is able: each of the three that differ is worked out, and boroughs where footprints cross.
        assert {("csc gap", NO_HIGH_NEEDS), ("csc budget", NO_OUTTURN), ("csc gap", FLAGGED)} <= found["monitoring"]
        assert found["2025-26"]
        return
    for of in LOOKED_AT:
        for knows in ("", *LONDON):
            theirs = {one for one in worked_out(known[of], knows) if one[1] != knows}
            assert not theirs, (of, knows, sorted(theirs)[:4])
    # What is hidden is not all: London's own totals stand, and so does the ask.
    assert shown.filter(geography="london", measure="funding.forecast.ask", period="2025-26").height == 1
    assert shown.filter(geography="london", measure="funding.csc.overspend", period=YEAR).height == 1
