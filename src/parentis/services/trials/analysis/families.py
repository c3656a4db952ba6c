"""The analysis of a trial that allocates children by family, with its planned looks."""

from typing import Any

import polars as pl

from parentis.services.trials.allocation.draw import Allocation
from parentis.services.trials.analysis.bayes import chance_lower, difference_interval
from parentis.services.trials.analysis.boundaries import boundaries
from parentis.services.trials.analysis.cluster_robust import Estimates, children_in_families
from parentis.services.trials.analysis.outcomes import bounds, not_returned, settled
from parentis.services.trials.analysis.result import (
    FINAL,
    GO_ON,
    PAUSE_HARM,
    STOP_BENEFIT,
    STOP_FUTILITY,
    STOP_HARM,
    Beside,
    wrong_data,
)
from parentis.services.trials.protocol.record import BAYESIAN_SEQUENTIAL, LOWER, NO_RULE, Protocol


def analyse_families(protocol: Protocol, data: pl.DataFrame, allocation: Allocation, look: int) -> dict[str, Any]:
    """The parts of a `TrialResult` at this look. `data`: `unit, outcome`, and `received` (the arm a child had in fact)
    and `harm` (0 or 1) where known."""
    rows = _joined(protocol, data, allocation)
    known = rows.filter(pl.col("outcome").is_not_null())
    used = _at_look(protocol, known, look)
    last = look == max(len(protocol.looks), 1)
    missing = rows.height - known.height
    notes = [*not_returned(rows), *_contamination(rows)]
    if missing:
        notes.append(f"{missing:,} of {rows.height:,} children have no known outcome.")
    run = _bayesian if protocol.analysis.method == BAYESIAN_SEQUENTIAL else _robust
    parts = run(protocol, used, look, last)
    harm = _harm(used)
    if harm is not None and harm > protocol.harm.at_most:
        parts["decision"] = PAUSE_HARM
        notes.append(
            f"{protocol.harm.measure} differs by {harm:.3f}, more than {protocol.harm.at_most:g}: {protocol.harm.then}"
        )

    def effect(frame: pl.DataFrame) -> float:
        return float(_estimates(frame).effect)

    beside: list[Beside] = bounds(protocol, rows, effect) if missing and last else []
    if last and "received" in rows.columns and rows["received"].null_count() < rows.height:
        treated = used.filter(pl.col("received").is_not_null()).with_columns(arm=pl.col("received"))
        beside.append(
            Beside(
                name="as received",
                value=effect(treated),
                says="By what children got, not by chance: who got it may differ.",
            )
        )
    return {
        **parts, "n": used.height, "clusters": used["family"].n_unique(), "missing": missing, "harm": harm,
        "notes": tuple(notes), "beside": tuple(beside),
    }  # fmt: skip


def _joined(protocol: Protocol, data: pl.DataFrame, allocation: Allocation) -> pl.DataFrame:
    mixed = allocation.rows.group_by("family").agg(pl.col("arm").n_unique()).filter(pl.col("arm") > 1)
    if mixed.height:
        raise wrong_data(
            "brothers and sisters in one arm",
            f"{mixed.height:,} families in both",
            "Use the allocation as it was drawn.",
        )
    given = settled(protocol, data, ("unit", "outcome"))
    if given["unit"].n_unique() < given.height:
        raise wrong_data("one row for each child", "several", "Leave each child's outcome once.")
    strange = given.join(allocation.rows, on="unit", how="anti").height
    if strange:
        raise wrong_data(
            "children who were allocated", f"{strange:,} who were not", "Leave them out, or allocate them first."
        )
    columns = [name for name in ("unit", "outcome", "received", "harm") if name in given.columns]
    return allocation.rows.join(given.select(columns), on="unit", how="left").sort("order")


def _at_look(protocol: Protocol, known: pl.DataFrame, look: int) -> pl.DataFrame:
    """The first children of each arm that this look counts; all of them at the end of a trial without looks."""
    counts = [known.filter(pl.col("arm") == arm).height for arm in (0, 1)]
    wanted = protocol.looks[look - 1] if protocol.looks else 2
    if min(counts) < wanted:
        raise wrong_data(
            f"{wanted} children with a known outcome in each arm at look {look}",
            f"{counts[0]} and {counts[1]}",
            "Wait until the look that the protocol plans: a look before it is not in the plan.",
        )
    if not protocol.looks or look == len(protocol.looks):
        return known
    return pl.concat([known.filter(pl.col("arm") == arm).head(wanted) for arm in (0, 1)]).sort("order")


def _contamination(rows: pl.DataFrame) -> list[str]:
    if "received" not in rows.columns:
        return []
    got = rows.filter(pl.col("received").is_not_null())
    other = got.filter(pl.col("received") != pl.col("arm"))
    found = []
    if other.height:
        found.append(f"{other.height:,} children got the other arm's way of working. They are analysed as allocated.")
    split = got.group_by("family").agg(pl.col("received").n_unique()).filter(pl.col("received") > 1).height
    if split:
        found.append(
            f"In {split:,} families brothers and sisters got different ways of working: each may have had "
            "something of both, "
            "which makes the effect look smaller."
        )
    return found


def _estimates(rows: pl.DataFrame) -> Estimates:
    arrays = [rows[name].to_numpy() for name in ("outcome", "arm", "family", "borough")]
    prepared, outcomes = children_in_families(
        arrays[0].astype(float), arrays[1].astype(float), arrays[2].astype(str), arrays[3].astype(str)
    )
    return prepared.estimate(outcomes)


def _robust(protocol: Protocol, rows: pl.DataFrame, look: int, last: bool) -> dict[str, Any]:
    from scipy import special

    found = _estimates(rows)
    effect, error, degrees = (float(one) for one in (found.effect, found.error, found.degrees))
    rule, level = protocol.stopping.rule, protocol.analysis.level
    if rule == NO_RULE:
        critical, decision = float(special.stdtrit(degrees, 0.5 + level / 2)), FINAL
    else:
        # The boundary is of a normal test: the same tail of Student's t, as there are few families early on.
        z = boundaries(rule, len(protocol.looks), round(1 - level, 10))[look - 1]
        critical = float(special.stdtrit(degrees, special.ndtr(z)))
        beyond = abs(effect) / error >= critical
        better = (effect < 0) == (protocol.outcome.better == LOWER)
        decision = (STOP_BENEFIT if better else STOP_HARM) if beyond else FINAL if last else GO_ON
    return {
        "effect": effect, "low": effect - critical * error, "high": effect + critical * error, "p": float(found.p()),
        "degrees": degrees, "decision": decision,
    }  # fmt: skip


def _bayesian(protocol: Protocol, rows: pl.DataFrame, look: int, last: bool) -> dict[str, Any]:
    arms = [rows.filter(pl.col("arm") == arm)["outcome"] for arm in (1, 0)]
    counts = [(int(one.sum()), len(one)) for one in arms]
    lower = chance_lower(*counts[0], *counts[1])
    better = lower if protocol.outcome.better == LOWER else 1.0 - lower
    rule = protocol.stopping
    decision = STOP_BENEFIT if better >= rule.benefit else STOP_FUTILITY if better <= rule.futility else None
    low, high = difference_interval(*counts[0], *counts[1], level=protocol.analysis.level)
    return {
        "effect": float(arms[0].mean()) - float(arms[1].mean()),  # type: ignore[arg-type]
        "low": low, "high": high, "probability": better, "decision": decision or (FINAL if last else GO_ON),
    }  # fmt: skip


def _harm(rows: pl.DataFrame) -> float | None:
    if "harm" not in rows.columns:
        return None
    shares = [rows.filter(pl.col("arm") == arm)["harm"].mean() for arm in (0, 1)]
    return None if None in shares else float(shares[1]) - float(shares[0])  # type: ignore[arg-type]
