"""The published answers that these tests are held to."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def truth(shared_data: Path) -> Path:
    """The folder of published answers, beside that of public files."""
    return shared_data.parent / "truth"
