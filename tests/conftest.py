"""What every test may lean on: where the public files lie, and that each test says what kind it is."""

import os
from pathlib import Path

import pytest

LEVELS = {"spec", "unit", "integration", "generative", "functional"}
ROOT = Path(__file__).parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test without exactly one level fails collection: its reader must know what kind of promise it is."""
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
