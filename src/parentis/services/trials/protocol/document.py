"""A protocol as one text: the same protocol always gives the same bytes, and so the same hash."""

import dataclasses
import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from parentis.errors import SpecificationError
from parentis.services.trials.protocol.record import Protocol

FORMAT = 1
"Written into every text; a later form of it gets the next number, so that an old hash is never worked out anew."


def write_protocol(protocol: Protocol) -> str:
    """Canonical JSON: keys in order, no spaces, every field written, dates as 2026-04-01, numbers as Python writes
    them."""
    whole = {"format": FORMAT, **_plain(Protocol, protocol)}
    return json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def protocol_hash(protocol: Protocol) -> str:
    """SHA-256 of the canonical text in UTF-8, as 64 hexadecimal digits."""
    return sha256(write_protocol(protocol).encode()).hexdigest()


def read_protocol(text: str) -> Protocol:
    """The inverse of `write_protocol`. Raises SpecificationError, which names the part that is wrong."""
    try:
        given = json.loads(text)
    except ValueError:
        raise _wrong("a protocol in JSON", "text that is not JSON", "whole text") from None
    if not isinstance(given, dict) or given.pop("format", None) != FORMAT:
        raise _wrong(f"a protocol of format {FORMAT}", "something else", "format")
    made: Protocol = _read(Protocol, given, "")
    return made


def _plain(kind: Any, value: Any) -> Any:
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        return {one.name: _plain(hints[one.name], getattr(value, one.name)) for one in dataclasses.fields(kind)}
    if isinstance(kind, UnionType):
        return None if value is None else _plain(get_args(kind)[0], value)
    if get_origin(kind) is tuple:
        return [_plain(get_args(kind)[0], one) for one in value]
    if kind is date:
        return value.isoformat()
    # 1 and 1.0 are one number: they must not give two hashes.
    return float(value) if kind is float else value


def _read(kind: Any, given: Any, where: str) -> Any:
    if dataclasses.is_dataclass(kind):
        if not isinstance(given, Mapping):
            raise _wrong("an object with named parts", "something else", where)
        hints = get_type_hints(kind)
        if unknown := sorted(set(given) - set(hints)):
            raise _wrong(f"only {', '.join(hints)}", ", ".join(map(str, unknown)), where or "protocol")
        if missing := [one.name for one in dataclasses.fields(kind) if one.name not in given]:
            raise _wrong(f"every field of {', '.join(hints)}", f"no {', '.join(missing)}", where or "protocol")
        parts = {name: _read(hints[name], value, f"{where}.{name}" if where else name) for name, value in given.items()}
        return kind(**parts)  # type: ignore[operator]
    if isinstance(kind, UnionType):
        return None if given is None else _read(get_args(kind)[0], given, where)
    if get_origin(kind) is tuple:
        if not isinstance(given, list):
            raise _wrong("a list", "something else", where)
        return tuple(_read(get_args(kind)[0], one, where) for one in given)
    if kind is date:
        try:
            return date.fromisoformat(given)
        except (TypeError, ValueError):
            raise _wrong("a date as 2026-04-01", "something else", where) from None
    if kind is float and isinstance(given, int) and not isinstance(given, bool):
        return float(given)
    if not isinstance(given, kind) or (kind is int and isinstance(given, bool)):
        raise _wrong({str: "text", int: "a whole number", float: "a number"}[kind], "something else", where)
    return given


def _wrong(expected: str, found: str, where: str) -> SpecificationError:
    return SpecificationError(
        expected=expected, found=found, where=f"trial protocol, {where}", do="Correct this part of the protocol."
    )
