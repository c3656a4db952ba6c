"""What every test may lean on: where the public files lie, and that each test says what kind it is."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is. Where CI is set, hypothesis draws the same examples each time.
settings.register_profile("steady", parent=settings(), deadline=None)
settings.load_profile("steady")

# Most tests are about what comes after a file is accepted; those about the second person set this themselves.
os.environ["PARENTIS_SECOND_PERSON_FOR_DECISIONS"] = "no"

collect_ignore = ["service_template"]  # run where it is laid over the source: tests/scripts/test_adding_a_service.py
LEVELS = {"spec", "unit", "integration", "generative", "functional"}
ROOT = Path(__file__).parent.parent
AXE = ROOT / "build" / "assets" / "axe" / "axe.min.js"
SCREENS = ROOT / "build" / "screens"
SERIOUS = {"serious", "critical"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test without exactly one level fails collection: its reader must know what kind of promise it is.

    Tests of PostgreSQL alone are left to the run that has one: script/test makes both.
    """
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        elsewhere = [item for item in items if item.get_closest_marker("postgres")]
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]
    wrong = [item.nodeid for item in items if len(LEVELS & {mark.name for mark in item.iter_markers()}) != 1]
    if wrong:
        raise pytest.UsageError(f"each test carries one of {sorted(LEVELS)}: {', '.join(sorted(set(wrong))[:10])}")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public files. Without it the tests that read them say so, and fail where nothing may skip."""
    folder = Path(os.environ.get("PARENTIS_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        sentence = f"the public files are not at {folder}: set PARENTIS_SHARED to the folder that holds data/"
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return folder


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, once for the session."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not here")
        pytest.skip("Chromium is not here: script/test installs it where it can")
    # Playwright keeps an event loop running in this thread, where Django would refuse to use the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def spark_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A standalone master and two workers, once for the session."""
    from spark_cluster import cluster

    yield from cluster(tmp_path_factory.mktemp("spark"))


@pytest.fixture
def spark_master(spark_cluster: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the cluster's master, with the environment a driver needs."""
    for name, value in spark_cluster.environment.items():
        monkeypatch.setenv(name, value)
    return str(spark_cluster.master)


@pytest.fixture
def check_page() -> Callable[..., None]:
    """`check_page(page, "home")`: axe-core finds nothing serious on it, and a picture of it is kept."""

    def check(page: Any, name: str, *, full: bool = True) -> None:
        SCREENS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(SCREENS / f"{name}.png"), full_page=full)
        if not AXE.is_file():
            pytest.fail("axe-core is not in build/assets: run script/test once")
        # Through the debugger, which the content-security policy does not bind.
        page.evaluate(AXE.read_text())
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        serious = [
            (one["id"], one["help"], [node["target"] for node in one["nodes"]][:5])
            for one in found["violations"]
            if one["impact"] in SERIOUS
        ]
        assert serious == [], f"{name}: {serious}"

    return check
