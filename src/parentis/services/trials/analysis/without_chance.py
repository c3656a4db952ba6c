"""The analysis of comparisons in which chance did not decide: staggered starts, and a synthetic control."""

from typing import Any

import numpy as np
import polars as pl

from parentis.services.trials.analysis.result import Beside, named, wrong_data
from parentis.services.trials.analysis.staggered import Panel, staggered_effects, two_way_fixed_effects
from parentis.services.trials.analysis.synthetic_control import synthetic_control
from parentis.services.trials.protocol.record import Protocol

_COLUMNS = ("unit", "time", "first", "value")
_NO_CHANCE = "Chance did not decide who began: what else differs between the boroughs may explain the difference."


def analyse_staggered(protocol: Protocol, data: pl.DataFrame) -> dict[str, Any]:
    """The parts of a `TrialResult`. `data`: `unit` (ONS code), `time`, `first` (null: goes on as before), `value`."""
    given = _given(data)
    panel = Panel.of(given)
    found = staggered_effects(panel)
    low, high = found.simple.interval(protocol.analysis.level)
    beside = [
        Beside(name="each start's mean first", value=found.by_group.effect, says="Late starts count as much."),
        Beside(
            name="two-way fixed effects", value=two_way_fixed_effects(panel), wrong=True,
            says="The wrong number: it compares late starters with early ones as if nothing had happened to these.",
        ),
    ]  # fmt: skip
    return {
        "effect": found.simple.effect, "low": low, "high": high, "p": found.simple.p, "degrees": found.simple.degrees,
        "n": panel.values.size, "clusters": len(panel.values), "missing": given["value"].null_count(),
        "notes": (_NO_CHANCE, *_starts(protocol, given), *_left_out(panel.left_out), *found.notes),
        "beside": tuple(beside),
    }  # fmt: skip


def analyse_synthetic(protocol: Protocol, data: pl.DataFrame) -> dict[str, Any]:
    """The parts of a `TrialResult`, for one borough that began, from the same data."""
    given = _given(data)
    panel = Panel.of(given)
    starters = np.flatnonzero(~np.isnan(panel.first))
    if len(starters) != 1:
        raise wrong_data(
            "one borough that began",
            f"{len(starters)} with a value at every time",
            "Choose the matched design for several.",
        )
    at = int(starters[0])
    start = int(np.searchsorted(panel.times, panel.first[at]))
    others = np.delete(panel.values, at, axis=0)
    found = synthetic_control(panel.values[at], others, start, level=protocol.analysis.level)
    notes = [_NO_CHANCE, *_starts(protocol, given), *_left_out(panel.left_out)]
    notes.append(f"Its gap after the start is number {found.rank} among {found.of} boroughs: p is {found.p:.3f}.")
    if found.low is None:
        notes.append(
            f"{found.of} boroughs are too few for an interval of {protocol.analysis.level:.0%}: "
            f"the smallest possible p is {1 / found.of:.3f}."
        )
    return {
        "effect": found.effect, "low": found.low, "high": found.high, "p": found.p, "n": panel.values.size,
        "clusters": found.of, "missing": given["value"].null_count(), "notes": tuple(notes),
        "beside": (Beside(name="mean squared gap before", value=found.before, says="The fit before the start."),),
    }  # fmt: skip


def _given(data: pl.DataFrame) -> pl.DataFrame:
    missing = [name for name in _COLUMNS if name not in data.columns]
    if missing:
        raise wrong_data(f"columns {', '.join(_COLUMNS)}", f"no {', '.join(missing)}", "Add them.")
    return data.with_columns(pl.col("value").cast(pl.Float64).fill_nan(None))


def _starts(protocol: Protocol, data: pl.DataFrame) -> list[str]:
    """Boroughs that were to start and did not, or the other way round."""
    began = set(data.filter(pl.col("first").is_not_null())["unit"])
    never, unplanned = set(protocol.boroughs) - began, began - set(protocol.boroughs)
    if unplanned:
        raise wrong_data(
            "starts of the protocol's boroughs alone",
            f"{len(unplanned)} others that began",
            "Leave them out of both groups.",
        )
    return (
        [f"{named(sorted(never))}: never began, though the protocol says so. Not counted as having begun."]
        if never
        else []
    )


def _left_out(units: tuple[str, ...]) -> list[str]:
    if not units:
        return []
    return [f"{named(list(units))}: did not return at every time, and left out."]
