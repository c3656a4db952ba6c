"""The cost survey: what unaccompanied children and care leavers cost in a year, by fixed headings.

An empty amount means no answer; zero is an answer. Income is not asked for: it is derived from the claim
register, the looked-after children return and the dated rates (`region.uasc_rates`).
"""

from parentis.references import Ref
from parentis.returns.models import Return
from parentis.returns.spec import Column, Kind, Spec, Table, codes
from parentis.returns.uasc.headings import HEADING_CODES, STAFF_CODES

NOTE_LENGTH = 300
"The most characters of a note: longer texts are case studies, which are collected elsewhere."

GROUPS = codes(CHILD="Children under 18", LEAVER="Care leavers")
MEASURES = codes(
    CHILD_NIGHTS="Nights of care of children under 18 in the year",
    NIGHTS_UNDER_16="Of them, nights under 16",
    NIGHTS_16_17="Of them, nights at 16 and 17",
    CHILDREN="Different children under 18 in the year",
    LEAVER_WEEKS="Weeks of support of care leavers in the year",
    LEAVERS="Different care leavers in the year",
)
UNITS = codes(
    TOTAL="pounds in the whole year",
    PER_NIGHT="pounds a night",
    PER_WEEK="pounds a week",
    PER_HOUR="pounds an hour",
    PER_ITEM="pounds for one: an assessment, a journey, an allowance",
)
METHODS = codes(
    LEDGER="Read from the ledger",
    TIME_USE="From a sample of staff's time: the table staff_time",
    ESTIMATE="Estimated",
)
ROLES = codes(DIRECTOR="Director of children's services", SECTION_151="Section 151 officer")


def _group() -> Column:
    return Column(name="GROUP", kind=Kind.CODE, codes=GROUPS, key=True, meaning="Whose cost it is.")


_NOTE = Column(name="NOTE", kind=Kind.TEXT, meaning=f"What a reader must know; at most {NOTE_LENGTH} characters.")

DENOMINATORS = Table(
    name="denominators",
    meaning="Nights, weeks and people that the costs are for.",
    columns=(
        Column(name="MEASURE", kind=Kind.CODE, codes=MEASURES, key=True, meaning="What is counted."),
        Column(
            name="VALUE",
            kind=Kind.NUMBER,
            key=True,
            meaning="How many in the financial year.",
            example="9125",
        ),
        _NOTE,
    ),
    optional=False,
    unique=("MEASURE",),
)
COSTS = Table(
    name="costs",
    meaning="A heading's cost in the financial year, for children or for care leavers.",
    columns=(
        Column(name="HEADING", kind=Kind.CODE, codes=HEADING_CODES, key=True, meaning="What the money was for."),
        _group(),
        Column(
            name="AMOUNT",
            kind=Kind.MONEY,
            unit="pounds",
            meaning="In the unit beside it. Empty: not known. Zero: nothing was spent.",
            example="250000.00",
        ),
        Column(name="UNIT", kind=Kind.CODE, codes=UNITS, meaning="What the amount is a price of."),
        Column(
            name="DENOMINATOR",
            kind=Kind.NUMBER,
            meaning="With a price: how many nights, weeks, hours or items of it in the year. Not needed with TOTAL.",
            example="",
        ),
        Column(name="METHOD", kind=Kind.CODE, codes=METHODS, meaning="How the amount is known."),
        Column(
            name="LEDGER_CODE",
            kind=Kind.TEXT,
            meaning="Where in the ledger the cost is coded: cost centre and subjective.",
            example="CC123/45678",
        ),
        _NOTE,
    ),
    optional=False,
    unique=("HEADING", "GROUP"),
)
STAFF_TIME = Table(
    name="staff_time",
    meaning="A sample of staff's time, for headings that are answered with TIME_USE.",
    columns=(
        Column(name="HEADING", kind=Kind.CODE, codes=STAFF_CODES, key=True, meaning="The heading it answers."),
        _group(),
        Column(
            name="ROLE", kind=Kind.TEXT, key=True, meaning="The post, as the authority calls it.", example="Grade 8"
        ),
        Column(
            name="HOURS",
            kind=Kind.NUMBER,
            unit="hours a week",
            meaning="What one person in the role spends on the group in a week, on average over the sample.",
            example="6.5",
        ),
        Column(
            name="PEOPLE", kind=Kind.NUMBER, unit="people", meaning="In the role, full-time equivalent.", example="4"
        ),
        Column(
            name="HOURLY_COST",
            kind=Kind.MONEY,
            unit="pounds an hour",
            meaning="What an hour costs, with employer's contributions.",
            example="32.50",
        ),
        Column(name="WEEKS_SAMPLED", kind=Kind.NUMBER, unit="weeks", meaning="How long time was noted.", example="2"),
    ),
    unique=("HEADING", "GROUP", "ROLE"),
)
SIGN_OFF = Table(
    name="sign_off",
    meaning="Who has agreed the answers.",
    columns=(
        Column(name="ROLE", kind=Kind.CODE, codes=ROLES, key=True, meaning="The office that signs; no person's name."),
        Column(name="SIGNED", kind=Kind.DATE, key=True, meaning="On which day.", example="01/07/2025"),
    ),
    unique=("ROLE",),
)


SURVEY = Return(
    spec=Spec(
        id="uasc.survey",
        title="Costs of unaccompanied asylum-seeking children",
        tables=(DENOMINATORS, COSTS, STAFF_TIME, SIGN_OFF),
        source="After London's surveys of placement and non-placement costs (ADCS Greater London, September 2017)",
    ),
    submitter="authority",
    period_kind="financial-year",
    check=Ref("parentis.returns.uasc.survey_rules:check"),
    sign_offs=("director", "section-151"),
    audience="own",
    keep_years=7,
)
