"""Small SSDA903 frames, as the lake would hold them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

EPISODES = {
    "authority": pl.String,
    "period": pl.String,
    "CHILD": pl.String,
    "DECOM": pl.Date,
    "DEC": pl.Date,
    "RNE": pl.String,
    "LS": pl.String,
    "CIN": pl.String,
    "PLACE": pl.String,
    "PLACE_PROVIDER": pl.String,
    "REC": pl.String,
    "REASON_PLACE_CHANGE": pl.String,
    "HOME_POST": pl.String,
    "PL_POST": pl.String,
    "URN": pl.String,
    "load_id": pl.String,
    "row": pl.UInt32,
    "sequence": pl.Int64,
}

USUAL = {
    "authority": "E1",
    "RNE": "S",
    "LS": "C2",
    "PLACE": "U4",
    "PLACE_PROVIDER": "PR1",
    "REC": "X1",
    "CIN": "N1",
}


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def make_episodes(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Rows in the order of their return; blanks are usual values, `start` and `end` are ISO dates."""
    full = []
    for number, given in enumerate(rows):
        row = USUAL | {"period": "2020-21", "CHILD": "A", "row": number, "sequence": 1} | given
        row["DECOM"], row["DEC"] = day(row.pop("start", None)), day(row.pop("end", None))
        row.setdefault("load_id", f"{row['authority']}-{row['period']}")
        full.append(row)
    return pl.DataFrame(full, schema=EPISODES)


@pytest.fixture(scope="session")
def episodes():
    return make_episodes
