"""The English indices of deprivation of upper-tier authorities, as the ministry summarises them."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from parentis.returns.models import Return
from parentis.returns.spec import Column, Kind, Spec, Table

if TYPE_CHECKING:
    import polars as pl

CODE, NAME = (f"Upper Tier Local Authority District {what} (2019)" for what in ("code", "name"))
SCORE = "IMD - Average score"


def _number(name: str, meaning: str) -> Column:
    return Column(name=name, kind=Kind.NUMBER, meaning=meaning, example="21.5")


SUMMARY = Table(
    name="summary",
    authority=CODE,
    meaning="One upper-tier authority; a rank of 1 is the most deprived",
    columns=(
        Column(name=CODE, kind=Kind.TEXT, meaning="ONS code, as in 2019", key=True, example="E09000007"),
        Column(name=NAME, kind=Kind.TEXT, meaning="Name, as in 2019", example="Camden"),
        _number("IMD - Average rank", "Mean rank of its neighbourhoods, weighted by their population"),
        _number("IMD - Rank of average rank", "The authority's rank by it"),
        Column(
            name=SCORE, kind=Kind.NUMBER, meaning="Mean score of its neighbourhoods, weighted by their population",
            key=True, example="20.1",
        ),
        _number("IMD - Rank of average score", "The authority's rank by it"),
    ),
    optional=False,
    unique=(CODE,),
    identity=(CODE,),
)  # fmt: skip


def _period(tables: "Mapping[str, pl.DataFrame]") -> str | None:
    """The edition is in the heading of the codes."""
    headings = [name for frame in tables.values() for name in frame.columns]
    years = [match[1] for name in headings if (match := re.search(r"district code \((\d{4})\)", name, re.IGNORECASE))]
    return max(years, default=None)


DEPRIVATION = Return(
    spec=Spec(
        id="open_statistics.deprivation",
        title="Index of multiple deprivation: upper-tier summary",
        source="MHCLG, English indices of deprivation 2019, file 11: upper-tier local authority summaries",
        tables=(SUMMARY,),
    ),
    submitter="publisher",
    publisher="MHCLG",
    period_kind="year",
    infer_period=_period,
    audience="published",
)
