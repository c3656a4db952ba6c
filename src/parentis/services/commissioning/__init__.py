"""Sub-regional commissioning: like-for-like prices, the cost of arrangements, and the evidence for their effects."""

from parentis.services.service import Command, Pack, Ref, Service

_HOME = "parentis.services.commissioning"
_CENSUSES = ("placements.census/placements", "placements.london/placements")
_RETURNED = (
    "placements.providers/providers",
    "commissioning.blocks/blocks",
    "commissioning.referrals/referrals",
    "commissioning.uplifts/uplifts",
    "commissioning.arrangements/arrangements",
    "commissioning.arrangements/members",
    "commissioning.savings/savings",
)
_CHILDREN = ("ssda903/Episodes", "ssda903/Header", "ssda903/UASC")

SERVICE = Service(
    id="commissioning",
    title="Sub-regional commissioning",
    needs=(*_CENSUSES, *_RETURNED),
    measures=Ref(f"{_HOME}.measures:MEASURES"),
    compute=Ref(f"{_HOME}.compute:compute"),
    sections=Ref(f"{_HOME}.sections:SECTIONS"),
    packs=(
        Pack(
            id="commissioning",
            title="What placements cost like for like, and what commissioning together does",
            subtitle="For partnerships and the region's directors: prices, arrangements, and how good the evidence is",
            summary=Ref("parentis.services.commissioning.summary:SUMMARY"),
            methods=("commissioning",),
        ),
    ),
    commands=(
        Command(
            name="commissioning compare",
            options={
                "beside": "Another partnership to show beside it.",
            },
            help="What two partnerships pay for the same child, place and month, and what the answer rests on.",
            needs=(*_CENSUSES, *_RETURNED),
            run=Ref(f"{_HOME}.commands:compare"),
        ),
        Command(
            name="commissioning voids",
            options={
                "family": "Kind of placement, such as residential.",
                "places": "Places in the contract.",
                "guarantee": "Per cent of the places that are paid for whether filled or not.",
            },
            help="How full a block of so many places would be, in the demand model's futures.",
            needs=(*_CENSUSES, *_RETURNED, *_CHILDREN),
            run=Ref(f"{_HOME}.commands:voids"),
        ),
    ),
    parameters={"samples": 500, "ways": 999, "seed": 0},
)

__all__ = ["SERVICE"]
