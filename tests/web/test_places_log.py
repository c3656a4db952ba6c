"""The desk's cases as the year's log: what is handed in, and what stays at the site."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from test_places_desk import asked, provider, referral

from parentis import workflow
from parentis.archive import find_home
from parentis.returns import check_spec, read, the_return, type_cells
from parentis.services.places.needs import ASKS, REFERRALS
from parentis.web.cases.models import Record
from parentis.web.cases.operations import move
from parentis.web.places import log_export
from parentis.web.places.case_types import REFERRAL
from parentis.web.places.practice import make_practice_places

DAY = date(2026, 11, 1)


def worked() -> None:
    """One child placed after a refusal, one for whom no place was found, and practice."""
    placed, lost = referral(child="9990000018"), referral(reference="R-2", child="9990000018", apart="R-1 SC9")
    provider("provider-two")
    declined, first = asked(placed, "provider-two", "SC2", "Two"), asked(placed)
    move(by=None, case=declined, move="decline", seen=None, values={"decline_reason": "mix"})
    move(by=None, case=first, move="offer", seen=None, values={"offered_price": Decimal(9000), "available_on": DAY})
    move(by=None, case=first, move="accept", seen=None)
    placed.refresh_from_db()
    move(by=None, case=placed, move="start", seen=None, values={"start_on": DAY + timedelta(days=1)})
    move(by=None, case=asked(lost), move="silent", seen=None)
    move(by=None, case=lost, move="lose", seen=None, why="Nobody would.")
    make_practice_places()


@pytest.mark.integration
@pytest.mark.django_db
def test_the_log_says_who_was_asked_and_what_came_of_it(tmp_path: Path) -> None:
    worked()
    made = log_export.tables(Record.objects.filter(case__kind=REFERRAL, practice=False).select_related("case"))
    assert made["referrals"].select("OUTCOME", "PLACED_WITH", "PRICE", "APART").rows() == [
        ("placed", "SC1", Decimal("9000.00"), 1), ("lost", None, None, 2),
    ]  # fmt: skip
    assert made["asks"].select("URN", "ANSWER", "REASON", "ACCEPTED").rows() == [
        ("SC2", "decline", "mix", None), ("SC1", "offer", None, "Y"), ("SC1", "none", "no-answer", None),
    ]  # fmt: skip
    # What the site hands in is sound by the return's own rules.
    for name, table in made.items():
        table.write_csv(tmp_path / f"{log_export.RETURN}_{name}_2026-27.csv")
    [reading] = read(sorted(tmp_path.iterdir()))
    spec = the_return(log_export.RETURN).spec.at("2026-27")
    typed = type_cells(reading, spec)
    assert check_spec(reading, typed, spec).findings.is_empty()
    check = the_return(log_export.RETURN).check
    assert check is not None
    assert set(check(reading, typed, spec).findings["rule"]) <= {
        "PLA-ORDER"
    }  # closed today, referred in the test's day


@pytest.mark.integration
@pytest.mark.django_db
def test_the_night_hands_the_year_in_once_and_practice_never() -> None:
    worked()
    assert [one.status for one in log_export.hand_over()] == ["accepted"]
    assert [one.status for one in log_export.hand_over()] == ["unchanged"]
    held = workflow.tables(find_home(), (REFERRALS, ASKS))
    assert held[REFERRALS].height == 2
    # The same child, whoever refers, and no number of it.
    assert held[REFERRALS]["CHILD_KEY"].n_unique() == 1
    assert not held[REFERRALS]["CHILD_KEY"].str.contains("9990000018").any()
    assert held[ASKS].filter(pl.col("ANSWER") == "decline")["REASON"].to_list() == ["mix"]
