"""The order of boroughs: in blocks of like size, or by minimisation; and which other orders could have been drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import factorial, prod

import numpy as np
import numpy.typing as npt

from parentis.services.trials.allocation.seals import Draws

BLOCK = 6
"Boroughs in a block of a cluster trial, about."
MOST_BY_CHANCE = 5
"Minimisation takes the better arm four times in five: with certainty the last boroughs would be known beforehand."

Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Block:
    """`members` (positions of boroughs) share out `labels` (an arm, or a step, for each)."""

    members: tuple[int, ...]
    labels: tuple[int, ...]

    def ways(self) -> int:
        counts = [self.labels.count(label) for label in set(self.labels)]
        return factorial(len(self.labels)) // prod(factorial(count) for count in counts)


def arm_blocks(sizes: Sequence[float]) -> list[Block]:
    """Blocks of about six boroughs of like size, half of each in the new arm; of an odd block the comparison has one
    more or one fewer in turn."""
    order = sorted(range(len(sizes)), key=lambda at: (-sizes[at], at))
    blocks, more = [], False
    for part in np.array_split(np.array(order), max(1, len(order) // BLOCK)):
        new = len(part) // 2 + (1 if more and len(part) % 2 else 0)
        more ^= bool(len(part) % 2)
        blocks.append(Block(tuple(int(at) for at in part), (0,) * (len(part) - new) + (1,) * new))
    return blocks


def step_blocks(sizes: Sequence[float], steps: Sequence[int]) -> list[Block]:
    """Blocks of like size, each with one borough of every step that still has room."""
    order = sorted(range(len(sizes)), key=lambda at: (-sizes[at], at))
    left, blocks, begin = list(steps), [], 0
    while any(left):
        labels = tuple(step for step, room in enumerate(left, 1) if room)
        left = [max(room - 1, 0) for room in left]
        blocks.append(Block(tuple(order[begin : begin + len(labels)]), labels))
        begin += len(labels)
    return blocks


def drawn(blocks: Sequence[Block], draws: Draws) -> Labels:
    """A label for each borough: each block's labels in random order."""
    out = np.zeros(sum(len(block.members) for block in blocks), dtype=np.int64)
    for block in blocks:
        out[list(block.members)] = draws.shuffled(list(block.labels))
    return out


def minimised(sizes: Sequence[float], strata: Sequence[str], draws: Draws) -> Labels:
    """An arm for each borough: boroughs in random order, each to the arm that leaves sizes and strata more alike, four
    times in five (Pocock & Simon 1975, Biometrics 31: 103–115). The arms never differ by more than one borough in
    number."""
    order = draws.shuffled(list(range(len(sizes))))
    middle = float(np.median(np.asarray(sizes))) if len(sizes) else 0.0
    factors = [
        [float(size > middle) for size in sizes],
        *([float(one == name) for one in strata] for name in set(strata)),
    ]
    arm = np.full(len(sizes), -1, dtype=np.int64)
    half = (len(sizes) + 1) // 2
    for at in order:
        counts = [int((arm == one).sum()) for one in (0, 1)]
        if max(counts) >= half:
            arm[at] = int(counts[1] < counts[0])
            continue
        imbalance = [0.0, 0.0]
        for factor in factors:
            here = [sum(1 for other in np.flatnonzero(arm == one) if factor[other] == factor[at]) for one in (0, 1)]
            for one in (0, 1):
                imbalance[one] += abs(here[one] + 1 - here[1 - one])
        if imbalance[0] == imbalance[1]:
            arm[at] = draws.below(2)
        else:
            better = int(imbalance[1] < imbalance[0])
            arm[at] = better if draws.below(MOST_BY_CHANCE) else 1 - better
    return arm


def possible(blocks: Sequence[Block]) -> int:
    """How many allocations could be drawn."""
    return prod(block.ways() for block in blocks)


def every(blocks: Sequence[Block], first: int, last: int) -> Labels:
    """The allocations numbered `first` to `last` - 1 of all that are possible, (allocations, boroughs)."""
    orders = [np.array(_orders(block.labels)) for block in blocks]
    chosen = np.unravel_index(np.arange(first, last), [len(one) for one in orders])
    out = np.zeros((last - first, sum(len(block.members) for block in blocks)), dtype=np.int64)
    for block, own, which in zip(blocks, orders, chosen, strict=True):
        out[:, list(block.members)] = own[which]
    return out


def some(blocks: Sequence[Block], count: int, generator: np.random.Generator) -> Labels:
    """`count` allocations at random, (allocations, boroughs)."""
    out = np.zeros((count, sum(len(block.members) for block in blocks)), dtype=np.int64)
    for block in blocks:
        order = np.argsort(generator.random((count, len(block.labels))), axis=1)
        out[:, list(block.members)] = np.array(block.labels)[order]
    return out


def _orders(labels: tuple[int, ...]) -> list[tuple[int, ...]]:
    if not labels:
        return [()]
    found = []
    for first in sorted(set(labels)):
        at = labels.index(first)
        found += [(first, *rest) for rest in _orders(labels[:at] + labels[at + 1 :])]
    return found
