"""The whole service on the practice region: planted truths found, figures traced, the ladder held."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from parentis.figures import Catalogue, Viewer, release
from parentis.returns import the_return
from parentis.services.child_deaths import SERVICE, Picture, picture_of, practice
from parentis.services.child_deaths.budget import Method, Watching
from parentis.services.child_deaths.compute import compute
from parentis.services.child_deaths.measures import MEASURES
from parentis.services.child_deaths.outside import FEWEST, banded, quarter_end
from parentis.services.child_deaths.records import deaths, factors, reviews
from parentis.services.child_deaths.streams import watch

Tables = dict[str, pl.DataFrame]


def in_lake(data: Any) -> Tables:
    """Returns as the lake has them: every table of the service, with what a load adds."""
    parts: dict[str, list[pl.DataFrame]] = {need: [] for need in SERVICE.needs}
    for one in data:
        for name, table in one.tables.items():
            at = pl.col("RESIDENCE") if "RESIDENCE" in table.columns else pl.lit(None, dtype=pl.String)
            parts[f"{one.return_id}/{name}"].append(
                table.with_row_index("row").with_columns(
                    authority=at, period=pl.lit(one.period), load_id=pl.lit(f"{one.return_id}/{one.period}"),
                    sequence=pl.lit(1, dtype=pl.Int64),
                )
            )  # fmt: skip
    return {need: pl.concat(frames, how="diagonal_relaxed") for need, frames in parts.items()}


@pytest.fixture(scope="module")
def tables() -> Tables:
    from parentis.services.child_deaths.practice import returns

    return in_lake(returns(1))


@pytest.fixture(scope="module")
def made(tables: Tables) -> Picture:
    found = picture_of(tables)
    assert found is not None
    return found


@pytest.mark.integration
def test_the_planted_cluster_is_found_where_and_when_it_was(made: Picture) -> None:
    assert made.inside is not None
    strongest = made.inside.clusters[0]
    from parentis.services.child_deaths import boroughs

    assert {boroughs()[at].authority for at in strongest.areas} == set(practice.CLUSTER)
    months = made.inside.streams[0].months
    assert (months[strongest.first], months[strongest.last]) == (date(2025, 12, 1), date(2026, 2, 1))
    assert strongest.p <= 0.002
    alarm = next(one for one in made.inside.alarms if one.stream == "scan")
    assert alarm.where == ("cdr-welc",)
    assert 2.5 < alarm.ratio < 5.5


@pytest.mark.integration
def test_the_planted_change_of_reporting_speed_is_seen_and_not_called_a_rise(made: Picture) -> None:
    assert made.inside is not None
    assert practice.FASTER not in {one.stream for one in made.inside.alarms}
    delays = made.inside.delays
    assert delays[practice.FASTER].median() < delays["cdr-nwl"].median()


@pytest.mark.integration
def test_the_page_promises_no_more_than_its_budget(made: Picture) -> None:
    assert made.inside is not None
    assert 0.85 <= made.inside.budget.promised <= 1.0
    assert made.inside.budget.promised == pytest.approx(sum(one.share.promised for one in made.inside.streams))


@pytest.mark.integration
def test_a_last_month_is_never_raw(made: Picture) -> None:
    assert made.inside is not None
    last = made.inside.nowcasts[-1]
    assert last.complete < 0.9
    assert last.low > last.notified
    assert last.first not in {month for one in made.inside.streams for month in one.months}


@pytest.mark.integration
def test_figures_are_traced_and_say_whom_they_count(tables: Tables) -> None:
    result = compute(tables, {})
    known = Catalogue(MEASURES)
    assert set(result.figures["measure"]) == {one.id for one in known}
    assert set(result.figures["provenance_id"]) <= set(result.provenance["provenance_id"])
    assert all(one.people is not None for one in known)
    notified = result.figures.filter(measure="child_deaths.notified", geography="london")
    truth = deaths(tables[SERVICE.needs[0]]).cases.group_by("year").len()
    assert dict(notified.select("period", "value").iter_rows()) == {y: float(n) for y, n in truth.iter_rows()}


@pytest.mark.integration
def test_no_figure_is_of_a_borough_and_footprints_have_no_causes(tables: Tables) -> None:
    figures = compute(tables, {}).figures
    assert not figures["geography"].str.starts_with("E09").any()
    split = figures.filter(pl.col("breakdown") != "")
    assert set(split["geography"]) == {"london"}


@pytest.mark.integration
def test_outside_counts_are_bands_by_the_quarter_with_ten_deaths_behind_them(made: Picture) -> None:
    assert made.outside
    assert all(one.deaths != banded(0) for one in made.outside)
    assert {one.quarter_ends for one in made.outside} == {date(2026, 3, 31)}
    assert "cause=2" not in {one.stream for one in made.outside} or FEWEST == 10
    assert not any("E09" in repr(one) for one in made.outside)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("on", "ends"),
    [("2026-03-31", "2026-03-31"), ("2026-04-01", "2026-03-31"), ("2026-01-15", "2025-12-31"),
     ("2025-12-31", "2025-12-31"), ("2025-12-30", "2025-09-30")],
)  # fmt: skip
def test_the_last_whole_quarter(on: str, ends: str) -> None:
    assert quarter_end(date.fromisoformat(on)).isoformat() == ends


@pytest.mark.unit
def test_bands() -> None:
    assert [banded(each) for each in (0, 9, 10, 19, 20, 999, 1000)] == [
        "fewer than 10", "fewer than 10", "10 to 19", "10 to 19", "20 to 49", "500 to 999", "1,000 or more",
    ]  # fmt: skip


# The specification's §8, across rows and returns.
def _changed(tables: Tables, **columns: Any) -> pl.DataFrame:
    first = pl.col("CASE") == tables[SERVICE.needs[0]]["CASE"][0]
    return tables[SERVICE.needs[0]].with_columns(
        **{name: pl.when(first).then(pl.lit(value)).otherwise(pl.col(name)) for name, value in columns.items()}
    )


@pytest.mark.spec
@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"OUTCOME": "stillborn"}, "not live-born"),
        ({"WITHDRAWN": date(2025, 3, 1)}, "withdrawn"),
        ({"RECEIVED": date(2024, 3, 1)}, "notified before the death"),
        ({"BORN": date(2004, 1, 1)}, "an adult"),
        ({"authority": None}, "not a resident"),
    ],
)
def test_what_counts_nowhere_is_left_out_and_counted(tables: Tables, columns: dict[str, Any], reason: str) -> None:
    before, after = deaths(tables[SERVICE.needs[0]]), deaths(_changed(tables, **columns))
    assert after.cases.height == before.cases.height - 1
    assert after.left_out == {reason: 1}


@pytest.mark.spec
def test_a_child_told_of_by_two_footprints_is_counted_once_where_it_lived(tables: Tables) -> None:
    table = tables[SERVICE.needs[0]]
    again = table.head(1).with_columns(
        CASE=pl.lit("SYN-again"), FOOTPRINT=pl.lit("cdr-nwl"), RECEIVED=pl.col("RECEIVED").dt.offset_by("3d")
    )
    found = deaths(pl.concat([table, again]))
    assert found.left_out == {"the same child twice": 1}
    assert found.cases.filter(CASE="SYN-again").is_empty()


@pytest.mark.spec
def test_a_correction_supersedes_and_the_earlier_picture_is_kept(tables: Tables) -> None:
    table = tables[SERVICE.needs[0]]
    table = table.with_columns(pl.col("WITHDRAWN").cast(pl.Date))
    withdrawn = table.head(1).with_columns(WITHDRAWN=pl.lit(date(2025, 1, 1)), sequence=pl.lit(2, dtype=pl.Int64))
    later = deaths(pl.concat([table, withdrawn]))
    assert later.left_out == {"repeated": 1, "withdrawn": 1}
    assert later.cases.height == deaths(table).cases.height - 1


@pytest.mark.spec
def test_a_review_without_a_notification_and_a_factor_without_a_domain_count_nowhere(tables: Tables) -> None:
    found = deaths(tables[SERVICE.needs[0]])
    stray = tables["child_deaths.reviews/reviews"].head(1).with_columns(CASE=pl.lit("SYN-nowhere"))
    table = pl.concat([tables["child_deaths.reviews/reviews"], stray])
    assert reviews(table, found).height == reviews(tables["child_deaths.reviews/reviews"], found).height
    listed = tables["child_deaths.factors/factors"]
    without = listed.with_columns(DOMAIN=pl.lit(None, dtype=pl.String))
    assert factors(without, reviews(table, found)).is_empty()


@pytest.mark.spec
@pytest.mark.parametrize(("old", "new"), [("0", "0"), ("1", "1"), ("1*", "1"), ("2", "2"), ("3", "2")])
def test_old_scores_are_mapped(tables: Tables, old: str, new: str) -> None:
    found = deaths(tables[SERVICE.needs[0]])
    listed = tables["child_deaths.factors/factors"].with_columns(
        RELEVANCE=pl.lit(None, dtype=pl.String), OLD_RELEVANCE=pl.lit(old)
    )
    assert set(factors(listed, reviews(tables["child_deaths.reviews/reviews"], found))["relevance"]) == {new}


@pytest.mark.spec
def test_a_silent_footprint_is_shown_as_silent_and_not_as_nothing(tables: Tables) -> None:
    table = tables[SERVICE.needs[0]].filter(
        ~((pl.col("FOOTPRINT") == "cdr-bhr") & (pl.col("RECEIVED") >= date(2026, 1, 1)))
    )
    assert deaths(table).silent == ("cdr-bhr",)
    figures = compute({**tables, SERVICE.needs[0]: table}, {}).figures
    assert figures.filter(measure="child_deaths.notified", geography="cdr-bhr").is_empty()
    assert figures["method"].str.contains("nothing was heard of cdr-bhr").all()


@pytest.mark.unit
def test_practice_returns_fit_their_specs_and_pass_their_rules(tables: Tables) -> None:
    from parentis.services.child_deaths.practice import returns

    for one in returns(2):
        spec = the_return(one.return_id).spec.at(one.period)
        for name, table in one.tables.items():
            assert set(table.columns) <= {column.name for column in spec.tables[name].columns}, one.return_id


@pytest.mark.spec
def test_the_boards_that_merged_on_1_april_2026_are_two_before_and_one_after() -> None:
    """Board breaks of today's footprints change with the day that is asked for."""
    from parentis.region import footprints, members

    def boards(day: date) -> dict[str, str]:
        return {code: one.id for one in footprints() if one.kind == "icb" for code in members(one.id, day)}

    before, after = boards(date(2026, 3, 31)), boards(date(2026, 4, 1))
    assert set(before) == set(after)
    assert len(set(before.values())) == 5
    assert len(set(after.values())) == 4
    camden, brent = "E09000007", "E09000005"
    assert before[camden] != before[brent]
    assert after[camden] == after[brent]


@pytest.mark.unit
def test_no_other_service_reads_child_deaths_and_this_one_reads_nothing_else() -> None:
    """The enclave: no join to the looked-after children's return, nor to any other."""
    from parentis.services import services

    assert all(need.startswith("child_deaths.") for need in SERVICE.needs)
    others = [each for name, one in services().items() if name != "child_deaths" for each in one.needs]
    assert others
    assert not [each for each in others if str(each).startswith("child_deaths")]


@pytest.mark.unit
def test_no_return_asks_how_a_child_died_by_suicide_and_no_text_is_kept_but_lessons() -> None:
    from parentis.returns.child_deaths import RETURNS

    columns = {column.name for each in RETURNS for table in each.spec.union().values() for column in table.columns}
    assert not [each for each in columns if "METHOD" in each or "NARRATIVE" in each or "NAME" in each]


@pytest.mark.integration
def test_few_deaths_and_missing_answers_are_watched_by_what_lies_between_them(made: Picture) -> None:
    assert made.inside is not None
    by = {one.stream.id: one for one in made.inside.streams}
    assert len(by) == 70
    assert by["jar=custody"].stream.method is Method.T_CHART
    assert by["no-number=cdr-bhr"].stream.method is Method.G_CHART
    assert by["late=cdr-bhr"].stream.watching is Watching.COMPLETENESS
    late = by["late=cdr-bhr"]
    assert (late.counts <= late.of).all()
    assert 0 < late.counts.sum() < by["cdr-bhr"].counts.sum()
    waits = [one.median for one in made.inside.streams if one.path is not None]
    assert all(1 <= each < 200 for each in waits)


@pytest.mark.integration
def test_a_stream_of_few_signals_where_two_lie_close_and_names_months_alone(tables: Tables) -> None:
    """Nobody died in custody for a year and more but three, long apart; then two in two days."""
    table = tables[SERVICE.needs[0]].sort("DIED")
    died = [date(2024, 4, 20), date(2024, 10, 15), date(2025, 4, 10), date(2025, 10, 20), date(2025, 10, 21)]
    cases = [table.filter(pl.col("DIED") == day)["CASE"][0] for day in died]
    with_few = table.with_columns(JAR=pl.when(pl.col("CASE").is_in(cases)).then(pl.lit("custody")).otherwise("JAR"))
    found = watch(deaths(with_few), a_year=6.0)
    assert found is not None
    (alarm,) = [one for one in found.alarms if one.stream == "jar=custody"]
    assert (alarm.since, alarm.at) == (date(2025, 10, 1), date(2025, 10, 1))
    quiet = watch(deaths(table), a_year=6.0)
    assert quiet is not None
    assert not [one for one in quiet.alarms if one.stream == "jar=custody"]


@pytest.mark.integration
def test_released_figures_hide_few(tables: Tables) -> None:
    figures = compute(tables, {}).figures
    shown = release(figures, Catalogue(MEASURES), Viewer.members())
    counted = shown.filter(pl.col("measure").is_in(["child_deaths.category", "child_deaths.responses"]))
    assert counted.filter(pl.col("value").is_not_null() & (pl.col("value") > 0) & (pl.col("value") < 6)).is_empty()
