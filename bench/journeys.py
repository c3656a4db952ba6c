"""The thirteen journeys on a running practice site: clicks and seconds, for each role that takes them.

    script/demo                                         # in one terminal
    python bench/journeys.py [--address http://127.0.0.1:8000]

Each journey begins at the first page of a person who has signed in and ends where the thing is done or its form is
there. A click is one; typing is none. Prints the table of docs/journeys.md; ends with 1 where one does not arrive.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

PASSWORD = "practice region only"  # as `serve --demo-people` makes and prints it


@dataclass(frozen=True)
class Step:
    """Press the first link or button of this name in this part of the page; `typed` is filled in before."""

    name: str
    role: str = "link"
    within: str = "body"
    typed: tuple[tuple[str, str], ...] = ()
    css: str = ""
    stays: bool = False
    "It opens a panel or sends a file, and leads to no other page."


def menu(name: str) -> Step:
    return Step(name, within="nav[aria-label=Menu]")


@dataclass(frozen=True)
class Journey:
    """`arrives`: text on the page it ends at."""

    name: str
    people: tuple[str, ...]
    steps: tuple[Step, ...]
    arrives: str


SEARCH = "Search this site"
BOROUGH = ("analyst@camden", "treasurer@camden", "director@camden")
REGION = ("analyst@region", "treasurer@region")
JOURNEYS = (
    Journey("sign in", (*BOROUGH, *REGION, "custody-officer@bcu-central-north", "front-door@camden"), (), ""),
    Journey("hand in a return", BOROUGH, (menu("Returns"), Step("Submit files")), "Files are checked"),
    Journey("correct what was found", ("analyst@camden", "director@camden"),
            (menu("Returns"), Step("Looked-after children", within="main table"), Step("view findings")), "Findings"),
    Journey("see a child's record", ("analyst@camden",),
            (menu("Returns"), Step("Looked-after children", within="main table"), Step("view findings"),
             Step("", css="main tbody th a"), Step("", css="main td a")), "The whole record"),
    Journey("sign", ("section-151@camden", "director@camden"), (Step("", css="main a[href*='/returns/']"),), "Sign"),
    Journey("find my number", (*BOROUGH, *REGION),
            (Step(SEARCH, "button", typed=((SEARCH, "overspend"),)), Step("", css="main li a")), ""),
    Journey("explain it", BOROUGH, (Step("", css="main a.pa-figure", stays=True),), "The rows it was made of"),
    Journey("compare", (*BOROUGH, *REGION), (menu("Figures"), Step("Funding pressures", within="main")),
            "Funding pressures"),
    Journey("what if", ("analyst@camden", "treasurer@camden", "commissioner@camden", "analyst@region"),
            (menu("Forecasts"), Step("Show results", "button", typed=(("Children coming into care", "-10"),))),
            "would cost"),
    Journey("claim", ("treasurer@camden", "analyst@camden"),
            (menu("Unaccompanied children"), Step("workbook", within="main", stays=True)), ""),
    Journey("give notice", ("custody-officer@bcu-central-north",), (Step("Report a child in custody"),), ""),
    Journey("act on a recommendation", ("improvement-lead@camden", "improvement-lead@region"),
            (menu("Recommendations"), Step("", css="main tbody a")), ""),
    Journey("read a pack", (*BOROUGH, *REGION), (menu("Packs"), Step("Create pack", "button")), "Download"),
)  # fmt: skip


def signed_in(browser: Any, address: str, who: str) -> tuple[Any, float]:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(90_000)
    page.goto(f"{address}/account/login/")
    page.get_by_label("Email address").fill(f"{who}.practice.example")
    page.get_by_label("Password").fill(PASSWORD)
    start = time.perf_counter()
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    return page, time.perf_counter() - start


def walk(page: Any, journey: Journey) -> float:
    """Seconds from the first click to the last page."""
    start = time.perf_counter()
    for step in journey.steps:
        for label, value in step.typed:
            page.get_by_label(label, exact=True).first.fill(value)
        part = page.locator(step.within)
        found = page.locator(step.css) if step.css else part.get_by_role(step.role, name=step.name)
        if step.stays:
            found.first.click()
            continue
        with page.expect_navigation():
            found.first.click()
    if journey.arrives:
        page.get_by_text(journey.arrives).first.wait_for()
    return time.perf_counter() - start


def main(arguments: Sequence[str], say: Callable[[str], None] = print) -> int:
    from playwright.sync_api import Error, sync_playwright

    parser = argparse.ArgumentParser()
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    address = parser.parse_args(arguments).address
    failed = 0
    say("| journey | who | clicks | seconds |\n|---|---|---|---|")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for journey in JOURNEYS:
            for who in journey.people:
                try:
                    page, seconds = signed_in(browser, address, who)
                    clicks = len(journey.steps) or 1
                    seconds = walk(page, journey) if journey.steps else seconds
                    say(f"| {journey.name} | {who} | {clicks} | {seconds:.1f} |")
                except Error as error:
                    failed += 1
                    say(f"| {journey.name} | {who} | does not arrive: {error.message.splitlines()[0]} | |")
                else:
                    page.context.close()
        browser.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
