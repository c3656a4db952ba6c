"""Pictures of the site for the README, taken in Chromium at a copy of a practice home: script/screenshots [HOME]."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Page, sync_playwright

from parentis.web import demo_password

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "images"
WHO = "analyst@region.practice.example"
WIDTH, HEIGHT = 900, 520
LARGEST = 120 * 1024
PICTURES = {
    "funding": ("/figures/funding/?place=london", ".pa-chapter"),
    "what-if": ("/forecasts/?entries=-10&step_down=20", "#answer"),
}
"Name to the page, and what of it stands at the top."


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of the site on a copy of `home`, with its worker."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(home, Path(folder) / "home", ignore=shutil.ignore_patterns("site"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "parentis", "serve", "--demo-people", "--port", str(port), "--workers", "1"]
        environment = {**os.environ, "PARENTIS_HOME": str(Path(folder) / "home")}
        server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(address)
            yield address
        finally:
            server.terminate()
            server.wait()


def _wait(address: str, seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if httpx.get(f"{address}/health/ready").status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            time.sleep(0.5)
    raise SystemExit("the site did not start")


def sign_in(page: Page) -> None:
    page.set_default_timeout(180_000)
    page.goto("/account/login/")
    page.get_by_label("Email address").fill(WHO)
    page.get_by_label("Password").fill(demo_password())
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


def picture(page: Page, name: str) -> Path:
    """The part of the page from its chosen element on, without what moves."""
    path, top = PICTURES[name]
    page.goto(path)
    page.locator("[data-job]").wait_for(state="detached", timeout=180_000)
    page.locator(top).first.wait_for()
    page.evaluate("top => document.querySelector(top).scrollIntoView()", top)
    for image in page.locator("img").all():
        box = image.bounding_box()
        if box and -box["height"] < box["y"] < HEIGHT:  # others load when they come into sight
            image.evaluate("image => image.decode()")
    target = OUT / f"{name}.png"
    page.screenshot(path=target, animations="disabled", scale="css")
    if target.stat().st_size > LARGEST:
        raise SystemExit(f"{target.name} has {target.stat().st_size:,} bytes: make it smaller than {LARGEST:,}")
    return target


def main() -> None:
    home = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "demo" / "home"
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    OUT.mkdir(parents=True, exist_ok=True)
    with served(home) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(base_url=address, viewport={"width": WIDTH, "height": HEIGHT})
        page = context.new_page()
        sign_in(page)
        for name in PICTURES:
            made = picture(page, name)
            sys.stdout.write(f"{made.relative_to(ROOT)}: {made.stat().st_size:,} bytes\n")
        browser.close()


if __name__ == "__main__":
    main()
