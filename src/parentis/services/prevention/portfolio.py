"""Which programmes, at which scale, under yearly budgets and staff limits: the exact best set.

What several programmes would save of one child is saved once. The ledger gives it as claims: pounds (a present value)
and the programmes, each at a scale, of which any one is enough to save them. A set of programmes is worth the claims
that it meets, so overlap is priced, not added. A claim of negative pounds is a displacement: any one is enough to
cause it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from parentis.errors import RefusedError

MOST: Final = 20
"Programmes for which the best set is found exactly."
CLOSE: Final = 1e-7
"How close to whole the solver's answers must be."

Item = tuple[str, int]
"A programme and the number of its scale, from 0."


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A programme at a size.

    Attributes:
        title: such as "Two teams".
        costs: pounds by year, in the order of the budgets.
        staff: full-time workers by role.
        borough_costs: present value of what each borough pays, for the equity floor.
        worth: pounds, present value, that no other programme could save.
        cost: present value of what it costs, which is taken off what a set is worth.
    """

    title: str = ""
    costs: tuple[float, ...]
    staff: Mapping[str, float] = field(default_factory=dict)
    borough_costs: Mapping[str, float] = field(default_factory=dict)
    worth: float = 0.0
    cost: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A programme and the sizes that it can have; only one is chosen."""

    id: str
    title: str
    scales: tuple[Scale, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Pounds that any one of `items` is enough to save, and the boroughs that save them."""

    items: frozenset[Item]
    pounds: float
    boroughs: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Pounds by year, and workers by role. `no_borough_worse`: what a borough saves covers what it pays."""

    budgets: tuple[float, ...]
    staff: Mapping[str, float] = field(default_factory=dict)
    no_borough_worse: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A set of programmes at their scales; `worth` is the present value of what it saves, `cost` that of what it costs,
    `costs` are by year.

    `added` is what the same programmes' values come to when they are added, with overlap counted twice."""

    items: frozenset[Item]
    worth: float
    added: float
    cost: float
    costs: tuple[float, ...]
    staff: Mapping[str, float]

    @property
    def net(self) -> float:
        return self.worth - self.cost

    @property
    def overlap(self) -> float:
        return self.added - self.worth


def best(programmes: Sequence[Programme], claims: Sequence[Claim], limits: Limits) -> Choice:
    """The set whose worth less its cost is largest within the limits, exactly. Raises RefusedError for more than `MOST`
    programmes."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    if len(programmes) > MOST:
        raise RefusedError(
            expected=f"at most {MOST} programmes", found=str(len(programmes)), where="portfolio",
            do="Leave out those that nobody would choose, or join some.",
        )  # fmt: skip
    items = [(one.id, number) for one in programmes for number in range(len(one.scales))]
    if not items:
        return choice(programmes, claims, frozenset())
    rows, lows, highs = _constraints(programmes, claims, limits, items)
    scales = [_scale(programmes, item) for item in items]
    worth = [one.worth - one.cost for one in scales] + [one.pounds for one in claims]
    found = milp(
        -np.array(worth), integrality=np.ones(len(worth)), bounds=Bounds(0, 1),
        constraints=LinearConstraint(np.array(rows), np.array(lows), np.array(highs)),
        options={"mip_rel_gap": 0.0},
    )  # fmt: skip
    if found.x is None or np.abs(found.x - found.x.round()).max() > 1e-4:
        raise RuntimeError(f"no exact answer was found: {found.message}")
    chosen = frozenset(item for item, value in zip(items, found.x, strict=False) if value > 0.5)
    return choice(programmes, claims, chosen)


def choice(programmes: Sequence[Programme], claims: Sequence[Claim], items: frozenset[Item]) -> Choice:
    """A set as it is, whether or not it is within any limits."""
    scales = [_scale(programmes, item) for item in items]
    alone = sum(one.worth for one in scales)
    years = max((len(one.costs) for one in scales), default=0)
    roles = sorted({role for one in scales for role in one.staff})
    return Choice(
        items=items,
        worth=alone + sum(one.pounds for one in claims if one.items & items),
        added=alone + sum(one.pounds * len(one.items & items) for one in claims),
        cost=sum(one.cost for one in scales),
        costs=tuple(sum(one.costs[year] for one in scales if year < len(one.costs)) for year in range(years)),
        staff={role: sum(one.staff.get(role, 0.0) for one in scales) for role in roles},
    )


def _constraints(
    programmes: Sequence[Programme], claims: Sequence[Claim], limits: Limits, items: Sequence[Item]
) -> tuple[list[np.ndarray], list[float], list[float]]:
    """Rows over the items and, after them, the claims: budgets, staff, one scale of each, claims met, boroughs."""
    n, width = len(items), len(items) + len(claims)
    rows: list[np.ndarray] = []
    lows: list[float] = []
    highs: list[float] = []

    def add(values: Mapping[int, float], low: float, high: float) -> None:
        row = np.zeros(width)
        for at, value in values.items():
            row[at] = value
        rows.append(row)
        lows.append(low)
        highs.append(high)

    scales = [_scale(programmes, item) for item in items]
    for year, budget in enumerate(limits.budgets):
        add({at: one.costs[year] for at, one in enumerate(scales) if year < len(one.costs)}, -np.inf, budget)
    for role, workers in limits.staff.items():
        add({at: one.staff.get(role, 0.0) for at, one in enumerate(scales)}, -np.inf, workers)
    for programme in programmes:
        add({at: 1.0 for at, (name, _) in enumerate(items) if name == programme.id}, 0, 1)
    for number, claim in enumerate(claims):
        able = [at for at, item in enumerate(items) if item in claim.items]
        add({n + number: 1.0} | dict.fromkeys(able, -1.0), -np.inf, 0)  # met by some programme, or not at all
        for at in able:  # and met by any: a displacement cannot be left out
            add({n + number: 1.0, at: -1.0}, 0, np.inf)
    if limits.no_borough_worse:
        boroughs = {name for one in scales for name in one.borough_costs}
        boroughs |= {name for one in claims for name in one.boroughs}
        for name in sorted(boroughs):
            paid = {at: -one.borough_costs.get(name, 0.0) for at, one in enumerate(scales)}
            add(paid | {n + at: one.boroughs.get(name, 0.0) for at, one in enumerate(claims)}, -CLOSE, np.inf)
    return rows, lows, highs


def _scale(programmes: Sequence[Programme], item: Item) -> Scale:
    name, number = item
    return next(one for one in programmes if one.id == name).scales[number]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The best set at `part` of the budgets. `regret`: by how much, in the mean over the draws, the best affordable set
    of the frontier in a draw is worth more, net of cost, than this one."""

    part: float
    choice: Choice
    net: float
    regret: float


def frontier(
    programmes: Sequence[Programme],
    claims: Sequence[Claim],
    limits: Limits,
    drawn: np.ndarray | None = None,
    parts: Sequence[float] = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5),
) -> tuple[Point, ...]:
    """The best sets at parts of the budgets, each with its regret.

    Args:
        drawn: pounds of each claim by draw, shape (draws, claims); without it regret is that of the mean.
    """
    found = []
    for part in parts:
        budgets = tuple(one * part for one in limits.budgets)
        within = Limits(budgets=budgets, staff=limits.staff, no_borough_worse=limits.no_borough_worse)
        found.append(best(programmes, claims, within))
    pounds = np.array([[one.pounds for one in claims]]) if drawn is None else drawn
    nets = np.stack([_net(programmes, claims, pounds, one.items) for one in found])
    points = []
    for at, (part, one) in enumerate(zip(parts, found, strict=True)):
        affordable = np.concatenate([nets[: at + 1], np.zeros((1, nets.shape[1]))])  # doing nothing is affordable too
        regret = float((affordable.max(axis=0) - nets[at]).mean())
        points.append(Point(part=part, choice=one, net=float(nets[at].mean()), regret=regret))
    if any(after < before for before, after in pairwise(parts)):
        raise ValueError("parts of the budgets must rise")
    return tuple(points)


def _net(
    programmes: Sequence[Programme], claims: Sequence[Claim], pounds: np.ndarray, items: frozenset[Item]
) -> np.ndarray:
    """Worth less cost of a set by draw."""
    met = np.array([bool(one.items & items) for one in claims], dtype=float)
    scales = [_scale(programmes, item) for item in items]
    alone = sum(one.worth - one.cost for one in scales)
    net: np.ndarray = (pounds @ met if claims else np.zeros(len(pounds))) + alone
    return net
