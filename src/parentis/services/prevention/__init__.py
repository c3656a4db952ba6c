"""The value of prevention: what it returns, to whom, when, and whether it came true."""

from parentis.services.demand.tables import OUTLOOK_NEEDS
from parentis.services.service import Ref, Service

_HOME = "parentis.services.prevention"

SERVICE = Service(
    id="prevention",
    title="Prevention",
    needs=OUTLOOK_NEEDS,
    measures=Ref(f"{_HOME}.measures:MEASURES"),
    compute=Ref(f"{_HOME}.compute:compute"),
    sections=Ref(f"{_HOME}.sections:SECTIONS"),
    parameters={"years": 5, "replicates": 300, "seed": 0, "readings": 40},
)

__all__ = ["SERVICE"]
