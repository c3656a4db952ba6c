"""The register of inspection recommendations: who must do what by when, the evidence, the groups that oversee it."""

from parentis.services import Ref
from parentis.web.service import WebService

WEB_SERVICE = WebService(
    id="recommendations",
    title="Inspection recommendations",
    prefix="recommendations/",
    case_types=Ref("parentis.web.recommendations.case_types:CASE_TYPES"),
    practice=Ref("parentis.web.recommendations.practice:make_practice_register"),
)
