"""The quarterly collection: eighteen indicators, each as a numerator and a denominator."""

from parentis.references import Ref
from parentis.returns.improvement.slots import slots
from parentis.returns.models import Return
from parentis.returns.spec import Code, Column, Kind, Spec, Table

NOTE_LENGTH = 500
"Characters of an explanation at most."

INDICATORS = Table(
    name="indicators",
    meaning="One indicator of the quarter, as the two counts that it is made of. A percentage alone is not taken.",
    columns=(
        Column(
            name="INDICATOR", kind=Kind.CODE, key=True, codes=tuple(Code(one.id, one.title) for one in slots()),
            meaning="Which indicator.", example="S01",
        ),
        Column(
            name="NUMERATOR", kind=Kind.NUMBER, key=True, meaning="How many it is so of; whole numbers.", example="95"
        ),
        Column(
            name="DENOMINATOR", kind=Kind.NUMBER, key=True, meaning="Of how many; whole numbers.", example="520",
        ),
        Column(
            name="REBASED", kind=Kind.CODE, codes=(Code("0", "no"), Code("1", "yes")),
            meaning="Counted by a new definition or in a new system from this quarter on: the series breaks here.",
            example="0",
        ),
        Column(
            name="NOTE", kind=Kind.TEXT,
            meaning=f"What a reader must know, without any child's details; at most {NOTE_LENGTH} characters.",
        ),
    ),
    optional=False,
    unique=("INDICATOR",),
)  # fmt: skip

COLLECTION = Return(
    spec=Spec(
        id="improvement.collection",
        title="Quarterly indicators of children's services",
        tables=(INDICATORS,),
        source="After London's quarterly collection (18 indicators; the agreed list is not public)",
    ),
    submitter="authority",
    period_kind="quarter",
    check=Ref("parentis.returns.improvement.collection_rules:check"),
    audience="members",
    keep_years=7,
)
