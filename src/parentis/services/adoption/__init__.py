"""Adoption: children waiting for a family, their waits, the families needed, agencies' costs and who pays them."""

from parentis.services.adoption.needs import LIST_NEEDS, NEEDS
from parentis.services.service import Command, Pack, Ref, Service

__all__ = ["SERVICE"]

_HOME = "parentis.services.adoption"

SERVICE = Service(
    id="adoption",
    title="Adoption",
    needs=NEEDS,
    measures=Ref(f"{_HOME}.measures:MEASURES"),
    compute=Ref(f"{_HOME}.compute:compute"),
    sections=Ref(f"{_HOME}.sections:SECTIONS"),
    practice=Ref(f"{_HOME}.practice:practice"),
    packs=(
        Pack(
            id="adoption",
            title="Adoption in the region",
            subtitle="Children who wait, families needed, and what the agencies cost: evidence for the department",
            summary=Ref("parentis.services.adoption.summary:SUMMARY"),
            methods=("adoption",),
        ),
    ),
    commands=(
        Command(
            name="adoption waiting",
            options={
                "by": "Group by: all, age, together, ethnicity or disability.",
            },
            help="Children with a placement order: the share placed, reversed and waiting after 6 to 24 months.",
            needs=LIST_NEEDS,
            run=Ref(f"{_HOME}.commands:waiting"),
            from_files=True,
        ),
    ),
)
