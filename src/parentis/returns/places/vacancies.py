"""Providers' vacancies: each home or service on a day, with the counts from registered beds to free beds.

A bed is registered, approved for use, staffed, free, and suitable for a given child. This return counts as far as
*free*; matching decides the last step.
"""

from parentis.references import Ref
from parentis.returns.models import Return
from parentis.returns.places.code_lists import CATEGORIES, KINDS, YES_NO
from parentis.returns.places.referrals import DESK, SOURCE, coded, day, length, money, text, whole
from parentis.returns.spec import Code, Spec, Table

VACANCIES_TABLE = Table(
    name="vacancies",
    meaning="A home or service on a day: its places, whom it takes, and its price.",
    columns=(
        text("URN", "Ofsted's number of the home or service.", key=True, example="SC000001"),
        text("PROVIDER", "The organisation's number with Ofsted.", key=True, example="1200001"),
        coded("KIND", "What it is.", KINDS, key=True),
        coded("CATEGORY", "Of supported accommodation; blank for homes.", CATEGORIES),
        text("LA", "ONS code of the authority it lies in.", key=True, example="E09000008"),
        text("REGION", "Ofsted's region it lies in.", example="London"),
        day("DAY", "The day that is spoken of.", key=True),
        whole("REGISTERED", "Places registered with Ofsted.", "places"),
        whole("APPROVED", "Of them, places approved for use.", "places"),
        whole("STAFFED", "Of them, places there are staff for on the day.", "places"),
        whole("TAKEN", "Of them, places with a child in them.", "places"),
        coded("SEX", "Whom it takes.", (Code("F", "girls"), Code("M", "boys"), Code("B", "both"))),
        whole("AGE_FROM", "Youngest age it takes.", "years"),
        whole("AGE_TO", "Oldest age it takes.", "years"),
        text("NOT_RISKS", "Codes of the risks it does not take, with spaces between.", example="fire"),
        coded("SCHOOL", "Has a school of its own.", YES_NO),
        length("HOURS", "Hours of support a week for one child, in supported accommodation.", "hours a week"),
        money("FRAMEWORK_PRICE", "Price on the framework."),
        money("PRICE", "Price now asked."),
        whole("VOID_NIGHTS", "Nights in the last 28 days on which a staffed place stood empty.", "nights"),
    ),
    optional=False,
    unique=("URN", "DAY"),
    authority="LA",
)  # fmt: skip

VACANCIES = Return(
    spec=Spec(
        id="places.vacancies",
        title="Vacancies of homes and supported accommodation",
        tables=(VACANCIES_TABLE,),
        source=SOURCE,
    ),
    submitter="publisher",
    publisher=DESK,
    made_here=True,
    period_kind="financial-year",
    check=Ref("parentis.returns.places.rules:check_vacancies"),
    audience="own",
    keep_years=7,
)
