"""Replacing a key of the installation, and encrypting again what the site stores under it."""

import os
from collections.abc import Iterator
from typing import Any

from django.db import models

from parentis.archive import CUSTODY_VARIABLE, NEW, find_home, keys_of, locked, parse_key, replace_key, resealed
from parentis.errors import KeyMissingError, NotFoundError
from parentis.web.audit.recorder import record
from parentis.web.cases import encryption, history, records
from parentis.web.cases.declarations import case_types, enclaves
from parentis.web.cases.models import Attachment, Record, Value
from parentis.web.custody.retention import key_rotation as custody
from parentis.web.service import web_services
from parentis.web.submissions import spool


def rotate(name: str, *, who: str) -> tuple[str, int]:
    """Replace a key; return the new one's id, and how many values were encrypted again under it: what people wrote
    about cases and queued submissions, or an enclave. Stop the site first."""
    if name not in names():
        raise NotFoundError(
            expected=f"one of {', '.join(names())}", found=repr(name), where="the key's name", do="Give one of them."
        )
    if name == "custody":
        return _custody()
    home = find_home()
    with locked(home):
        before = keys_of(home, name)[-1]
        key = replace_key(home, name, who=who)
        encryption.forget_keys()
        count = _all_anew() if name == "master" else _anew(name) if name in enclaves() else 0
    detail = {"key": name, "before": before.id, "now": key.id}
    record(who=None, what="key:replace", subject=f"{name} key", why=f"by {who}, on the machine", detail=detail)
    return key.id, count


def _custody() -> tuple[str, int]:
    in_home, variable = not os.environ.get(CUSTODY_VARIABLE), f"{CUSTODY_VARIABLE}{NEW}"
    given = os.environ.get(variable)
    if not in_home and not given:
        raise KeyMissingError(
            expected=f"the new custody key in {variable} (64 hex digits)", found="none", where="the environment",
            do="Make one with 'openssl rand -hex 32', and set the variable.",
        )  # fmt: skip
    done = custody.rotate(parse_key(given, "custody", variable) if given else None, in_home=in_home)
    return done.new, done.values + done.on_indexes


def names() -> tuple[str, ...]:
    """The names of all keys that can be replaced, including the enclaves of case types."""
    return ("master", "custody", "register", *enclaves())


def _all_anew() -> int:
    keys = keys_of(find_home(), "master")
    count = sum(resealed(keys, path, spool.KEY_ABOUT) for path in spool.spool_folder().glob("*/key"))
    return count + _anew("")


def _anew(enclave: str) -> int:
    """Encrypt again the cases of an enclave or, for an empty name, those of no enclave; return how many values."""
    count = 0
    for row, about in _rows(enclave):
        sealed = encryption.encrypted_anew(row.sealed, about, enclave)
        if sealed is not None:
            type(row).objects.filter(pk=row.pk).update(sealed=sealed)
            count += 1
    return count


def _rows(enclave: str) -> Iterator[tuple[Any, str]]:
    """Every encrypted row of those cases, and of what else the enclave stores, with the context to which it is
    bound."""
    apart = {each for kinds in enclaves().values() for each in kinds}
    kinds = enclaves()[enclave] if enclave else [each for each in case_types() if each not in apart]
    for value in _each(Value.objects.filter(entry__case__kind__in=kinds).select_related("entry__case")):
        yield value, history.about(value.entry)
    for file in _each(Attachment.objects.filter(entry__case__kind__in=kinds).select_related("entry__case")):
        yield file, f"{history.about(file.entry)}/file"
    for one in _each(Record.objects.filter(sealed__isnull=False, case__kind__in=kinds).select_related("case")):
        yield one, records.about(one)
    for service in web_services().values():
        for name, row, about in service.sealed.resolve()() if service.sealed else ():
            if name == enclave:
                yield row, about


def _each(rows: "models.QuerySet[Any]") -> Iterator[Any]:
    return rows.order_by("pk").iterator(chunk_size=500)
