"""What the build makes for the desk's pages: who refuses, who waits, and each rule on the last year of the log."""

import polars as pl
import pytest

from parentis.returns import the_return
from parentis.services.places.desk_frames import desk_frames, latest, refusals, refused_by_authority
from parentis.services.places.needs import ASKS, DESK_NEEDS, REFERRALS, VACANCIES
from parentis.services.places.practice import practice
from parentis.services.places.priority_rules import priority_rules

PROVIDERS = {
    "URN": pl.String, "TYPE_AS_PUBLISHED": pl.String, "SECTOR_AS_PUBLISHED": pl.String,
    "AUTHORITY_AS_PUBLISHED": pl.String, "DFE_NUMBER": pl.String, "REG_END": pl.Date, "NAME": pl.String,
    "REGION": pl.String, "OWNER": pl.String, "PLACES": pl.Int64, "PREMISES": pl.Int64, "REGISTERED": pl.Date,
    "STATUS": pl.String, "GRADE": pl.String, "OUTCOME": pl.String, "INSPECTED": pl.Date, "period": pl.String,
    "load_id": pl.String, "row": pl.UInt32,
}  # fmt: skip


def lake(**rows: list[dict[str, object]]) -> dict[str, pl.DataFrame]:
    """Tables as the lake holds them, with these rows of referrals, asks and vacancies."""
    found = {}
    for name in DESK_NEEDS:
        return_id, table = name.split("/")
        if return_id == "placements.providers":
            found[name] = pl.DataFrame(schema=PROVIDERS)
            continue
        columns = {one.name: one.dtype for one in the_return(return_id).spec.latest.tables[table].columns}
        schema = {**columns, "period": pl.String, "sequence": pl.Int64}
        found[name] = pl.DataFrame(rows.get(table, []), schema=schema, strict=False)
    return found


@pytest.fixture(scope="module")
def practised() -> dict[str, pl.DataFrame]:
    held: dict[str, list[pl.DataFrame]] = {}
    for one in practice(0):
        for table, frame in one.tables.items():
            named = frame.with_columns(period=pl.lit(one.period), sequence=pl.lit(1, pl.Int64))
            held.setdefault(f"{one.return_id}/{table}", []).append(named)
    return lake() | {name: pl.concat(parts) for name, parts in held.items()}


@pytest.mark.integration
def test_practice_makes_every_frame(practised: dict[str, pl.DataFrame]) -> None:
    found = desk_frames(practised)
    assert set(found) == {"register", "register_doubts", "refusals", "refused_by_authority", "wait_gaps", "paid",
                          "rule_trials", "rule_gaps"}  # fmt: skip
    tried = found["rule_trials"]
    assert tried["digest"].to_list() == [one.digest for one in priority_rules()]
    assert tried["log"].n_unique() == tried["year"].n_unique() == 1
    assert tried["year"][0] == "2024-25"
    # The beds are those that were in use at once: children wait, and not all are placed, as in the log.
    last = practised[REFERRALS].filter(
        (pl.col("period") == "2024-25") & (pl.col("KIND") == "secure") & (pl.col("BASIS") != "remand")
    )
    assert set(tried["children"]) == {last.height}
    placed = (last["OUTCOME"] == "placed").sum()
    assert tried["placed"].is_between(0.8 * placed, last.height - 1).all()
    assert (tried["mean_days"] > 1).all()
    assert tried["mean_days"].n_unique() == 2
    # Practice homes ask above their framework prices, by five per cent.
    secure = found["paid"].filter(pl.col("kind") == "secure").row(0, named=True)
    assert secure["low"] < 1.05 < secure["high"]


@pytest.mark.spec
def test_without_any_return_there_is_no_frame() -> None:
    assert desk_frames(lake()) == {}


def row(name: str, period: str = "2024-25", **more: object) -> dict[str, object]:
    return {"REFERRAL": name, "KIND": "secure", "LA": "E09000007", "BASIS": "s25-order", "OUTCOME": "placed",
            "period": period, "sequence": 1, **more}  # fmt: skip


@pytest.mark.spec
def test_every_ask_counts_once_by_its_answer_and_reason() -> None:
    asks = [
        {"REFERRAL": "a", "URN": "1", "ANSWER": "decline", "REASON": "mix", "period": "2024-25", "sequence": 1},
        {"REFERRAL": "a", "URN": "2", "ANSWER": "none", "REASON": "no-answer", "period": "2024-25", "sequence": 1},
        {"REFERRAL": "b", "URN": "1", "ANSWER": "decline", "REASON": "mix", "period": "2024-25", "sequence": 1},
        {"REFERRAL": "b", "URN": "2", "ANSWER": "offer", "REASON": None, "period": "2024-25", "sequence": 1},
    ]
    tables = lake(referrals=[row("a", OUTCOME="lost"), row("b")], asks=asks)
    found = refusals(tables[REFERRALS], tables[ASKS])
    assert found.select("urn", "answer", "reason", "asks").rows() == [
        ("1", "decline", "mix", 2), ("2", "none", "no-answer", 1), ("2", "offer", "", 1),
    ]  # fmt: skip
    [own] = refused_by_authority(tables[REFERRALS], tables[ASKS]).to_dicts()
    assert [own[name] for name in ("referrals", "placed", "asks", "refused")] == [2, 1, 4, 3]


@pytest.mark.spec
def test_a_referral_counts_as_the_latest_log_says() -> None:
    tables = lake(referrals=[row("a", "2023-24", OUTCOME="open"), row("a", OUTCOME="lost")])
    assert latest(tables[REFERRALS], "REFERRAL")["OUTCOME"].to_list() == ["lost"]


@pytest.mark.spec
def test_vacancies_alone_make_a_register() -> None:
    told = [{"URN": "1", "PROVIDER": "p", "KIND": "secure", "LA": "E09000007", "REGION": "London",
             "REGISTERED": 4, "APPROVED": 4, "STAFFED": 3, "TAKEN": 1, "period": "2024-25", "sequence": 1}]  # fmt: skip
    found = desk_frames(lake(vacancies=told))
    assert set(found) == {"register", "register_doubts"}
    assert found["register"].select("urn", "free").rows() == [("1", 2)]
    assert VACANCIES in DESK_NEEDS
