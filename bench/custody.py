"""Notices under load: 100 a second for a minute on PostgreSQL, from POST to the borough's board.

    python bench/custody.py [--rate 100] [--seconds 60] [--workers 3]

Starts a PostgreSQL (synchronous commits) and the site with its worker on loopback, fills every authority's index, and
posts notices at a steady rate whether or not the answers have come. Writes build/bench/custody.json; ends with 1 where a
bound is missed: 99 of 100 notices visible within a second, none lost, none twice.
"""

import argparse
import http.client
import json
import os
import queue
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from postgres import free_port, postgres

P99 = 1.0
OUT = Path(__file__).parents[1] / "build" / "bench"
SENDERS = 64
"Connections of the custody system: enough that none waits for another's answer."
SOUNDS = ("ba", "do", "fi", "gu", "ka", "le", "mo", "ni", "pa", "ru", "se", "to", "va", "wi", "zo")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--people", type=int, default=300, help="On each authority's index.")
    asked = parser.parse_args()
    with postgres() as url, tempfile.TemporaryDirectory() as home:
        os.environ |= {"DATABASE_URL": url, "PARENTIS_HOME": home}
        seeded = seed(asked.people)
        with served(asked.workers) as port:
            result = drive(port, seeded, rate=asked.rate, seconds=asked.seconds)
        result |= count(result.pop("acknowledged"))
    result |= {"workers": asked.workers, "cores": os.cpu_count(), "load_average": os.getloadavg()}
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "custody.json").write_text(json.dumps(result, indent=1))
    sys.stdout.write(json.dumps(result, indent=1) + "\n")
    held = result["answer"]["p99"] <= P99 and not (result["lost"] or result["twice"] or result["failed"])
    return 0 if held else 1


def seed(people: int) -> dict[str, Any]:
    """The organisations, the suites, the indexes and the custody system's credentials."""
    from parentis import region, web

    web.set_up(production=False)
    web.migrate()
    web.make_demo_people()
    from django.utils import timezone

    from parentis.services.custody import IndexEntry
    from parentis.web.api.clients import make_client
    from parentis.web.custody import index
    from parentis.web.custody.models import Suite
    from parentis.web.people.models import Organisation

    force = Organisation.objects.create(slug="bench-force", name="Force of the bench", kind="police", footprint="london")
    suite = Suite.objects.create(
        code="bench", name="Bench", force=force, command="bcu-central-north", authority="E09000007"
    )
    chance = random.Random(1)
    entries = []
    for authority in region.members("london", timezone.localdate()):
        own = [
            IndexEntry(
                authority=authority, person_ref=str(number), first_name=_name(chance, 2),
                surname=_name(chance, 4), statuses=frozenset({"open case"}),
                date_of_birth=datetime(2009, 1, 1).date() + timedelta(days=chance.randrange(1500)),
                postcode=f"ZZ{number % 9} {number % 9}AA", address=f"{number} Practice Road",
            )
            for number in range(people)
        ]  # fmt: skip
        index.load(by=None, authority=authority, entries=own, as_of=timezone.now())
        entries += own
    client, secret = make_client(name="bench", organisation=force, role="custody-officer", scopes=["custody"])
    return {"suite": suite.code, "entries": entries, "client": client.client_id, "secret": secret}


def _name(chance: random.Random, sounds: int) -> str:
    """An invented name, hardly ever twice."""
    return "".join(chance.choice(SOUNDS) for _ in range(sounds)).title()


@contextmanager
def served(workers: int) -> Iterator[int]:
    """The site and its worker, on loopback."""
    port = free_port()
    command = [sys.executable, "-m", "parentis", "serve", "--port", str(port), "--workers", str(workers)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(240):
            try:
                if _get(port, "/health/ready") == http.HTTPStatus.OK:
                    break
            except OSError:
                pass
            time.sleep(0.5)
        else:
            raise SystemExit("the site did not start")
        yield port
    finally:
        server.terminate()
        server.wait()


def _get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path)
    return connection.getresponse().status


def notices(seeded: dict[str, Any], number: int) -> list[tuple[str, str]]:
    """Key and body: three of four on an index, the others on none."""
    chance = random.Random(2)
    made = []
    for each in range(number):
        one = chance.choice(seeded["entries"])
        known = chance.random() < 0.75
        now = datetime.now(UTC).isoformat()
        body = {
            "suite": seeded["suite"], "record_number": f"BENCH/{each}", "at": now, "arrival": now, "authorised": now,
            "first_name": one.first_name, "surname": one.surname if known else _name(chance, 5),
            "date_of_birth": one.date_of_birth.isoformat(), "address": one.address if known else "1 Nowhere",
            "postcode": one.postcode if known else "", "needs": "None known", "offence_group": "theft", "sex": "U",
            "ethnicity_self": "N",
        }  # fmt: skip
        made.append((f"bench-{each}", json.dumps(body)))
    return made


def drive(port: int, seeded: dict[str, Any], *, rate: float, seconds: float) -> dict[str, Any]:
    """Post at a steady rate, each at its time; what the answers took, counted from that time."""
    token = _token(port, seeded)
    made = notices(seeded, int(rate * seconds))
    warm = notices({**seeded, "suite": seeded["suite"]}, SENDERS)
    todo: queue.Queue[tuple[float, str, str] | None] = queue.Queue()
    times: list[float] = []
    failed: list[str] = []
    acknowledged: list[str] = []

    def send() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while (one := todo.get()) is not None:
            due, key, body = one
            wait = due - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
            head = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Content-Type": "application/json"}
            try:
                connection.request("POST", "/api/custody/notices", body, head)
                answer = connection.getresponse()
                text = answer.read()
            except (OSError, http.client.HTTPException) as error:
                failed.append(type(error).__name__)
                connection.close()
                continue
            if key.startswith("warm"):
                continue
            if answer.status != http.HTTPStatus.CREATED:
                failed.append(f"{answer.status}: {text[:100]!r}")
                continue
            times.append(time.perf_counter() - due)
            acknowledged.append(json.loads(text)["reference"])

    senders = [threading.Thread(target=send) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    for number, (_, body) in enumerate(warm):
        todo.put((0, f"warm-{number}", body.replace("BENCH/", "WARM/")))
    while not todo.empty():
        time.sleep(0.1)
    time.sleep(2)
    start = time.perf_counter() + 0.5
    for number, (key, body) in enumerate(made):
        todo.put((start + number / rate, key, body))
    for _ in senders:
        todo.put(None)
    for sender in senders:
        sender.join()
    return {
        "rate": rate,
        "seconds": seconds,
        "took": time.perf_counter() - start,
        "sent": len(made),
        "failed": len(failed),
        "failures": sorted(set(failed))[:5],
        "answer": quantiles(times),
        "acknowledged": acknowledged,
    }


def _token(port: int, seeded: dict[str, Any]) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    form = f"grant_type=client_credentials&client_id={seeded['client']}&client_secret={seeded['secret']}"
    connection.request("POST", "/oauth/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
    return str(json.loads(connection.getresponse().read())["access_token"])


def quantiles(times: Sequence[float]) -> dict[str, float]:
    """Seconds."""
    ordered = sorted(times) or [0.0]
    at = {"median": 0.5, "p95": 0.95, "p99": 0.99, "slowest": 1.0}
    return {name: round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 4) for name, share in at.items()}


def count(acknowledged: Sequence[str]) -> dict[str, Any]:
    """What of the acknowledged is in the database, and whether the chains hold."""
    from django.db import connection

    from parentis.web.custody.models import Detention
    from parentis.web.verifying import verify_record

    connection.close()
    kept = [str(one) for one in Detention.objects.values_list("reference", flat=True)]
    states: dict[str, int] = {}
    for state in Detention.objects.values_list("case__state", flat=True):
        states[state] = states.get(state, 0) + 1
    start = time.perf_counter()
    verify_record()
    return {
        "lost": len(set(acknowledged) - set(kept)),
        "twice": len(acknowledged) - len(set(acknowledged)),
        "kept": len(kept),
        "states": states,
        "verified_in": round(time.perf_counter() - start, 1),
    }


if __name__ == "__main__":
    raise SystemExit(main())
