"""What a run of a bid is kept as, and what its pages need of it: cash by year and payer, NPV, payback, what was drawn.

The run is stored once, draw by draw; a change of price, of the discount rate or of the optimism bias is worked out from
it, without simulating again.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import polars as pl

from parentis.services.prevention.break_even import Draws
from parentis.services.prevention.promises import Band

RATE: Final = 0.035
"The Green Book's standard rate of years 0 to 30; a run covers ten years at most."
LEVEL: Final = (2.5, 97.5)
ARRAYS: Final = ("saved", "saved_real", "nights", "entries", "reached", "places")


@dataclass(frozen=True, slots=True, kw_only=True)
class BidAnswer:
    """A run of a bid. Years are financial years, the first that of the start; pounds of the day unless said.

    Attributes:
        payers: who saves; `saved`: by draw, payer and year, pounds of the day.
        saved_real: pounds of `price_year`, all payers together, (draws, years).
        nights, entries, reached: saved nights, avoided entries, children reached, (draws, years).
        places: pounds of `price_year` saved by authority, (draws, authorities).
        costs, costs_real: what the programme costs, in pounds of the day and of `price_year`, by year; `fixed`: the
            part of `costs_real` that does not depend on reach.
        drawn: what each draw was made with, by name.
        bands: what is promised for 12 and 24 months.
        notes: sentences about what it rests on.
        facts: seed, model, draws and the like, for the trace.
    """

    title: str
    years: tuple[str, ...]
    payers: tuple[str, ...]
    price_year: str
    authorities: tuple[str, ...]
    saved: np.ndarray
    saved_real: np.ndarray
    nights: np.ndarray
    entries: np.ndarray
    reached: np.ndarray
    places: np.ndarray
    costs: tuple[float, ...]
    costs_real: tuple[float, ...]
    fixed: tuple[float, ...]
    drawn: Mapping[str, np.ndarray]
    bands: tuple[Band, ...] = ()
    notes: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """The run as one file: arrays, and the rest as JSON among them."""
        rest = {
            "title": self.title, "years": self.years, "payers": self.payers, "price_year": self.price_year,
            "authorities": self.authorities, "costs": self.costs, "costs_real": self.costs_real, "fixed": self.fixed,
            "bands": [{name: getattr(one, name) for name in Band.__slots__} for one in self.bands],
            "notes": self.notes, "facts": dict(self.facts), "drawn": list(self.drawn),
        }  # fmt: skip
        arrays = {name: getattr(self, name) for name in ARRAYS}
        arrays |= {f"drawn_{at}": values for at, values in enumerate(self.drawn.values())}
        file = io.BytesIO()
        np.savez_compressed(file, rest=np.frombuffer(json.dumps(rest).encode(), dtype=np.uint8), **arrays)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> "BidAnswer":
        """Inverse of `to_bytes`."""
        with np.load(io.BytesIO(stored), allow_pickle=False) as held:
            rest = json.loads(held["rest"].tobytes())
            drawn = {name: held[f"drawn_{at}"] for at, name in enumerate(rest.pop("drawn"))}
            arrays: dict[str, Any] = {name: held[name] for name in ARRAYS}
        bands = tuple(Band(**one) for one in rest.pop("bands"))
        plain: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in rest.items()
        }
        return cls(**plain, **arrays, drawn=drawn, bands=bands)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a run is read: the price of a night as a multiple of what it was run with, the discount rate, and by how much
    optimism raises costs and lowers benefits (0: not at all)."""

    price: float = 1.0
    rate: float = RATE
    optimism: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A run under some terms. `npv`, `benefit`, `cost` are present values in pounds of the price year, (draws,);
    `cumulative` is the NPV up to each year, (draws, years)."""

    npv: np.ndarray
    benefit: np.ndarray
    cost: float
    cumulative: np.ndarray
    years: tuple[str, ...]

    @property
    def pays(self) -> float:
        """Probability that the NPV is above nothing."""
        return float((self.npv > 0).mean())

    @property
    def pays_by_year(self) -> np.ndarray:
        return np.asarray((self.cumulative > 0).mean(axis=0))

    @property
    def payback(self) -> str:
        """The first year by whose end more than half of the draws have paid back for good; '' where there is none."""
        stays = np.minimum.accumulate(self.pays_by_year[::-1])[::-1] > 0.5
        return self.years[int(np.argmax(stays))] if stays.any() else ""

    def interval(self) -> tuple[float, float, float]:
        """Mean and 95 % interval of the NPV."""
        low, high = np.percentile(self.npv, LEVEL)
        return float(self.npv.mean()), float(low), float(high)


def read(answer: BidAnswer, terms: Terms) -> Reading:
    """A run under some terms, by present values: no simulation."""
    factors = (1 + terms.rate) ** -np.arange(len(answer.years))
    benefit = answer.saved_real * (terms.price * (1 - terms.optimism)) * factors
    cost = np.array(answer.costs_real) * (1 + terms.optimism) * factors
    flows = benefit - cost
    return Reading(
        npv=flows.sum(axis=1), benefit=benefit.sum(axis=1), cost=float(cost.sum()), cumulative=flows.cumsum(axis=1),
        years=answer.years,
    )  # fmt: skip


def draws(answer: BidAnswer, terms: Terms) -> Draws:
    """Present values by draw, for what must be true."""
    factors = (1 + terms.rate) ** -np.arange(len(answer.years))
    fixed = float((np.array(answer.fixed) * factors).sum()) * (1 + terms.optimism)
    found, n = read(answer, terms), len(answer.saved_real)
    return Draws(
        benefit=found.benefit, fixed_cost=np.full(n, fixed), variable_cost=np.full(n, found.cost - fixed),
        drawn=answer.drawn,
    )  # fmt: skip


def lasting(answer: BidAnswer, terms: Terms) -> float | None:
    """Years from the start after which savings could stop and the mean would still pay; None where it never pays."""
    factors = (1 + terms.rate) ** -np.arange(len(answer.years))
    saved = (answer.saved_real.mean(axis=0) * terms.price * (1 - terms.optimism) * factors).cumsum()
    left = saved - float((np.array(answer.costs_real) * (1 + terms.optimism) * factors).sum())
    paid = np.flatnonzero(left >= 0)
    if not paid.size:
        return None
    at = int(paid[0])
    before = left[at - 1] if at else left[0] - saved[0]
    return at + float(-before / (left[at] - before)) if left[at] > before else float(at)


def cash(answer: BidAnswer, terms: Terms) -> pl.DataFrame:
    """Pounds of the day by year: `year, cost`, then for each payer saved with its 95 % interval, and the net of all
    (`net, net_low, net_high`) with `net_to_date`, and `pays`, the probability that it has paid by then."""
    saved = answer.saved * (terms.price * (1 - terms.optimism))
    costs = np.array(answer.costs) * (1 + terms.optimism)
    net = saved.sum(axis=1) - costs
    columns: dict[str, Any] = {"year": list(answer.years), "cost": costs}
    for at, payer in enumerate(answer.payers):
        columns |= _banded(payer, saved[:, at])
    columns |= _banded("net", net) | {"net_to_date": net.mean(axis=0).cumsum()}
    return pl.DataFrame({**columns, "pays": read(answer, terms).pays_by_year})


def outcomes(answer: BidAnswer) -> pl.DataFrame:
    """`year, reached, entries*, nights*`: children reached, entries avoided and nights saved, with 95 % intervals."""
    return pl.DataFrame({
        "year": list(answer.years), "reached": answer.reached.mean(axis=0), **_banded("entries", answer.entries),
        **_banded("nights", answer.nights),
    })  # fmt: skip


def _banded(name: str, values: np.ndarray) -> dict[str, np.ndarray]:
    low, high = np.percentile(values, LEVEL, axis=0)
    return {name: values.mean(axis=0), f"{name}_low": low, f"{name}_high": high}


def band(months: int, entries: np.ndarray, nights: np.ndarray, pounds: np.ndarray) -> Band:
    """What is promised for these months, from draws of shape (draws,) of each. Draws have children's luck in them."""
    parts: dict[str, float] = {}
    for name, values in (("entries", entries), ("nights", nights), ("pounds", pounds)):
        low, high = np.percentile(values, LEVEL)
        parts |= {name: float(values.mean()), f"{name}_low": float(low), f"{name}_high": float(high)}
    return Band(months=months, **parts)
