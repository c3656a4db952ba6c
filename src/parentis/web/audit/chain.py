"""The hash of an entry: SHA-256 of the previous hash and the entry's own fields, in one canonical form."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

CHAINED = (
    "sequence", "at", "who", "who_text", "organisation", "what", "authority", "subject", "why", "detail", "address",
    "request",
)  # fmt: skip
"Every field but the hashes themselves: a test holds this against the model."


def hash_of(previous: str, fields: Mapping[str, Any]) -> str:
    """64 hex digits."""
    told = {name: plain(fields[name]) for name in CHAINED}
    written = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{written}".encode()).hexdigest()


def plain(value: Any) -> Any:
    """The canonical form of a field: an instant in UTC, to the microsecond."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value
