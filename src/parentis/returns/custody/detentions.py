"""Detention records for the weekly figures: one row per detention of a child, without name, date of birth, address or
hour.

The custody desk submits them for all authorities together. Times are stored as durations and the day as a week and a
month. The child is a number, which identifies repeat detentions and is hashed again before it enters the lake.
"""

from typing import Final

from parentis.references import Ref
from parentis.returns.custody.index import YES_NO
from parentis.returns.models import Return
from parentis.returns.spec import Code, Column, Kind, Retention, Spec, Table, codes

DESK: Final = "Custody desk"
"The submitter."

ETHNICITIES: Final = codes(
    A="Asian or Asian British",
    B="Black, Black British, Caribbean or African",
    M="Mixed or multiple",
    O="Another group",
    W="White",
    N="Not stated",
)
"Self-defined ethnicity, in the groups of the 2021 census."

REQUESTS: Final = (Code("none", "no request"), Code("non-secure", "for accommodation"), Code("secure", "for secure"))
ANSWERS: Final = (
    Code("place", "a place was offered"),
    Code("no-secure-place", "no secure accommodation was available"),
    Code("failed", "failed to accommodate, s.21"),
    Code("none", "no answer"),
)
CERTIFICATES: Final = (
    Code("impracticable", "certified: impracticable (s.38(6)(a))"),
    Code("serious-harm", "certified: serious harm (s.38(6)(b))"),
    Code("missing", "not moved, and no certificate"),
    Code("none", "none was needed"),
)


def _text(
    name: str, meaning: str, *, retention: Retention = Retention.KEEP, key: bool = False, example: str = ""
) -> Column:
    return Column(name=name, kind=Kind.TEXT, meaning=meaning, retention=retention, key=key, example=example)


def _code(name: str, meaning: str, coded: tuple[Code, ...]) -> Column:
    return Column(name=name, kind=Kind.CODE, codes=coded, meaning=meaning)


def _flag(name: str, meaning: str) -> Column:
    return _code(name, meaning, YES_NO)


def _length(name: str, meaning: str, unit: str) -> Column:
    return Column(name=name, kind=Kind.NUMBER, meaning=meaning, unit=unit)


ROWS = Table(
    name="detentions",
    meaning="A detention of a child under 18, under the authority the notice went to.",
    columns=(
        _text("DETENTION", "The custody record, as a keyed hash.", retention=Retention.HASH, key=True, example="SYN-1"),
        _text(
            "CHILD_KEY", "The child, as a keyed hash: the same at each detention.", retention=Retention.HASH, key=True
        ),
        _text("RESPONSIBLE", "ONS code of the authority that the notice went to.", key=True, example="E09000007"),
        _text("DETAINED_IN", "ONS code of the authority the custody suite is in.", example="E09000008"),
        Column(name="WEEK", kind=Kind.DATE, key=True, meaning="Monday of the week of arrival.", example="05/10/2026"),
        Column(name="MONTH", kind=Kind.DATE, key=True, meaning="First of the month of arrival.", example="01/10/2026"),
        Column(name="AGE", kind=Kind.INTEGER, meaning="In years at arrival.", unit="years"),
        _code("SEX", "Of the child.", codes(M="male", F="female", U="not stated")),
        _code("ETHNICITY", "Self-defined.", ETHNICITIES),
        _code(
            "STANDING",
            "What the authority is to the child.",
            (
                Code("looked after", "looked after"),
                Code("case", "case, order or leaving care"),
                Code("none", "neither"),
            ),
        ),
        _code("ROUTED_BY", "Who decided whose child it is.", (Code("table", "the table"), Code("desk", "a person"))),
        _length("MINUTES_TO_ACKNOWLEDGE", "From the notice to the authority's acknowledgement.", "minutes"),
        _length("HOURS_HELD", "From arrival to transfer or release.", "hours"),
        _flag("OVERNIGHT", "Four consecutive hours or more between 00:00 and 08:00."),
        _flag("WEEKEND", "Some of a Saturday or Sunday, to a release on the Monday or later."),
        _flag("CHARGED", "Charged with an offence."),
        _flag("BAIL_REFUSED", "Charged, and bail refused."),
        _length("HOURS_AFTER_CHARGE", "From charge to transfer or release, where bail was refused.", "hours"),
        _code("REQUEST", "Asked of the authority under s.38(6).", REQUESTS),
        _flag("SECURE_JUSTIFIED", "The request for secure accommodation said why; blank for others."),
        _code("ANSWER", "The authority's answer; blank without a request.", ANSWERS),
        _length("MINUTES_TO_ANSWER", "From request to answer.", "minutes"),
        _flag("TRANSFERRED", "Moved to the authority's accommodation."),
        _code("CERTIFICATE", "Certificate under s.38(7).", CERTIFICATES),
        _length("MINUTES_TO_ADULT", "From asking for an appropriate adult to arrival; blank if none came.", "minutes"),
        _length("HOURS_TO_MERLIN", "From arrival to the Merlin report; blank if there was none.", "hours"),
        _flag("STRIP_SEARCH", "Strip searched."),
        _flag("FORCE", "Force was used."),
    ),
    optional=False,
    unique=("DETENTION",),
    authority="RESPONSIBLE",
)


DETENTIONS = Return(
    spec=Spec(
        id="custody.detentions",
        title="Children in custody, without identities",
        tables=(ROWS,),
        source="Proposed here, after the Concordat on Children in Custody: data on every request and transfer",
    ),
    submitter="publisher",
    publisher=DESK,
    made_here=True,
    period_kind="span",
    check=Ref("parentis.returns.custody.detention_rules:check"),
    audience="own",
    keep_years=7,
)
