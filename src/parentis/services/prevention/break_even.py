"""What must be true for a bid to pay: break-even values one by one, pairs of them, and which quantity moves it most.

Everything comes from the draws of one run. The NPV of a draw is `price · reach · benefit − fixed cost − reach ·
variable cost`: benefits and costs per child are taken to be proportional to reach, which holds while places do not
run out and the further children are like those who were drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from parentis.services.prevention.conditional_mean import curve

STEPS: Final = 400
TITLES: Final[Mapping[str, str]] = {
    "effect": "Effect",
    "reach": "Reach",
    "price": "Price of a night",
    "persistence": "Persistence",
    "cost": "Cost of the programme",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """Present values by draw, pounds, each of shape (draws,); `drawn`: what each draw was made with, by name."""

    benefit: np.ndarray
    fixed_cost: np.ndarray
    variable_cost: np.ndarray
    drawn: Mapping[str, np.ndarray]

    @property
    def npv(self) -> np.ndarray:
        return self.benefit - self.fixed_cost - self.variable_cost


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """The value of a quantity at which the mean NPV is 0. None: at no value that was drawn, and `why` says on which
    side. `now` is its present (mean) value."""

    quantity: str
    now: float
    value: float | None
    why: str = ""

    @property
    def times(self) -> float | None:
        """The break-even value as a multiple of the present one."""
        return self.value / self.now if self.value is not None and self.now else None


def price(draws: Draws) -> BreakEven:
    """The price of a night, as a multiple of today's, at which costs are just met: exact, benefits are linear in it."""
    benefit, cost = float(draws.benefit.mean()), float((draws.fixed_cost + draws.variable_cost).mean())
    if benefit <= 0:
        return BreakEven(quantity="price", now=1.0, value=None, why="No price would do: no night is saved.")
    return BreakEven(quantity="price", now=1.0, value=cost / benefit)


def reach(draws: Draws) -> BreakEven:
    """The reach, as a multiple of the bid's, at which the fixed cost is just met."""
    fixed = float(draws.fixed_cost.mean())
    left = float((draws.benefit - draws.variable_cost).mean())
    if left <= 0:
        why = "No reach would do: each further child costs more than is saved."
        return BreakEven(quantity="reach", now=1.0, value=None, why=why)
    return BreakEven(quantity="reach", now=1.0, value=fixed / left)


def of_drawn(draws: Draws, name: str) -> BreakEven:
    """The value of a drawn quantity (the effect, persistence) at which the mean NPV given it is 0."""
    values = draws.drawn[name]
    fitted, now = curve(values, draws.npv), float(values.mean())
    grid = np.linspace(fitted.low, fitted.high, STEPS)
    npv = fitted.at(grid)
    turns = np.flatnonzero(np.signbit(npv[:-1]) != np.signbit(npv[1:]))
    if not turns.size:
        side = "pays" if npv.mean() > 0 else "does not pay"
        return BreakEven(
            quantity=name, now=now, value=None, why=f"It {side} at every value that was drawn, "
            f"{fitted.low:.3g} to {fitted.high:.3g}.",
        )  # fmt: skip
    at = turns[np.argmin(np.abs(grid[turns] - now))]  # the nearest to today's, where the curve turns more than once
    part = npv[at] / (npv[at] - npv[at + 1])
    return BreakEven(quantity=name, now=now, value=float(grid[at] + part * (grid[at + 1] - grid[at])))


def break_evens(draws: Draws) -> tuple[BreakEven, ...]:
    """Each quantity alone, the others as they were drawn."""
    return (*(of_drawn(draws, name) for name in draws.drawn if name != "reach"), reach(draws), price(draws))


def frontier(draws: Draws, name: str = "effect", points: int = 21) -> list[tuple[float, float | None]]:
    """Pairs at which the mean NPV is 0: values of a drawn quantity, from its 2.5th to its 97.5th percentile, and the
    price of a night that each needs, as a multiple of today's; None where no price would do."""
    values = draws.drawn[name]
    benefit, cost = (
        curve(values, draws.benefit),
        curve(values, draws.fixed_cost + draws.variable_cost),
    )
    low, high = (float(one) for one in np.quantile(values, [0.025, 0.975]))
    grid = np.linspace(low, high, points)
    saved, spent = benefit.at(grid), cost.at(grid)
    return [(float(x), float(c / b) if b > 0 else None) for x, b, c in zip(grid, saved, spent, strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The mean NPV with a quantity at its 5th and at its 95th percentile, pounds; `at_low`, `at_high`: those values."""

    quantity: str
    low: float
    high: float
    at_low: float
    at_high: float

    @property
    def swing(self) -> float:
        return abs(self.high - self.low)


def tornado(draws: Draws) -> tuple[Bar, ...]:
    """The quantities by how far each moves the mean NPV, the widest first."""
    bars = []
    for name, values in draws.drawn.items():
        fitted = curve(values, draws.npv)
        at_low, at_high = (float(one) for one in np.quantile(values, [0.05, 0.95]))
        low, high = (float(fitted.at(one)) for one in (at_low, at_high))
        bars.append(Bar(quantity=name, low=low, high=high, at_low=at_low, at_high=at_high))
    return tuple(sorted(bars, key=lambda one: -one.swing))
