"""Codes shared by the referral log, the vacancies and the desk. Each list is closed: any other code is a finding."""

from typing import Final

from parentis.returns.spec import Code, codes

YES_NO: Final = (Code("Y", "yes"), Code("N", "no"))
SEXES: Final = codes(F="female", M="male")
ETHNICITIES: Final = codes(
    A="Asian or Asian British",
    B="Black, Black British, Caribbean or African",
    M="Mixed or multiple",
    O="Another group",
    W="White",
    N="Not stated",
)
"Ethnicity, in the groups of the 2021 census."

KINDS: Final = (
    Code("secure", "Secure children's home"),
    Code("therapeutic", "Open therapeutic home, with deprivation of liberty"),
    Code("step-down", "Step-down home"),
    Code("supported", "Supported accommodation"),
)
"Kinds of place, as sought and as offered."

BASES: Final = (
    Code("s25-72h", "Children Act 1989, s. 25: up to 72 hours without a court"),
    Code("s25-order", "Children Act 1989, s. 25: court order"),
    Code("relevant", "Relevant accommodation (2026 c. 21, s. 13)"),
    Code("dol", "Deprivation of liberty, High Court"),
    Code("s20", "Children Act 1989, s. 20: by agreement"),
    Code("s31", "Children Act 1989, s. 31: care order"),
    Code("remand", "Remand to youth detention accommodation: justice, not welfare"),
)
"The legal basis on the day of the referral."
SECURE_BASES: Final = frozenset({"s25-72h", "s25-order", "relevant"})
"Legal bases on which a child may be placed in secure accommodation for welfare."
JUSTICE: Final = frozenset({"remand"})

RISKS: Final = (
    Code("absconding", "Goes missing"),
    Code("self-harm", "Harm to themselves"),
    Code("violence", "Violence to others"),
    Code("exploitation", "Exploited by others"),
    Code("gang", "Gangs: who they must not meet"),
    Code("sexual", "Harmful sexual behaviour"),
    Code("fire", "Sets fires"),
    Code("health", "Mental health care needed"),
)

ANSWERS: Final = (
    Code("offer", "offered a place"),
    Code("decline", "declined"),
    Code("none", "no answer"),
    Code("withdrawn", "request withdrawn before an answer"),
)
DECLINE_REASONS: Final = (
    Code("no-bed", "No bed free"),
    Code("staffing", "Bed free, but no staff for it"),
    Code("mix", "Does not fit the children who live there"),
    Code("risk", "The child's risks"),
    Code("age-sex", "The child's age or sex"),
    Code("price", "Price not agreed"),
    Code("distance", "Distance"),
    Code("no-answer", "No answer"),
    Code("other", "Another reason"),
)
"Reasons why a provider declined; `no-answer` where it did not reply."

OUTCOMES: Final = (
    Code("placed", "Placed with a provider that was asked"),
    Code("elsewhere", "Placed elsewhere, in what was not looked for"),
    Code("lost", "No place found, and no longer looked for"),
    Code("withdrawn", "No longer needed"),
    Code("open", "Still looked for"),
)
CENSORED: Final = frozenset({"elsewhere", "lost"})
"Demand that is not visible in placements."

CATEGORIES: Final = (
    Code("self-contained", "Self-contained accommodation"),
    Code("shared-ring-fenced", "Shared, only for looked-after children and care leavers"),
    Code("shared-mixed", "Shared with others"),
    Code("private-residence", "Private residence"),
)
"Supported Accommodation (England) Regulations 2023."
