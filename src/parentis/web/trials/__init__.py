"""Trials at the site: protocols from draft to frozen plan, allocation, analysis, and the evidence cards that stay."""

from parentis.services import Ref
from parentis.web.organisation_kinds import MEMBERS, Kind, Role
from parentis.web.service import WebService

WEB_SERVICE = WebService(
    id="trials",
    title="Trials",
    prefix="trials/",
    case_types=Ref("parentis.web.trials.case_types:CASE_TYPES"),
    roles=(
        Role("evaluation-lead", "Evaluation lead", "Plans trials, freezes protocols, allocates and analyses.", MEMBERS),
    ),
    accounts={Kind.AUTHORITY: ("evaluation-lead",), Kind.REGION: ("evaluation-lead",)},
    sealed=Ref("parentis.web.trials.sealed:sealed_rows"),
    practice=Ref("parentis.web.trials.practice:make_practice_trials"),
    samples=Ref("parentis.web.trials.practice:SAMPLES"),
    tasks=Ref("parentis.web.trials.waiting:tasks_of"),
    jobs={
        "trial-operating": Ref("parentis.web.trials.operating_characteristics:work_out"),
        "trial-power": Ref("parentis.web.trials.designs:simulate"),
        "trial-analysis": Ref("parentis.web.trials.analyses:analyse_job"),
    },
)
