"""Trials: a protocol fixed before anybody is allocated, a draw that anybody can check, an analysis that cannot differ
from its plan, and evidence cards that stay whatever they say."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parentis.services.trials.allocation.draw import Allocation, allocate, verify_allocation
    from parentis.services.trials.allocation.log import ENTRY_KINDS, Entry, check_log, next_entry
    from parentis.services.trials.allocation.seals import Seal, holds, seal_of, sealed_seed
    from parentis.services.trials.analysis.bayes import (
        operating_characteristics,
        simulated_characteristics,
        with_operating,
    )
    from parentis.services.trials.analysis.boundaries import boundaries, type_one_of_repeated_looks
    from parentis.services.trials.analysis.plan import analyse, planned_end
    from parentis.services.trials.analysis.result import DECISIONS, Beside, TrialResult
    from parentis.services.trials.analysis.two_arms import two_arm_difference
    from parentis.services.trials.cards import FINDINGS, GRADES, STATES, EvidenceCard, cards_in_order, evidence_card
    from parentis.services.trials.design.children import Change, Children, Reading, children_of_demand
    from parentis.services.trials.design.closed_form import (
        Power,
        children_per_arm,
        cluster_power,
        london_answers,
        matched_power,
        needed_per_arm,
        parallel_power,
        stepped_wedge_power,
    )
    from parentis.services.trials.design.simulated import Plan, SimulatedPower, simulated_power
    from parentis.services.trials.protocol.checks import (
        Problem,
        checked,
        missing_papers,
        problems,
        refuse_shared,
        shared_children,
        warnings,
    )
    from parentis.services.trials.protocol.document import protocol_hash, read_protocol, write_protocol
    from parentis.services.trials.protocol.form import FIELDS, Field, from_form, to_form
    from parentis.services.trials.protocol.frozen import Frozen, amended, frozen, require_frozen
    from parentis.services.trials.protocol.record import (
        ALLOCATIONS,
        DESIGNS,
        METHODS,
        METHODS_OF,
        RANDOMISED,
        STOPPING_RULES,
        UNITS,
        Analysis,
        Arm,
        HarmRule,
        Operating,
        Outcome,
        Protocol,
        Stopping,
        Timing,
        reference,
    )

_HOMES = {
    "allocation.draw": ("Allocation", "allocate", "verify_allocation"),
    "allocation.log": ("ENTRY_KINDS", "Entry", "check_log", "next_entry"),
    "allocation.seals": ("Seal", "holds", "seal_of", "sealed_seed"),
    "analysis.bayes": ("operating_characteristics", "simulated_characteristics", "with_operating"),
    "analysis.boundaries": ("boundaries", "type_one_of_repeated_looks"),
    "analysis.plan": ("analyse", "planned_end"),
    "analysis.result": ("DECISIONS", "Beside", "TrialResult"),
    "analysis.two_arms": ("two_arm_difference",),
    "cards": ("FINDINGS", "GRADES", "STATES", "EvidenceCard", "cards_in_order", "evidence_card"),
    "design.children": ("Change", "Children", "Reading", "children_of_demand"),
    "design.simulated": ("Plan", "SimulatedPower", "simulated_power"),
    "design.closed_form": (
        "Power", "children_per_arm", "cluster_power", "london_answers", "matched_power", "needed_per_arm",
        "parallel_power", "stepped_wedge_power",
    ),
    "protocol.checks": (
        "Problem", "checked", "missing_papers", "problems", "refuse_shared", "shared_children", "warnings",
    ),
    "protocol.document": ("protocol_hash", "read_protocol", "write_protocol"),
    "protocol.form": ("FIELDS", "Field", "from_form", "to_form"),
    "protocol.frozen": ("Frozen", "amended", "frozen", "require_frozen"),
    "protocol.record": (
        "ALLOCATIONS", "DESIGNS", "METHODS", "METHODS_OF", "RANDOMISED", "STOPPING_RULES", "UNITS", "Analysis", "Arm",
        "HarmRule", "Operating", "Outcome", "Protocol", "Stopping", "Timing", "reference",
    ),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "ALLOCATIONS",
    "DECISIONS",
    "DESIGNS",
    "ENTRY_KINDS",
    "FIELDS",
    "FINDINGS",
    "GRADES",
    "METHODS",
    "METHODS_OF",
    "RANDOMISED",
    "STATES",
    "STOPPING_RULES",
    "UNITS",
    "Allocation",
    "Analysis",
    "Arm",
    "Beside",
    "Change",
    "Children",
    "Entry",
    "EvidenceCard",
    "Field",
    "Frozen",
    "HarmRule",
    "Operating",
    "Outcome",
    "Plan",
    "Power",
    "Problem",
    "Protocol",
    "Reading",
    "Seal",
    "SimulatedPower",
    "Stopping",
    "Timing",
    "TrialResult",
    "allocate",
    "amended",
    "analyse",
    "boundaries",
    "cards_in_order",
    "check_log",
    "checked",
    "children_of_demand",
    "children_per_arm",
    "cluster_power",
    "evidence_card",
    "from_form",
    "frozen",
    "holds",
    "london_answers",
    "matched_power",
    "missing_papers",
    "needed_per_arm",
    "next_entry",
    "operating_characteristics",
    "parallel_power",
    "planned_end",
    "problems",
    "protocol_hash",
    "read_protocol",
    "reference",
    "refuse_shared",
    "require_frozen",
    "seal_of",
    "sealed_seed",
    "shared_children",
    "simulated_characteristics",
    "simulated_power",
    "stepped_wedge_power",
    "to_form",
    "two_arm_difference",
    "type_one_of_repeated_looks",
    "verify_allocation",
    "warnings",
    "with_operating",
    "write_protocol",
]


def __getattr__(name: str) -> Any:
    # Names are imported on first use: listing the services imports this package, and must not load Polars or SciPy.
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value
