"""Cost of care for an unaccompanied child: the survey's fixed headings.

They follow the categories of London's placement and non-placement surveys (ADCS Greater London, September 2017) and
of ADCS's special report of 2016; the division into headings rests on general knowledge of the field.
"""

from dataclasses import dataclass
from typing import Literal

from parentis.returns.spec import Code

Part = Literal["placement", "non-placement"]


@dataclass(frozen=True, slots=True)
class Heading:
    """One line of the survey."""

    code: str
    label: str
    kind: Part
    staff: bool = False
    "Mostly staff time, so a time-use sample may answer it."


PLACEMENT: tuple[Heading, ...] = (
    Heading("FOSTER_OWN", "Fostering, the authority's own carers", "placement"),
    Heading("FOSTER_AGENCY", "Fostering, independent agencies", "placement"),
    Heading("LODGINGS", "Supported lodgings", "placement"),
    Heading("SUPPORTED", "Supported and semi-independent accommodation", "placement"),
    Heading("RESIDENTIAL", "Children's homes", "placement"),
    Heading("INITIAL", "Beds for the first nights and for assessment", "placement"),
    Heading("VOIDS", "Beds paid for and not slept in", "placement"),
    Heading("SET_UP", "Setting-up allowances", "placement"),
)
_NON_PLACEMENT: tuple[Heading, ...] = (
    Heading("SOCIAL_WORK", "Social workers", "non-placement", staff=True),
    Heading("ADVISER", "Personal advisers", "non-placement", staff=True),
    Heading("REVIEWING", "Independent reviewing officers", "non-placement", staff=True),
    Heading("SUPERVISING", "Supervising social workers of foster carers", "non-placement", staff=True),
    Heading("BROKERAGE", "Finding and buying placements", "non-placement", staff=True),
    Heading("MANAGEMENT", "Management and overheads", "non-placement", staff=True),
    Heading(
        "AGE_ASSESSMENT", "Age assessments: two social workers and an appropriate adult", "non-placement", staff=True
    ),
    Heading("OUT_OF_HOURS", "Emergency duty team", "non-placement", staff=True),
    Heading("EDUCATION", "Virtual school, English for speakers of other languages", "non-placement", staff=True),
    Heading("LEGAL", "Immigration advice, judicial review of age disputes", "non-placement"),
    Heading("INTERPRETING", "Interpreting and translation", "non-placement"),
    Heading("HEALTH", "Health assessments, child and adolescent mental health", "non-placement"),
    Heading("TRAVEL", "Journeys to airports, the Home Office and courts", "non-placement"),
    Heading("ALLOWANCES", "Allowances and clothing", "non-placement"),
    Heading("TRAFFICKING", "Missing children, National Referral Mechanism", "non-placement"),
    Heading("GUARDIANSHIP", "Working with Independent Child Trafficking Guardians", "non-placement"),
    Heading("HOUSING", "Housing while status is not settled", "non-placement"),
    Heading("RIGHTS_EXHAUSTED", "Support after 18 once appeal rights are exhausted", "non-placement"),
)
HEADINGS: tuple[Heading, ...] = PLACEMENT + _NON_PLACEMENT

HEADING_CODES = tuple(Code(one.code, f"{one.label} ({one.kind})") for one in HEADINGS)
STAFF_CODES = tuple(Code(one.code, one.label) for one in HEADINGS if one.staff)
