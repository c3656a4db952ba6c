"""A PostgreSQL of our own on loopback, that writes to the disk before it says so, gone when the block ends."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Server:
    """A database server in a folder of its own: fsync on, commits synchronous, as in service."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.programs, self._as = folder, free_port(), _programs(), list[str]()
        if os.getuid() == 0:  # it refuses to run as root
            shutil.chown(folder, "postgres")
            self._as = ["runuser", "-u", "postgres", "--"]
        data = folder / "db"
        self._run(self.programs / "initdb", "-D", data, "-U", "parentis", "-A", "trust", "-E", "UTF8")
        self.url = f"postgres://parentis@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start, and after a crash recover: gives back when it answers."""
        settings = f"-h 127.0.0.1 -p {self.port} -k '' -c shared_buffers=256MB"
        data, log = self.folder / "db", self.folder / "log"
        self._run(self.programs / "pg_ctl", "-D", data, "-w", "-l", log, "-o", settings, "start")

    def crash(self) -> None:
        """End as a power cut does: kill -9 of its first process, and of those that serve the connections."""
        first = int((self.folder / "db" / "postmaster.pid").read_text().split()[0])
        others = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for pid in [first, *map(int, others)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        (self.folder / "db" / "postmaster.pid").unlink(missing_ok=True)

    def stop(self) -> None:
        self._run(self.programs / "pg_ctl", "-D", self.folder / "db", "-m", "immediate", "stop", check=False)

    def _run(self, *command: str | Path, check: bool = True) -> None:
        subprocess.run([*self._as, *command], check=check, cwd=self.folder, stdout=subprocess.DEVNULL,
                       stderr=None if check else subprocess.DEVNULL)  # fmt: skip


@contextmanager
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="parentis-postgres."))
    folder.chmod(0o755)
    made = Server(folder)
    made.start()
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres() -> Iterator[str]:
    """DATABASE_URL of an empty database."""
    with server() as made:
        yield made.url


def is_installed() -> bool:
    return shutil.which("initdb") is not None or any(Path("/usr/lib/postgresql").glob("*/bin"))


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _programs() -> Path:
    found = shutil.which("initdb")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: float(one.parent.name))
    if found is None and not installed:
        raise SystemExit("PostgreSQL is not here (Debian: apt install postgresql).")
    return Path(found).resolve().parent if found else installed[-1]
