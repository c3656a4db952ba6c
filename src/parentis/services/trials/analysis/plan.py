"""`analyse`: from a frozen plan and data to a result. Nothing about the analysis can be chosen here."""

from datetime import date

import polars as pl

from parentis.errors import SpecificationError
from parentis.services.trials.allocation.draw import Allocation
from parentis.services.trials.analysis.bayes import with_operating
from parentis.services.trials.analysis.boroughs import analyse_boroughs
from parentis.services.trials.analysis.families import analyse_families
from parentis.services.trials.analysis.result import TrialResult
from parentis.services.trials.analysis.without_chance import analyse_staggered, analyse_synthetic
from parentis.services.trials.protocol.checks import checked, warnings
from parentis.services.trials.protocol.frozen import Frozen, require_frozen
from parentis.services.trials.protocol.record import (
    BAYESIAN_SEQUENTIAL,
    CLUSTER,
    MATCHED,
    PARALLEL,
    RANDOMISED,
    Protocol,
)


def analyse(
    frozen: Frozen, data: pl.DataFrame, *, expected_hash: str, look: int = 1, allocation: Allocation | None = None,
    on: date | None = None,
) -> TrialResult:  # fmt: skip
    """Run the planned analysis at a planned look.

    Args:
        expected_hash: the hash that was written down when the protocol was frozen.
        look: from 1; 1 for a trial that is looked at once.
        data: see the analysis of each design: `families`, `boroughs`, `without_chance`.
        allocation: as it was drawn, for designs in which chance decides.
        on: the day of the analysis; a trial that is looked at once is refused before its planned end.

    Raises SpecificationError where the protocol is not the frozen one, the look is not in the plan, the rule's
    operating characteristics are not those worked out before, or the data cannot be what the protocol asks for.
    """
    require_frozen(frozen, expected_hash)
    protocol = checked(frozen.protocol)
    _require_planned_look(protocol, look)
    _require_end(protocol, on)
    _require_operating(protocol)
    if protocol.design in RANDOMISED:
        drawn = _require_allocation(frozen, allocation)
        run = analyse_families if protocol.design == PARALLEL else analyse_boroughs
        parts = run(protocol, data, drawn, look)
    else:
        parts = (analyse_staggered if protocol.design == MATCHED else analyse_synthetic)(protocol, data)
    parts["notes"] = (*(one for one in warnings(protocol) if one not in parts["notes"]), *parts["notes"])
    return TrialResult(
        reference=frozen.reference, sha256=frozen.sha256, look=look, looks=max(len(protocol.looks), 1),
        method=protocol.analysis.method, level=protocol.analysis.level, **parts,
    )  # fmt: skip


def _require_planned_look(protocol: Protocol, look: int) -> None:
    planned = max(len(protocol.looks), 1)
    if not 1 <= look <= planned:
        raise _wrong(
            f"one of the {planned} planned looks" if planned > 1 else "the one planned look",
            f"look {look}",
            "Amend the protocol, with its reason, before you look again.",
        )


def _require_end(protocol: Protocol, on: date | None) -> None:
    if on is not None and not protocol.looks and on < planned_end(protocol):
        raise _wrong(
            f"its one look, planned for {planned_end(protocol)} or later",
            f"one on {on}",
            "Wait, or amend the protocol with its reason before you look.",
        )


def planned_end(protocol: Protocol) -> date:
    """The first day on which every planned outcome can be known."""
    timing = protocol.timing
    months = timing.periods * timing.months
    if protocol.design in (PARALLEL, CLUSTER):
        months += protocol.outcome.months
    month = timing.starts.year * 12 + timing.starts.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)


def _require_operating(protocol: Protocol) -> None:
    if protocol.analysis.method == BAYESIAN_SEQUENTIAL and with_operating(protocol).operating != protocol.operating:
        raise _wrong(
            "the operating characteristics of the protocol's own rule",
            "others",
            "Amend the protocol with what its rule does, worked out anew.",
        )


def _require_allocation(frozen: Frozen, allocation: Allocation | None) -> Allocation:
    if allocation is None:
        raise _wrong("the allocation as it was drawn", "none", "Allocate first: the analysis follows the draw.")
    trial = frozen.reference.rpartition("@")[0]
    if allocation.reference.rpartition("@")[0] != trial:
        raise _wrong(f"the allocation of {trial}", f"that of {allocation.reference}", "Use this trial's allocation.")
    return allocation


def _wrong(expected: str, found: str, do: str) -> SpecificationError:
    return SpecificationError(expected=expected, found=found, where="trial analysis", do=do)
