"""Improvement on the site: my borough compared with others, the wall, priorities, and challenges with their effects."""

from parentis.services import Ref
from parentis.web.organisation_kinds import Kind
from parentis.web.service import WebService

WEB_SERVICE = WebService(
    id="improvement",
    title="Sector-led improvement",
    prefix="improvement/",
    case_types=Ref("parentis.web.improvement.case_types:CASE_TYPES"),
    accounts={Kind.AUTHORITY: ("director", "improvement-lead"), Kind.REGION: ("improvement-lead",)},
    practice=Ref("parentis.web.improvement.practice:make_practice_challenges"),
    samples=Ref("parentis.web.improvement.practice:SAMPLES"),
)
