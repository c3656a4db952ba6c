"""The referral log: each child for whom a place was sought, and each provider that was asked, with its answer.

The desk submits it for all authorities together, so that a child referred by two of them can be found. Times are
stored as durations since the referral, so no time of day is kept.
"""

from typing import Final

from parentis.references import Ref
from parentis.returns.models import Return
from parentis.returns.places.code_lists import (
    ANSWERS,
    BASES,
    DECLINE_REASONS,
    ETHNICITIES,
    KINDS,
    OUTCOMES,
    SEXES,
    YES_NO,
)
from parentis.returns.spec import Code, Column, Kind, Retention, Spec, Table

DESK: Final = "Placement desk"
"The submitter."
SOURCE: Final = "Proposed here: what a desk has to know to say who was refused, by whom and why"


def text(
    name: str, meaning: str, *, retention: Retention = Retention.KEEP, key: bool = False, example: str = ""
) -> Column:
    return Column(name=name, kind=Kind.TEXT, meaning=meaning, retention=retention, key=key, example=example)


def coded(name: str, meaning: str, listed: tuple[Code, ...], *, key: bool = False) -> Column:
    return Column(name=name, kind=Kind.CODE, codes=listed, meaning=meaning, key=key)


def day(name: str, meaning: str, *, key: bool = False, regional: Retention | None = None) -> Column:
    return Column(name=name, kind=Kind.DATE, meaning=meaning, key=key, regional=regional, example="01/06/2025")


def length(name: str, meaning: str, unit: str) -> Column:
    return Column(name=name, kind=Kind.NUMBER, meaning=meaning, unit=unit)


def whole(name: str, meaning: str, unit: str = "") -> Column:
    return Column(name=name, kind=Kind.INTEGER, meaning=meaning, unit=unit)


def money(name: str, meaning: str) -> Column:
    return Column(name=name, kind=Kind.MONEY, meaning=meaning, unit="pounds a week")


def _referral(*, key: bool = True) -> Column:
    return text("REFERRAL", "The desk's number. Kept as a keyed hash.", retention=Retention.HASH, key=key,
                example="SYN-R1")  # fmt: skip


REFERRALS_TABLE = Table(
    name="referrals",
    meaning="A child for whom a place was looked for: a row for each time, those that came to nothing too.",
    columns=(
        _referral(),
        text("CHILD_KEY", "The child: the same number whoever refers. Kept as a keyed hash.",
             retention=Retention.HASH, key=True, example="SYN-C1"),
        text("LA", "ONS code of the authority that refers.", key=True, example="E09000007"),
        Column(name="BORN", kind=Kind.DATE, retention=Retention.MONTH, key=True, meaning="Date of birth.",
               example="01/06/2010"),
        coded("SEX", "Of the child.", SEXES, key=True),
        coded("ETHNICITY", "Self-defined.", ETHNICITIES),
        coded("KIND", "What is looked for.", KINDS, key=True),
        coded("BASIS", "Legal basis on the day of the referral.", BASES, key=True),
        day("BASIS_ON", "The day from which it holds: of the order, or of the first night."),
        text("RISKS", "Codes of the risks, with spaces between: `absconding self-harm`.", example="absconding"),
        day("REFERRED", "The day of the referral.", key=True),
        day("NEED_BY", "The day by which a place is needed."),
        whole("RADIUS", "How far away the place may be, as the crow flies; blank for any.", "kilometres"),
        whole("TOGETHER", "Children to be placed together, this one counted; 1 or blank for one alone.", "children"),
        whole("APART", "Children by name whom this one must not be placed with.", "children"),
        coded("OUTCOME", "What came of it.", OUTCOMES, key=True),
        day("CLOSED", "The day on which it was placed, lost or withdrawn; blank while it is open."),
        text("PLACED_WITH", "Ofsted's number (URN) of the home or service it was placed with.", example="SC000001"),
        day("START", "The first night."),
        day("READY", "The day on which the child could have moved on; blank until then."),
        day("END", "The day after the last night; blank while the child is there."),
        money("PRICE", "Agreed price."),
    ),
    optional=False,
    unique=("REFERRAL",),
    authority="LA",
)  # fmt: skip

ASKS_TABLE = Table(
    name="asks",
    meaning="A provider that was asked for a place for a child, and what it answered.",
    columns=(
        _referral(),
        text("URN", "Ofsted's number of the home or service that was asked.", key=True, example="SC000001"),
        text("PROVIDER", "The organisation's number with Ofsted.", example="1200001"),
        length("ASKED_AFTER", "From the referral to asking.", "hours"),
        length("ANSWERED_AFTER", "From asking to the answer; blank without one.", "hours"),
        day("ANSWERED", "The day of the answer; blank without one."),
        coded("ANSWER", "What it was.", ANSWERS, key=True),
        coded("REASON", "Why not: must be given with `decline` and `none`.", DECLINE_REASONS),
        money("OFFERED_PRICE", "Price offered."),
        coded("ACCEPTED", "Whether the offer was taken; blank where there was none.", YES_NO),
    ),
    unique=("REFERRAL", "URN"),
)  # fmt: skip

REFERRALS = Return(
    spec=Spec(
        id="places.referrals",
        title="Referrals for secure, therapeutic and supported places",
        tables=(REFERRALS_TABLE, ASKS_TABLE),
        source=SOURCE,
    ),
    submitter="publisher",
    publisher=DESK,
    made_here=True,
    period_kind="financial-year",
    check=Ref("parentis.returns.places.rules:check_referrals"),
    audience="own",
    keep_years=7,
)
