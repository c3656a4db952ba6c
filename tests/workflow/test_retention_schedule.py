"""The retention schedule: what each return says, which submissions are past their term, and that they go."""

from datetime import date

import pytest

from parentis import archive, workflow
from parentis.errors import DeclarationError
from parentis.returns import Return, returns
from parentis.returns.spec import Spec
from parentis.workflow.maintenance.retention import kept_until

CAMDEN = "E09000007"


@pytest.mark.spec
@pytest.mark.parametrize(
    ("period", "years", "last_day"),
    [
        ("2024-25", 7, date(2032, 3, 31)),
        ("2024-25 Q1", 7, date(2031, 6, 30)),
        ("2023", 1, date(2024, 12, 31)),
        ("2024-02-29", 1, date(2025, 2, 28)),
        ("2019-20..2023-24", 7, date(2031, 3, 31)),
    ],
)
def test_a_term_runs_from_the_end_of_the_period(period, years, last_day):
    assert kept_until(period, years) == last_day


@pytest.mark.unit
def test_every_return_that_is_not_published_says_how_long_it_is_kept():
    kept = {one.id: one.keep_years for one in returns().values() if one.audience != "published" and not one.handed_to}
    assert kept["ssda903"] == 16
    assert all(years and years > 0 for years in kept.values()), kept
    with pytest.raises(DeclarationError, match="nothing of how long it is kept"):
        Return(spec=Spec(id="x", title="X", tables=()), submitter="authority", period_kind="financial-year")


@pytest.fixture
def filled(home, monitoring, budgets):
    """Camden's monitoring of 2024-25, once superseded, and a published table."""
    workflow.submit(home, monitoring(100), who="ann", authority=CAMDEN, accept=True)
    workflow.submit(home, monitoring(200), who="ann", authority=CAMDEN, accept=True)
    workflow.submit(home, budgets(), who="ann", accept=True)
    return home


@pytest.mark.integration
def test_what_is_over_goes_on_the_day_after_its_last_superseded_ones_too(filled):
    last_day = workflow.retention_schedule(filled)["kept_until"].unique().item()
    assert workflow.kept_too_long(filled, last_day).height == 0
    the_day_after = date.fromordinal(last_day.toordinal() + 1)
    gone = workflow.erase_what_is_over(filled, the_day_after, who="bo")
    assert set(gone["return_id"]) == {"finance.monitoring"}
    assert gone.height == 2
    state = workflow.register(filled)
    assert set(state.filter(state["status"] == "erased")["submission_id"]) == set(gone["submission_id"])
    assert not any((filled.archive / one / "key").exists() for one in gone["submission_id"])
    published = state.filter(state["return_id"] == "finance.ra")["submission_id"].item()
    assert (filled.archive / published / "key").exists()
    events = archive.events(filled)
    assert "Retention schedule: kept for 7 years" in events.filter(events["event"] == "erased")["why"][0]
    assert workflow.erase_what_is_over(filled, the_day_after, who="bo").height == 0
    assert workflow.doctor(filled) == []
