"""In service: nothing starts half-made, logs hold nobody's data, and the endpoints tell machines the truth."""

import json
import logging
import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from parentis.web.logs import JsonLines

ROOT = Path(__file__).parents[2]
COMPLETE = {
    "PARENTIS_SECRET_KEY": secrets.token_urlsafe(50),
    "PARENTIS_MASTER_KEY": secrets.token_hex(32),
    "PARENTIS_REGISTER_KEY": secrets.token_hex(32),
    "PARENTIS_HOSTS": "parentis.example,127.0.0.1",
    "PARENTIS_MAIL_HOST": "localhost",
    "PARENTIS_MAIL_FROM": "parentis@parentis.example",
}


def run(arguments: list[str], home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "parentis", *arguments],
        env=environment_of(home, **environment), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def environment_of(home: Path, **environment: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return {**kept, "PARENTIS_HOME": str(home), "PYTHONPATH": str(ROOT / "src"), **environment}


@pytest.fixture
def complete(tmp_path: Path) -> dict[str, str]:
    return {**COMPLETE, "DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite3'}"}


@pytest.mark.functional
@pytest.mark.parametrize(
    "missing", ["PARENTIS_SECRET_KEY", "PARENTIS_HOSTS", "DATABASE_URL", "PARENTIS_MASTER_KEY", "PARENTIS_REGISTER_KEY"]
)
def test_production_does_not_start_without_a_secret(tmp_path: Path, complete: dict[str, str], missing: str) -> None:
    given = {name: value for name, value in complete.items() if name != missing}
    done = run(["serve", "--production"], tmp_path / "home", **given)
    assert done.returncode == 27
    assert missing in done.stderr
    assert "Traceback" not in done.stderr
    for value in given.values():
        assert value not in done.stderr, "a refusal shows no secret"


@pytest.mark.functional
def test_production_does_not_start_with_a_short_secret(tmp_path: Path, complete: dict[str, str]) -> None:
    done = run(["migrate", "--production"], tmp_path / "home", **{**complete, "PARENTIS_SECRET_KEY": "secret"})
    assert done.returncode == 27
    assert "at least 50 characters" in done.stderr


@pytest.mark.functional
def test_production_refuses_an_old_database_and_the_demos_people(tmp_path: Path, complete: dict[str, str]) -> None:
    home = tmp_path / "home"
    old = run(["serve", "--production"], home, **complete)
    assert old.returncode == 24
    assert "parentis migrate --production" in old.stderr
    assert run(["migrate", "--production"], home, **complete).returncode == 0
    check = run(["manage", "check", "--deploy", "--fail-level", "WARNING"], home, PARENTIS_ENV="production", **complete)
    assert check.returncode == 0, check.stderr
    made = "from parentis import web; web.set_up(production=True); web.make_demo_people()"
    environment = environment_of(home, **complete)
    subprocess.run([sys.executable, "-c", made], env=environment, check=True, timeout=60)
    refused = run(["serve", "--production"], home, **complete)
    assert refused.returncode == 24
    assert "accounts of the practice region" in refused.stderr


@pytest.fixture
def served(tmp_path: Path, complete: dict[str, str]) -> Iterator[tuple[str, Path]]:
    """A site in service on loopback, behind a proxy that we play; and its log."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home, log = tmp_path / "home", tmp_path / "log"
    assert run(["migrate", "--production"], home, **complete).returncode == 0
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "parentis", "serve", "--production", "--port", str(port), "--workers", "1"],
            env=environment_of(home, **complete), stderr=stderr,
        )  # fmt: skip
        address = f"http://127.0.0.1:{port}"
        for _ in range(150):
            try:
                urllib.request.urlopen(f"{address}/health/alive", timeout=2)
                break
            except OSError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.2)
        yield address, log
        process.terminate()
        assert process.wait(30) == 0


def ask(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.build_opener(Stay).open(request, timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


@pytest.mark.functional
def test_the_site_in_service(served: tuple[str, Path]) -> None:
    address, log = served
    assert json.loads(ask(f"{address}/health/ready")[2]) == {"status": "ready", "missing": []}
    status, headers, _ = ask(f"{address}/account/login/")
    assert (status, headers["Location"]) == (301, f"{address.replace('http', 'https')}/account/login/")
    proxied = {"X_Forwarded_Proto": "https", "X_Forwarded_For": "192.0.2.7"}
    status, headers, body = ask(f"{address}/account/login/?secret=shibboleth", **proxied)
    assert status == 200
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "__Host-parentis_csrf=" in headers["Set-Cookie"]
    assert "Secure" in headers["Set-Cookie"]
    style = next(part for part in body.decode().split('"') if "govuk-frontend.min." in part)
    status, headers, _ = ask(f"{address}{style}", **proxied)
    assert status == 200
    assert "immutable" in headers["Cache-Control"]
    assert ask(f"{address}/nowhere/shibboleth", **proxied)[0] == 404
    assert ask(f"{address}/account/login/", Host="evil.test", **proxied)[0] == 400
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    asked = [line for line in lines if line["message"] == "request"]
    assert {"account_login", "health-ready", "none"} <= {line["route"] for line in asked}
    assert all(
        set(line) == {"at", "level", "logger", "message", "request", "route", "method", "status", "ms"}
        for line in asked
    )
    assert "shibboleth" not in log.read_text()
    assert "192.0.2.7" not in log.read_text()


@pytest.mark.unit
def test_a_log_line_holds_no_values_and_of_an_error_only_type_and_place() -> None:
    try:
        raise ValueError("child 12345 was born on 2010-05-05")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "file", 1, "Not found: %s", ("/child/12345",), sys.exc_info())
    written = JsonLines().format(record)
    line = json.loads(written)
    assert "12345" not in written
    assert line["message"] == "Not found: %s"
    assert line["error"] == "ValueError"
    assert line["place"][0].startswith("test_production.py:")


@pytest.mark.integration
def test_readiness_names_what_is_missing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from parentis.web.front import health

    def gone() -> list[str]:
        raise DatabaseError("connection refused at db.internal")

    assert Client().get("/health/ready").status_code == 200
    monkeypatch.setattr(health, "pending_migrations", gone)
    answer = Client().get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "missing": ["database"]}
    assert Client().get("/health/alive").status_code == 200


@pytest.mark.functional
def test_asking_for_help_loads_no_django() -> None:
    code = """
import sys
import parentis.cli
sys.argv = ["parentis", "--help"]
try:
    parentis.cli.main()
except SystemExit:
    sys.exit("django" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.mark.unit
def test_models_and_migrations_agree(db: None) -> None:
    from django.core.management import call_command

    call_command("makemigrations", "people", "audit", "notices", check=True, dry_run=True, verbosity=0)


@pytest.mark.unit
def test_the_server_forks_before_anything_has_threads() -> None:
    """A thread of Polars that a fork leaves behind is waited for by every query after it."""
    seen = "import sys, parentis.web.server; print('polars' in sys.modules, 'numpy' in sys.modules)"
    environment = environment_of(ROOT / "build" / "none")
    done = subprocess.run([sys.executable, "-c", seen], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.integration
def test_a_worker_that_ends_is_started_again_until_the_server_ends(tmp_path: Path) -> None:
    told, worker = tmp_path / "told", tmp_path / "worker.py"
    worker.write_text(
        "import os, pathlib, sys, time\n"
        f"told = pathlib.Path({str(told)!r})\n"
        "with told.open('a') as line: line.write(f'{os.getpid()}\\n')\n"
        "if len(told.read_text().split()) < 3: sys.exit(3)\n"
        "time.sleep(600)\n"
    )
    start = f"supervise([{sys.executable!r}, {str(worker)!r}], pause=0)"
    code = f"from parentis.web.worker_supervisor import supervise; {start}"
    keeper = subprocess.Popen([sys.executable, "-c", code], env=environment_of(tmp_path), stderr=subprocess.PIPE)

    def started() -> list[int]:
        return [int(line) for line in told.read_text().split()] if told.exists() else []

    for _ in range(300):
        if len(started()) == 3:
            break
        time.sleep(0.1)
    os.kill(started()[-1], 0)  # the third is there
    keeper.terminate()
    _, said = keeper.communicate(timeout=20)
    assert keeper.returncode == 0
    assert len(started()) == 3
    assert said.count(b"is started again") == 2
    with pytest.raises(ProcessLookupError):
        os.kill(started()[-1], 0)


@pytest.mark.integration
def test_a_worker_that_is_stopped_in_its_tracks_is_replaced(tmp_path: Path) -> None:
    """SIGSTOP leaves a process that neither ends nor works: its heartbeat stands still."""
    told, worker = tmp_path / "told", tmp_path / "worker.py"
    worker.write_text(
        "import os, pathlib, signal, time\n"
        f"told = pathlib.Path({str(told)!r})\n"
        "with told.open('a') as line: line.write(f'{os.getpid()}\\n')\n"
        "if len(told.read_text().split()) < 2: os.kill(os.getpid(), signal.SIGSTOP)\n"
        "while True: os.utime(os.environ['PARENTIS_WORKER_HEARTBEAT']); time.sleep(0.1)\n"
    )
    code = (
        "from parentis.web import worker_supervisor; worker_supervisor.GRACE = 0.1;"
        f"worker_supervisor.supervise([{sys.executable!r}, {str(worker)!r}], pause=0, stuck_after=1)"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", code], env=environment_of(tmp_path), stderr=subprocess.PIPE)
    try:
        for _ in range(300):
            if told.exists() and len(told.read_text().split()) == 2:
                break
            time.sleep(0.1)
        stopped, second = (int(line) for line in told.read_text().split())
        with pytest.raises(ProcessLookupError):
            os.kill(stopped, 0)
        time.sleep(1.5)
        os.kill(second, 0)  # whoever says that they live are left alone
    finally:
        supervisor.terminate()
        supervisor.communicate(timeout=20)
    assert len(told.read_text().split()) == 2


@pytest.mark.unit
def test_a_process_that_has_had_its_day_leaves_the_worker_running(monkeypatch: pytest.MonkeyPatch) -> None:
    from parentis.web import server

    class Beside:
        ended = 0

        def terminate(self) -> None:
            self.ended += 1

        def wait(self) -> None:
            pass

    def forked(**_: object) -> None:
        monkeypatch.setattr(os, "getpid", lambda: -1)
        raise SystemExit(0)

    beside = Beside()
    monkeypatch.setattr(server, "worker_beside", lambda: beside)
    monkeypatch.setattr(sys, "argv", ["serving", "{}"])
    monkeypatch.setattr(server, "gunicorn", forked)
    with pytest.raises(SystemExit):
        server.main()
    assert beside.ended == 0
    monkeypatch.setattr(os, "getpid", lambda: 1)
    monkeypatch.setattr(server, "gunicorn", lambda **_: None)
    server.main()
    assert beside.ended == 1


@pytest.mark.integration
def test_no_reader_waits_for_the_first_chart_or_the_first_view(monkeypatch: pytest.MonkeyPatch) -> None:
    from parentis.evidence import charts
    from parentis.web import server
    from parentis.web.wsgi import application

    drawn: list[str] = []
    draw = charts.draw
    monkeypatch.setattr(charts, "draw", lambda kind, *rest: drawn.append(draw(kind, *rest)) or drawn[-1])
    assert server.ready() is application
    assert [text[:4] for text in drawn] == ["<svg"]
