"""Dividing pounds among members so that every penny is paid once: all amounts are whole pence."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

Weights = Sequence[Fraction | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collared:
    """What each pays in pence, and what the caps leave unpaid (more than nothing) or the floors pay too much."""

    paid: tuple[int, ...]
    gap: int


def divide(total: int, weights: Weights) -> tuple[int, ...]:
    """`total` pence in proportion to `weights`: rounded down, the odd pennies to the largest remainders, the first
    named among equals. Weights may be of any size, none below 0 and not all 0, or a `ValueError` says so."""
    if min(weights, default=-1) < 0 or not sum(weights):
        raise ValueError("weights are 0 or more, and one of them is more than 0")
    exact = [Fraction(total) * weight / sum(weights) for weight in weights]
    whole = [int(share // 1) for share in exact]
    order = sorted(range(len(exact)), key=lambda at: (whole[at] - exact[at], at))
    for at in order[: total - sum(whole)]:
        whole[at] += 1
    return tuple(whole)


def collar(total: int, weights: Weights, lowest: Sequence[int], highest: Sequence[int]) -> Collared:
    """`total` pence by `weights`, nobody below `lowest` or above `highest` (pence).

    The side that is broken by more pence in all is held first at its bound, what is left is shared in proportion among
    the rest, and so on until nobody breaks a bound. Where the caps together are less than the total, everybody pays
    their cap and the gap is named; where the floors together are more, everybody pays their floor and the gap is
    negative.
    """
    if sum(highest) < total:
        return Collared(paid=tuple(highest), gap=total - sum(highest))
    if sum(lowest) > total:
        return Collared(paid=tuple(lowest), gap=total - sum(lowest))
    held: dict[int, int] = {}
    while True:
        free = [at for at in range(len(weights)) if at not in held]
        left = total - sum(held.values())
        ours = _some([weights[at] for at in free])
        wanted = [Fraction(left) * weight / sum(ours) for weight in ours]
        over = {at: highest[at] for at, share in zip(free, wanted, strict=True) if share > highest[at]}
        under = {at: lowest[at] for at, share in zip(free, wanted, strict=True) if share < lowest[at]}
        if not over and not under:
            shares = held | dict(zip(free, divide(left, ours) if free else (), strict=True))
            return Collared(paid=tuple(shares[at] for at in range(len(weights))), gap=total - sum(shares.values()))
        by = dict(zip(free, wanted, strict=True))
        too_much, too_little = sum(by[at] - over[at] for at in over), sum(under[at] - by[at] for at in under)
        held |= over if too_much >= too_little else under


def _some(weights: Weights) -> Weights:
    """Weights by which something can be shared: of those that are all nothing, equal ones."""
    return weights if any(weights) else [1] * len(weights)


def damped(previous: Sequence[int], target: Sequence[int], years: int, year: int) -> tuple[int, ...]:
    """What each pays in `year` (1, 2, …) of a change that is spread evenly over `years`; from the last year on, the
    target.

    Pennies are kept: what is paid in all moves from the previous total to the target's in the same steps.
    """
    if years < 1 or year < 1:
        raise ValueError("a change takes one year or more, and years are counted from 1")
    if year >= years:
        return tuple(target)
    exact = [Fraction(old * (years - year) + new * year, years) for old, new in zip(previous, target, strict=True)]
    total = int(sum(exact) // 1)
    whole = [int(one // 1) for one in exact]
    order = sorted(range(len(exact)), key=lambda at: (whole[at] - exact[at], at))
    for at in order[: total - sum(whole)]:
        whole[at] += 1
    return tuple(whole)
