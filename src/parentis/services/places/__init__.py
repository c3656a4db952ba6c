"""Places in homes: how many are needed, of what kind and for whom, who pays, and the matching of children to places."""

from parentis.services.places.needs import NEEDS
from parentis.services.service import Pack, Ref, Service

_HOME = "parentis.services.places"
SERVICE = Service(
    id="places",
    title="Secure and supported places",
    needs=NEEDS,
    measures=Ref(f"{_HOME}.measures:MEASURES"),
    compute=Ref(f"{_HOME}.compute:compute"),
    sections=Ref(f"{_HOME}.sections:SECTIONS"),
    practice=Ref(f"{_HOME}.practice:practice"),
    packs=(
        Pack(
            id="places",
            title="Secure places for London's children",
            subtitle="How many, who pays, and what is not known: a paper for a cabinet that is asked to sign",
            summary=Ref("parentis.services.places.summary:SUMMARY"),
            methods=("places",),
        ),
    ),
)

__all__ = ["NEEDS", "SERVICE"]
