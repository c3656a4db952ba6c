"""The quarterly collection: what is refused with a sentence, what figures it makes, who may see which; neighbours'
lists."""

from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from parentis import workflow
from parentis.figures import Catalogue, Viewer, release
from parentis.figures.benchmarks import Verdict
from parentis.region import members
from parentis.returns import ReturnData, read, write_files
from parentis.services import Result, services
from parentis.services.improvement.compute import NEEDS, compute
from parentis.services.improvement.measures import MEASURES
from parentis.services.improvement.practice import BY_CHANCE, PROGRAMME, REPEATED, returns
from parentis.services.improvement.published import listed, neighbours
from parentis.services.improvement.reconciliation import AGREES, OFF_PUBLISHED, SAME
from parentis.services.improvement.walls import WALL

CAMDEN, HACKNEY = "E09000007", "E09000012"
LAST = "2024-25 Q4"


def handed_in(tmp_path: Path, *rows: tuple[object, ...], period: str = LAST) -> set[str]:
    """Rules that a file of these lines breaks: indicator, numerator, denominator."""
    lines = ["INDICATOR,NUMERATOR,DENOMINATOR,REBASED,NOTE", *(",".join(map(str, (*row, 0, ""))) for row in rows)]
    folder = tmp_path / "improvement.collection" / period / CAMDEN
    folder.mkdir(parents=True)
    (folder / "indicators.csv").write_text("\n".join(lines))
    (checked,) = workflow.check_files([tmp_path / "improvement.collection"])
    return set(checked.findings["rule"])


@pytest.mark.spec
@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (("S01", 20, 110), None),
        (("S01", 120, 110), "IMP-LARGER"),
        (("S18", 220, 15), None),  # cases per worker: more cases than workers is usual
        (("S01", 18.2, 110), "IMP-FRACTION"),
        (("S01", 0.182, 110), "IMP-FRACTION"),
        (("S01", 18, 100), "IMP-PERCENT"),
        (("S01", "c", 110), "IMP-SIGN"),
        (("S01", 20, "x"), "IMP-SIGN"),
        (("S01", "", 110), "IMP-BOTH"),
        (("S01", 20, ""), "IMP-BOTH"),
        (("S01", -1, 110), "IMP-NEGATIVE"),
        (("S01", 0, 0), "IMP-NOBODY"),
    ],
)
def test_bad_indicators_are_told(row: tuple[object, ...], rule: str | None, tmp_path: Path) -> None:
    found = {one for one in handed_in(tmp_path, row) if one.startswith("IMP-")}
    assert found == ({rule} if rule else set())


@pytest.mark.spec
def test_an_indicator_from_before_its_day_is_told(tmp_path: Path) -> None:
    assert "IMP-SLOT" in handed_in(tmp_path, ("S01", 20, 110), period="2015-16 Q1")


@pytest.mark.integration
def test_neighbours_of_2025_and_2021(shared_data: Path) -> None:
    """1,530 edges, 61 % mutual, four never chosen, 220 of London's 330 in London; the City is nobody's neighbour."""
    (later,) = read([shared_data / "ofsted" / "sn_model_2025_wide.csv"])
    (earlier,) = read([shared_data / "ofsted" / "statistical_neighbours_april_2021.csv"])
    assert (later.period, earlier.period) == ("2025", "2021")
    frames = [one.tables["edges"].with_columns(period=pl.lit(one.period)) for one in (earlier, later)]
    edges = neighbours(pl.concat(frames))
    near = listed(edges)
    pairs = {(own, other) for own, others in near.items() for other in others}
    assert (len(pairs), len(near)) == (1530, 153)
    assert sum((other, own) in pairs for own, other in pairs) / len(pairs) == pytest.approx(0.61, abs=0.005)
    chosen = Counter(other for _, other in pairs)
    assert sum(chosen[own] == 0 for own in near) == 4
    assert chosen["E09000001"] == 0
    london = set(members("london", date(2025, 3, 31)))
    assert sum(own in london for own, _ in pairs) == 330
    assert sum(own in london and other in london for own, other in pairs) == 220
    words = {"EXTREMELY", "VERY", "CLOSE", "SOMEWHAT", "NOT"}
    assert set(edges.filter(pl.col("edition") == "2025")["closeness"]) == words


LINES = dict.fromkeys(("part", "SHORT_DESC", "YEARS", "LA_NUMBER", "MARKER", "period", "load_id"), pl.String)
WORDS = ("SHORT_DESC", "TOPIC", "TITLE", "MEASURE", "AXIS", "DESCRIPTION", "OWNER", "POLARITY", "YEAR_TYPE")
NUMBERS = {"DECIMALS": pl.Int64, "sequence": pl.Int64, "row": pl.Int64}
EDGES = dict.fromkeys(("LA_NUMBER", "NEIGHBOUR", "CLOSENESS", "period"), pl.String)
CHILDREN = {
    **dict.fromkeys(("authority", "period", "load_id", "CHILD", "LS", "PLACE", "IN_TOUCH", "ACTIV", "ACCOM", "MISSING"),
                    pl.String),
    **dict.fromkeys(("DECOM", "DEC", "DOB", "MIS_START", "MIS_END"), pl.Date), "row": pl.UInt32, "sequence": pl.Int64,
}  # fmt: skip
EMPTY = {
    **{f"ssda903/{name}": CHILDREN for name in ("Episodes", "Header", "OC3", "Missing")},
    "improvement.inspections/inspections": dict.fromkeys(("ONS_CODE", "TYPE"), pl.String),
    "improvement.neighbours/edges": {**EDGES, "PLACE": pl.Int64},
    "open_statistics.lait/lines": {**LINES, "VALUE": pl.Float64, "sequence": pl.Int64, "provisional": pl.Boolean},
    "open_statistics.lait/dictionary": {**dict.fromkeys(WORDS, pl.String), **NUMBERS},
}


def tables_of(seed: int = 1, **more: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The practice quarters as the lake would give them."""
    parts = [
        one.tables["indicators"].with_columns(
            authority=pl.lit(one.submitter),
            period=pl.lit(one.period),
            load_id=pl.lit(f"{one.submitter}{one.period}"),
            provisional=pl.lit(value=False),
        )
        for one in returns(seed)
    ]
    empty = {name: pl.DataFrame(schema=schema) for name, schema in EMPTY.items()}
    return {**empty, "improvement.collection/indicators": pl.concat(parts), **more}


@pytest.fixture(scope="module")
def made() -> Result:
    return compute(tables_of(), {})


@pytest.mark.integration
def test_figures_of_the_collection_carry_their_counts(made: Result) -> None:
    """London's share is the sum of numerators over the sum of denominators: second route, from the returns."""
    raw = pl.concat([one.tables["indicators"] for one in returns(1) if one.period == LAST]).filter(
        pl.col("INDICATOR") == "S07"
    )
    numerator, denominator = raw["NUMERATOR"].sum(), raw["DENOMINATOR"].sum()
    london = made.figures.filter(
        pl.col("measure") == "improvement.s07", pl.col("geography") == "london", pl.col("period") == LAST
    ).row(0, named=True)
    assert (london["numerator"], london["denominator"], london["n"]) == (numerator, denominator, denominator)
    assert london["value"] == pytest.approx(100 * numerator / denominator)
    assert london["authority_set"] == "33 authorities of the region"


@pytest.mark.integration
def test_other_boroughs_do_not_see_few_children(made: Result) -> None:
    """Numerators of 1 to 5 of other boroughs are hidden with their denominators; the City's nearly all are."""
    catalogue = Catalogue(MEASURES)
    seen = release(made.figures, catalogue, Viewer.members(CAMDEN))
    shares = seen.filter(pl.col("measure") == "improvement.s05", pl.col("geography").str.starts_with("E09"))
    others = shares.filter(pl.col("geography") != CAMDEN)
    assert others.filter(pl.col("numerator").is_between(1, 5)).is_empty()
    assert others.filter(pl.col("suppressed") == "c", pl.col("denominator").is_not_null()).is_empty()
    assert others.filter(pl.col("suppressed") == "c").height > 20
    own = shares.filter(pl.col("geography") == CAMDEN)
    assert own["numerator"].null_count() == 0


@pytest.mark.integration
def test_the_wall_says_what_chance_is(made: Result) -> None:
    """An indicator that is chance alone has nobody surely in a quarter; the 20 % rule flags six boroughs all the
    same."""
    wall = made.frames["wall"]
    assert wall.columns == WALL.names()
    by_chance = wall.filter(pl.col("measure") == f"improvement.{BY_CHANCE.lower()}")
    assert (by_chance["fifth"] == "worst").sum() >= 5
    assert (by_chance["verdict"] == Verdict.WORST).sum() <= 1
    city = wall.filter(pl.col("geography") == "E09000001")
    assert set(city["verdict"]) == {Verdict.UNRANKED}
    real = wall.filter(pl.col("measure") == "improvement.s03")
    assert (real["verdict"] == Verdict.WORST).sum() >= 3


@pytest.mark.integration
def test_the_planted_programme_is_there_to_be_found(made: Result) -> None:
    """The boroughs of the programme fell from the quarter before it to the last; the check is told of no one else."""
    indicator, start, boroughs, _ = PROGRAMME
    mine = made.figures.filter(pl.col("measure") == f"improvement.{indicator.lower()}")
    quarters = mine.filter(pl.col("geography") != "london")
    wide = quarters.pivot(on="period", index="geography", values="value", sort_columns=True).sort("geography")
    periods = wide.columns[1:]
    fell = wide.with_columns(fell=pl.col(periods[start - 1]) - pl.col(periods[-1]))
    helped, rest = (fell.filter(pl.col("geography").is_in(boroughs) == is_in)["fell"] for is_in in (True, False))
    assert helped.min() > rest.median()


@pytest.mark.integration
def test_published_beside_collected_and_a_quarter_sent_again() -> None:
    """Published for the year beside its four quarters; a quarter sent again is told; nothing is overwritten."""
    values = tables_of()["improvement.collection/indicators"]
    year = values.filter(
        pl.col("authority") == CAMDEN, pl.col("period").str.starts_with("2024-25"), pl.col("INDICATOR") == "S01"
    )
    share = 100 * year["NUMERATOR"].sum() / year["DENOMINATOR"].sum()
    published = pl.DataFrame(
        {"SHORT_DESC": ["ReReferral", "ReReferral"], "YEARS": ["2025", "2025"], "LA_NUMBER": ["202", "204"],
         "VALUE": [share + 0.4, 60.0]}
    ).with_columns(part=pl.lit(""), MARKER=pl.lit(None, pl.String), period=pl.lit("2025"), load_id=pl.lit("l"),
                   sequence=pl.lit(1, pl.Int64), provisional=pl.lit(value=False))  # fmt: skip
    told = compute(tables_of(**{"open_statistics.lait/lines": published}), {}).frames["reconciliation"]
    s01 = told.filter(pl.col("slot") == "S01", pl.col("period") == "2024-25")
    says = dict(s01.select("geography", "says").iter_rows())
    assert (says[CAMDEN], says[HACKNEY]) == (AGREES, OFF_PUBLISHED)
    gss, _at = REPEATED
    again = told.filter(pl.col("says") == SAME)
    assert set(again["geography"]) == {gss}
    assert again["period"].n_unique() == 1


@pytest.mark.integration
def test_a_borough_that_misses_quarters_loses_only_those(made: Result) -> None:
    values = tables_of()["improvement.collection/indicators"]
    without = values.filter(~((pl.col("authority") == HACKNEY) & (pl.col("period") >= "2024-25 Q2")))
    wall = compute(tables_of(**{"improvement.collection/indicators": without}), {}).frames["wall"]
    assert HACKNEY not in set(wall.filter(pl.col("value").is_not_null())["geography"])
    assert wall["geography"].n_unique() == 32
    assert made.frames["wall"]["geography"].n_unique() == 33


@pytest.mark.integration
def test_no_trend_is_drawn_across_a_new_definition(made: Result) -> None:
    """The borough's series begins anew where it says so; other boroughs' and other measures go on."""
    values = tables_of()["improvement.collection/indicators"]
    anew = (pl.col("authority") == CAMDEN) & (pl.col("INDICATOR") == "S01") & (pl.col("period") == "2024-25 Q2")
    marked = values.with_columns(REBASED=pl.when(anew).then(pl.lit("1")).otherwise("REBASED"))
    wall = compute(tables_of(**{"improvement.collection/indicators": marked}), {}).frames["wall"]
    at = (pl.col("geography") == CAMDEN) & (pl.col("measure") == "improvement.s01")
    assert made.frames["wall"].filter(at)["years"].item() == 6
    assert wall.filter(at).select("years", "direction").row(0) == (3, "too few years")
    assert set(wall.filter(~at & pl.col("years").is_not_null())["years"]) == {6}


@pytest.mark.unit
def test_nothing_handed_in_makes_nothing_and_breaks_nothing() -> None:
    empty = {name: frame.clear() for name, frame in tables_of().items()}
    found = compute(empty, {})
    assert found.figures.is_empty()
    assert found.frames["wall"].is_empty()
    assert set(services()["improvement"].needs) == set(NEEDS)


@pytest.mark.functional
def test_from_file_to_figure_and_pack(tmp_path: Path) -> None:
    """Six boroughs hand in a quarter; a figure, and the pack with its section."""
    from parentis.archive import Home

    home = Home(tmp_path / "home")
    for one in returns(1):
        if one.period == LAST and one.submitter <= "E09000007":
            write_files(one, tmp_path / "files" / one.return_id / one.period / one.submitter)
    workflow.submit(home, [tmp_path / "files"], who="test", accept=True)
    workflow.build(home, services=["improvement"])
    shown = workflow.figures(home, measure="improvement.s01", geography=CAMDEN, viewer=Viewer.own(CAMDEN))
    assert shown.select("numerator", "denominator").null_count().row(0) == (0, 0)
    page, *_ = workflow.pack(home, "improvement", out=tmp_path / "pack", viewer=Viewer.members())
    assert "Surely in the worst quarter" in page.read_text()
    assert isinstance(next(iter(returns(1))), ReturnData)
