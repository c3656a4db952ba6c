"""What is known of prices: a world with its truth beside it."""

from pathlib import Path

import polars as pl
import pytest

from parentis.services.commissioning.hedonic import Hedonic, hedonic

TRUTH = Path("truth/commissioning")


@pytest.fixture(scope="session")
def given_world(shared_data: Path) -> pl.DataFrame:
    """6,960 placements of four partnerships at six censuses, made with seed 11."""
    return pl.read_csv(shared_data.parent / TRUTH / "given_world.csv")


@pytest.fixture(scope="session")
def model(given_world: pl.DataFrame) -> Hedonic:
    """As R was asked: a level for providers, none for homes."""
    return hedonic(given_world.drop("home"))
