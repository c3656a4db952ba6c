"""Files of a trial, encrypted at rest: kept under a number, read back against their hash."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from parentis.errors import IntegrityError
from parentis.web.cases.encryption import decrypt, encrypt
from parentis.web.cases.models import Case
from parentis.web.trials.models import Sealed


def keep(case: Case, what: str, content: bytes, *, by: Any, rows: int = 0, commitment: str = "") -> Sealed:
    """Keep a file as the next of its sort. Call it in the transaction of the case's history entry."""
    number = case.trial_files.filter(what=what).count() + 1
    made: Sealed = Sealed.objects.create(
        case=case, what=what, number=number, sha256=hashlib.sha256(content).hexdigest(), commitment=commitment,
        rows=rows, sealed=encrypt(content, _about(case.pk, what, number)), by=by,
    )  # fmt: skip
    return made


def latest(case: Case, what: str) -> Sealed | None:
    found: Sealed | None = case.trial_files.filter(what=what).first()
    return found


def opened(file: Sealed) -> bytes:
    """The plain bytes. Raises IntegrityError where they are not those that were kept."""
    content = decrypt(bytes(file.sealed), about(file))
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise IntegrityError(f"case {file.case_id}: its file of {file.what} {file.number} is not the one that was kept")
    return content


def record_of(file: Sealed) -> Mapping[str, Any]:
    """A file that holds one JSON object."""
    found: Mapping[str, Any] = json.loads(opened(file))
    return found


def about(file: Sealed) -> str:
    """The context to which its encryption is bound."""
    return _about(file.case_id, file.what, file.number)


def _about(case: int, what: str, number: int) -> str:
    return f"trial {case}/{what}/{number}"


def sealed_rows() -> Iterator[tuple[str, Any, str]]:
    """Enclave (none), row and its context, of every file: for replacing the key of written content."""
    for file in Sealed.objects.all():
        yield "", file, about(file)
