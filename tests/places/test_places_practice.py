"""Practice referrals: sound, at published scale, and drawn from the truth that they say."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from parentis.returns import check_spec, read, the_return, type_cells, write_files
from parentis.services.places.practice import YEARS, practice
from parentis.services.places.practice_truth import TRUTH


@pytest.fixture(scope="module")
def filled() -> dict[tuple[str, str], dict[str, pl.DataFrame]]:
    return {(one.return_id, one.period): dict(one.tables) for one in practice(0)}


def together(filled: dict[tuple[str, str], dict[str, pl.DataFrame]], table: str) -> pl.DataFrame:
    return pl.concat([tables[table] for tables in filled.values() if table in tables])


@pytest.mark.integration
@pytest.mark.parametrize("return_id", ["places.referrals", "places.vacancies"])
def test_what_is_made_up_passes_its_rules(tmp_path: Path, return_id: str) -> None:
    one = next(each for each in practice(0) if each.return_id == return_id)
    [reading] = read(write_files(one, tmp_path))
    spec = the_return(return_id).spec.at(one.period)
    typed = type_cells(reading, spec)
    assert check_spec(reading, typed, spec).findings.is_empty()
    check = the_return(return_id).check
    assert check is not None
    found = check(reading, typed, spec).findings
    assert found["rule"].unique().to_list() == []


@pytest.mark.spec
def test_the_truth_is_the_handbooks() -> None:
    assert TRUTH.mean_stay == pytest.approx(83.0, abs=0.5)
    assert TRUTH.load == pytest.approx(22.3, abs=0.15)


@pytest.mark.spec
def test_the_log_is_of_the_published_scale(filled: dict[tuple[str, str], dict[str, pl.DataFrame]]) -> None:
    """295 referrals and 159 placed (54 %) in three years, about 12 in place; of them 80 % are recorded here."""
    secure = together(filled, "referrals").filter((pl.col("KIND") == "secure") & (pl.col("BASIS") != "remand"))
    expected = TRUTH.arrivals * TRUTH.recorded * YEARS
    assert abs(secure.height - expected) < 4 * (expected * 1.6) ** 0.5
    placed = (secure["OUTCOME"] == "placed").mean()
    assert isinstance(placed, float)
    assert 0.42 < placed < 0.66


@pytest.mark.spec
def test_homes_are_six_tenths_full_while_children_are_refused(
    filled: dict[tuple[str, str], dict[str, pl.DataFrame]],
) -> None:
    secure = together(filled, "vacancies").filter(pl.col("KIND") == "secure")
    assert secure["TAKEN"].sum() / secure["APPROVED"].sum() == pytest.approx(0.60, abs=0.03)
    assert 200 < secure.filter(pl.col("DAY") == secure["DAY"].max())["REGISTERED"].sum() < 260


@pytest.mark.unit
def test_the_log_of_a_year_knows_nothing_of_the_next(filled: dict[tuple[str, str], dict[str, pl.DataFrame]]) -> None:
    held = filled["places.referrals", "2022-23"]["referrals"]
    for name in ("CLOSED", "READY", "END"):
        last = held[name].drop_nulls().max()
        assert isinstance(last, date)
        assert last <= date(2023, 3, 31)
    assert held.filter((pl.col("OUTCOME") == "placed") & pl.col("END").is_null()).height > 5


@pytest.mark.unit
def test_the_same_seed_gives_the_same_log() -> None:
    first, again = (next(iter(practice(3))).tables["referrals"] for _ in range(2))
    assert first.equals(again)
    assert not first.equals(next(iter(practice(4))).tables["referrals"])
