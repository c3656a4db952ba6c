"""The columns of the placements census by edition, from the North West's forms, and London's own columns.

A renamed column keeps its first name, with the newer heading as an alias. A column with a new list of answers is a
new column.
"""

from parentis.returns.spec import AddColumn, Change, Column, DropColumn, Kind, Retention, Spec, Table


def text(
    name: str, meaning: str, *aliases: str, retention: Retention = Retention.KEEP, key: bool = False, example: str = ""
) -> Column:
    return Column(
        name=name, kind=Kind.TEXT, meaning=meaning, retention=retention, key=key, aliases=aliases, example=example
    )


def money(name: str, meaning: str, *, key: bool = False) -> Column:
    return Column(name=name, kind=Kind.MONEY, meaning=meaning, unit="pounds a week", key=key, example="1000.00")


FIRST = "2019-06-01"
ETHNICITY_AND_START, SEND, REGISTRATION, DECEMBER_2025 = "2020-12-01", "2021-03-01", "2022-03-01", "2025-12-01"
EDITIONS = (FIRST, ETHNICITY_AND_START, SEND, REGISTRATION, DECEMBER_2025)
"The first day of the month in which each edition was first used."

_CHILD = (
    text("Identifier", "The child's number, the same each time.", retention=Retention.HASH),
    Column(name="Age", kind=Kind.NUMBER, meaning="In years on the day.", unit="years"),
    text("Gender", "Of the child.", retention=Retention.DROP),
)
_LOOKED_AFTER = text(
    "Looked after child", "Whether the child is looked after; from December 2025, or is past 18 in a placement of ours."
)
_PLACING = text("Placing Authority", "The corporate parent, which fills in the census.")
_SOURCED = text("How the placement was sourced", "Framework, contract, block, or off framework.", key=True)
_START = Column(name="Placement start date", kind=Kind.DATE, meaning="Of this very placement.")
_PROVIDER = (
    text("Organisation", "Whom the contract is with."),
    text("Provider ID", "The organisation's number with Ofsted or its like.", "Provider Ofsted (or equivalent) URN"),
    text("Establishment", "The home's or carer's name.", retention=Retention.DROP),
)
_HOME_URN = text("Establishment registration URN", "The registration's number.", "Establishment URN")
_TYPE = text("Type of provision", "From the census's own list: `Residential - Mainstream`.", key=True)
_UASC = text("UASC", "Yes or no: unaccompanied asylum-seeking.")
_MONEY = (
    money("Total weekly cost", "The fee actually paid.", key=True),
    money("Contribution from Social Care", "Of it, paid by social care."),
    money("Contribution from Education", "Of it, paid by education."),
    money("Contribution from Health", "Of it, paid by health."),
)
_HOST = text("Host Authority", "Where the provision lies.")
_ETHNICITY = text("Ethnic Group", "Of the child.", retention=Retention.DROP)
_REGISTERED = text("Registration type", "Ofsted, CQC, unregistered, Scotland, Wales, or not known.")
_SEND = text("SEND", "Yes or no.", retention=Retention.DROP)
_SEND_CATEGORY = text("Primary SEND category", "As listed.", retention=Retention.DROP)
_SEND_NEED = text("Primary SEND need", "As listed.", retention=Retention.DROP)
_DISTANCE = text("Primary Placing at Distance Reason", "Why it is not near by, from the list of March 2022.")
_OF_DECEMBER_2025 = (
    text("Primary registration type", "Ofsted, CQC only, unregistered, Scotland or Wales."),
    text("Placing at Distance Reason", "Why it is not near by: one of seven."),
    text("Provider Company number", "The organisation's number at Companies House.", example="01234567"),
    text("Does this placement cost include additional packages", "Yes or no: whether the price holds more than the "
         "placement's fee."),
    text("Deprivation of Liberty Safeguards in place", "Current, previous, or no."),
    text("Does this CYP require a solo placement", "Whether one is required, and whether it is one."),
)  # fmt: skip

PLACEMENTS = Table(
    name="placements",
    meaning="A placement on the day of the census.",
    columns=(_LOOKED_AFTER, _PLACING, *_CHILD, _SOURCED, *_PROVIDER, _HOST, _TYPE, _UASC, *_MONEY),
    optional=False,
)


def _added(edition: str, why: str, *columns: Column) -> tuple[Change, ...]:
    return tuple(AddColumn(year=edition, table=PLACEMENTS.name, column=column, why=why) for column in columns)


CHANGES: tuple[Change, ...] = (
    *_added(ETHNICITY_AND_START, "asked for from December 2020", _ETHNICITY, _START, _SEND),
    *_added(SEND, "asked for from March 2021", _SEND_CATEGORY, _SEND_NEED),
    *_added(REGISTRATION, "asked for from March 2022", _REGISTERED, _HOME_URN, _DISTANCE),
    *(
        DropColumn(year=DECEMBER_2025, table=PLACEMENTS.name, column=column.name, why=why)
        for column, why in (
            (_REGISTERED, "its answers are a new list, under a new heading"),
            (_DISTANCE, "its answers are a new list, under a new heading"),
            (_HOST, "no longer asked for"),
            (_SEND, "no longer asked for"),
            (_SEND_CATEGORY, "no longer asked for"),
            (_SEND_NEED, "no longer asked for"),
        )
    ),
    *_added(DECEMBER_2025, "asked for from December 2025", *_OF_DECEMBER_2025),
)

BASES = ("place", "child", "hour")
NEED_RULES = ("score", "panel", "fee", "other")
BANDS = 4
"Bands of need, from 0 (usual) to 3."

_OF_LONDON = (
    text("Partnership", "The commissioning partnership that bought it, by its code: `WLA`; empty where none did."),
    Column(name="Need band", kind=Kind.INTEGER, meaning="0 usual, 1 raised, 2 high, 3 highest."),
    text("Need band rule", "How the band was given: score, panel, fee (set from the fee), other.", example="score"),
    Column(name="Staffing ratio", kind=Kind.NUMBER, meaning="Staff to a child by day.", unit="staff", example="1"),
    text("Education included", "Yes or no: whether the price holds education."),
    text("Therapy included", "Yes or no: whether the price holds therapy."),
    text("Price basis", "What the price is for: place, child, or hour.", example="place"),
    text("Block id", "The block contract that the place belongs to, as in the return of blocks."),
    Column(name="Last uplift date", kind=Kind.DATE, meaning="When the price was last raised."),
    Column(name="Miles from home", kind=Kind.NUMBER, meaning="From the child's home to the placement.", unit="miles"),
)
LONDON = Table(
    name="placements",
    meaning="A placement on the day of the census, in London's edition.",
    columns=(
        Column(name="Census date", kind=Kind.DATE, meaning="The day of the census.", example="31/03/2026"),
        _LOOKED_AFTER, _PLACING, *_CHILD, _SOURCED, _START, *_PROVIDER, _HOME_URN, _HOST, _TYPE, _UASC, *_MONEY,
        *_OF_DECEMBER_2025, *_OF_LONDON,
    ),
    optional=False,
)  # fmt: skip
TELLING_LONDON = frozenset(column.name for column in _OF_LONDON)
"Columns that are only in London's edition."

CENSUS_ID, LONDON_ID = "placements.census", "placements.london"
SPEC = Spec(
    id=CENSUS_ID,
    title="Placements census",
    tables=(PLACEMENTS,),
    periods=EDITIONS,
    changes=CHANGES,
    dated=True,
    source="Placements Northwest census schema, June 2019 to December 2025",
)
LONDON_SPEC = Spec(
    id=LONDON_ID,
    title="Placements census, London's edition",
    tables=(LONDON,),
    source="The region's own: the North West's form of December 2025, with partnership, need and what the price holds",
)
