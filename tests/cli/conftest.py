"""The program as a person runs it: a process of its own, an empty home."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest_types import Run

SECOND = "PARENTIS_SECOND_PERSON_FOR_DECISIONS"


@pytest.fixture
def parentis(tmp_path: Path) -> Run:
    """`parentis("submit", path)`: the finished process. Its home is empty at first and kept within a test."""
    return program(tmp_path)


@pytest.fixture(scope="module")
def parentis_of_module(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same, with one home for all the tests of a module: none of them changes what another reads."""
    return program(tmp_path_factory.mktemp("program"))


def program(folder: Path) -> Run:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PARENTIS_")},
        "PARENTIS_HOME": str(folder / "home"),
        "PARENTIS_WHO": "a tester",
    }

    def run(*arguments: object, needs_second: str = "no") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "parentis", *map(str, arguments)],
            capture_output=True, text=True, check=False, cwd=folder, timeout=300,
            env=environment | {SECOND: needs_second},
        )  # fmt: skip

    return run
