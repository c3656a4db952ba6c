"""After custody: rows to the lake without identities, erasure in time, legal hold, expiry of the indexes."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from custody_places import CAMDEN, CROYDON, entry, fresh_indexes, moment, news, notice, suite_of
from django.core.management import CommandError, call_command
from django.utils import timezone

from parentis.archive import find_home
from parentis.lake import read
from parentis.returns import the_return
from parentis.web.audit.models import Entry as AuditEntry
from parentis.web.cases import history
from parentis.web.cases.models import Case
from parentis.web.cases.operations import move
from parentis.web.custody import periodic_tasks
from parentis.web.custody.fields import CODES, document
from parentis.web.custody.intake import index
from parentis.web.custody.models import Detention, EncryptedValue, IndexKey, IndexLoad
from parentis.web.custody.operations import hold, tell
from parentis.web.custody.retention import erasure, lake_export
from parentis.web.jobs.models import Job
from parentis.web.verification import verify_record

pytestmark = [pytest.mark.django_db, pytest.mark.integration]
EVENING, MORNING = moment("2026-03-10T21:00:00"), moment("2026-03-11T09:00:00")


@pytest.fixture
def ended(places):
    """`ended(number, **said)`: a detention of CHILD in March 2026 that was acknowledged, and ended the next morning."""
    fresh_indexes(entry())

    def make(number="SYN/1", **said):
        detention = notice(suite_of(places["police"]), number=number, arrival=EVENING, sex="F", ethnicity_self="M",
                           charge=EVENING + timedelta(hours=2), bail="refused",
                           bail_decision=EVENING + timedelta(hours=3), **said).detention  # fmt: skip
        if detention.case.state == "sent":
            move(by=None, case=detention.case, move="acknowledge", seen=None)
        tell(by=None, detention=detention, news=news(release=MORNING), key=f"release {number}")
        return Detention.objects.get(pk=detention.pk)

    return make


def lake():
    return read(find_home(), "custody.detentions/detentions").collect()


def test_the_page_of_fields_is_up_to_date():
    page = Path(__file__).parents[2] / "docs" / "custody-fields.md"
    assert page.read_text(encoding="utf-8") == document(), "run: python script/custody_fields_page.py"


def test_codes_of_the_site_are_those_of_the_return():
    columns = {one.name: one for one in the_return("custody.detentions").spec.at("2026-03-01..2026-03-31").tables[
        "detentions"].columns}  # fmt: skip
    for ours, theirs, more in (("sex", "SEX", set()), ("ethnicity", "ETHNICITY", set()),
                               ("accommodation", "REQUEST", {"none"}), ("answer", "ANSWER", {"none"})):  # fmt: skip
        assert {one.code for one in columns[theirs].codes} == set(CODES[ours]) | more


def test_rows_of_ended_detentions_reach_the_lake_without_who_they_were(ended, places):
    ended("SYN/1", request=EVENING + timedelta(hours=4), accommodation="secure", justification="Charged with murder")
    ended("SYN/2")
    ended("SYN/3", surname="Other", postcode="", address="", date_of_birth="1990-01-01")
    notice(suite_of(places["police"]), number="SYN/4")
    assert [one.status for one in lake_export.hand_over()] == ["accepted"]
    rows = lake()
    assert rows.height == 2, "one goes on, and one is grown up"
    assert rows["RESPONSIBLE"].to_list() == [CROYDON, CROYDON]
    assert rows["DETAINED_IN"].to_list() == [CAMDEN, CAMDEN]
    assert rows["CHILD_KEY"].n_unique() == 1, "the same child twice"
    assert rows["DETENTION"].n_unique() == 2
    assert rows["HOURS_HELD"].to_list() == [12.0, 12.0]
    assert rows["OVERNIGHT"].to_list() == ["Y", "Y"]
    assert rows["STANDING"].to_list() == ["looked after"] * 2
    assert sorted(rows["REQUEST"].to_list()) == ["none", "secure"]
    assert rows.filter(pl.col("REQUEST") == "secure")["SECURE_JUSTIFIED"].to_list() == ["Y"]
    assert rows.filter(pl.col("MINUTES_TO_ACKNOWLEDGE").is_null()).is_empty()
    assert "ractisson" not in str(rows.to_dicts())
    assert lake_export.hand_over() == []
    ended("SYN/5")
    assert [one.status for one in lake_export.hand_over()] == ["accepted"]
    assert lake().height == 3, "the month again, whole, in the place of the last"


def test_the_command_hands_over_months(ended, capsys):
    call_command("custody_hand_over")
    assert "Nothing to export" in capsys.readouterr().out
    ended()
    call_command("custody_hand_over", month=["2026-03"])
    assert "accepted" in capsys.readouterr().out
    call_command("custody_hand_over", month=["2026-03"])
    assert "unchanged" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("custody_hand_over", month=["March"])


@pytest.mark.parametrize(
    ("now", "expected"),
    [("2026-03-11T12:00:00", False), ("2026-03-12T03:10:00", True), ("2026-03-12T11:59:00", False),
     ("2026-03-12T12:01:00", True), ("2026-07-12T02:10:00", True)],
)  # fmt: skip
def test_the_run_is_at_night_or_as_soon_as_one_was_missed(ended, now, expected):
    assert not lake_export.due(moment(now))
    ended()
    assert lake_export.due(moment(now)) is expected


def test_a_tick_hands_over_and_asks_for_the_figures(ended):
    ended()
    periodic_tasks.hand_over()
    assert Detention.objects.get().handed_over_at is not None
    assert Job.objects.filter(kind="build").count() == 1
    periodic_tasks.hand_over()
    assert Job.objects.filter(kind="build").count() == 1


def test_who_the_child_was_is_erased_in_time_and_the_history_verifies(ended, settings):
    one = ended()
    day90, day91 = MORNING + timedelta(days=90), MORNING + timedelta(days=90, seconds=1)
    assert erasure.erase_due(day91) == 0, "not before its row is in the lake"
    lake_export.hand_over()
    assert erasure.erase_due(day90) == 0
    settings.CUSTODY_KEEP_DAYS = 91
    assert erasure.erase_due(day91) == 0
    settings.CUSTODY_KEEP_DAYS = 90
    assert erasure.erase_due(day91) == 1
    assert erasure.erase_due(day91) == 0
    assert not EncryptedValue.objects.exists()
    after = Case.objects.get(pk=one.pk)
    assert history.verify(after).forgotten == 3
    assert after.detention.ethnicity_self == "M"
    assert AuditEntry.objects.filter(what="custody:forgotten").count() == 1
    verify_record()
    lake_export.hand_over([EVENING.date().replace(day=1)])
    assert lake().height == 1, "what the figures need is still there"


def test_what_is_under_legal_hold_is_not_erased(ended, person):
    one = ended()
    lake_export.hand_over()
    officer = person("data-protection", "croydon")
    hold(by=officer, detention=one, on=True, why="A claim was made")
    late = MORNING + timedelta(days=400)
    assert erasure.erase_due(late) == 0
    hold(by=officer, detention=one, on=False, why="It is settled")
    assert erasure.erase_due(late) == 1


def test_indexes_are_gone_after_a_day(places):
    fresh_indexes(entry())
    IndexLoad.objects.filter(authority=CROYDON).update(as_of=timezone.now() - timedelta(hours=24, seconds=1))
    periodic_tasks.expire_indexes()
    assert not IndexLoad.objects.filter(authority=CROYDON).exists()
    assert IndexLoad.objects.filter(authority=CAMDEN).exists()
    assert not IndexKey.objects.exists()
    assert index.expired() == []
