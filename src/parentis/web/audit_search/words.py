"""Entries of the audit record in words: names in place of codes."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from parentis.errors import UnknownAuthorityError
from parentis.region import authority
from parentis.web.audit.models import Entry
from parentis.web.cases.declarations import case_types

CODE = re.compile(r"[EW]\d{8}")
MOST_LISTED = 12


def what_in_words(what: str) -> str:
    """`Custody notice: clock started` of `custody-notice:clock-started`."""
    subject, _, verb = what.partition(":")
    return f"{_title(subject)}: {_plain(verb)}" if verb else _title(subject)


def place_in_words(gss: str) -> str:
    """The authority's name; what is not a code of one stays as it is."""
    try:
        return authority(gss).name if gss else ""
    except UnknownAuthorityError:
        return gss


def detail_in_words(detail: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each part of an entry's detail: its name and its value, with authorities' names in place of their codes."""
    for name, value in detail.items():
        yield _plain(str(name)).capitalize(), _value(value)


def described(entry: Entry) -> dict[str, Any]:
    """The entry with its words beside it, for the page."""
    return {
        "entry": entry,
        "what": what_in_words(str(entry.what)),
        "authority": place_in_words(str(entry.authority)),
        "subject": _named(str(entry.subject)),
        "detail": list(detail_in_words(entry.detail)),
    }


def _title(subject: str) -> str:
    known = _case_titles().get(subject)
    return known or _plain(subject).capitalize()


@cache
def _case_titles() -> Mapping[str, str]:
    return {name: str(one.title) for name, one in case_types().items()}


def _plain(text: str) -> str:
    return re.sub(r"[-_]+", " ", text).strip()


def _named(text: str) -> str:
    return CODE.sub(lambda found: place_in_words(found.group()), text)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    if isinstance(value, Mapping):
        return "; ".join(f"{_plain(str(name))}: {_value(one)}" for name, one in value.items()) or "none"
    if isinstance(value, list | tuple):
        rest = f" and {len(value) - MOST_LISTED} more" if len(value) > MOST_LISTED else ""
        return (", ".join(_value(one) for one in value[:MOST_LISTED]) or "none") + rest
    return _named(str(value))
