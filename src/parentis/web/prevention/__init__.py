"""The web side of prevention: catalogue, bids, portfolio, what must be true, and promises that are checked."""

from parentis.services import Ref
from parentis.web.organisation_kinds import MEMBERS, Kind, Role
from parentis.web.service import WebService

WEB_SERVICE = WebService(
    id="prevention",
    title="Prevention",
    prefix="prevention/",
    case_types=Ref("parentis.web.prevention.case_types:CASE_TYPES"),
    roles=(
        Role("programme-manager", "Programme manager", "Writes bids for prevention, and answers for their promises.",
             MEMBERS),
        Role("investment-board", "Investment board member", "Agrees or refuses bids for prevention.", MEMBERS),
    ),
    accounts={Kind.AUTHORITY: ("programme-manager", "investment-board")},
    jobs={
        "prevention-bid": Ref("parentis.web.prevention.runs:work_out"),
        "prevention-portfolio": Ref("parentis.web.prevention.portfolio_runs:work_out"),
    },
    practice=Ref("parentis.web.prevention.practice:make_practice_bids"),
    samples=Ref("parentis.web.prevention.practice:SAMPLES"),
)  # fmt: skip
