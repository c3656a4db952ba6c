"""Invented children, suites and indexes for the tests of custody. None of them exists."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from parentis.services.custody import IndexEntry
from parentis.web.custody.intake import index
from parentis.web.custody.intake.notices import News, read_news
from parentis.web.custody.models import Suite
from parentis.web.custody.operations import Receipt, take_in
from parentis.web.people.models import Organisation

CAMDEN, CROYDON, ISLINGTON = "E09000007", "E09000008", "E09000019"
CHILD: Mapping[str, str] = {
    "first_name": "Synthea",
    "surname": "Practisson",
    "date_of_birth": "2010-02-03",
    "address": "1 Practice Road, Croydon",
    "postcode": "ZZ1 1ZZ",
}
"Somebody on Croydon's index."
DETAIL = {"needs": "Asthma: inhaler with her", "merlin_number": "SYN/M/77"}


def suite_of(force: Organisation, code: str = "practice-suite", authority: str = CAMDEN) -> Suite:
    """The suite of a force, made once, in Camden."""
    found: Suite = Suite.objects.get_or_create(
        code=code,
        defaults={"name": "Practice suite", "force": force, "command": "bcu-central-north", "authority": authority},
    )[0]
    return found


def entry(authority: str = CROYDON, **changed: Any) -> IndexEntry:
    """CHILD as an authority's index has her: looked after."""
    given: dict[str, Any] = {
        "authority": authority, "person_ref": "SYN1", "first_name": CHILD["first_name"], "surname": CHILD["surname"],
        "date_of_birth": date(2010, 2, 3), "address": CHILD["address"], "postcode": CHILD["postcode"],
        "statuses": frozenset({"looked after"}),
    }  # fmt: skip
    return IndexEntry(**given | changed)


def fresh_indexes(*entries: IndexEntry, but: tuple[str, ...] = ()) -> None:
    """Every London authority's index as of now, with these on them."""
    from parentis import region

    for code in region.members("london", timezone.localdate()):
        if code not in but:
            own = [one for one in entries if one.authority == code]
            index.load(by=None, authority=code, entries=own, as_of=timezone.now())


def news(at: datetime | None = None, **said: Any) -> News:
    return read_news(said, at=at)


def notice(suite: Suite, number: str = "SYN/1", *, by: Any = None, key: str = "", **said: Any) -> Receipt:
    """Notice of CHILD, or of a child of whom something else is said."""
    now = timezone.now()
    told = {"record_number": number, "arrival": now - timedelta(minutes=5), **CHILD, **DETAIL, **said}
    return take_in(by=by, suite=suite, news=read_news(told, at=now), key=key or f"key of {number}")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
