"""The responsibility index in the enclave: who is on it, found by keyed hashes; one load for each authority, for a day.

An authority whose index is older than a day, or was never sent, is *stale*: nothing is routed on what it does not say.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from parentis import region
from parentis.services.custody import IndexEntry, Subject, keys
from parentis.web.audit.recorder import record
from parentis.web.custody.encrypted_store import decrypt, digest, encrypt
from parentis.web.custody.models import IndexKey, IndexLoad, IndexPerson
from parentis.web.people.authorisation import require

LASTS = timedelta(hours=24)
BATCH = 2000


@transaction.atomic
def load(
    *, by: Any, authority: str, entries: Iterable[IndexEntry], as_of: datetime, request: HttpRequest | None = None
) -> IndexLoad:
    """Put an authority's index in the place of its last one."""
    if by is not None:
        require(by, "custody.index", authority=authority)
    expire(authority)
    made: IndexLoad = IndexLoad.objects.create(
        authority=authority, as_of=as_of, by=by if getattr(by, "pk", None) else None
    )
    given = list(entries)
    people = IndexPerson.objects.bulk_create(
        (
            IndexPerson(load=made, number=number, sealed=encrypt(_written(entry), _about(authority, number)))
            for number, entry in enumerate(given)
        ),
        batch_size=BATCH,
    )
    IndexKey.objects.bulk_create(
        (
            IndexKey(load=made, person=person, digest=found)
            for person, entry in zip(people, given, strict=True)
            for found in digests(entry)
        ),
        batch_size=BATCH,
    )
    made.people = len(given)
    made.save(update_fields=["people"])
    record(
        who=by, what="custody-index:loaded", authority=authority, subject=str(made),
        detail={"people": made.people, "as_of": as_of.isoformat()}, request=request,
    )  # fmt: skip
    return made


def expire(*authorities: str) -> int:
    """Take away the loads of these authorities; gives how many."""
    old = list(IndexLoad.objects.filter(authority__in=authorities).values_list("pk", flat=True))
    for table in (IndexKey, IndexPerson):  # by the load they name: many rows, none of which is read first
        table.objects.filter(load__in=old)._raw_delete("default")
    IndexLoad.objects.filter(pk__in=old).delete()
    return len(old)


def expired(now: datetime | None = None) -> list[str]:
    """The authorities whose load is older than a day."""
    before = (now or timezone.now()) - LASTS
    return list(IndexLoad.objects.filter(as_of__lt=before).values_list("authority", flat=True))


def stale(now: datetime | None = None) -> frozenset[str]:
    """The region's authorities without a load of the last day."""
    after = (now or timezone.now()) - LASTS
    fresh = set(IndexLoad.objects.filter(as_of__gte=after).values_list("authority", flat=True))
    return frozenset(region.members("london", timezone.localdate(now))) - fresh


def candidates(subjects: Sequence[Subject], now: datetime | None = None) -> list[list[IndexEntry]]:
    """For each child those on a fresh index who share a key with them."""
    after = (now or timezone.now()) - LASTS
    wanted = [{digest(key, "index") for key in keys(subject)} for subject in subjects]
    found = (
        IndexKey.objects.filter(digest__in=set().union(*wanted), load__as_of__gte=after)
        .values_list("digest", "person_id", "person__number", "load__authority", "person__sealed")
        .order_by("person_id")
    )
    entries: dict[int, IndexEntry] = {}
    by_digest: dict[str, list[int]] = defaultdict(list)
    for key, person, number, authority, sealed in found:
        if person not in entries:
            entries[person] = _read(sealed, authority, number)
        by_digest[key].append(person)
    return [
        [entries[person] for person in sorted({one for key in own for one in by_digest.get(key, ())})] for own in wanted
    ]


def digests(entry: IndexEntry) -> list[str]:
    return [digest(key, "index") for key in keys(entry)]


def _written(entry: IndexEntry) -> str:
    plain = asdict(entry) | {"statuses": sorted(entry.statuses)}
    return json.dumps({name: value.isoformat() if hasattr(value, "isoformat") else value
                       for name, value in plain.items()})  # fmt: skip


def _read(sealed: bytes, authority: str, number: int) -> IndexEntry:
    plain = json.loads(decrypt(sealed, _about(authority, number)))
    return IndexEntry(
        **plain
        | {
            "other_names": tuple(plain["other_names"]),
            "statuses": frozenset(plain["statuses"]),
            "date_of_birth": date.fromisoformat(plain["date_of_birth"]) if plain["date_of_birth"] else None,
            "as_of": datetime.fromisoformat(plain["as_of"]) if plain["as_of"] else None,
        }
    )


def _about(authority: str, number: int) -> str:
    return f"custody index {authority}/{number}"
