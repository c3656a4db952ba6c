"""The looked-after children return (SSDA903): twelve tables, collection years 2016-17 to 2026-27.

How columns are changed before they are stored in the lake (HANDBOOK §12, minimum needed for the agreed uses: careers,
demand, UASC cost, adoption timeliness, sizing of places):

* children and pupil numbers are hashed with a key; postcodes are cut to their sector;
* a date of birth is kept for the authority (ages on a day need it) and shown to others as a month;
* a mother's child's date of birth, the health and conviction detail of OC2 and the social worker's number
  are checked and dropped: no agreed use needs them.
"""

from dataclasses import replace

from parentis.returns.spec import AddTable, Change, Code, Column, Kind, Recode, Retention, Spec, Table
from parentis.returns.ssda903 import code_lists as lists
from parentis.returns.ssda903.headings import KNOWN_AS

FIRST, LAST = 2016, 2026
PERIODS = tuple(f"{year}-{(year + 1) % 100:02d}" for year in range(FIRST, LAST + 1))


def _code(
    name: str, codes: tuple[Code, ...], meaning: str, *, retention: Retention = Retention.KEEP, example: str = ""
) -> Column:
    return Column(
        name=name, kind=Kind.CODE, codes=codes, meaning=meaning, retention=retention, example=example or codes[0].code
    )


def _date(name: str, meaning: str, *, retention: Retention = Retention.KEEP, partial: bool = False) -> Column:
    return Column(
        name=name, kind=Kind.DATE, meaning=meaning, retention=retention, partial=partial, example="01/06/2021"
    )


def _post(name: str, meaning: str) -> Column:
    return Column(name=name, kind=Kind.TEXT, meaning=meaning, retention=Retention.SECTOR, example="ZZ1 1ZZ")


CHILD = Column(
    name="CHILD",
    kind=Kind.TEXT,
    key=True,
    meaning="The authority's own number for the child, the same in every year's return.",
    retention=Retention.HASH,
    example="EXAMPLE01",
)
DOB = Column(
    name="DOB",
    kind=Kind.DATE,
    meaning="Date of birth.",
    regional=Retention.MONTH,
    example="01/06/2010",
)
SEX = _code("SEX", lists.SEX_UNTIL_2023_24, "Sex recorded for the child.")

HEADER = Table(
    name="Header",
    meaning="One row for each child looked after, adopted or leaving care in the year.",
    optional=False,
    unique=("CHILD",),
    columns=(
        CHILD,
        SEX,
        DOB,
        _code("ETHNIC", lists.ETHNIC, "Ethnic group."),
        Column(
            name="UPN",
            kind=Kind.TEXT,
            meaning="Unique pupil number, or UN1 to UN5 where there is none.",
            retention=Retention.HASH,
            example="UN1",
        ),
        _code("MOTHER", lists.NO_YES, "Whether a girl looked after is herself a mother."),
        _date("MC_DOB", "Date of birth of the child of a mother looked after.", retention=Retention.DROP),
        Column(
            name="UASC",
            kind=Kind.CODE,
            codes=lists.NO_YES,
            meaning="Whether the child was an unaccompanied asylum-seeking child in the year. "
            "Derived from the UASC table where the return has no such column.",
            example="0",
        ),
    ),
)

EPISODES = Table(
    name="Episodes",
    meaning="One row for each unbroken stretch of care in one placement under one legal status.",
    optional=False,
    unique=("CHILD", "DECOM"),
    columns=(
        CHILD,
        _date("DECOM", "First day of the episode."),
        _code("RNE", lists.RNE, "Reason for the new episode."),
        _code("LS", lists.LS, "Legal status."),
        _code("CIN", lists.CIN, "Main category of need when the child started to be looked after."),
        Column(
            name="PLACE",
            kind=Kind.CODE,
            codes=lists.PLACE,
            meaning="Placement type.",
            example="U4",
        ),
        _code("PLACE_PROVIDER", lists.PLACE_PROVIDER, "Who provides the placement."),
        _date("DEC", "Day on which the episode ceased; blank while it is open. The night of DEC is not in it."),
        _code("REC", lists.REC, "Reason the episode ceased."),
        _code("REASON_PLACE_CHANGE", lists.REASON_PLACE_CHANGE, "Why the placement changed."),
        _post("HOME_POST", "Postcode of the child's home on coming into care."),
        _post("PL_POST", "Postcode of the placement."),
        Column(
            name="URN",
            kind=Kind.TEXT,
            meaning="Ofsted's unique reference number of the provider; XXXXXXX where there is none.",
            example="XXXXXXX",
        ),
    ),
)

REVIEWS = Table(
    name="Reviews",
    meaning="One row for each review of a child's case.",
    unique=("CHILD", "REVIEW"),
    columns=(
        CHILD,
        DOB,
        _date("REVIEW", "Date of the review."),
        _code("REVIEW_CODE", lists.REVIEW_CODE, "How the child took part."),
    ),
)

UASC = Table(
    name="UASC",
    meaning="One row for each unaccompanied asylum-seeking child.",
    unique=("CHILD",),
    columns=(
        CHILD,
        SEX,
        DOB,
        _date("DUC", "Date on which the child ceased to be unaccompanied or asylum seeking."),
    ),
)


def _dropped_flag(name: str, meaning: str) -> Column:
    return _code(name, lists.NO_YES, meaning, retention=Retention.DROP)


OC2 = Table(
    name="OC2",
    meaning="Health and offending of children looked after for the whole year to 31 March.",
    unique=("CHILD",),
    columns=(
        CHILD,
        DOB,
        Column(
            name="SDQ_SCORE",
            kind=Kind.INTEGER,
            meaning="Strengths and difficulties score, 0 to 40.",
            retention=Retention.DROP,
            example="12",
        ),
        _code("SDQ_REASON", lists.SDQ_REASON, "Why there is no score.", retention=Retention.DROP),
        _dropped_flag("CONVICTED", "Whether convicted, or given a caution, in the year."),
        _dropped_flag("HEALTH_CHECK", "Whether the development check is up to date (under five)."),
        _dropped_flag("IMMUNISATIONS", "Whether immunisations are up to date."),
        _dropped_flag("TEETH_CHECK", "Whether teeth were checked in the year."),
        _dropped_flag("HEALTH_ASSESSMENT", "Whether the annual health assessment was held."),
        _dropped_flag("SUBSTANCE_MISUSE", "Whether there is a substance misuse problem."),
        _dropped_flag("INTERVENTION_RECEIVED", "Whether an intervention for it was received."),
        _dropped_flag("INTERVENTION_OFFERED", "Whether an intervention for it was offered and refused."),
    ),
)

OC3 = Table(
    name="OC3",
    meaning="Care leavers aged 17 to 21 at their birthday in the year.",
    unique=("CHILD",),
    columns=(
        CHILD,
        DOB,
        _code("IN_TOUCH", lists.IN_TOUCH, "Whether the authority is in touch."),
        _code("ACTIV", lists.ACTIV, "Main activity."),
        _code("ACCOM", lists.ACCOM, "Accommodation."),
    ),
)

AD1 = Table(
    name="AD1",
    meaning="Children adopted in the year, and by whom.",
    unique=("CHILD",),
    columns=(
        CHILD,
        DOB,
        _date("DATE_INT", "Date of the decision that adoption is in the child's best interests."),
        _date("DATE_MATCH", "Date the child was matched with adopters."),
        _code("FOSTER_CARE", lists.NO_YES, "Whether adopted by the former foster carer."),
        Column(
            name="NB_ADOPTR",
            kind=Kind.CODE,
            codes=lists.NB_ADOPTR,
            meaning="How many adopters.",
            example="2",
        ),
        _code("SEX_ADOPTR", lists.SEX_ADOPTR, "Sex of the adopters."),
        _code("LS_ADOPTR", lists.LS_ADOPTR, "Legal status of the adopters."),
    ),
)

PLACED_ADOPTION = Table(
    name="PlacedAdoption",
    meaning="Children with a decision that they should be placed for adoption.",
    unique=("CHILD", "DATE_PLACED"),
    columns=(
        CHILD,
        DOB,
        _date("DATE_PLACED", "Date of the decision that the child should be placed for adoption."),
        _date("DATE_PLACED_CEASED", "Date that decision was reversed."),
        _code("REASON_PLACED_CEASED", lists.REASON_PLACED_CEASED, "Why it was reversed."),
    ),
)

PREV_PERM = Table(
    name="PrevPerm",
    meaning="How a child who returned to care had left it before.",
    unique=("CHILD",),
    columns=(
        CHILD,
        DOB,
        _code("PREV_PERM", lists.PREV_PERM, "Previous permanence option."),
        Column(
            name="LA_PERM",
            kind=Kind.TEXT,
            meaning="DfE number of the authority that arranged it, or WAL, SCO, NIR, NUK.",
            example="999",
        ),
        _date("DATE_PERM", "Date of the previous permanence order; unknown parts as ZZ.", partial=True),
    ),
)

MISSING = Table(
    name="Missing",
    meaning="One row for each time a child was missing or away from placement.",
    unique=("CHILD", "MIS_START"),
    columns=(
        CHILD,
        DOB,
        _code("MISSING", lists.MISSING, "Missing, or away without authorisation."),
        _date("MIS_START", "Date it began."),
        _date("MIS_END", "Date it ended; blank while it lasts."),
    ),
)

SW_EPISODES = Table(
    name="SWEpisodes",
    meaning="One row for each stretch of time a child had the same social worker.",
    unique=("CHILD", "SW_DECOM"),
    columns=(
        CHILD,
        DOB,
        Column(
            name="SW_ID",
            kind=Kind.TEXT,
            meaning="The social worker's registration number.",
            retention=Retention.DROP,
            example="XX123456",
        ),
        _date("SW_DECOM", "First day with this worker; unknown parts as ZZ.", partial=True),
        _date("SW_DEC", "Last day with this worker; unknown parts as ZZ.", partial=True),
        _code("SW_REASON", lists.SW_REASON, "Why the worker changed."),
    ),
)

DOLO = Table(
    name="DoLo",
    meaning="Orders of the court that deprive a child of liberty.",
    unique=("CHILD", "DOLO_START"),
    columns=(
        CHILD,
        DOB,
        _date("DOLO_START", "First day under the order."),
        _date("DOLO_END", "Last day under the order; blank while it runs."),
    ),
)


def _known(table: Table) -> Table:
    """The table with the aliases of its columns."""
    return replace(table, columns=tuple(replace(c, aliases=KNOWN_AS.get(c.name, ())) for c in table.columns))


_LETTERS = "Sex is recorded as M, F or U: rule 101 changed in the 2024-25 collection (HANDBOOK §13)."

CHANGES: tuple[Change, ...] = (
    Recode(
        year="2023-24",
        table="Episodes",
        column="PLACE",
        add=lists.SUPPORTED_ACCOMMODATION,
        why="Supported accommodation for 16 and 17 year olds is registered from autumn 2023 (HANDBOOK §13).",
    ),
    AddTable(
        year="2023-24",
        table=_known(SW_EPISODES),
        why="Social worker episodes: the SW rules begin in the 2023-24 collection.",
    ),
    Recode(year="2024-25", table="Header", column="SEX", add=lists.SEX_FROM_2024_25, remove=("1", "2"), why=_LETTERS),
    Recode(year="2024-25", table="UASC", column="SEX", add=lists.SEX_FROM_2024_25, remove=("1", "2"), why=_LETTERS),
    Recode(
        year="2024-25",
        table="Episodes",
        column="PLACE",
        remove=("H5", "P2"),
        why="Unregistered placements end with the change of rule 146 in the 2024-25 collection (HANDBOOK §13).",
    ),
    Recode(
        year="2025-26",
        table="Episodes",
        column="PLACE",
        add=lists.OTHER_FROM_2025_26,
        remove=("Z1",),
        why="Other placements are told apart: rules 146 and 213 changed in the 2025-26 collection.",
    ),
    AddTable(
        year="2026-27",
        table=_known(DOLO),
        why="Deprivation of liberty orders: rules 700 to 710 begin in the 2026-27 collection.",
    ),
)

SPEC = Spec(
    id="ssda903",
    title="Looked-after children return (SSDA903)",
    periods=PERIODS,
    tables=tuple(map(_known, (HEADER, EPISODES, REVIEWS, UASC, OC2, OC3, AD1, PLACED_ADOPTION, PREV_PERM, MISSING))),
    changes=CHANGES,
    upper_case=True,
    source="Department for Education, children looked after return; code lists as in the published validation "
    "rules of 2022-23 to 2026-27.",
)
