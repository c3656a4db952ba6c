"""Commands about money: prices, and what a scenario changes."""

import logging
from collections.abc import Mapping

import polars as pl

from parentis import remedies
from parentis.errors import SpecificationError
from parentis.services.demand.money.comparison import difference, run, waterfall
from parentis.services.demand.money.projections import Outlook, outlook
from parentis.services.demand.simulation.scenario_files import document

Tables = Mapping[str, pl.DataFrame]

_log = logging.getLogger("parentis.demand")


def scenario(
    tables: Tables, *, document_text: str = "closer-to-home", replicates: int = 300, seed: int = 0, parts: bool = False
) -> pl.DataFrame:
    """The difference that a scenario makes in each year (see `comparing.difference`), whole region and authorities.

    `document_text` is a shipped scenario's name, or a scenario written out in TOML or JSON:
    `--document-text "$(cat mine.toml)"`. With `parts`, each change's own effect and their interaction instead.
    """
    asked = document(document_text)
    ahead = _held(tables, replicates, seed)
    after = run(ahead.basis, asked.scenario, like=ahead.before)
    for note in after.paths.notes:
        _log.warning(note)
    if parts:
        return waterfall(ahead.basis, asked.scenario, asked.titles, before=ahead.before, after=after).frame()
    return difference(ahead.before, after)


def priced(tables: Tables, *, replicates: int = 300, seed: int = 0) -> pl.DataFrame:
    """Prices per night by authority and group, with interval and source."""
    return _held(tables, replicates, seed).basis.prices.frame(seed=seed)


def _held(tables: Tables, replicates: int, seed: int) -> Outlook:
    ahead = outlook(tables, {"replicates": replicates, "seed": seed})
    if ahead is None:
        raise SpecificationError(
            expected="looked-after children returns (SSDA903)",
            found="none",
            where="demand",
            do=remedies.SUBMIT_CARE_RETURNS,
        )
    return ahead
