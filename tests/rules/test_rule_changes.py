"""What changed by year follows from the declarations, and every amendment says in words what it was."""

import pytest

from parentis.errors import PeriodError
from parentis.returns.ssda903 import rule_changes
from parentis.returns.ssda903.rules import RULE_SET
from parentis.returns.ssda903.rules.changes import AMENDED, FIRST, KNOWN_SINCE, changes_since


@pytest.mark.unit
def test_each_amendment_is_described_and_nothing_else_is() -> None:
    assert set(AMENDED) == {(rule.code, year) for rule in RULE_SET for year in rule.changed}


@pytest.mark.unit
def test_days_of_late_changes_belong_to_changes() -> None:
    assert set(KNOWN_SINCE) <= {(one.rule, one.year) for one in changes_since()}


@pytest.mark.unit
def test_a_rule_is_added_the_year_it_begins_and_withdrawn_the_year_after_its_last() -> None:
    found = {(one.rule, one.change): one.year for one in changes_since()}
    assert found["241", "added"] == "2025-26"
    assert found["SW01aSTG1", "added"] == "2024-25"
    assert found["SW01aSTG1", "withdrawn"] == "2025-26"
    assert ("101", "added") not in found  # it stood in the first list


@pytest.mark.unit
def test_the_listing_begins_with_the_year_asked_for_and_says_when_it_is_in_force() -> None:
    frame = rule_changes("2025-26")
    assert set(frame["year"]) == {"2025-26", "2026-27"}
    assert set(frame.filter(frame["year"] == "2025-26")["in_force"]) == {"2025-04-01"}
    place = frame.filter((frame["change"] == "codes") & (frame["rule"] == "Episodes.PLACE"))
    assert "gains Z11" in place["what"].item()
    assert rule_changes("2026").equals(frame)  # a lone year is the collection year that ends in it


@pytest.mark.unit
def test_where_text_and_practice_part_both_are_said() -> None:
    reading = {one.rule: one.reading for one in changes_since("2025-26")}
    assert "original" in reading["241"]
    assert "message" in reading["702"]


@pytest.mark.unit
@pytest.mark.parametrize("year", ["1999-00", "last year", ""])
def test_a_year_that_the_return_does_not_cover_is_refused(year: str) -> None:
    with pytest.raises(PeriodError):
        changes_since(year)


@pytest.mark.unit
def test_all_is_listed_by_default() -> None:
    assert changes_since() == changes_since(FIRST)
