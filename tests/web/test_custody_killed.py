"""A site that is killed while notices come in: nothing that was acknowledged is lost, nothing is there twice."""

import http.client
import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NOTICES, SENDERS, ENOUGH = 60, 4, 15
PATIENCE = 180
"Seconds: a busy machine starts a site slowly."
SEED = """
import json
from parentis import web
web.set_up(production=False)
web.migrate()
from parentis.archive import custody_key, find_home, master_key
from parentis.web.api.clients import make_client
from parentis.web.custody.models import Suite
from parentis.web.people.models import Organisation
master_key(find_home()), custody_key(find_home())
force = Organisation.objects.create(slug="force", name="Force", kind="police", footprint="london")
Suite.objects.create(code="suite", name="Suite", force=force, command="bcu-central-north", authority="E09000007")
client, secret = make_client(name="x", organisation=force, role="custody-officer", scopes=["custody"])
print(json.dumps({"client_id": client.client_id, "client_secret": secret}))
"""
COUNT = """
import json
from parentis import web
web.set_up(production=False)
from parentis.web.custody.models import Detention
from parentis.web.verification import verify_record
verify_record()
print(json.dumps([str(one) for one in Detention.objects.values_list("reference", flat=True)]))
"""


class Site:
    """The site, in a process group of its own."""

    def __init__(self, folder: Path, port: int, database: str) -> None:
        self.port = port
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
        self.environment = kept | {
            "PARENTIS_HOME": str(folder / "home"), "DATABASE_URL": database,
            "PYTHONPATH": str(ROOT / "src"),
        }  # fmt: skip
        if assets := os.environ.get("PARENTIS_ASSETS"):
            self.environment["PARENTIS_ASSETS"] = assets

    def told(self, script: str) -> Any:
        done = subprocess.run([sys.executable, "-c", script], env=self.environment, capture_output=True, text=True,
                              check=True, timeout=PATIENCE)  # fmt: skip
        return json.loads(done.stdout.splitlines()[-1])

    @contextmanager
    def running(self) -> Iterator["subprocess.Popen[bytes]"]:
        command = [sys.executable, "-m", "parentis", "serve", "--port", str(self.port), "--workers", "2"]
        server = subprocess.Popen(command, env=self.environment, start_new_session=True, stderr=subprocess.DEVNULL)
        try:
            self.wait_until_ready(server)
            yield server
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGKILL)
            server.wait()

    def wait_until_ready(self, server: "subprocess.Popen[bytes]") -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert server.poll() is None, "the site ended by itself"
            try:
                if self.asked("GET", "/health/ready", None, {})[0] == 200:
                    return
            except OSError:
                time.sleep(0.2)
        raise AssertionError("the site did not start")

    def asked(self, method: str, path: str, body: str | None, head: dict[str, str]) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, head)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


def free_port() -> int:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def children(pid: int) -> list[int]:
    """Of a process, and of theirs."""
    own = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return own + [each for one in own for each in children(one)]


def is_workers(pid: int) -> bool:
    """Is it the background worker, or what keeps it running?"""
    return any(word in Path(f"/proc/{pid}/cmdline").read_bytes() for word in (b"worker_supervisor", b"manage\0work"))


def first(pids: list[int], *, of_worker: bool) -> int | None:
    return next((one for one in reversed(pids) if is_workers(one) is of_worker), None)


def database_servers() -> Any:
    """The module that runs a PostgreSQL for the benchmarks."""
    spec = importlib.util.spec_from_file_location("database_servers", ROOT / "bench" / "postgres.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """An address, and what makes the database crash and come back: nothing, where it has no process of its own."""
    if request.param == "SQLite":
        yield f"sqlite:///{tmp_path / 'site.sqlite3'}", lambda: None
        return
    servers = database_servers()
    if not servers.is_installed() and os.environ.get("CI") != "true":
        pytest.skip("PostgreSQL is not here (Debian: apt install postgresql)")
    with servers.server() as server:

        def crash() -> None:
            server.crash()
            server.start()

        yield server.url, crash


@pytest.mark.functional
@pytest.mark.skipif(
    not Path("/proc/self/task").is_dir() and os.environ.get("CI") != "true",  # where nothing may skip, it fails
    reason="finds the site's processes in /proc",
)
def test_what_was_acknowledged_outlives_kill_9_of_every_process(
    tmp_path: Path, database: tuple[str, Callable[[], None]]
) -> None:
    address, crash = database
    site = Site(tmp_path, free_port(), address)
    seeded = site.told(SEED)
    waiting = [
        (f"key-{each}", json.dumps({"suite": "suite", "record_number": f"SYN/{each}", "surname": "Practisson",
                                    "at": datetime.now(UTC).isoformat()}))
        for each in range(NOTICES)
    ]  # fmt: skip
    acknowledged: dict[str, str] = {}
    lock, over = threading.Lock(), threading.Event()

    def send(token: str) -> None:
        """Until every notice has an answer, or the site is gone: as a custody system does, under the same keys."""
        while not over.is_set():
            with lock:
                if not waiting:
                    return
                key, body = waiting.pop(0)
            head = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Content-Type": "application/json"}
            try:
                status, text = site.asked("POST", "/api/custody/notices", body, head)
            except (OSError, http.client.HTTPException):
                status, text = 0, b""
            with lock:
                if status == 201:
                    acknowledged[key] = json.loads(text)["reference"]
                else:
                    waiting.append((key, body))

    def sending(kill: Any) -> None:
        over.clear()
        form = f"grant_type=client_credentials&client_id={seeded['client_id']}&client_secret={seeded['client_secret']}"
        status, text = site.asked("POST", "/oauth/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
        assert status == 200
        secret = json.loads(text)["access_token"]
        threads = [threading.Thread(target=send, args=(secret,), daemon=True) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        try:
            kill()
            for thread in threads:
                thread.join(PATIENCE)
        finally:
            over.set()

    def after(number: int) -> None:
        until = time.monotonic() + PATIENCE
        while len(acknowledged) < number and time.monotonic() < until:
            time.sleep(0.02)

    with site.running() as server:

        def kill_some() -> None:
            """The worker and a process of the server, in the midst of it: others are started. Then the database, which
            recovers, and all of them."""
            after(ENOUGH)
            for of_worker in (True, False):
                found = first(children(server.pid), of_worker=of_worker)
                assert found is not None, "the site's processes are not where they were"
                os.kill(found, signal.SIGKILL)
            after(2 * ENOUGH)
            crash()
            os.killpg(server.pid, signal.SIGKILL)
            over.set()

        sending(kill_some)
    survived = set(site.told(COUNT))
    assert 2 * ENOUGH <= len(acknowledged) < NOTICES
    assert set(acknowledged.values()) <= survived
    before = dict(acknowledged)
    with site.running():
        sending(lambda: None)
    kept = site.told(COUNT)
    assert sorted(kept) == sorted(acknowledged.values())
    assert len(kept) == NOTICES
    assert before.items() <= acknowledged.items()
