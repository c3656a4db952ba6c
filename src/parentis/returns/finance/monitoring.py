"""A borough's budget monitoring: the quarterly forecast for the year, by service line, high needs and activity.

Amounts are net of income and before any use of reserves, so that use of reserves does not hide an overspend.
"""

from parentis.references import Ref
from parentis.returns.finance.lines import SERVICE_LINES
from parentis.returns.models import Return
from parentis.returns.spec import Code, Column, Kind, Spec, Table, codes

QUARTERS = codes(Q1="To 30 June", Q2="To 30 September", Q3="To 31 December", Q4="To 31 March, and the year's outturn")

MONITORED = tuple(line for line in SERVICE_LINES if line.code == "asc" or line.code.startswith("csc"))
"Children's lines, and adults' total for comparison."

SETTINGS: tuple[Code, ...] = codes(
    MAINSTREAM="mainstream schools and academies, resourced provision and units",
    SPECIAL="maintained special schools and special academies",
    INDEPENDENT="independent and non-maintained special schools",
    ALTERNATIVE="alternative provision, hospital education and pupil referral units",
    POST_16="further education, sixth form and other provision after 16",
    OTHER="anything else: SEN services, therapies, central spend",
)

PLACEMENT_GROUPS: tuple[Code, ...] = codes(
    foster_own="Fostering, the authority's own carers",
    foster_agency="Fostering, independent agencies",
    foster_kin="Fostering by relatives and friends",
    residential_own="Children's homes, the authority's own",
    residential_external="Children's homes, independent and voluntary",
    supported="Supported and semi-independent accommodation",
    secure="Secure children's homes",
    other="Any other placement",
)


def _quarter() -> Column:
    return Column(
        name="QUARTER",
        kind=Kind.CODE,
        codes=QUARTERS,
        key=True,
        meaning="The end of the quarter whose view of the year this row is.",
        example="Q2",
    )


def _money(name: str, meaning: str, *, example: str = "") -> Column:
    return Column(name=name, kind=Kind.MONEY, meaning=meaning, unit="pounds", example=example)


_NOTE = Column(name="NOTE", kind=Kind.TEXT, meaning="Anything a reader must know to understand the row.")

LINES = Table(
    name="lines",
    meaning="A service line as the year looked at the end of a quarter. Full-year amounts, net, before reserves.",
    columns=(
        _quarter(),
        Column(
            name="SERVICE_LINE",
            kind=Kind.CODE,
            codes=MONITORED,
            key=True,
            meaning="The line. `csc` is children's social care in total, the lines under it its parts.",
            example="csc.looked_after",
        ),
        _money("ORIGINAL_BUDGET", "The year's budget as the council set it.", example="1000000.00"),
        _money("REVISED_BUDGET", "The year's budget as it stood at the end of the quarter."),
        _money("FORECAST_OUTTURN", "What the year's net spend was expected to be, seen from the end of the quarter."),
        _money("OUTTURN", "What the year's net spend was. Only with Q4, once it is known."),
        _money(
            "USE_OF_RESERVES",
            "Reserves to be drawn for the line in the year: positive when drawn, negative when added.",
        ),
        _money("EFFICIENCIES_PLANNED", "Savings the year's budget counts on."),
        _money("EFFICIENCIES_DELIVERED", "Savings delivered from 1 April to the end of the quarter."),
        _NOTE,
    ),
    optional=False,
    unique=("QUARTER", "SERVICE_LINE"),
)
HIGH_NEEDS = Table(
    name="high_needs",
    meaning="The high needs block as the year looked at the end of a quarter. Full-year amounts.",
    columns=(
        _quarter(),
        _money(
            "ALLOCATION_AFTER_DEDUCTIONS",
            "The block's allocation for the year after recoupment and other deductions.",
            example="1000000.00",
        ),
        _money("TRANSFERS_IN", "Moved into the block from other blocks or the general fund; negative when moved out."),
        _money("SPEND", "The year's spend on high needs, all settings: forecast, or with Q4 the outturn."),
        *(_money(f"SPEND_{setting.code}", f"Of the spend: {setting.label}.") for setting in SETTINGS),
        _money(
            "BROUGHT_FORWARD",
            "The block's share of the DSG balance at 1 April: a surplus is positive, a deficit negative.",
            example="-250000.00",
        ),
        _NOTE,
    ),
    unique=("QUARTER",),
)
ACTIVITY = Table(
    name="activity",
    meaning="Looked-after children's placements in the quarter itself: what splits cost into price and volume.",
    columns=(
        _quarter(),
        Column(name="PLACEMENT_GROUP", kind=Kind.CODE, codes=PLACEMENT_GROUPS, key=True, meaning="Kind of placement."),
        Column(
            name="CHILD_WEEKS",
            kind=Kind.NUMBER,
            unit="weeks",
            meaning="Nights of care in the quarter divided by seven, not the number of children on one day.",
            example="130.0",
        ),
        _money("SPEND", "What those placements cost in the quarter.", example="120000.00"),
        _NOTE,
    ),
    unique=("QUARTER", "PLACEMENT_GROUP"),
)


MONITORING = Return(
    spec=Spec(id="finance.monitoring", title="Budget monitoring", tables=(LINES, HIGH_NEEDS, ACTIVITY)),
    submitter="authority",
    period_kind="financial-year",
    check=Ref("parentis.returns.finance.monitoring_rules:check"),
    sign_offs=("director", "section-151"),
    audience="own",
    keep_years=7,  # accounts must be kept for six years
)
