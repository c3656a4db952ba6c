"""Who is at risk on a day, what was known of them, and what became of them."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from cohort_tables import returns, table

from parentis.services.cohort.identification.person_months import at_risk, became

DAY = date(2023, 9, 30)
BORN = [{"CHILD": "A", "DOB": "2008-06-15"}]


def _stay(start: str, end: str | None = None, **more: Any) -> dict[str, Any]:
    """In the return of every year that it touches, as returns are."""
    return {"DECOM": start, "DEC": end, "REC": "X1" if end else None, "PLACE": "U4"} | more


def _told(*stays: dict[str, Any], child: list[dict[str, Any]] = BORN, **more: pl.DataFrame) -> dict[str, pl.DataFrame]:
    episode = []
    for year in range(2021, 2025):
        first, last = f"{year}-04-01", f"{year + 1}-03-31"
        for stay in stays:
            if stay["DECOM"] <= last and (stay["DEC"] or last) >= first:
                late = (stay["DEC"] or "") > last
                blank = {"DEC": None, "REC": None, "REASON_PLACE_CHANGE": None} if late else {}
                episode.append(stay | {"period": f"{year}-{(year + 1) % 100}"} | blank)
    return returns(episode=episode, child=child, **more)


def _row(*stays: dict[str, Any], day: date = DAY, until: date | None = None, **more: Any) -> dict[str, Any] | None:
    told = _told(*stays, **more)
    found = became(at_risk(told, [day]), told, until=until)
    assert found.height <= 1
    return found.row(0, named=True) if found.height else None


@pytest.mark.spec
@pytest.mark.parametrize(
    ("stays", "what"),
    [
        ([_stay("2022-05-01")], ("stayed", 12)),
        ([_stay("2022-05-01", "2023-10-20"), _stay("2023-10-20", PLACE="K2", RNE="P")], ("event", 1)),
        ([_stay("2022-05-01", "2024-09-30"), _stay("2024-09-30", PLACE="K1", RNE="P")], ("event", 12)),
        ([_stay("2022-05-01", "2024-10-01"), _stay("2024-10-01", PLACE="K1", RNE="P")], ("stayed", 12)),
        ([_stay("2022-05-01", "2023-07-01"), _stay("2023-07-01", "2023-12-05", RNE="P"), _stay("2023-12-05", RNE="P")],
         ("event", 3)),
        ([_stay("2022-05-01", "2023-07-01"), _stay("2023-07-01", "2024-07-05", RNE="P"), _stay("2024-07-05", RNE="P")],
         ("stayed", 12)),
        ([_stay("2022-05-01", "2023-11-02", REC="E4A")], ("left", 2)),
        ([_stay("2022-05-01", "2023-11-02", REC="E4A"), _stay("2024-02-01", PLACE="K2")], ("left", 2)),
    ],
)  # fmt: skip
def test_what_became_of_a_child_is_what_came_first(stays: list[dict[str, Any]], what: tuple[str, int]) -> None:
    row = _row(*stays)
    assert row is not None
    assert (row["became"], row["month"]) == what


@pytest.mark.spec
def test_at_18_it_is_over() -> None:
    row = _row(_stay("2022-05-01", "2024-02-20"), _stay("2024-02-20", PLACE="K2", RNE="P"),
               child=[{"CHILD": "A", "DOB": "2006-02-15"}])  # fmt: skip
    assert row is not None
    assert (row["became"], row["month"], row["months_to_18"]) == ("stayed", 4, 4)


@pytest.mark.spec
def test_what_happened_after_the_last_day_told_is_not_known() -> None:
    stays = [_stay("2022-05-01", "2024-02-20"), _stay("2024-02-20", PLACE="K2", RNE="P")]
    row = _row(*stays, until=date(2023, 12, 31))
    assert row is not None
    assert (row["became"], row["month"], row["seen"]) == ("stayed", 3, 4)
    assert _row(*stays)["became"] == "event"  # type: ignore[index]


@pytest.mark.spec
@pytest.mark.parametrize(
    "stays",
    [
        [_stay("2022-05-01", PLACE="K2")],
        [_stay("2023-05-01", "2023-06-01"), _stay("2023-06-01", "2023-08-01", RNE="P"), _stay("2023-08-01", RNE="P")],
        [_stay("2022-05-01", "2023-09-30", REC="E4A")],
    ],
)
def test_who_is_in_a_home_has_moved_twice_or_has_left_is_not_at_risk(stays: list[dict[str, Any]]) -> None:
    assert _row(*stays) is None


KNOWN = ("moved", "carer_ended", "missing", "moves", "kind", "law", "entry_seen", "late_entry")


@pytest.mark.spec
def test_what_is_known_on_the_day() -> None:
    missing = table(
        [{"period": "2023-24", "CHILD": "A", "MIS_START": day} for day in ("2023-08-01", "2023-09-30", "2023-10-01")],
        ("CHILD", "MIS_START", "MIS_END"),
    )
    row = _row(
        _stay("2022-05-01", "2023-06-10", REASON_PLACE_CHANGE="CREQB"),
        _stay("2023-06-10", RNE="P", PLACE="U1", LS="V2"),
        Missing=missing,
    )  # fmt: skip
    assert row is not None
    known = {
        name: row[name]
        for name in ("moved", "carer_ended", "missing", "moves", "kind", "law", "entry_seen", "late_entry")
    }
    assert known == {"moved": True, "carer_ended": True, "missing": 2, "moves": 1, "kind": "kinship", "law": "V",
                     "entry_seen": True, "late_entry": False}  # fmt: skip
    assert row["age"] == pytest.approx(15.29, abs=0.01)
    assert row["months_in_care"] == pytest.approx(17, abs=0.1)


@pytest.mark.generative
def test_later_rows_change_nothing_that_was_known() -> None:
    early = [_stay("2022-05-01", "2023-06-10"), _stay("2023-06-10", RNE="P")]
    later = [early[0], _stay("2023-06-10", "2023-11-01", RNE="P", REASON_PLACE_CHANGE="CREQB"),
             _stay("2023-11-01", RNE="P", PLACE="K2")]  # fmt: skip
    known = [at_risk(_told(*stays), [DAY]) for stays in (early, later)]
    assert known[0].equals(known[1])
