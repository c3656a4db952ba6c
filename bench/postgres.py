"""A PostgreSQL of our own on loopback, that writes to the disk before it says so, gone when the block ends."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres() -> Iterator[str]:
    """DATABASE_URL of an empty database: fsync on, commits synchronous, as in service."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="parentis-bench-postgres."))
    folder.chmod(0o755)
    run = []
    if os.getuid() == 0:  # it refuses to run as root
        shutil.chown(folder, "postgres")
        run = ["runuser", "-u", "postgres", "--"]
    port = free_port()
    data = folder / "db"
    settings = f"-h 127.0.0.1 -p {port} -k '' -c shared_buffers=256MB"
    start = [programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", settings, "start"]
    for command in ([programs / "initdb", "-D", data, "-U", "parentis", "-A", "trust", "-E", "UTF8"], start):
        subprocess.run([*run, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL)
    try:
        yield f"postgres://parentis@127.0.0.1:{port}/postgres"
    finally:
        stop = [programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"]
        subprocess.run([*run, *stop], check=False, cwd=folder, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)


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
