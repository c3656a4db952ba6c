"""The service's own commands."""

import logging
from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from parentis.errors import PeriodError, UnknownAuthorityError
from parentis.region import authority as find_authority
from parentis.services.demand.estimation.extracts import as_yearly
from parentis.services.demand.estimation.model import fit
from parentis.services.demand.simulation.backtest import backtest as tested
from parentis.services.demand.simulation.backtest import scores
from parentis.services.demand.simulation.futures import months_until, simulate
from parentis.services.demand.simulation.paths import QUANTILES
from parentis.services.demand.simulation.scenario import Scenario
from parentis.services.demand.states import groups_named
from parentis.services.service import Answer

Tables = Mapping[str, pl.DataFrame]

DIGITS = 3

_log = logging.getLogger("parentis.demand")


def forecast(
    tables: Tables,
    *,
    cut: str = "",
    months: int = 24,
    groups: str = "four",
    replicates: int = 1000,
    seed: int = 0,
    authority: str = "",
    scenario: str = "",
) -> Answer:
    """`group, month_end, mean, sd, p2_5, p10, p50, p90, p97_5` of the children looked after on month ends; as a
    document `{group: {month_end: {mean, …}}}`.

    `cut` is the last day of which a return may tell, by default the end of the last: returns of years that end later
    are not used, but for one extracted within its year by then. `months` count from it. `scenario` is JSON as
    `Scenario.to_json` writes it; `authority` (name, ONS code or DfE number) keeps to one of several.
    """
    model = fit(as_yearly(tables), groups=groups_named(groups), cut=_day(cut))
    since = _day(cut) or model.cut
    _tell(model.notes)
    chosen = model.only(_code(authority, model.authorities)) if authority else model
    change = Scenario.from_json(scenario) if scenario else Scenario()
    ahead = months_until(model.cut, since) + months
    paths = simulate(chosen, change, months=ahead, replicates=replicates, seed=seed)
    _tell(paths.notes)
    numbers = ("mean", "sd", *QUANTILES)
    summary = paths.summary().filter(pl.col("month_end") > since)
    rows = summary.select("group", "month_end", pl.col(numbers).cast(pl.Float64).round(DIGITS))
    found: dict[str, dict[str, dict[str, float]]] = {}
    for row in rows.iter_rows(named=True):
        found.setdefault(row["group"], {})[row["month_end"].isoformat()] = {name: row[name] for name in numbers}
    return Answer(rows=rows, document=found)


def backtest(
    tables: Tables,
    *,
    groups: str = "four",
    months: int = 0,
    replicates: int = 500,
    seed: int = 0,
    origin: str = "",
    detail: bool = False,
) -> pl.DataFrame:
    """Scores of past forecasts by group (see `backtest.scores`); with `detail` each forecast itself.

    `months` is the horizon, by default 12 and 24; `origin` one cut, by default the end of every year.
    """
    day = _day(origin)
    found = tested(
        as_yearly(tables),
        groups=groups_named(groups),
        origins=(day,) if day else (),
        horizons=(months,) if months else (12, 24),
        replicates=replicates,
        seed=seed,
    )
    return found if detail or found.is_empty() else scores(found)


def thin(tables: Tables, *, cut: str = "", groups: str = "commissioning") -> pl.DataFrame:
    """Where the data are too thin to tell: `part, where, events, child_years, says`."""
    return fit(as_yearly(tables), groups=groups_named(groups), cut=_day(cut)).diagnostics


def _code(text: str, known: Iterable[str]) -> str:
    """The authority as the model has it: a name or number serves as well as the ONS code."""
    if text in known:
        return text
    try:
        return find_authority(text).gss
    except UnknownAuthorityError:
        return text


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PeriodError(
            expected="a day as 2019-03-31", found=repr(text), where="--cut", do="Write year, month and day."
        ) from None


def _tell(notes: Iterable[str]) -> None:
    for note in notes:
        _log.warning(note)
