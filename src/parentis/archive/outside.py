"""Write-once destinations outside the home: a folder, or a syslog collector.

/mnt/anchors                 each write is a separate file, which an object store can keep under a write-once rule
syslog://collector:6514      RFC 5424 over TCP, each message with its length before it (RFC 6587)
syslog+udp://collector:514   RFC 5424, a message a datagram
"""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from parentis.archive import durable
from parentis.errors import NotFoundError

ANCHORS_VARIABLE = "PARENTIS_ANCHORS"
PATIENCE = 10.0
"Seconds to wait for a collector."
PRIORITY = 13 * 8 + 5
"Facility 13 (log audit), severity 5 (notice), as RFC 5424 counts them."
PORT = 514


class Outside(Protocol):
    """A destination to write to."""

    @property
    def name(self) -> str:
        """The destination as it was configured."""

    def put(self, label: str, lines: Sequence[str]) -> None:
        """Write lines; writing the same label again is harmless. Raises OSError if it cannot be reached."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder: each write makes a file `<label>.jsonl`, on disk when the call returns."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path)

    def put(self, label: str, lines: Sequence[str]) -> None:
        durable.make_file(self.path / f"{label}.jsonl", "".join(f"{line}\n" for line in lines).encode())


@dataclass(frozen=True, slots=True)
class Syslog:
    """A collector at `host:port`."""

    host: str
    port: int
    datagrams: bool

    @property
    def name(self) -> str:
        return f"syslog{'+udp' if self.datagrams else ''}://{self.host}:{self.port}"

    def put(self, label: str, lines: Sequence[str]) -> None:
        messages = [_message(label, line) for line in lines]
        if self.datagrams:
            with socket.socket(_family(self.host), socket.SOCK_DGRAM) as sender:
                for message in messages:
                    sender.sendto(message, (self.host, self.port))
        else:
            with socket.create_connection((self.host, self.port), timeout=PATIENCE) as connected:
                connected.sendall(b"".join(b"%d %s" % (len(one), one) for one in messages))


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _message(label: str, line: str) -> bytes:
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"<{PRIORITY}>1 {at} {socket.gethostname()} parentis {os.getpid()} {label} - {line}".encode()


def outside(text: str) -> Outside:
    """The destination named by a text. Raises NotFoundError for text in any other form."""
    if text.startswith("syslog"):
        found = urlsplit(text)
        if found.scheme in {"syslog", "syslog+udp"} and found.hostname:
            return Syslog(found.hostname, found.port or PORT, datagrams=found.scheme == "syslog+udp")
    elif Path(text).is_absolute():
        return Folder(Path(text))
    raise NotFoundError(
        expected="a folder's whole path, syslog://host:port or syslog+udp://host:port",
        found=repr(text),
        where="a place outside",
        do="Name one of them.",
    )


def places(variable: str) -> tuple[Outside, ...]:
    """The destinations in an environment variable, separated by commas."""
    return tuple(outside(one.strip()) for one in os.environ.get(variable, "").split(",") if one.strip())
