"""Published statistics as figures, in the same form as all others, so that benchmarks treat them alike."""

from parentis.services.service import Ref, Service

SERVICE = Service(
    id="statistics",
    title="Open statistics",
    needs=("open_statistics.lait/lines", "open_statistics.lait/dictionary", "open_statistics.dfe/values"),
    measures=Ref("parentis.services.statistics.compute:measures"),
    compute=Ref("parentis.services.statistics.compute:compute"),
    sections=Ref("parentis.services.statistics.sections:SECTIONS"),
)

__all__ = ["SERVICE"]
