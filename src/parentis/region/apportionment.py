"""Divides pounds among members so that every penny is paid once. All amounts are whole pence."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

Weights = Sequence[Fraction | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collared:
    """What each pays in pence, and the gap: what the caps leave unpaid (above 0) or the floors overpay (below 0)."""

    paid: tuple[int, ...]
    gap: int


def divide(total: int, weights: Weights) -> tuple[int, ...]:
    """`total` pence in proportion to `weights`: rounded down, with the remaining pennies given to the largest
    remainders, and to the first named among equals. Raises ValueError for a negative weight or if all are 0."""
    if min(weights, default=-1) < 0 or not sum(weights):
        raise ValueError("weights are 0 or more, and one of them is more than 0")
    exact = [Fraction(total) * weight / sum(weights) for weight in weights]
    whole = [int(share // 1) for share in exact]
    order = sorted(range(len(exact)), key=lambda at: (whole[at] - exact[at], at))
    for at in order[: total - sum(whole)]:
        whole[at] += 1
    return tuple(whole)


def collar(total: int, weights: Weights, lowest: Sequence[int], highest: Sequence[int]) -> Collared:
    """`total` pence by `weights`, with nobody below `lowest` or above `highest` (pence).

    Of the two sides, the one exceeded by more pence in total is first held at its bound. The rest is shared in
    proportion among the others, and so on until no bound is exceeded. Where the caps together are less than the total,
    everybody pays their cap and the gap is positive; where the floors together are more, everybody pays their floor
    and the gap is negative.
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
    """The weights, or equal ones where all are 0."""
    return weights if any(weights) else [1] * len(weights)


def damped(previous: Sequence[int], target: Sequence[int], years: int, year: int) -> tuple[int, ...]:
    """What each pays in `year` (1, 2, …) of a change spread evenly over `years`; from the last year on, the target.

    No pennies are lost: the total moves from the previous total to the target's in the same steps.
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
