"""The returns on commissioning: each kind of bad input is asked about, and what is right is not."""

from pathlib import Path

import pytest

from parentis.returns import read, the_return, type_cells

BLOCK = {"BLOCK": "B1", "PARTNERSHIP": "WLA", "PROVIDER": "Acme", "TYPE": "Residential - Mainstream", "PLACES": "4",
         "STARTS": "01/04/2024", "ENDS": "31/03/2026", "NIGHTS_OPEN": "1460", "NIGHTS_USED": "1000", "PRICE": "4500",
         "GUARANTEE": "90"}  # fmt: skip
REFERRAL = {"REFERRAL": "R1", "PARTNERSHIP": "WLA", "PROVIDER": "Acme", "TYPE": "Fostering - Mainstream", "NEED": "2",
            "SENT": "01/05/2024", "ANSWER": "OFFER", "ANSWERED": "02/05/2024", "HOURS": "24", "REASON": "",
            "SILENCE_HOURS": "72", "ACCEPTED": "Y", "PLACED": "03/05/2024"}  # fmt: skip
UPLIFT = {"PARTNERSHIP": "WLA", "PROVIDER": "Acme", "TYPE": "Residential - Mainstream", "FROM": "01/04/2024",
          "BEFORE": "4500", "ASKED": "7.5", "AGREED": "4", "AGREED_ON": "01/03/2024", "WEEKS": "104", "REASON": "PAY",
          "EVIDENCE": "Y"}  # fmt: skip
ARRANGEMENT = {"ARRANGEMENT": "A1", "PARTNERSHIP": "WLA", "FORM": "FRAMEWORK", "STARTS": "01/04/2022", "ENDS": "",
               "RUN_COST": "330000"}  # fmt: skip
MEMBER = {"PARTNERSHIP": "WLA", "MEMBER": "Ealing", "JOINED": "01/04/2022", "LEFT": ""}
SAVING = {"SAVING": "S1", "PARTNERSHIP": "WLA", "KIND": "CASHABLE", "CLAIMED": "1500000", "COUNTERFACTUAL": "LAST_YEAR",
          "EVIDENCE": "PAID"}  # fmt: skip
Rows = dict[str, list[dict[str, str]]]


def marked(folder: Path, return_id: str, tables: Rows) -> dict[str, int]:
    for name, rows in tables.items():
        lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
        (folder / f"{name}.csv").write_text("\n".join(lines))
    (found,) = read([folder / f"{name}.csv" for name in tables], return_id=return_id, period="2024-25")
    declared = the_return(return_id)
    spec = declared.spec.at("2024-25")
    assert declared.check is not None
    result = declared.check(found, type_cells(found, spec), spec)
    assert not [reason for reason in result.statuses["reason"].drop_nulls() if "internal" in reason]
    return dict(result.findings.group_by("rule").len().iter_rows())


@pytest.mark.spec
@pytest.mark.parametrize(
    ("return_id", "tables", "expected"),
    [
        ("blocks", {"blocks": [BLOCK]}, {}),
        ("blocks", {"blocks": [{**BLOCK, "NIGHTS_USED": "1461"}]}, {"COB-USED": 1}),
        ("blocks", {"blocks": [{**BLOCK, "NIGHTS_OPEN": "1465"}]}, {"COB-OPEN": 1}),
        ("blocks", {"blocks": [{**BLOCK, "PRICE": "0"}]}, {"COB-PRICE": 1}),
        ("blocks", {"blocks": [{**BLOCK, "GUARANTEE": "101"}]}, {"COB-GUARANTEE": 1}),
        ("blocks", {"blocks": [{**BLOCK, "ENDS": "31/03/2024"}]}, {"COB-DAYS": 1}),
        ("blocks", {"blocks": [{**BLOCK, "STARTS": "01/04/2025"}]}, {"COB-DAYS": 1}),
        ("blocks", {"blocks": [{**BLOCK, "TYPE": "A castle"}]}, {"COB-TYPE": 1}),
        ("referrals", {"referrals": [REFERRAL]}, {}),
        ("referrals", {"referrals": [{**REFERRAL, "REASON": "FULL"}]}, {"COR-REASON": 1}),
        ("referrals", {"referrals": [{**REFERRAL, "ANSWER": "DECLINE", "ACCEPTED": "N", "PLACED": ""}]},
         {"COR-REASON": 1}),
        ("referrals", {"referrals": [{**REFERRAL, "ANSWER": "WITHDRAWN"}]}, {"COR-ACCEPTED": 1}),
        ("referrals", {"referrals": [REFERRAL, {**REFERRAL, "PROVIDER": "Other"}]}, {"COR-TWO": 2}),
        ("referrals", {"referrals": [{**REFERRAL, "ANSWER": "SILENCE", "HOURS": "70", "ACCEPTED": "N", "PLACED": ""}]},
         {"COR-SILENCE": 1}),
        ("referrals", {"referrals": [{**REFERRAL, "ANSWERED": "30/04/2024"}]}, {"COR-DAYS": 1}),
        ("referrals", {"referrals": [{**REFERRAL, "HOURS": "-1"}]}, {"COR-DAYS": 1}),
        ("referrals", {"referrals": [{**REFERRAL, "NEED": "4"}]}, {"COR-NEED": 1}),
        ("referrals", {"referrals": [{**REFERRAL, "TYPE": "A castle"}]}, {"COR-TYPE": 1}),
        ("uplifts", {"uplifts": [UPLIFT]}, {}),
        ("uplifts", {"uplifts": [{**UPLIFT, "AGREED": "8"}]}, {"COU-MORE": 1}),
        ("uplifts", {"uplifts": [{**UPLIFT, "ASKED": "250"}]}, {"COU-STEEP": 1}),
        ("uplifts", {"uplifts": [{**UPLIFT, "AGREED_ON": ""}]}, {"COU-DECIDED": 1}),
        ("uplifts", {"uplifts": [{**UPLIFT, "TYPE": "A castle"}]}, {"COU-TYPE": 1}),
        ("arrangements", {"arrangements": [ARRANGEMENT], "members": [MEMBER]}, {}),
        ("arrangements", {"arrangements": [{**ARRANGEMENT, "ENDS": "31/03/2022"}], "members": [MEMBER]},
         {"COA-DAYS": 1}),
        ("arrangements", {"arrangements": [{**ARRANGEMENT, "RUN_COST": "-1"}], "members": [MEMBER]}, {"COA-COST": 1}),
        ("arrangements", {"arrangements": [ARRANGEMENT], "members": [{**MEMBER, "MEMBER": "Atlantis"}]},
         {"COA-MEMBER": 1}),
        ("arrangements", {"arrangements": [ARRANGEMENT], "members": [{**MEMBER, "LEFT": "31/03/2022"}]},
         {"COA-LEFT": 1}),
        ("arrangements", {"arrangements": [ARRANGEMENT], "members": [{**MEMBER, "JOINED": "01/10/2024"}]},
         {"COA-MIDYEAR": 1}),
        ("arrangements", {"arrangements": [ARRANGEMENT], "members": [{**MEMBER, "PARTNERSHIP": "SLCP"}]},
         {"COA-NONE": 1}),
        ("savings", {"savings": [SAVING]}, {}),
        ("savings", {"savings": [SAVING, {**SAVING, "PARTNERSHIP": "SLCP"}]}, {"COS-TWICE": 2}),
        ("savings", {"savings": [{**SAVING, "EVIDENCE": "NONE"}]}, {"COS-BASIS": 1}),
        ("savings", {"savings": [{**SAVING, "COUNTERFACTUAL": ""}]}, {"COS-BASIS": 1}),
        ("savings", {"savings": [{**SAVING, "COUNTERFACTUAL": "FORECAST"}]}, {"COS-KIND": 1}),
        ("savings", {"savings": [{**SAVING, "CLAIMED": "0"}]}, {"COS-SIGN": 1}),
    ],
)  # fmt: skip
def test_what_a_return_on_commissioning_is_asked_about(
    tmp_path: Path, return_id: str, tables: Rows, expected: dict[str, int]
) -> None:
    assert marked(tmp_path, f"commissioning.{return_id}", tables) == expected


@pytest.mark.spec
def test_referrals_say_their_year(tmp_path: Path) -> None:
    path = tmp_path / "referrals.csv"
    path.write_text("\n".join([",".join(REFERRAL), ",".join(REFERRAL.values())]))
    (found,) = read([path])
    assert (found.return_id, found.period) == ("commissioning.referrals", "2024-25")
