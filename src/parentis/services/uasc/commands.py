"""The service's own commands: each a question answered as one frame."""

from collections.abc import Mapping

import polars as pl

from parentis.services.uasc.child_nights import ledger
from parentis.services.uasc.costs import answers
from parentis.services.uasc.forecast import REPLICATES, futures
from parentis.services.uasc.reconciliation import reconcile as reconciled
from parentis.services.uasc.schedules import changed, current
from parentis.services.uasc.tables import LAIT
from parentis.services.uasc.whatif import ask

Tables = Mapping[str, pl.DataFrame]
_RATES = ("under_16", "under_16_high", "older", "older_high", "leaver", "threshold")


def survey(tables: Tables, *, period: str = "", authority: str = "", findings: bool = False) -> pl.DataFrame:
    """Every answer to the cost survey in pounds of the year: `authority, period, group, heading, part, pounds, basis,
    finding`; with `findings` only those that cannot be used."""
    told = answers(tables).drop("load_id", "row", "provisional")
    wanted = {"period": period, "authority": authority}
    told = told.filter(*(pl.col(name) == value for name, value in wanted.items() if value))
    return told.filter(pl.col("finding").is_not_null()) if findings else told


def what_if(
    tables: Tables,
    *,
    under_16: float = -1.0,
    under_16_high: float = -1.0,
    older: float = -1.0,
    older_high: float = -1.0,
    leaver: float = -1.0,
    uprating: float = 0.0,
    threshold: float = -1.0,
    cost_growth: float = -1.0,
    authority: str = "",
    gains: bool = False,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> pl.DataFrame:
    """What proposed rates would pay over five years, beside today's: `place, year, group, quantity, mean, low, high,
    level`; with `gains` each authority's difference over all the years, the most first.

    Rates are pounds a night (a week for care leavers); `threshold`, `uprating` and `cost_growth` are per cent. Whatever
    is below nil stays as it is: rates as in the table, costs rising with the GDP deflator.
    """
    given = {"under_16": under_16, "under_16_high": under_16_high, "older": older, "older_high": older_high,
             "leaver": leaver, "threshold": threshold}  # fmt: skip
    now = current()
    proposed = changed(now, uprating=uprating, **{name: given[name] for name in _RATES if given[name] >= 0})
    growth = cost_growth if cost_growth >= 0 else None
    ahead = futures(tables, replicates=replicates, seed=seed, cost_growth=growth)
    if ahead is None:
        return pl.DataFrame(schema={"place": pl.String, "year": pl.String, "quantity": pl.String, "mean": pl.Float64})
    answer = ask(ahead, proposed, now)
    return answer.gains() if gains else answer.frame([authority] if authority else (), name=authority)


def reconcile(tables: Tables, *, period: str = "") -> pl.DataFrame:
    """Children on 31 March by the ledger beside DfE's count: `geography, name, period, ours, published, difference,
    held, members, outcome`, of one financial year or of all."""
    found = reconciled(ledger(tables), tables[LAIT])
    return found.filter(pl.col("period") == period) if period else found
