"""The web side of sub-regional commissioning: like-for-like prices, what arrangements cost, and learning cards."""

from parentis.services import Ref
from parentis.web.service import WebService

WEB_SERVICE = WebService(
    id="commissioning",
    title="Commissioning",
    prefix="commissioning/",
    case_types=Ref("parentis.web.commissioning.case_types:CASES"),
    practice=Ref("parentis.web.commissioning.practice:make_practice_cards"),
    samples=Ref("parentis.web.commissioning.practice:SAMPLES"),
)
