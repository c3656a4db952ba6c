"""Funding pressures: children's social care and high needs, against adult social care."""

from parentis.services.demand import OUTLOOK_NEEDS
from parentis.services.service import Command, Pack, Ref, Service

_HOME = "parentis.services.funding"
_FINANCE = ("finance.ra/lines", "finance.rs/lines", "finance.ro3/lines")
_MONITORING = ("finance.monitoring/lines", "finance.monitoring/high_needs")
_ACTIVITY = ("finance.monitoring/activity",)
_DSG = ("high_needs.dsg_allocations/allocations", "high_needs.dsg_balances/balances")
_AGREEMENTS = ("high_needs.agreements/stability_grant", "high_needs.agreements/safety_valve")
_CONTEXT = (
    "open_statistics.lait/lines",
    "open_statistics.lait/dictionary",
    "improvement.neighbours/edges",
    "open_statistics.deprivation/summary",
)
_AMOUNTS = (*_FINANCE, *_MONITORING, *_DSG)

SERVICE = Service(
    id="funding",
    title="Funding pressures",
    needs=tuple(dict.fromkeys((*_AMOUNTS, *_ACTIVITY, *OUTLOOK_NEEDS, *_AGREEMENTS, *_CONTEXT))),
    measures=Ref(f"{_HOME}.catalogue:MEASURES"),
    compute=Ref(f"{_HOME}.compute:compute"),
    sections=Ref(f"{_HOME}.sections:SECTIONS"),
    packs=(
        Pack(
            id="spending-review",
            title="Funding pressures in children's services",
            subtitle="The region's evidence for the Spending Review: children's social care and high needs",
            order=10,
            summary=Ref("parentis.services.funding.summary:SUMMARY"),
            methods=("funding", "forecast", "demand", "demand-cost"),
        ),
    ),
    commands=(
        Command(
            name="reconcile",
            help="Set our totals beside the published ones, with the reason for each difference.",
            needs=_AMOUNTS,
            run=Ref(f"{_HOME}.commands:reconcile"),
        ),
        Command(
            name="drivers",
            options={
                "geography": "A footprint's id or an authority's code.",
            },
            help="Split the change in placement spend between two years into volume, mix and price.",
            needs=_ACTIVITY,
            run=Ref(f"{_HOME}.commands:drivers"),
        ),
        Command(
            name="comparability",
            help="List the signs that authorities code the same cost to different lines.",
            needs=_AMOUNTS,
            run=Ref(f"{_HOME}.commands:comparability"),
        ),
    ),
)

__all__ = ["SERVICE"]
