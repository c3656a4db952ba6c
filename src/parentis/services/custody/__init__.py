"""Children in police custody: which authority is responsible, what is due and when, and the figures."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from parentis.services.service import Command, Pack, Ref, Service

if TYPE_CHECKING:
    from parentis.services.custody.blocking import keys
    from parentis.services.custody.certificates import GROUNDS, Certificate, certificate
    from parentis.services.custody.clocks import ANSWERS, Answer, Duty, State, Times, duties, lawful_answers
    from parentis.services.custody.comparison import Comparison, Grade, compare
    from parentis.services.custody.decision_table import RoutingTable, routing_table
    from parentis.services.custody.deidentification import Detention, detention_rows
    from parentis.services.custody.duty_settings import Settings, settings
    from parentis.services.custody.index import index_entries, is_stale
    from parentis.services.custody.lookup import Index
    from parentis.services.custody.nights import overnight, weekend
    from parentis.services.custody.persons import STATUSES, IndexEntry, Subject
    from parentis.services.custody.practice_notices import PracticeMonth, PracticeNotice, practice_month
    from parentis.services.custody.residence import PostcodeLookup, SortedPostcodes, postcode_lookup
    from parentis.services.custody.routing import Candidate, Decision, Outcome, route

__all__ = [
    "ANSWERS",
    "GROUNDS",
    "SERVICE",
    "STATUSES",
    "Answer",
    "Candidate",
    "Certificate",
    "Comparison",
    "Decision",
    "Detention",
    "Duty",
    "Grade",
    "Index",
    "IndexEntry",
    "Outcome",
    "PostcodeLookup",
    "PracticeMonth",
    "PracticeNotice",
    "RoutingTable",
    "Settings",
    "SortedPostcodes",
    "State",
    "Subject",
    "Times",
    "certificate",
    "compare",
    "detention_rows",
    "duties",
    "index_entries",
    "is_stale",
    "keys",
    "lawful_answers",
    "overnight",
    "postcode_lookup",
    "practice_month",
    "route",
    "routing_table",
    "settings",
    "weekend",
]

_HOME = "parentis.services.custody"

SERVICE = Service(
    id="custody",
    title="Children in custody",
    needs=("custody.detentions/detentions",),
    measures=Ref(f"{_HOME}.measures:MEASURES"),
    compute=Ref(f"{_HOME}.compute:compute"),
    sections=Ref(f"{_HOME}.sections:SECTIONS"),
    packs=(
        Pack(
            id="custody-scrutiny",
            title="Children in police custody",
            subtitle="Detentions, accommodation, adults and disparity: for the region's weekly scrutiny",
            summary=Ref("parentis.services.custody.summary:SUMMARY"),
            methods=("custody",),
        ),
    ),
    commands=(
        Command(
            name="custody routing-accuracy",
            options={
                "each": "Notices of each kind of name to try.",
            },
            help="Route generated cases whose truth is known: right, to the desk, or wrong, by kind of case.",
            needs=(),
            run=Ref(f"{_HOME}.commands:routing_accuracy"),
        ),
    ),
    practice=Ref(f"{_HOME}.practice:returns"),
)

_HOMES = {
    "persons": ("STATUSES", "IndexEntry", "Subject"),
    "blocking": ("keys",),
    "comparison": ("Comparison", "Grade", "compare"),
    "routing": ("Candidate", "Decision", "Outcome", "route"),
    "decision_table": ("RoutingTable", "routing_table"),
    "residence": ("PostcodeLookup", "SortedPostcodes", "postcode_lookup"),
    "lookup": ("Index",),
    "practice_notices": ("PracticeMonth", "PracticeNotice", "practice_month"),
    "clocks": ("ANSWERS", "Answer", "Duty", "State", "Times", "duties", "lawful_answers"),
    "duty_settings": ("Settings", "settings"),
    "deidentification": ("Detention", "detention_rows"),
    "index": ("index_entries", "is_stale"),
    "nights": ("overnight", "weekend"),
    "certificates": ("GROUNDS", "Certificate", "certificate"),
}
_MODULES = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    # Loaded on first use: listing the services imports this package, which must not import data frames.
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value
