"""Run the simulation in blocks of authorities and replicates, in local processes or on Spark."""

from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa

from parentis import engine
from parentis.services.demand.estimation.model import Model
from parentis.services.demand.simulation.futures import simulate
from parentis.services.demand.simulation.paths import Paths
from parentis.services.demand.simulation.scenario import Capacity, Scenario

_ARRAYS = ("stock", "nights", "entries", "exits", "moves", "exits_by_kind")


def simulate_blocks(
    model: Model,
    scenario: Scenario = Scenario(),  # noqa: B008 - a frozen value
    *,
    months: int = 24,
    replicates: int = 1000,
    seed: int = 0,
    replicate_blocks: int = 4,
    authority_blocks: int = 1,
    on: str = "local",
    workers: int | None = None,
) -> Paths:
    """`simulate`, block by block through `engine.map`: the same numbers for any blocks and any engine.

    With limited places, children of all authorities depend on one another, so authorities are not split into blocks.
    """
    if any(isinstance(change, Capacity) for change in scenario.changes):
        authority_blocks = 1
    places = [list(part) for part in np.array_split(np.arange(len(model.names)), authority_blocks) if len(part)]
    numbers = [part for part in np.array_split(np.arange(replicates), replicate_blocks) if len(part)]
    pairs = list(product(numbers, places))
    blocks = [
        pa.table({"first": [int(own[0])], "replicates": [len(own)], "authorities": [[model.names[at] for at in part]]})
        for own, part in pairs
    ]
    kernel = partial(run_block, model=model, scenario=scenario, months=months, seed=seed)
    answers = engine.map(kernel, blocks, on=on, workers=workers)
    whole = simulate(model, scenario, months=months, replicates=0, seed=seed)
    joined: dict[str, Any] = {}
    for name in _ARRAYS:
        like = getattr(whole, name)
        joined[name] = np.zeros((replicates, *like.shape[1:]), like.dtype)
        for (own, part), answer in zip(pairs, answers, strict=True):
            values = np.frombuffer(answer[name][0].as_py(), dtype=like.dtype)
            joined[name][own[0] : own[-1] + 1, part] = values.reshape(len(own), len(part), *like.shape[2:])
    totals: dict[str, Any] = {name: sum(answer[name][0].as_py() for answer in answers) for name in ("events", "steps")}
    return replace(whole, **joined, **totals)


def run_block(block: pa.Table, *, model: Model, scenario: Scenario, months: int, seed: int) -> pa.Table:
    """Run one block: from a row `first, replicates, authorities` to a row of the arrays of `Paths`, as bytes."""
    own = block.to_pylist()[0]
    paths = simulate(
        model.only(*own["authorities"]), scenario, months=months, replicates=own["replicates"],
        first_replicate=own["first"], seed=seed, threads=1,
    )  # fmt: skip
    arrays = {name: pa.array([getattr(paths, name).tobytes()], pa.large_binary()) for name in _ARRAYS}
    return pa.table({**arrays, "events": [paths.events], "steps": [paths.steps]})
