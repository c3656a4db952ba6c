"""First views of the improvement pages: a process that has just begun, every borough's quarters, one reader.

    script/bench improvement             # beside its limits, on practice quarters of all boroughs
    python bench/improvement_pages.py HOME    # a table of pages on a home that is built

A first view finds nothing kept in the process; the pictures of a measure are views of their own. The wall is then
viewed again and again: 95 of 100 within 300 ms.
"""

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from measuring import Clock, benchmark

PAGES = (
    "/improvement/",
    "/improvement/wall/",
    "/improvement/neighbours/",
    "/improvement/reconciliation/",
    "/improvement/measures/improvement.s07/",
    "/improvement/measures/improvement.s07/funnel.svg",
    "/improvement/measures/improvement.s07/ranks.svg",
    "/improvement/measures/improvement.s07/series.svg",
    "/improvement/priorities/",
    "/improvement/challenges/",
    "/improvement/conflicts/",
    "/improvement/impact/?measure=improvement.s07&borough=E09000008&first=2024-25 Q2&last=2024-25 Q4",
)
WALL = "/improvement/wall/"
READER = "director@croydon.practice.example"


def filled(folder: Path) -> Path:
    """A home with the practice quarters of every borough, built."""
    from parentis import workflow
    from parentis.archive import Home
    from parentis.returns import write_files
    from parentis.services.improvement.practice import returns

    for one in returns(1):
        write_files(one, folder / "files" / one.return_id / one.period / one.submitter)
    home = Home(folder / "home")
    workflow.submit(home, [folder / "files"], who="bench", accept=True)
    workflow.build(home, services=["improvement"])
    return folder / "home"


def signed_in(home: Path) -> Any:
    """A client of a reader, on a site whose database is new; the home's `site` folder is left alone."""
    os.environ["PARENTIS_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "parentis.web.settings.test"
    from django.contrib.auth import get_user_model

    from parentis import web

    web.set_up()
    from django.test.utils import setup_databases, setup_test_environment

    setup_test_environment()
    setup_databases(verbosity=0, interactive=False)
    web.make_demo_people()
    from django.test import Client

    from parentis.web.improvement.practice import make_practice_challenges

    make_practice_challenges()
    client = Client()
    client.force_login(get_user_model().objects.get(email=READER))
    client.get("/")  # the process has served a page
    return client


def seconds_of(client: Any, page: str) -> float:
    begun = time.perf_counter()
    answer = client.get(page)
    if answer.status_code != 200:
        raise RuntimeError(f"{page}: {answer.status_code}")
    return time.perf_counter() - begun


def first_views(client: Any) -> dict[str, float]:
    return {page: seconds_of(client, page) for page in PAGES}


def wall_p95(client: Any, views: int = 60) -> float:
    return sorted(seconds_of(client, WALL) for _ in range(views))[int(0.95 * views)]


@benchmark("improvement: slowest first view of a page", seconds=1)
def slowest_first_view(clock: Clock) -> None:
    with tempfile.TemporaryDirectory() as folder:
        client = signed_in(filled(Path(folder)))
        told = first_views(client)
    slowest = max(told, key=lambda one: told[one])
    clock.seconds = told[slowest]
    clock.note("page", slowest)


@benchmark("improvement: wall, 95 of 100 views within", seconds=0.3)
def views_of_the_wall(clock: Clock) -> None:
    with tempfile.TemporaryDirectory() as folder:
        client = signed_in(filled(Path(folder)))
        seconds_of(client, WALL)
        clock.seconds = wall_p95(client)


if __name__ == "__main__":
    reader = signed_in(Path(sys.argv[1]))
    for page, seconds in first_views(reader).items():
        print(f"{seconds:6.2f} s  {page}")
    print(f"{wall_p95(reader):6.3f} s  the wall, 95 of 100")
