"""Unaccompanied children: the online cost survey, its responses, the claim, and what-if rates of grant."""

from parentis.services import Ref
from parentis.web.service import WebService

WEB_SERVICE = WebService(
    id="uasc",
    title="Unaccompanied children",
    prefix="unaccompanied/",
    tasks=Ref("parentis.web.uasc.waiting:tasks_of"),
)
