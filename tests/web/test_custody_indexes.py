"""Indexes that are wrong are refused: from another time, or with most of their children gone."""

from datetime import timedelta

import pytest
from custody_places import CHILD, CROYDON, entry, fresh_indexes, notice, suite_of
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from parentis.web.audit.models import Entry as AuditEntry
from parentis.web.custody import routing
from parentis.web.custody.intake import index
from parentis.web.custody.intake.index import IndexLossError, IndexTimeError
from parentis.web.custody.models import IndexLoad, IndexPerson

pytestmark = [pytest.mark.django_db, pytest.mark.integration]
HEAD = ("PERSON_REF,FIRST_NAME,SURNAME,DATE_OF_BIRTH,POSTCODE,LOOKED_AFTER,CARE_LEAVER,OPEN_CASE,YOUTH_JUSTICE_ORDER,"
        "RESPONSIBLE_AUTHORITY,AS_OF\n")  # fmt: skip


def load(people=1, as_of=None, **more):
    entries = [entry(person_ref=f"SYN{number}") for number in range(people)]
    return index.load(by=None, authority=CROYDON, entries=entries, as_of=as_of or timezone.now(), **more)


@pytest.mark.parametrize(
    ("drawn", "found"),
    [(timedelta(days=36500), "from the future"), (timedelta(hours=2), "from the future"),
     (timedelta(hours=-25), "an older one")],
)  # fmt: skip
def test_an_index_of_another_time_is_refused_and_the_one_in_force_stays(drawn, found):
    load(2)
    with pytest.raises(IndexTimeError, match=found):
        load(3, timezone.now() + drawn)
    assert IndexLoad.objects.get().people == 2 == IndexPerson.objects.count()
    load(2, timezone.now() + timedelta(minutes=50))  # another's clock may be ahead


def test_an_index_drawn_before_the_one_in_force_is_refused():
    load(2)
    with pytest.raises(IndexTimeError, match="before"):
        load(2, timezone.now() - timedelta(hours=3))


def test_one_from_the_future_that_is_in_the_database_counts_for_nothing(places):
    fresh_indexes(entry())
    IndexLoad.objects.filter(authority=CROYDON).update(as_of=timezone.now() + timedelta(days=36500))
    assert CROYDON in index.stale()
    assert index.expired() == [CROYDON]
    assert notice(suite_of(places["police"])).detention.case.state == "desk"


def test_a_sudden_loss_is_confirmed_with_a_reason_or_the_last_index_stays():
    load(74)
    with pytest.raises(IndexLossError, match="74"):
        load(1)
    with pytest.raises(IndexLossError):
        load(1, confirmed="   ")
    assert IndexPerson.objects.count() == 74
    load(1, confirmed="The list was cut to looked-after children")
    assert IndexPerson.objects.count() == 1
    noted = AuditEntry.objects.filter(what="custody-index:loaded").order_by("sequence").last()
    assert (noted.why, noted.detail["lost"]) == ("The list was cut to looked-after children", 73)
    load(1)  # as many as last time


def test_a_loss_is_seen_after_the_last_index_is_gone_too():
    load(74)
    index.expire(CROYDON)
    assert not IndexPerson.objects.exists()
    with pytest.raises(IndexLossError):
        load(1)
    assert load(60).people == 60, "some come and go each night"


def test_the_page_and_the_program_ask_why_many_are_gone(client_of, places):
    load(74)
    row = f"SYN1,Synthea,Practisson,03/02/2010,ZZ1 1ZZ,Y,N,N,N,,{timezone.now().isoformat()}\n"
    client = client_of("analyst", "croydon")

    def send(**more):
        file = SimpleUploadedFile("index.csv", (HEAD + row).encode(), content_type="text/csv")
        return client.post("/custody/index/", {"authority": CROYDON, "file": file, **more}, follow=True)

    refused = send().content.decode()
    assert "about as many children as last time, 74" in refused
    assert "Practisson" not in refused
    assert "uploaded: 1 child." in send(confirmed="Only one is left").content.decode()


def test_a_police_stations_postcode_is_nobodys_home(places):
    routing._stations.cache_clear()
    suite = suite_of(places["police"])
    suite.postcode = CHILD["postcode"].lower()
    suite.save()
    fresh_indexes(entry())
    try:
        assert notice(suite).detention.rule == "likeness"
        assert notice(suite, "SYN/2", claimed_authority="Croydon").detention.case.place == CROYDON
    finally:
        routing._stations.cache_clear()
