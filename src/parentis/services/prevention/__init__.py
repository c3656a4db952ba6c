"""The value of prevention: what it returns, to whom, when, and whether it came true."""

from parentis.services.service import Ref, Service

_HOME = "parentis.services.prevention"

SERVICE = Service(
    id="prevention",
    title="Prevention",
    needs=("ssda903/Episodes", "ssda903/Header", "ssda903/UASC"),
    measures=Ref(f"{_HOME}.measures:MEASURES"),
    compute=Ref(f"{_HOME}.compute:compute"),
    sections=Ref(f"{_HOME}.sections:SECTIONS"),
)

__all__ = ["SERVICE"]
