"""Unaccompanied children: the cost survey filled in at the site, who has answered it, the claim, and other rates."""

from parentis.services import Ref
from parentis.web.service import WebService

WEB_SERVICE = WebService(
    id="uasc",
    title="Unaccompanied children",
    prefix="unaccompanied/",
    tasks=Ref("parentis.web.uasc.waiting:tasks_of"),
)
