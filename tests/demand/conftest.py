"""A world of known truth for the demand model's tests."""

import pytest
from worlds import world

from parentis.services.demand.estimation.histories import Histories


@pytest.fixture(scope="session")
def known() -> Histories:
    """Five years of a region of about 300 children."""
    return world("constant", 300, 1).known
