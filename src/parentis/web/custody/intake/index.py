"""The responsibility index in the enclave: its children, looked up by keyed hashes; one load for each authority, for a
day.

An authority whose index is older than a day, or was never sent, is *stale*: its index is not taken as evidence that a
child is not on it. An index is refused if it was drawn in the future, more than a day ago, or before the current one.
An index that lost many children at once is refused until somebody gives a reason, because a wrong index misdirects
notices.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from parentis import region
from parentis.errors import IntegrityError, UserError
from parentis.services.custody import IndexEntry, Subject, is_stale, keys
from parentis.services.custody.index import AHEAD, FRESH
from parentis.web.audit.recorder import record
from parentis.web.custody.encrypted_store import Keyring, decrypt, digest_all, encrypt
from parentis.web.custody.models import IndexKey, IndexLoad, IndexPerson, IndexSize
from parentis.web.people.authorisation import require

BATCH = 2000
LOST, FEW = 0.2, 5
"Share of the children of the last index, and least number, whose loss at once must be confirmed."


class IndexTimeError(UserError):
    """An index drawn at a time that is not allowed."""


class IndexLossError(UserError):
    """An index that lost many children at once, without a reason given."""


@transaction.atomic
def load(
    *, by: Any, authority: str, entries: Iterable[IndexEntry], as_of: datetime, confirmed: str = "",
    request: HttpRequest | None = None,
) -> IndexLoad:  # fmt: skip
    """Replace an authority's index with a new one. `confirmed`: why many children are no longer on it."""
    if by is not None:
        require(by, "custody.index", authority=authority)
    given = list(entries)
    _in_time(authority, as_of, timezone.now())
    lost = _lost(authority, len(given), confirmed)
    expire(authority)
    made: IndexLoad = IndexLoad.objects.create(
        authority=authority, as_of=as_of, by=by if getattr(by, "pk", None) else None
    )
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
    IndexSize.objects.update_or_create(authority=authority, defaults={"people": made.people, "as_of": as_of})
    detail = {"people": made.people, "as_of": as_of.isoformat()} | ({"lost": lost} if lost else {})
    record(
        who=by, what="custody-index:loaded", authority=authority, subject=str(made),
        why=confirmed.strip() if lost else "", detail=detail, request=request,
    )  # fmt: skip
    return made


def _in_time(authority: str, as_of: datetime, now: datetime) -> None:
    where = f"index of {region.authority(authority).name}"
    if is_stale(as_of, now):
        raise IndexTimeError(
            expected="an index drawn within the last day",
            found="one from the future" if as_of > now else "an older one", where=where,
            do="Nothing was changed. Look at the clock of the system that draws it, and at its zone; draw it anew.",
        )  # fmt: skip
    if IndexLoad.objects.filter(authority=authority, as_of__gt=as_of, as_of__lte=now + AHEAD).exists():
        raise IndexTimeError(
            expected="an index drawn after the one that is in force", found="one drawn before it", where=where,
            do="Nothing was changed. Draw it anew, and send it.",
        )  # fmt: skip


def _lost(authority: str, people: int, confirmed: str) -> int:
    """How many fewer children than the last index, where that is many; raises IndexLossError unless it is confirmed."""
    before = IndexSize.objects.filter(authority=authority).values_list("people", flat=True).first() or 0
    lost = before - people
    if lost < FEW or lost <= before * LOST:
        return 0
    if not confirmed.strip():
        raise IndexLossError(
            expected=f"about as many children as last time, {before}", found=f"{people}",
            where=f"index of {region.authority(authority).name}",
            do="Nothing was changed: the last index holds. If so many have gone, send it again and say why.",
        )  # fmt: skip
    return lost


def expire(*authorities: str) -> int:
    """Delete the loads of these authorities; return how many."""
    old = list(IndexLoad.objects.filter(authority__in=authorities).values_list("pk", flat=True))
    for table in (IndexKey, IndexPerson):  # deleted by the load they name: many rows, none of which is read first
        table.objects.filter(load__in=old)._raw_delete("default")
    IndexLoad.objects.filter(pk__in=old).delete()
    return len(old)


def expired(now: datetime | None = None) -> list[str]:
    """The authorities whose load is older than a day, or was drawn by a clock that is wrong."""
    return list(IndexLoad.objects.exclude(**_fresh(now)).values_list("authority", flat=True))


def fresh_loads(now: datetime | None = None) -> dict[int, str]:
    """The loads that may be relied on: number to authority."""
    return dict(IndexLoad.objects.filter(**_fresh(now)).order_by().values_list("pk", "authority"))


def stale(now: datetime | None = None, loads: Mapping[int, str] | None = None) -> frozenset[str]:
    """The region's authorities without a load from the last day. `loads` as returned by `fresh_loads`."""
    fresh = set((fresh_loads(now) if loads is None else loads).values())
    return frozenset(region.members("london", timezone.localdate(now))) - fresh


def candidates(
    subjects: Sequence[Subject], now: datetime | None = None, loads: Mapping[int, str] | None = None
) -> list[list[IndexEntry]]:
    """For each child, the entries on a fresh index that share a key with the child."""
    fresh = fresh_loads(now) if loads is None else loads
    wanted = [set(digest_all(keys(subject), "index")) for subject in subjects]
    found = IndexKey.objects.filter(digest__in=set().union(*wanted), load__in=list(fresh)).order_by().values_list(
        "digest", "person_id", "person__number", "load_id", "person__sealed"
    )  # fmt: skip
    entries: dict[int, IndexEntry] = {}
    by_digest: dict[str, list[int]] = defaultdict(list)
    for key, person, number, load_id, sealed in found:
        if person not in entries:
            entries[person] = _read(sealed, fresh[load_id], number)
        by_digest[key].append(person)
    return [
        [entries[person] for person in sorted({one for key in own for one in by_digest.get(key, ())})] for own in wanted
    ]


def _fresh(now: datetime | None) -> dict[str, datetime]:
    """The filter for loads that may be relied on, by the rule of `services.custody.is_stale`."""
    at = now or timezone.now()
    return {"as_of__gte": at - FRESH, "as_of__lte": at + AHEAD}


def digests(entry: IndexEntry) -> list[str]:
    return digest_all(keys(entry), "index")


@transaction.atomic
def reseal(load: IndexLoad, old: Keyring, new: Keyring) -> int:
    """Encrypt and hash an index again under another key of the enclave; return the number of children on it. Safe to
    repeat."""
    values, fresh = old.use("values"), new.use("values")
    people = list(IndexPerson.objects.select_for_update().filter(load=load).order_by("number"))
    rows = []
    for person in people:
        place = _about(load.authority, person.number)
        try:
            fresh.open(bytes(person.sealed), place)
        except IntegrityError:
            text = values.open(bytes(person.sealed), place)
            person.sealed = fresh.seal(text, place)
            entry = _entry(json.loads(text))
            rows += [IndexKey(load=load, person=person, digest=new.digest(key, "index")) for key in keys(entry)]
    if rows:
        IndexPerson.objects.bulk_update(people, ["sealed"], batch_size=BATCH)
        IndexKey.objects.filter(load=load)._raw_delete("default")
        IndexKey.objects.bulk_create(rows, batch_size=BATCH)
    return len(people)


def _written(entry: IndexEntry) -> str:
    plain = asdict(entry) | {"statuses": sorted(entry.statuses)}
    return json.dumps({name: value.isoformat() if hasattr(value, "isoformat") else value
                       for name, value in plain.items()})  # fmt: skip


def _read(sealed: bytes, authority: str, number: int) -> IndexEntry:
    return _entry(json.loads(decrypt(sealed, _about(authority, number))))


def _entry(plain: dict[str, Any]) -> IndexEntry:
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
