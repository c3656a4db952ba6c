"""Notifications of children's deaths: the facts known within a day or two, without any narrative."""

from datetime import date

from parentis.references import Ref
from parentis.returns.child_deaths.code_lists import codes_of, since
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
from parentis.returns.spec import AddColumn, Column, Kind, Recode, Retention, Spec, Table

NOTIFICATIONS_TABLE = Table(
    name="notifications",
    meaning="A death of a child under 18 of which the partnership was told: one row each, withdrawn ones too.",
    columns=(
        case(),
        footprint(),
        Column(
            name="NHS_NUMBER",
            kind=Kind.TEXT,
            retention=Retention.HASH,
            meaning="Ten digits, the last a check digit; blank where there is none. Kept as a keyed hash.",
            example="9990000018",
        ),
        coded("OUTCOME", "Whether live-born: others are outside the review.", "outcome"),
        day_of("BORN", "Date of birth.", key=True, retention=Retention.MONTH),
        day_of("DIED", "Date of death.", key=True, regional=Retention.MONTH),
        coded("AGE", "Age at death.", "age"),
        coded("PLACE", "Kind of place of death.", "place"),
        residence(),
        Column(
            name="SECTOR",
            kind=Kind.TEXT,
            retention=Retention.DROP,
            meaning="Postcode sector of residence: checked against the authority, then not kept.",
            example="RM1 1",
        ),
        coded("SEX", "Of the child.", "sex"),
        coded("ETHNICITY", "Of the child.", "ethnicity"),
        whole("GESTATION", "Completed weeks at birth, for a child under one.", "weeks"),
        whole("BIRTH_WEIGHT", "At birth, for a child under one.", "grams"),
        flag("LOOKED_AFTER", "Looked after by an authority."),
        flag("PROTECTION_PLAN", "On a child protection plan."),
        flag("ASYLUM", "Seeking asylum."),
        coded("JAR", "Why there is a joint agency response, or that there is none.", "jar"),
        coded("LIKELY", "Category that the notifier thinks likely; the panel's is in the review.", "category"),
        flag("CORONER", "Reported to the coroner."),
        coded("NOTIFIER", "Who notified the death.", "notifier"),
        day_of("RECEIVED", "The day on which the partnership was told.", key=True),
        day_of("WITHDRAWN", "The day on which the notification was withdrawn: it was no death of a child in scope."),
        day_of("JAR_MET", "The day of the first meeting of the joint agency response."),
        flag("POLICE_ATTENDED", "The police's lead investigator took part in it."),
        day_of("HOME_VISIT", "The day of the joint visit to the home or scene."),
    ),
    optional=False,
    unique=("CASE",),
    identity=("FOOTPRINT",),
    authority="RESIDENCE",
)

_2021, _2022 = date(2021, 4, 1), date(2022, 4, 1)
NOTIFICATIONS = Return(
    spec=Spec(
        id="child_deaths.notifications",
        title="Child deaths: notifications",
        tables=(NOTIFICATIONS_TABLE,),
        periods=PERIODS,
        changes=(
            Recode(year="2021-22", table="notifications", column="JAR", add=since("jar", _2021),
                   why="NCMD, April 2021: suspected home stillbirth"),
            AddColumn(
                year="2022-23", table="notifications",
                column=Column(name="NHS_REASON", kind=Kind.CODE, codes=codes_of("nhs_reason", _2022),
                              meaning="Why there is no NHS number."),
                why="NCMD, April 2022: reasons for no NHS number, and its check digit",
            ),
        ),
        source=SOURCE,
    ),
    submitter="publisher",
    publisher=PARTNERSHIPS,
    period_kind="financial-year",
    check=Ref("parentis.returns.child_deaths.rules:check_notifications"),
    audience="own",
    keep_years=15,
)  # fmt: skip
