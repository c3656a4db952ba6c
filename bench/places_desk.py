"""The placement desk: matching a large batch, and the desk's pages with fifty people on them."""

import re
import tempfile
from datetime import datetime
from pathlib import Path

import web
from measuring import Clock, benchmark
from parentis.region import LONDON

CHILDREN, HOMES, BEDS = 200, 800, 2_000
USERS, SECONDS, REFERRALS = 50, 60.0, 100
DESK_PAGES = ("/places/desk", "/places/referrals/", "/places/requests/")


@benchmark("places: 200 children matched to 2,000 beds, six pairs of siblings, ten to be kept apart", seconds=1)
def matching(clock: Clock) -> None:
    import numpy as np
    import polars as pl

    from parentis.services.places.candidates import candidates
    from parentis.services.places.matching import match

    rng = np.random.default_rng(0)
    kinds, boroughs = ("secure", "therapeutic", "supported"), ("E09000007", "E09000008", "E09000030")
    free = np.bincount(rng.integers(0, HOMES, BEDS), minlength=HOMES)
    homes = pl.DataFrame(
        {
            "home": f"h{at}", "kind": kinds[rng.integers(3)], "sex": "FMBB"[rng.integers(4)], "free": int(free[at]),
            "authority": boroughs[rng.integers(3)], "price": float(rng.integers(800, 15_000)),
            "quality": float(rng.random()), "age_from": 10, "age_to": 17,
        }
        for at in range(HOMES)
    )  # fmt: skip
    children = pl.DataFrame(
        {
            "child": f"c{at}", "kind": kinds[at // 2 % 3], "sex": "FM"[rng.integers(2)],
            "age": int(rng.integers(12, 18)), "authority": boroughs[rng.integers(3)], "basis": "s25-order",
            "group": f"g{at // 2}" if at < 12 else None, "points": float(rng.integers(0, 20)),
        }
        for at in range(CHILDREN)
    )  # fmt: skip
    apart = pl.DataFrame([(f"c{at}", f"c{at + 6}") for at in range(20, 40, 2)], schema=["child", "other"], orient="row")
    match(candidates(children.head(10), homes, apart=apart))  # scipy is imported
    with clock.timing():
        found = match(candidates(children, homes, apart=apart))
    clock.note("proven", str(found.proven))
    clock.note("placed", str(int((found.home >= 0).sum())))


@benchmark("places: 95 of 100 pages of the desk, fifty people, a hundred referrals, within", seconds=web.P95)
def desk(clock: Clock) -> None:
    from parentis.archive import Home

    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder, "home"))
        home.path.mkdir(parents=True)
        with web.served(home.path) as address:
            clerk = web.signed_in(address, "placement-desk@region.practice.example")
            for number in range(REFERRALS):
                _refer(clerk, number)
            who = [f"placement-officer@{place}.practice.example" for place in ("camden", "croydon", "newham")]
            who.append("placement-desk@region.practice.example")
            clients = [web.signed_in(address, who[at % len(who)]) for at in range(USERS)]
            result, failures = web.load(clients, SECONDS, DESK_PAGES)
    clock.seconds = result.p95
    clock.note("pages", str(result.requests))
    clock.note("failed", str(failures or 0))


def _refer(client: "web.httpx.Client", number: int) -> None:
    """A referral, entered by the form."""
    path, today = "/places/referrals/new", datetime.now(LONDON).date().isoformat()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(path).text)
    place = ("E09000007", "E09000008", "E09000025")[number % 3]
    given = {
        "csrfmiddlewaretoken": token[1] if token else "", "place": place, "reference": f"SYN-B{number}",
        "looked_for": "secure", "urgency": "urgent", "referred_on": today, "need_by": today, "sex": "F",
        "ethnicity": "N", "age": "14", "basis": "s25-order", "basis_on": today, "born_on": "2012-05-04",
    }  # fmt: skip
    answer = client.post(path, data=given, headers={"Referer": f"{client.base_url}{path}"})
    if f"SYN-B{number}" not in answer.text:
        raise SystemExit(f"the referral was not entered: {answer.status_code}")
