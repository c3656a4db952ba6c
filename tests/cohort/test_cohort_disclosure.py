"""What others see of a borough's cohort: no count of one to five, by any measure that tells it."""

from datetime import date

import polars as pl
import pytest
from cohort_tables import returns

from parentis.figures import Catalogue, Viewer, guard, release
from parentis.region import members
from parentis.services import services
from parentis.services.cohort.measures import MEASURES

DAY = date(2025, 3, 31)
OTHER = "E09000033"


@pytest.fixture(scope="module")
def figures() -> pl.DataFrame:
    """Boroughs with 0, 1, 2 … children who moved twice, of thirty each."""
    stays = []
    for number, authority in enumerate(sorted(members("london", DAY))):
        for at in range(30):
            child = {"CHILD": f"{authority[-2:]}{at}", "authority": authority, "period": "2024-25", "RNE": "P"}
            moves = at < number % 16
            days = ["2024-05-01", "2024-08-01", "2024-12-01", None] if moves else ["2024-05-01", None]
            why = "CREQB" if moves else None
            stays += [
                child | {"DECOM": days[i], "DEC": days[i + 1], "REC": "X1" if days[i + 1] else None,
                         "REASON_PLACE_CHANGE": why if days[i + 1] else None}
                for i in range(len(days) - 1)
            ]  # fmt: skip
    told = returns(episode=stays)
    empty = pl.DataFrame(schema={"authority": pl.String, "period": pl.String, "load_id": pl.String})
    tables = {need: told.get(need, empty) for need in services()["cohort"].needs}
    return services()["cohort"].compute.resolve()(tables, {"seed": 0}).figures


@pytest.mark.integration
def test_no_small_count_of_another_borough_is_shown_or_told(figures: pl.DataFrame) -> None:
    catalogue = Catalogue(MEASURES)
    counts = dict(
        figures.filter(pl.col("measure") == "cohort.children", pl.col("breakdown") == "")
        .select("geography", "value")
        .iter_rows()
    )
    small = [place for place, value in counts.items() if 0 < value < 6 and place != OTHER]
    assert len(small) > 5
    seen = release(guard(figures, catalogue).figures, catalogue, Viewer.members(OTHER)).filter(
        pl.col("breakdown") == ""
    )
    shown = {(row["measure"], row["geography"]): row["value"] for row in seen.iter_rows(named=True)}
    for place in small:
        for name in ("children", "rate", "share"):
            assert shown.get((f"cohort.{name}", place)) is None, (name, place, counts[place])
    large = [place for place, value in counts.items() if value > 10 and place != "london"]
    assert any(shown.get(("cohort.children", place)) is not None for place in large)
    assert not [place for (name, place) in shown if name == "cohort.weekly_cost" and place not in (OTHER, "london")]


@pytest.mark.integration
def test_a_borough_sees_its_own_as_it_is(figures: pl.DataFrame) -> None:
    catalogue, place = Catalogue(MEASURES), "E09000003"
    seen = release(guard(figures, catalogue).figures, catalogue, Viewer.own(place))
    own = seen.filter(pl.col("geography") == place, pl.col("measure") == "cohort.children", pl.col("breakdown") == "")
    assert own["value"].to_list() == [2.0]
