"""What-if analysis of other rates: which authorities gain, by how much, and the gap that would remain.

Both schedules are applied to the same futures and costs, so that the interval is that of the difference itself, and a
region's interval is not the sum of its authorities' intervals.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import numpy as np
import polars as pl

from parentis.errors import NotFoundError
from parentis.figures import FEWEST
from parentis.services.uasc.forecast import Futures
from parentis.services.uasc.schedules import HEAD, OLDER, UNDER_16, Schedule, income

LEVEL = 0.8
ALL = ""
"The place of all authorities together."
GROUPS = ("children", "leavers", "both")
TOUCHED: Mapping[str, frozenset[str]] = {
    "under_16": frozenset({"under_16", "under_16_high", "threshold", "uprating"}),
    "older": frozenset({"older", "older_high", "threshold", "uprating"}),
    "leaver": frozenset({"leaver", "uprating"}),
}
"For each group, the fields of a schedule that affect its income."
QUANTITIES = ("now", "proposed", "difference", "cost", "gap_now", "gap_proposed", "recovery_now", "recovery_proposed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`amounts`: pounds, by quantity (`now`, `proposed`, `cost`), (replicates, authorities, 3, years) of `GROUPS`;
    `cost` is missing without a survey."""

    schedule: Schedule
    authorities: tuple[str, ...]
    years: tuple[str, ...]
    amounts: dict[str, np.ndarray]
    notes: tuple[str, ...]

    def drawn(self, places: Iterable[str] = ()) -> dict[str, np.ndarray]:
        """Every quantity of these authorities together (all, if none is named): (replicates, 3, years), pounds, and
        per cent for recoveries. Raises NotFoundError for an unknown authority."""
        wanted = tuple(places) or self.authorities
        if unknown := sorted(set(wanted) - set(self.authorities)):
            raise NotFoundError(
                expected="authorities with looked-after children returns",
                found=", ".join(unknown),
                where="what-if of rates",
                do="Submit their looked-after children returns first.",
            )
        own = [self.authorities.index(one) for one in wanted]
        found = {name: amount[:, own].sum(axis=1) for name, amount in self.amounts.items()}
        found["difference"] = found["proposed"] - found["now"]
        if "cost" in found:
            for name in ("now", "proposed"):
                found[f"gap_{name}"] = found["cost"] - found[name]
                found[f"recovery_{name}"] = _percent(found[name], found["cost"])
        return found

    def frame(self, places: Iterable[str] = (), *, name: str = ALL) -> pl.DataFrame:
        """`place, year` (`all`: the years' sum), `group` (`GROUPS`), `quantity` (`QUANTITIES`), `mean, low, high,
        level`."""
        found = self.drawn(places)
        summed = {what: one.sum(axis=2, keepdims=True) for what, one in found.items() if not what.startswith("rec")}
        for what in ("now", "proposed"):
            if "cost" in summed:
                summed[f"recovery_{what}"] = _percent(summed[what], summed["cost"])
        edge = (1 - LEVEL) / 2
        rows = []
        for what in (one for one in QUANTITIES if one in found):
            values = np.concatenate([found[what], summed[what]], axis=2)
            low, high = np.quantile(values, [edge, 1 - edge], axis=0)
            rows += [
                (name, year, group, what, float(values[:, g, y].mean()), float(low[g, y]), float(high[g, y]), LEVEL)
                for g, group in enumerate(GROUPS)
                for y, year in enumerate((*self.years, "all"))
            ]
        columns = ("place", "year", "group", "quantity", "mean", "low", "high", "level")
        return pl.DataFrame(rows, schema=columns, orient="row")

    def gains(self) -> pl.DataFrame:
        """Each authority's difference over all the years together, the most first: `authority, mean, low, high`, and
        `chance` that it gains at all."""
        change = self.amounts["proposed"] - self.amounts["now"]
        summed = change[:, :, GROUPS.index("both")].sum(axis=2)
        edge = (1 - LEVEL) / 2
        low, high = np.quantile(summed, [edge, 1 - edge], axis=0)
        return pl.DataFrame(
            {
                "authority": self.authorities,
                "mean": summed.mean(axis=0),
                "low": low,
                "high": high,
                "chance": (summed > 0).mean(axis=0),
            }
        ).sort("mean", "authority", descending=[True, False])


def small(ahead: Futures, schedule: Schedule, now: Schedule) -> frozenset[str]:
    """Authorities whose gain would disclose data about few people: those with one to five people in a group whose rates
    differ, plus further ones, the smallest first, until the total gain discloses none of them.

    Each group is treated separately, so that two questions disclose no more than one."""
    heads = {
        "under_16": ahead.nights[:, :, UNDER_16].mean(axis=(0, 2)) / HEAD,
        "older": ahead.nights[:, :, OLDER].mean(axis=(0, 2)) / HEAD,
        "leaver": ahead.weeks.mean(axis=(0, 2)) * 7 / HEAD,
    }
    changed = {name for name, value in asdict(schedule).items() if name != "name" and value != getattr(now, name)}
    everyone = {name for name, there in TOUCHED.items() if there & changed}
    found: set[int] = set()
    for group in sorted(everyone):
        there = heads[group]
        few = {int(at) for at in np.flatnonzero((there > 0) & (there < FEWEST))}
        order = [int(at) for at in np.argsort(there, kind="stable") if there[at] >= FEWEST]
        while few and order and (len(few) == 1 or there[sorted(few)].sum() < FEWEST):
            few.add(order.pop(0))
        found |= few
    return frozenset(ahead.authorities[at] for at in found)


def ask(ahead: Futures, proposed: Schedule, now: Schedule) -> Answer:
    """The income under `proposed` and under `now` in the futures."""
    amounts = {
        "now": _with_both(income(now, ahead.nights, ahead.weeks, ahead.children, ahead.paid)),
        "proposed": _with_both(income(proposed, ahead.nights, ahead.weeks, ahead.children, ahead.paid)),
    }
    if ahead.cost is not None:
        amounts["cost"] = _with_both(ahead.cost)
    return Answer(
        schedule=proposed, authorities=ahead.authorities, years=ahead.years, amounts=amounts, notes=ahead.notes
    )


def _with_both(apart: np.ndarray) -> np.ndarray:
    return np.concatenate([apart, apart.sum(axis=2, keepdims=True)], axis=2)


def _percent(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Per cent recovered; 0 where there is no cost."""
    return np.where(whole > 0, 100 * part / np.where(whole > 0, whole, 1.0), 0.0)
