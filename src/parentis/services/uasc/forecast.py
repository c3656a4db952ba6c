"""Future nights, weeks and their cost: five years of the demand model's unaccompanied children and of care leavers,
both today's and those children later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from parentis.region import financial_year, financial_year_of, population_0_17, price_growth
from parentis.services.demand import AGES, EXITS, Model, Paths, fit, simulate_unaccompanied
from parentis.services.uasc.bands import heads
from parentis.services.uasc.child_nights import ledger
from parentis.services.uasc.costs import answers
from parentis.services.uasc.grossing import FEWEST, draw_unit_costs
from parentis.services.uasc.leavers import EDUCATION_ONLY
from parentis.services.uasc.records import CHILD, LEAVER, PAID, YEAR_NIGHTS, Ledger
from parentis.services.uasc.register import children
from parentis.services.uasc.stays import ADULT
from parentis.services.uasc.survey_costs import Year, carried, years
from parentis.services.uasc.tables import COSTS, EPISODES, REGISTER

YEARS, REPLICATES = 5, 200
SUPPORTED_MONTHS = 12 * (EDUCATION_ONLY - ADULT)
WEEKS_A_MONTH = YEAR_NIGHTS / 12 / 7
COST_DRAWS = 9
"Key of the random number stream for costs, distinct from the demand model's own."
_OLDER = tuple(at for at, age in enumerate(AGES) if age in ("16", "17+"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Futures:
    """The futures to which every schedule of rates is applied.

    Attributes:
        nights: (replicates, authorities, 2, years), under 16 and older. weeks: (replicates, authorities, years).
        cost: pounds, (replicates, authorities, 2, years), of children and of care leavers; None without a survey.
        children: residents aged 0 to 17, (authorities,); 0 where not known.
        paid: by group, the share of nights and weeks claimed for in the last year held.
        notes: sentences on what was assumed.
    """

    authorities: tuple[str, ...]
    years: tuple[str, ...]
    nights: np.ndarray
    weeks: np.ndarray
    cost: np.ndarray | None
    children: np.ndarray
    paid: Mapping[str, float]
    notes: tuple[str, ...]


def futures(
    tables: Mapping[str, pl.DataFrame],
    *,
    replicates: int = REPLICATES,
    seed: int = 0,
    cost_growth: float | None = None,
    known: Ledger | None = None,
    model: Model | None = None,
) -> Futures | None:
    """Make the futures; None where no looked-after children return is held. `cost_growth` is per cent a year, by
    default that of the GDP deflator; `known` and `model` are the ledger and the demand model of the same tables, if
    already made."""
    if tables[EPISODES].is_empty():
        return None
    model = model or fit(tables)
    own = financial_year_of(model.cut)
    rest = 0 if model.cut == own.end else (own.end.year - model.cut.year) * 12 + own.end.month - model.cut.month
    paths = simulate_unaccompanied(model, months=12 * YEARS + rest, replicates=replicates, seed=seed)
    labels = [financial_year_of(end).label for end in paths.month_ends]
    whole = tuple(label for label in dict.fromkeys(labels) if labels.count(label) == 12)
    held = known or ledger(tables)
    base = held.nights.filter(financial_year=_last_year(held))
    counted = _counted(held, model, paths.authorities)
    nights = _nights(paths, labels, whole) * counted
    weeks, about_leavers = _weeks(paths, labels, whole, held, tables[REGISTER], model.cut)
    cost, about_costs = _cost(tables, held, paths.authorities, nights, weeks, whole, cost_growth, seed)
    return Futures(
        authorities=paths.authorities,
        years=whole,
        nights=nights,
        weeks=weeks,
        cost=cost,
        children=_children(paths.authorities, whole[0]),
        paid={group: _paid(base.filter(pl.col("group") == group)) for group in (CHILD, LEAVER)},
        notes=(*about_leavers, *about_costs),
    )


def _last_year(held: Ledger) -> str:
    return str(held.nights["financial_year"].max() or "")


def _paid(rows: pl.DataFrame) -> float:
    every = rows["nights"].sum()
    return float(rows.filter(pl.col("status").is_in(PAID))["nights"].sum()) / float(every) if every else 1.0


def _counted(held: Ledger, model: Model, authorities: tuple[str, ...]) -> float:
    """The share of the demand model's unaccompanied children on the night of the cut that the ledger counts: it leaves
    out children whose status had ceased or who had moved to another authority."""
    stock = int((model.stock.uasc > 0).sum())
    there = heads(held.nights, [model.cut]).filter(pl.col("authority").is_in(authorities))
    return float(there["heads"].sum()) / stock if stock else 1.0


def _nights(paths: Paths, labels: list[str], whole: tuple[str, ...]) -> np.ndarray:
    shape = (*paths.nights.shape[:2], len(paths.groups), len(AGES), len(labels))
    by_age = paths.nights.reshape(shape).sum(axis=2)
    older = by_age[:, :, list(_OLDER)].sum(axis=2)
    both = np.stack([by_age.sum(axis=2) - older, older], axis=2)
    return np.stack([both[..., _months_of(labels, year)].sum(axis=-1) for year in whole], axis=-1).astype(float)


def _months_of(labels: list[str], year: str) -> list[int]:
    return [at for at, label in enumerate(labels) if label == year]


def _weeks(
    paths: Paths, labels: list[str], whole: tuple[str, ...], held: Ledger, register: pl.DataFrame, cut: date
) -> tuple[np.ndarray, list[str]]:
    """Weeks of care leavers: today's until they are 21, those who turn 18 for three years, and after 21 in the same
    ratio to the weeks before 21 as in the last year held."""
    born = children(register).select("authority", "child", "born").drop_nulls() if register.height else None
    leavers = held.nights.filter(pl.col("group") == LEAVER)
    if born is None or leavers.is_empty():
        nobody = np.zeros((len(paths.stock), len(paths.authorities), len(whole)))
        return nobody, ["No claim register tells of care leavers: they are left out."]
    turning = paths.exits_by_kind[:, :, EXITS.index("aged out")].astype(float)
    taken_up, notes = _taken_up(held, born)
    new = turning @ _supported(labels, whole) * WEEKS_A_MONTH * taken_up
    now = _today(leavers.join(born, on=["authority", "child"]), paths.authorities, whole, cut)
    later = _past_21(
        leavers.filter(financial_year=leavers["financial_year"].max()).join(born, on=["authority", "child"])
    )
    notes.append(
        f"Of those who turn 18, {100 * taken_up:.0f} % become care leavers with support to 21; past 21 there are "
        f"{100 * later:.0f} weeks to every 100 before, as in the last year held."
    )
    return (new + now[None]) * (1 + later), notes


def _supported(labels: list[str], whole: tuple[str, ...]) -> np.ndarray:
    """Months of support in each year for a person who turns 18 in the middle of each month, (months, years)."""
    months = np.arange(len(labels))
    age = months[None, :] - months[:, None]
    there = np.where((age > 0) & (age < SUPPORTED_MONTHS), 1.0, 0.0) + 0.5 * ((age == 0) | (age == SUPPORTED_MONTHS))
    return np.stack([there[:, _months_of(labels, year)].sum(axis=1) for year in whole], axis=1)


def _today(leavers: pl.DataFrame, authorities: tuple[str, ...], whole: tuple[str, ...], cut: date) -> np.ndarray:
    """Weeks, (authorities, years), of those supported on the cut's night, until they are 21."""
    here = leavers.filter((pl.col("starts") <= cut) & (pl.col("ends") > cut)).unique(["authority", "child"])
    until = here["born"].dt.offset_by(f"{EDUCATION_ONLY}y")
    out = np.zeros((len(authorities), len(whole)))
    index = {name: at for at, name in enumerate(authorities)}
    for at, label in enumerate(whole):
        year = financial_year(label)
        days = (pl.min_horizontal(until, pl.lit(year.end + timedelta(days=1))) - pl.lit(year.start)).dt.total_days()
        weeks = here.select("authority", weeks=days.clip(0) / 7).group_by("authority").agg(pl.col("weeks").sum())
        for authority, amount in weeks.iter_rows():
            if authority in index:
                out[index[authority], at] = amount
    return out


def _taken_up(held: Ledger, born: pl.DataFrame) -> tuple[float, list[str]]:
    """Share of those who turned 18 here in the last two years held who are in the register as care leavers."""
    of_children = held.nights.filter(pl.col("group") == CHILD).join(born, on=["authority", "child"])
    last = of_children["ends"].max()
    if last is None:
        return 1.0, []
    adult = pl.col("born").dt.offset_by(f"{ADULT}y")
    grown = (
        of_children.filter((pl.col("ends") == adult) & (adult < last) & (adult >= pl.lit(last).dt.offset_by("-2y")))
        .select("authority", "child")
        .unique()
    )
    leavers = held.nights.filter(pl.col("group") == LEAVER).select("authority", "child").unique()
    if grown.height < FEWEST:
        return 1.0, ["Too few turned 18 to tell how many become care leavers: all are taken to."]
    return grown.join(leavers, on=["authority", "child"], how="semi").height / grown.height, []


def _past_21(leavers: pl.DataFrame) -> float:
    adult = pl.col("born").dt.offset_by(f"{EDUCATION_ONLY}y")
    before = (pl.min_horizontal("ends", adult) - pl.col("starts")).dt.total_days().clip(0)
    funded = leavers.filter(pl.col("status").is_in(PAID))
    every, young = float(funded["nights"].sum()), float(funded.select(before.sum()).item())
    return (every - young) / young if young else 0.0


def _children(authorities: tuple[str, ...], year: str) -> np.ndarray:
    """Residents aged 0 to 17 at the mid-year two years before `year` begins, or the last held."""
    held = population_0_17()
    vintage = min(financial_year(year).start.year - 2, int(str(held["year"].max())))
    known = dict(held.filter(pl.col("year") == vintage).select("authority", "population").iter_rows())
    return np.array([float(known.get(name, 0)) for name in authorities])


def _cost(
    tables: Mapping[str, pl.DataFrame],
    held: Ledger,
    authorities: tuple[str, ...],
    nights: np.ndarray,
    weeks: np.ndarray,
    whole: tuple[str, ...],
    growth: float | None,
    seed: int,
) -> tuple[np.ndarray | None, list[str]]:
    surveyed = years(answers(tables), carried(held)) if tables[COSTS].height else []
    if not surveyed:
        return None, ["No cost survey is held: what nights cost is not known."]
    last = surveyed[-1]
    rises = np.array([_rise(last.period, year, growth) for year in whole])
    draws = np.random.Generator(np.random.Philox(key=np.array([seed, COST_DRAWS], dtype=np.uint64)))
    unit = {group: _unit_costs(last, group, authorities, len(nights), draws) for group in (CHILD, LEAVER)}
    cost = np.stack([unit[CHILD][:, :, None] * nights.sum(axis=2), unit[LEAVER][:, :, None] * weeks], axis=2) * rises
    by = "with the GDP deflator" if growth is None else f"by {growth:g} % a year"
    return cost, [f"Costs are those of the survey of {last.period}, and rise {by}."]


def _unit_costs(
    year: Year, group: str, authorities: tuple[str, ...], replicates: int, draws: np.random.Generator
) -> np.ndarray:
    columns = year.of(group)
    found = draw_unit_costs(year.answers[:, columns], year.exposure[:, columns], replicates, draws)
    index = {name: at for at, name in enumerate(year.authorities)}
    # An authority without a ledger for the survey's year has the cost of all authorities together.
    usual = found.mean(axis=1, keepdims=True) if found.shape[1] else np.zeros((replicates, 1))
    return np.concatenate([found[:, [index[name]]] if name in index else usual for name in authorities], axis=1)


def _rise(period: str, year: str, growth: float | None) -> float:
    """The factor from pounds of `period` to those of `year`: by the current deflators, or `growth` (per cent a
    year).
    """
    if growth is not None:
        return float((1 + growth / 100) ** (int(year[:4]) - int(period[:4])))
    return 1 + price_growth(period, year)
