"""The responsibility index: the children for whom an authority is responsible, so that a custody suite can find it at
night.

It names children, so it is sent to the custody enclave each night and is never stored in the archive or the lake:
every column has the retention DROP, and submission of this return is refused before that.
"""

from typing import Final

from parentis.references import Ref
from parentis.returns.models import Return
from parentis.returns.spec import Code, Column, Kind, Retention, Spec, Table

YES_NO: Final = (Code("Y", "yes"), Code("N", "no"))

AS_OF: Final = "AS_OF"
"The time at which the index was extracted, equal on every row."

STANDINGS: Final = ("LOOKED_AFTER", "CARE_LEAVER", "OPEN_CASE", "YOUTH_JUSTICE_ORDER")
"The authority's relationships to the child, strongest first; at least one is Y."


def _text(name: str, meaning: str, *, key: bool = False, example: str = "") -> Column:
    return Column(name=name, kind=Kind.TEXT, meaning=meaning, retention=Retention.DROP, key=key, example=example)


def _flag(name: str, meaning: str) -> Column:
    return Column(name=name, kind=Kind.CODE, codes=YES_NO, meaning=meaning, retention=Retention.DROP, example="N")


PEOPLE = Table(
    name="people",
    meaning="A child, or a care leaver under 18, whom the authority answers for.",
    columns=(
        _text("PERSON_REF", "The authority's own number for the child.", key=True, example="SYN0001"),
        _text("FIRST_NAME", "First name, as written.", key=True, example="Example"),
        _text("SURNAME", "Surname, as written.", key=True, example="Invented"),
        _text("OTHER_NAMES", "Other first names, surnames and aliases, with semicolons between."),
        Column(
            name="DATE_OF_BIRTH",
            kind=Kind.DATE,
            meaning="Date of birth.",
            retention=Retention.DROP,
            key=True,
            example="01/02/2011",
        ),
        _text("SEX", "M, F or U.", example="U"),
        _text("ADDRESS", "Where the child lives now; parts with commas between."),
        _text("POSTCODE", "Of that address."),
        _flag("LOOKED_AFTER", "Looked after (Children Act 1989, s.22)."),
        _flag("CARE_LEAVER", "An eligible or relevant child who has left care."),
        _flag("OPEN_CASE", "An open case: a child in need, on a child protection plan, or being assessed."),
        _flag("YOUTH_JUSTICE_ORDER", "Under an order that the youth justice service supervises."),
        _text(
            "RESPONSIBLE_AUTHORITY",
            "The authority that looks after the child or holds the case, by name or code; blank for the sender.",
        ),
        _text(AS_OF, "When the index was drawn, with its zone.", key=True, example="2026-11-02T02:00:00+00:00"),
    ),
    optional=False,
    unique=("PERSON_REF",),
)


INDEX = Return(
    spec=Spec(
        id="custody.index",
        title="Responsibility index for children in custody",
        tables=(PEOPLE,),
        source="Proposed here: what routing needs (docs/methods/custody.md), and nothing else",
    ),
    submitter="authority",
    period_kind="span",
    check=Ref("parentis.returns.custody.index_rules:check"),
    handed_to="the custody desk's own page or address, which keeps it apart and for a day",
    audience="own",
)
