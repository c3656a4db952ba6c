"""The legal statuses of periods of care, with their first days."""

from dataclasses import dataclass

import numpy as np

from parentis.practice.calendar import FAR
from parentis.practice.population import REMAND, UNACCOMPANIED, Population
from parentis.practice.randomness import pick, stream

# How care begins for those neither unaccompanied nor remanded. DfE, London, starts by legal status, 2021-22.
BEGIN = ("V2", "C1", "C2", "L1", "L2")
BEGIN_WEIGHTS = (1800, 1040, 40, 650, 60)

INTO_COURT_SHARE = 0.8
"Share of children accommodated by agreement or under police protection who later have an interim care order."
OLDEST_FOR_ORDER = 16.8


@dataclass(frozen=True, slots=True)
class Legal:
    """Changes of legal status, one row each, sorted by period of care and day."""

    period: np.ndarray
    "Index into Care."
    day: np.ndarray
    status: np.ndarray
    placement_order: np.ndarray
    "Shape (periods,): the day a placement order was made, FAR where never."
    order: np.ndarray
    "Shape (periods,): the day of the first care order, interim or full; FAR where never."


def legal(seed: int, people: Population) -> Legal:
    """Legal statuses of every period of care, the first on its first day."""
    rng = stream(seed, "legal")
    care, children = people.care, people.children
    size = len(care.start)
    begins = np.array(BEGIN)[pick(rng, np.tile(BEGIN_WEIGHTS, (size, 1)))]
    age = (care.start - children.born[care.child]) / 365.25
    adopted = np.isin(care.ending, ["E11", "E12"])
    begins = np.where((age > OLDEST_FOR_ORDER) & ~np.isin(begins, ["L1"]), "V2", begins)
    begins = np.where(adopted & np.isin(begins, ["V2", "C2"]), "C1", begins)
    begins = np.where(care.route == UNACCOMPANIED, "V2", np.where(care.route == REMAND, "J1", begins))
    begins = np.where(children.respite[care.child], "V4", begins)

    start = care.start
    emergency = np.isin(begins, ["L1", "L2"])
    after = start + np.where(begins == "L1", 1 + rng.integers(0, 3, size), 5 + rng.integers(0, 12, size))
    to_court = (rng.random(size) < INTO_COURT_SHARE) & (age < OLDEST_FOR_ORDER) | adopted | (begins == "L2")
    # By agreement first: straight after the emergency, or from the start.
    agreed = np.where(emergency & ~((rng.random(size) < 0.5) & to_court), after, FAR)
    agreed = np.where(begins == "J1", start + 75 + rng.integers(0, 40, size), agreed)
    from_agreement = start + 30 + rng.exponential(100, size).astype(np.int64)
    interim = np.where(
        (begins == "V2") & to_court & (care.route != UNACCOMPANIED),
        from_agreement,
        np.where(emergency & to_court, np.where(agreed < FAR, from_agreement, after), FAR),
    )
    interim = np.where(children.respite[care.child] | (care.route == REMAND), FAR, interim)
    ordered = np.where(begins == "C1", start, interim)
    final = np.where(ordered < FAR, ordered + 280 + rng.gamma(2.0, 180, size).astype(np.int64), FAR)
    stayed = care.end - start
    # An adopted child's final order is the placement order, well before the adoption.
    freed = start + np.minimum(0.3 + 0.2 * rng.random(size), 0.9) * stayed
    placement_order = np.where(adopted, np.maximum(freed.astype(np.int64), start + 100), FAR)
    interim = np.where(adopted & (interim < FAR), np.minimum(interim, start + 25), interim)

    changes: list[tuple[np.ndarray, np.ndarray | str]] = [
        (start, begins),
        (agreed, "V2"),
        (interim, "C1"),
        (np.where(adopted, FAR, final), "C2"),
        (placement_order, "E1"),
    ]
    period = np.tile(np.arange(size), len(changes))
    day = np.concatenate([days for days, _ in changes])
    status = np.concatenate([np.broadcast_to(code, size) for _, code in changes]).astype("<U2")
    kept = day < np.tile(care.end, len(changes))
    order = np.lexsort((day[kept], period[kept]))
    full = np.where(begins == "C2", start, FAR)
    return Legal(
        period=period[kept][order],
        day=day[kept][order],
        status=status[kept][order],
        placement_order=placement_order,
        order=np.minimum(ordered, full),
    )
