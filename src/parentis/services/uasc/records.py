"""Records and codes of the ledger: rows of nights, payment statuses and findings."""

from collections.abc import Mapping
from dataclasses import dataclass

import dataframely as dy
import polars as pl

AGE_BANDS: tuple[str, ...] = ("under 16", "16-17", "18+")
"The next band starts on a birthday; until March 2019 rates distinguished the first two."

CHILD, LEAVER = "child", "leaver"
YEAR_NIGHTS = 365
"Nights in a child-year and days in a care leaver's year, in all measures and also in leap years, as in publications."

STATUSES: Mapping[str, str] = {
    "paid": "in the claim register as eligible",
    "assumed": "the authority's claim register is not held: eligible as far as the looked-after return tells",
    "pending": "eligibility is not decided yet",
    "not eligible": "in the claim register as not eligible",
    "not in register": "the authority's claim register does not have the child",
    "past 21": "a care leaver past the 21st birthday who is not in education or training",
    "under 13 weeks": "a care leaver who was in this authority's care for less than 13 weeks",
}
"Why nights are paid or not."
PAID: tuple[str, ...] = ("paid", "assumed")

FINDINGS: Mapping[str, str] = {
    "no child": "An episode without the child's number.",
    "no start": "An episode without a start that can be read.",
    "ends before it starts": "An episode ends before it starts.",
    "starts after its year": "An episode starts after the year it was returned for.",
    "overlapping episodes": "An episode goes on past the start of the child's next one; it ends there.",
    "no date of birth": "Neither return has a date of birth: the nights have no age, and no rate.",
    "ceased before arrival": "The status ceased before the child arrived.",
    "in care before arrival": "Nights of care before the day of arrival; they are counted.",
    "outside transfer": "Nights of care here before the transfer in or after the transfer out; they are left out.",
    "past 18": "Nights on the status past the 18th birthday; they are left out.",
    "no rate": "The table of rates has none for these nights.",
    "no population": "No population for the threshold: the standard rate is taken.",
    "not in register": "In the looked-after return as unaccompanied, and not in the claim register.",
    "same night elsewhere": "Another authority's returns have the same child, by the Home Office's reference, on "
    "the same nights.",
    "not in looked-after return": "In the claim register, and not in the looked-after return as unaccompanied.",
    "leaver overlap": "A care leaver's period goes on past the start of the next one; it ends there.",
    "leaver ends before it starts": "A care leaver's period ends before it starts; it is left out.",
    "leaver before 18": "Leaving care support before the 18th birthday; it is left out.",
    "leaver without a child": "A care leaver who is not in the claim register's table of children; left out.",
    "leaver past 21": "Support past the 21st birthday without education or training: nothing is paid.",
    "leaver under 13 weeks": "A care leaver with less than 13 weeks in this authority's care: nothing is paid.",
}
"Codes of the findings that bad input produces instead of an error, with their meanings."


class Nights(dy.Schema):
    """One row: consecutive nights of one person in one placement, age band, rate and financial year. A night
    belongs to the day on which it begins. Natural key: `authority, child, group, starts`."""

    authority = dy.String(primary_key=True)
    child = dy.String(primary_key=True)
    group = dy.Enum([CHILD, LEAVER], primary_key=True)
    starts = dy.Date(primary_key=True)
    ends = dy.Date(nullable=False)
    "Exclusive."
    nights = dy.Int64(nullable=False, min=1)
    "`ends - starts`; for a care leaver the days of support, seven a week."
    financial_year = dy.String(nullable=False)
    age_band = dy.Enum(list(AGE_BANDS), nullable=True)
    "Null without a date of birth."
    placement_group = dy.String(nullable=True)
    "Group by what commissioners buy (`demand.COMMISSIONING`); null for care leavers."
    provider = dy.String(nullable=True)
    "PLACE_PROVIDER."
    cohort = dy.Enum(["national", "legacy"], nullable=False)
    nts = dy.Enum(["local", "in", "out"], nullable=True)
    "The child's transfer under the National Transfer Scheme, if any; null for a child in no register."
    status = dy.Enum(list(STATUSES), nullable=False)
    band = dy.Enum(["standard", "high"], nullable=False)
    "Band of the authority in the financial year."
    rate = dy.Float64(nullable=True)
    "Pounds for a `unit`; null where the table has none."
    unit = dy.Enum(["night", "week"], nullable=True)
    certainty = dy.String(nullable=True)
    "The certainty of the rate; see `region.uasc_rates`."
    income = dy.Float64(nullable=True)
    "Pounds: nights × rate, where `status` is paid; 0 where it is not; null where it is paid but has no rate."


class Bands(dy.Schema):
    """An authority's share of unaccompanied children, and the resulting band of rates."""

    authority = dy.String(primary_key=True)
    financial_year = dy.String(primary_key=True)
    heads = dy.Int64(nullable=False)
    "Children on the status on the night of 1 April."
    population = dy.Int64(nullable=True)
    vintage = dy.Int32(nullable=False)
    "The mid-year of the population."
    threshold = dy.Float64(nullable=True)
    "Heads from which the high rate is paid; null where no threshold is in force."
    band = dy.Enum(["standard", "high"], nullable=False)


@dataclass(frozen=True, slots=True)
class Ledger:
    """`nights` has the columns of `Nights`, in order of authority, child and time; `bands` those of `Bands`; `findings`
    are `authority, child, finding` (a key of `FINDINGS`) and `nights` (null where it has none); `held` the years the
    nights are of: `authority, financial_year, group`; `persons` identifies people across authorities: `authority,
    child, person`, by the Home Office's reference where a register has it, else by the child's number.
    """

    nights: pl.DataFrame
    bands: pl.DataFrame
    findings: pl.DataFrame
    held: pl.DataFrame
    persons: pl.DataFrame
