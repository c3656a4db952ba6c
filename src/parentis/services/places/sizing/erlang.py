"""Erlang's formulas for one unit that takes every child: used to check the simulation, never as the answer.

Load is in erlangs: arrivals per day × mean days. B: a child who finds no place is lost. C: everybody waits. A: a
child waits until a place is free or an exponential patience ends.
"""

from dataclasses import dataclass


def blocked(load: float, places: int) -> float:
    """Erlang B: the share of children who find `places` full."""
    found = 1.0
    for k in range(1, places + 1):
        found = load * found / (k + load * found)
    return found


def waits(load: float, places: int) -> float:
    """Erlang C: the share who wait where nobody leaves the list; 1 where the load is not below the places."""
    if load >= places:
        return 1.0
    lost = blocked(load, places)
    return lost / (1 - load / places * (1 - lost))


def occupied(load: float, places: int) -> float:
    """Mean places occupied where a child who finds no place is lost."""
    return load * (1 - blocked(load, places))


def load_at(share: float, places: int, *, within: float = 1e-9) -> float:
    """The load at which `places` turn `share` of the children away, between 0 and 1; to `within` erlangs."""
    if not 0 < share < 1:
        raise ValueError("the share turned away lies between 0 and 1")
    low, high = 0.0, float(max(places, 1))
    while blocked(high, places) < share:
        high *= 2
    while high - low > within:
        middle = (low + high) / 2
        low, high = (middle, high) if blocked(middle, places) < share else (low, middle)
    return (low + high) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """`waits`: the share who do not find a place at once; `listed`: mean number of children on the list; `unplaced`:
    the share who leave the list without a place; `occupied`: mean places occupied."""

    waits: float
    listed: float
    unplaced: float
    occupied: float


def waiting(arrivals: float, stay: float, patience: float, places: int) -> Waiting:
    """Erlang A: `arrivals` a day, mean `stay` and `patience` in days, all exponential."""
    load, weight = arrivals * stay, 1.0
    weights = [weight]
    for k in range(1, places + 1):
        weight *= load / k
        weights.append(weight)
    beyond = 0
    while weight > 1e-16 * sum(weights) or beyond < 1:
        beyond += 1
        weight *= arrivals / (places / stay + beyond / patience)
        weights.append(weight)
    total = sum(weights)
    listed = sum(k * each for k, each in enumerate(weights[places:])) / total
    return Waiting(
        waits=sum(weights[places:]) / total,
        listed=listed,
        unplaced=listed / patience / arrivals if arrivals else 0.0,
        occupied=sum(min(k, places) * each for k, each in enumerate(weights)) / total,
    )
