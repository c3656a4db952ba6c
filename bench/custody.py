"""Notices under load: 100 a second for a minute on PostgreSQL, from POST to the borough's board.

    python bench/custody.py [--rate 100] [--seconds 60] [--together 10] [--workers 3]

Starts a PostgreSQL (synchronous commits) and the site with its worker on loopback, fills every authority's index, and
posts notices at a steady rate whether or not the answers have come, so many together in one message; the boards of
three boroughs are open meanwhile, and ask twice a second, as a browser does. Every time counts from when the notice was
due to be sent. Writes build/bench/custody.json; ends with 1 where a bound is missed: 99 of 100 notices on the
borough's board within a second, none lost, none twice.
"""

import argparse
import http.client
import json
import os
import queue
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from measuring import Clock, benchmark
from postgres import free_port, postgres
from web import signed_in

P99 = 1.0
OUT = Path(__file__).parents[1] / "build" / "bench"
SENDERS = 64
"Connections of the custody system: enough that none waits for another's answer."
WATCHERS = [f"emergency-duty@{place}.practice.example" for place in ("camden", "croydon", "newham")]
ASKS_EVERY = 0.5
SOUNDS = ("ba", "do", "fi", "gu", "ka", "le", "mo", "ni", "pa", "ru", "se", "to", "va", "wi", "zo")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--together", type=int, default=10, help="Notices in one message; 1: each in its own.")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--people", type=int, default=300, help="On each authority's index.")
    result = measured(**vars(parser.parse_args()))
    sys.stdout.write(json.dumps(result, indent=1) + "\n")
    held = (
        result["visible"]["p99"] <= P99
        and result["seen"] == result["to_be_seen"]
        and not (result["lost"] or result["twice"] or result["failed"])
    )
    return 0 if held else 1


@benchmark("custody: 99 of 100 notices, one to a message, on the board within", seconds=P99)
def one_by_one(clock: Clock) -> None:
    result = measured(rate=100, seconds=60, together=1, workers=3, people=300)
    clock.seconds = result["visible"]["p99"]
    for name in ("lost", "twice", "failed"):
        clock.note(name, str(result[name]))
    clock.note("processor, ms each", f"{1000 * result['cpu_seconds']['web'] / result['sent']:.1f}")


def measured(*, rate: float, seconds: float, together: int, workers: int, people: int) -> dict[str, Any]:
    """Notices at a steady rate, and what came of them. Written to build/bench/custody.json too."""
    with postgres() as url, tempfile.TemporaryDirectory() as home:
        os.environ |= {"DATABASE_URL": url, "PARENTIS_HOME": home}
        seeded = seed(people)
        with served(workers) as (port, server):
            warm_up(port, seeded)
            before = cpu_seconds(server)
            result, watched = drive(port, seeded, rate=rate, seconds=seconds, together=together)
            after = cpu_seconds(server)
        used = {name: round(after[name] - before.get(name, 0), 1) for name in after}
        result |= count(result.pop("acknowledged"), watched, result["sent"] + 2 * SENDERS)
        result["cpu_seconds"] = used
    result |= {"workers": workers, "cores": os.cpu_count(), "load_average": os.getloadavg()}
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "custody.json").write_text(json.dumps(result, indent=1))
    return result


def seed(people: int) -> dict[str, Any]:
    """The organisations, the suites, the indexes and the custody system's credentials."""
    from parentis import region, web

    web.set_up(production=False)
    web.migrate()
    web.make_demo_people()
    from django.utils import timezone

    from parentis.services.custody import IndexEntry
    from parentis.web.api.clients import make_client
    from parentis.web.custody.intake import index
    from parentis.web.custody.models import Suite
    from parentis.web.people.models import Organisation

    force = Organisation.objects.create(
        slug="bench-force", name="Force of the bench", kind="police", footprint="london"
    )
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
                date_of_birth=date(2009, 1, 1) + timedelta(days=chance.randrange(1500)),
                postcode=_postcode(chance), address=f"{number} Practice Road",
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


def _postcode(chance: random.Random) -> str:
    """Of no place: no area is ZZ."""
    return f"ZZ{chance.randrange(1, 99)} {chance.randrange(9)}{''.join(chance.choices('ABDEFGH', k=2))}"


@contextmanager
def served(workers: int) -> Iterator[tuple[int, int]]:
    """The site and its worker, on loopback: its port and its process."""
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
        yield port, server.pid
    finally:
        server.terminate()
        server.wait()


def cpu_seconds(server: int) -> dict[str, float]:
    """What the server's processes have used so far: those that answer, and the worker. Nothing without a /proc."""
    found = {"web": 0.0, "worker": 0.0}
    for pid in _descendants(server):
        try:
            used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
            started = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        found["worker" if b"worker_supervisor" in started or b"manage" in started else "web"] += sum(
            map(int, used)
        ) / os.sysconf("SC_CLK_TCK")
    return found


def _descendants(pid: int | str) -> list[str]:
    try:
        own = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return own + [each for one in own for each in _descendants(one)]


def _get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path)
    return connection.getresponse().status


def warm_up(port: int, seeded: dict[str, Any]) -> None:
    """A site in service has answered before: every process has loaded what it needs."""
    token = _token(port, seeded)
    made = notices(seeded, 2 * SENDERS, name="WARM")

    def send(some: list[tuple[str, str]]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        for one in some:
            _sent(connection, token, [one])

    threads = [threading.Thread(target=send, args=(made[at::SENDERS],)) for at in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def notices(seeded: dict[str, Any], number: int, name: str = "BENCH") -> list[tuple[str, str]]:
    """Key and body: nine of ten on an index, the others on none."""
    chance = random.Random(2)
    made = []
    for each in range(number):
        one = chance.choice(seeded["entries"])
        known = chance.random() < 0.9
        now = datetime.now(UTC).isoformat()
        body = {
            "suite": seeded["suite"], "record_number": f"{name}/{each}", "at": now, "arrival": now, "authorised": now,
            "first_name": one.first_name, "surname": one.surname if known else _name(chance, 5),
            "date_of_birth": one.date_of_birth.isoformat(), "address": one.address if known else "1 Nowhere",
            "postcode": one.postcode if known else "", "needs": "None known", "offence_group": "theft", "sex": "U",
            "ethnicity_self": "N",
        }  # fmt: skip
        made.append((f"{name}-{each}", json.dumps(body)))
    return made


def drive(
    port: int, seeded: dict[str, Any], *, rate: float, seconds: float, together: int
) -> tuple[dict[str, Any], dict[int, float]]:
    """Post at a steady rate, each message when its last notice is due: what came of it, and when each case's number
    was first on a board."""
    token, made = _token(port, seeded), notices(seeded, int(rate * seconds))
    parcels = [made[at : at + together] for at in range(0, len(made), together)]
    todo: queue.Queue[tuple[float, int] | None] = queue.Queue()
    times: list[float] = []
    failed: list[str] = []
    acknowledged: dict[str, float] = {}
    start = time.perf_counter() + 3

    def send() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while (one := todo.get()) is not None:
            due, at = one
            time.sleep(max(0, due - time.perf_counter()))
            try:
                answers = _sent(connection, token, parcels[at])
            except (OSError, http.client.HTTPException) as error:
                failed.append(type(error).__name__)
                connection.close()
                continue
            for number, (status, answer) in enumerate(answers):
                begun = start + (at * together + number) / rate
                if status != http.HTTPStatus.CREATED:
                    failed.append(f"{status}: {str(answer)[:100]}")
                    continue
                times.append(time.perf_counter() - begun)
                acknowledged[answer["reference"]] = begun

    clients = [signed_in(f"http://127.0.0.1:{port}", one) for one in WATCHERS]
    watched: dict[int, float] = {}
    over = threading.Event()
    watchers = [threading.Thread(target=watch, args=(client, over, watched)) for client in clients]
    senders = [threading.Thread(target=send) for _ in range(SENDERS)]
    start = time.perf_counter() + 1
    for at, parcel in enumerate(parcels):
        todo.put((start + (at * together + len(parcel) - 1) / rate, at))
    for _ in senders:
        todo.put(None)
    for thread in (*senders, *watchers):
        thread.start()
    for sender in senders:
        sender.join()
    took = time.perf_counter() - start
    time.sleep(3)  # the last ones come to the boards
    over.set()
    for watcher in watchers:
        watcher.join()
    result = {
        "rate": rate,
        "together": together,
        "took": round(took, 2),
        "sent": len(made),
        "failed": len(failed),
        "failures": sorted(set(failed))[:5],
        "answer": quantiles(times),
        "acknowledged": acknowledged,
    }
    return result, watched


def _sent(
    connection: http.client.HTTPConnection, token: str, parcel: Sequence[tuple[str, str]]
) -> list[tuple[int, Any]]:
    """Status and answer of each notice of a message."""
    head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if len(parcel) == 1:
        connection.request("POST", "/api/custody/notices", parcel[0][1], head | {"Idempotency-Key": parcel[0][0]})
        answer = connection.getresponse()
        return [(answer.status, json.loads(answer.read()))]
    items = ", ".join(f'{{"key": "{key}", "notice": {body}}}' for key, body in parcel)
    connection.request("POST", "/api/custody/notices/batch", f'{{"notices": [{items}]}}', head)
    answer = connection.getresponse()
    text = json.loads(answer.read())
    if answer.status != http.HTTPStatus.OK:
        return [(answer.status, text)] * len(parcel)
    return [(one["status"], one["detention"] or one["error"]) for one in text]


def watch(client: httpx.Client, over: threading.Event, watched: dict[int, float]) -> None:
    """A borough's board in a browser: asks twice a second, and notes when each case first stands on it."""
    tag = ""
    while not over.is_set():
        begun = time.perf_counter()
        try:
            answer = client.get("/custody/board/authority/rows", headers={"If-None-Match": tag})
        except httpx.HTTPError:
            continue  # the board says that it is not live, and asks again
        if answer.status_code == httpx.codes.OK:
            tag = answer.headers["ETag"]
            for case in re.findall(r'href="/custody/(\d+)/"', answer.text):
                watched.setdefault(int(case), time.perf_counter())
        over.wait(max(0, ASKS_EVERY - (time.perf_counter() - begun)))


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


def count(acknowledged: dict[str, float], watched: dict[int, float], sent: int) -> dict[str, Any]:
    """What of the acknowledged is in the database, when it was on the boards, and whether the chains hold."""
    from django.db import connection

    from parentis.web.custody.models import Detention
    from parentis.web.people.models import Organisation
    from parentis.web.verification import verify_record

    connection.close()
    boroughs = set(Organisation.objects.exclude(authority="").values_list("authority", flat=True))
    kept = {str(one): (pk, place) for one, pk, place in
            Detention.objects.values_list("reference", "pk", "case__place")}  # fmt: skip
    due = {kept[one][0]: begun for one, begun in acknowledged.items() if one in kept and kept[one][1] in boroughs}
    start = time.perf_counter()
    verify_record()
    return {
        "lost": len(set(acknowledged) - set(kept)),
        "twice": max(0, len(kept) - sent),
        "to_be_seen": len(due),
        "seen": len(due.keys() & watched.keys()),
        "visible": quantiles([watched[pk] - begun for pk, begun in due.items() if pk in watched]),
        "at_the_desk": sum(place == "london" for _, place in kept.values()),
        "verified_in": round(time.perf_counter() - start, 1),
    }


if __name__ == "__main__":
    raise SystemExit(main())
