"""Agencies' reports, panels' reviews with their factors, and the resulting actions."""

from datetime import date

from parentis.references import Ref
from parentis.returns.child_deaths.code_lists import since
from parentis.returns.child_deaths.columns import (
    PARTNERSHIPS,
    PERIODS,
    SOURCE,
    case,
    coded,
    day_of,
    flag,
    footprint,
    residence,
    whole,
)
from parentis.returns.models import Return
from parentis.returns.spec import AddColumn, Code, Column, Kind, Recode, Retention, Spec, Table

REPORTS_TABLE = Table(
    name="reports",
    meaning="An agency's report on a death: requested and received. The report itself is not submitted.",
    columns=(
        case(), footprint(), residence(),
        coded("AGENCY", "Which kind of agency.", "agency", key=True),
        day_of("ASKED", "The day on which it was asked.", key=True),
        day_of("REPORTED", "The day on which its report came; blank while it has not."),
    ),
    optional=False,
    unique=("CASE", "AGENCY"),
    identity=("FOOTPRINT",),
    authority="RESIDENCE",
)  # fmt: skip
REVIEWS_TABLE = Table(
    name="reviews",
    meaning="A panel's review of a death, once it is complete.",
    columns=(
        case(), footprint(), residence(),
        day_of("MEETING", "The day of the child death review meeting."),
        day_of("PANEL", "The day of the panel that completed the review.", key=True),
        coded("CATEGORY", "The panel's category: the lowest number that fits.", "category", key=True),
        flag("EXPECTED", "The death was expected."),
        flag("MODIFIABLE", "A modifiable factor was found."),
        coded("ETHNICITY", "As the panel found it: set beside the notification's.", "ethnicity"),
        coded("STOP", "What held the review up longest; blank if nothing did.", "stop"),
        whole("STOPPED_DAYS", "Days for which the clock stood still.", "days"),
    ),
    optional=False,
    unique=("CASE",),
    identity=("FOOTPRINT",),
    authority="RESIDENCE",
)  # fmt: skip
_OLD = Column(
    name="OLD_RELEVANCE",
    kind=Kind.CODE,
    codes=tuple(Code(code, f"old form: {code}") for code in ("0", "1", "1*", "2", "3")),
    meaning="The old form's score, where the review was on it: kept beside the new.",
)
FACTORS_TABLE = Table(
    name="factors",
    meaning="A factor that a review found.",
    columns=(
        case(), footprint(), residence(),
        coded("DOMAIN", "Which of the four domains.", "domain", key=True),
        coded("FACTOR", "From the vocabulary of factors; its first letter is its domain.", "factor", key=True),
        coded("RELEVANCE", "How far it contributed.", "relevance"),
        _OLD,
        flag("MODIFIABLE", "Action could reduce the risk of future deaths."),
    ),
    optional=False,
    unique=("CASE", "FACTOR"),
    identity=("FOOTPRINT",),
    authority="RESIDENCE",
)  # fmt: skip
LESSON_LENGTH = 400
ACTIONS_TABLE = Table(
    name="actions",
    meaning="An action that came of reviews, with the lesson it rests on, written to be shared.",
    columns=(
        Column(name="ACTION_ID", kind=Kind.TEXT, key=True, retention=Retention.HASH, example="SYN-A1",
               meaning="The review system's number for the action. Kept as a keyed hash."),
        footprint(),
        coded("FACTOR", "The factor it answers to.", "factor", key=True),
        flag("SHARED", "The lesson and the action are written for sharing, with nothing about a child."),
        Column(name="LESSON", kind=Kind.TEXT, example="Parents hear of safe sleep once, before birth.",
               meaning=f"What was learned, in at most {LESSON_LENGTH} characters; only where it is for sharing."),
        Column(name="ACTION", kind=Kind.TEXT, example="Health visitors speak of it at every visit to six months.",
               meaning="What is to be done."),
        Column(name="OWNER", kind=Kind.TEXT, meaning="The organisation that answers for it.", example="Example Trust"),
        day_of("AGREED", "The day on which it was agreed.", key=True),
        day_of("DUE", "The day by which it is to be done."),
        day_of("CLOSED", "The day on which it was closed with evidence."),
        flag("EVIDENCE", "There is evidence that it was done."),
        day_of("RECHECKED", "The day on which it was checked again, a year later."),
        flag("HELD", "It still held when it was checked again."),
    ),
    optional=False,
    unique=("ACTION_ID",),
    identity=("FOOTPRINT",),
)  # fmt: skip
_2021, _2022 = date(2021, 4, 1), date(2022, 4, 1)


def _changes(table: str) -> tuple[Recode, ...]:
    return (
        Recode(year="2021-22", table=table, column="FACTOR", add=since("factor", _2021),
               why="NCMD, April 2021: poverty; barriers"),
        Recode(year="2022-23", table=table, column="FACTOR", add=since("factor", _2022),
               why="NCMD, April 2022: body mass index, height and weight"),
    )  # fmt: skip


def _return(
    id_: str, title: str, tables: tuple[Table, ...], check: str, changes: tuple[Recode | AddColumn, ...] = ()
) -> Return:
    return Return(
        spec=Spec(
            id=f"child_deaths.{id_}", title=title, tables=tables, periods=PERIODS, changes=changes, source=SOURCE
        ),
        submitter="publisher", publisher=PARTNERSHIPS, period_kind="financial-year",
        check=Ref(f"parentis.returns.child_deaths.rules:{check}"), audience="own", keep_years=15,
    )  # fmt: skip


REPORTS = _return("reports", "Child deaths: agencies' reports", (REPORTS_TABLE,), "check_reports")
REVIEWS = _return(
    "reviews", "Child deaths: reviews", (REVIEWS_TABLE,), "check_reviews",
    (
        AddColumn(
            year="2022-23", table="reviews",
            column=flag("BEREAVEMENT", "The family was offered bereavement support by a named person."),
            why="NCMD, April 2022: bereavement support",
        ),
    ),
)  # fmt: skip
# A separate return: where content tells the data set, the files of a return with several tables are not joined.
FACTORS = _return("factors", "Child deaths: factors that reviews found", (FACTORS_TABLE,), "check_factors",
                  _changes("factors"))  # fmt: skip
ACTIONS = _return("actions", "Child deaths: lessons and actions", (ACTIONS_TABLE,), "check_actions",
                  _changes("actions"))  # fmt: skip
