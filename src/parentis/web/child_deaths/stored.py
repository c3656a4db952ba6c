"""What the pages show, worked out by the worker and stored: a page must not wait for scans and charts.

A row of `StoredPicture` a thing, as JSON sealed under the enclave's key, with the mark of what it was made of.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
from django.utils import timezone

from parentis.web.cases.encryption import decrypt, encrypt
from parentis.web.child_deaths.case_types import ENCLAVE
from parentis.web.child_deaths.models import StoredPicture

OPEN: Final = 6
"Number of decrypted results that a process caches."


@dataclass(frozen=True, slots=True)
class Stored:
    """A thing as it was made; `mark` says of what."""

    thing: Any
    made_at: datetime
    mark: str


def keep(name: str, mark: str, make: Callable[[], Any]) -> bool:
    """Make and store a thing, unless one with this mark is stored; says whether it was made. Earlier ones stay."""
    rows = StoredPicture.objects.filter(name=name)
    latest = rows.first()
    if latest is not None and latest.mark == mark:
        return False
    if rows.filter(mark=mark).update(made_at=timezone.now()):
        return False  # an earlier state has returned: its row exists
    sealed = encrypt(json.dumps(plain(make()), separators=(",", ":")).encode(), about(name), ENCLAVE)
    StoredPicture.objects.create(name=name, mark=mark, sealed=sealed, made_at=timezone.now())
    return True


def stored(name: str, number: int | None = None) -> Stored | None:
    """The latest thing of a name, or the one of a number; None where there is none."""
    rows = StoredPicture.objects.filter(name=name)
    found = (rows if number is None else rows.filter(pk=number)).values_list("pk", "made_at", "mark").first()
    return None if found is None else Stored(_opened(found[0], found[1]), *found[1:])


@lru_cache(maxsize=OPEN)
def _opened(number: int, _made_at: datetime) -> Any:
    """The thing of a row. When it was made is part of the key of the cache: a number may come to mean another row."""
    row = StoredPicture.objects.get(pk=number)
    return revived(json.loads(decrypt(row.sealed, about(row.name), ENCLAVE)))


def about(name: str) -> str:
    """The associated data with which a stored result is encrypted."""
    return f"child deaths/{name}"


def sealed_rows() -> Iterator[tuple[str, Any, str]]:
    """Enclave, row and what it is sealed about, of everything here: for replacing the key."""
    for row in StoredPicture.objects.all():
        yield ENCLAVE, row, about(row.name)


def plain(value: Any) -> Any:
    """Records, arrays, dates and mappings as JSON has them. NaN becomes null."""
    if isinstance(value, SimpleNamespace):
        return {"record": {name: plain(one) for name, one in vars(value).items()}}
    if is_dataclass(value) and not isinstance(value, type):
        return {"record": {one.name: plain(getattr(value, one.name)) for one in fields(value)}}
    if isinstance(value, Mapping):
        return {"map": [[plain(key), plain(one)] for key, one in value.items()]}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, float | np.floating | Fraction):
        return float(value) if math.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value


def revived(value: Any) -> Any:
    """Inverse of `plain`: records have their fields as attributes."""
    if isinstance(value, list):
        return [revived(one) for one in value]
    if not isinstance(value, dict):
        return value
    ((kind, inside),) = value.items()
    if kind == "day":
        return date.fromisoformat(inside)
    if kind == "map":
        return {revived(key): revived(one) for key, one in inside}
    return SimpleNamespace(**{name: revived(one) for name, one in inside.items()})
