"""The region's finances by year: published for 2017-18, with plausible values before and after.

Only values marked as published were published. The rest are made up: budgets scaled from published revenue account
totals to the basis of in-year monitoring (2017-18: £1,200m here, £1,476m there), high needs from published block
allocations, deficits from the published share of the Dedicated Schools Grant that was overspent.
"""

from collections.abc import Mapping
from dataclasses import dataclass

MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """London, £ million. The values for 2017-18 are published figures; see the module docstring."""

    children_budget: float
    "Revised budget of children's social care."
    children_over: float
    "Outturn less revised budget, underspends netted."
    authorities_over: int
    adults_budget: float
    adults_over: float
    high_needs_funding: float
    "Allocation after deductions, and transfers in."
    high_needs_short: float
    "Spend less funding, surpluses netted."
    authorities_short: int
    children_weeks: float
    "Thousand child-weeks in care."
    efficiencies: float


def _year(
    children: tuple[float, float, int],
    adults: tuple[float, float],
    high_needs: tuple[float, float, int],
    weeks: float,
    efficiencies: float,
) -> Year:
    return Year(
        children_budget=children[0],
        children_over=children[1],
        authorities_over=children[2],
        adults_budget=adults[0],
        adults_over=adults[1],
        high_needs_funding=high_needs[0],
        high_needs_short=high_needs[1],
        authorities_short=high_needs[2],
        children_weeks=weeks,
        efficiencies=efficiencies,
    )


YEARS: Mapping[str, Year] = {
    "2014-15": _year((1150, 45, 22), (2240, 12), (1010, 15, 21), 522, 62),
    "2015-16": _year((1170, 66, 24), (2260, 25), (1040, 40, 26), 514, 58),
    "2016-17": _year((1190, 102, 29), (2290, 35), (1065, 94, 31), 516, 64),
    # Published (Isos Partnership for London Councils, 2019): £108m, 9 %, all but six over; £77m, 7 %, all but one
    # short; £185m together. Adults' published variance (RA to RS) is −£4.0m of £2,366m.
    "2017-18": _year((1200, 108, 27), (2366, -4), (1100, 77, 32), 516, 61),
    "2018-19": _year((1284, 92, 26), (2426, 8), (1135, 85, 31), 518, 55),
    "2019-20": _year((1371, 88, 26), (2520, 21), (1169, 59, 28), 522, 47),
    "2020-21": _year((1430, 52, 21), (2610, -18), (1295, 50, 26), 513, 33),
    "2021-22": _year((1486, 74, 24), (2738, 9), (1432, 50, 25), 510, 36),
    "2022-23": _year((1590, 127, 27), (2960, 62), (1617, 22, 20), 511, 45),
    "2023-24": _year((1730, 162, 28), (3290, 118), (1779, 58, 25), 504, 51),
    "2024-25": _year((1880, 158, 28), (3590, 133), (1862, 80, 28), 494, 57),
}

OPENING_BALANCE = 230
"£ million: the region's surplus on high needs on 1 April 2014."

# Share of child-weeks and price per week in 2014-15, and the yearly growth of each. Independent homes are fixed by
# what was published (London Councils, 2018): numbers up 16 %, spend up 46 % from 2014-15 to 2017-18.
PLACEMENT_GROUPS: Mapping[str, tuple[float, float, float, float]] = {
    "foster_own": (0.32, 395, -0.012, 0.020),
    "foster_agency": (0.35, 810, -0.004, 0.015),
    "foster_kin": (0.11, 285, 0.010, 0.020),
    "residential_own": (0.012, 3600, -0.030, 0.030),
    "residential_external": (0.080, 2850, 0.0507, 0.0797),
    "supported": (0.085, 780, 0.030, 0.030),
    "secure": (0.002, 5600, 0.000, 0.030),
    "other": (0.041, 300, 0.000, 0.015),
}
PUBLISHED_GROUP, PUBLISHED_FROM, PUBLISHED_TO = "residential_external", "2014-15", "2017-18"
WEEKS_UP, SPEND_UP = 1.16, 1.46

# Spend other than on placements: shares of the rest of children's social care (after RO3 2024-25, London).
OTHER_LINES: Mapping[str, float] = {
    "csc.safeguarding": 0.44,
    "csc.family_support": 0.22,
    "csc.early_years": 0.08,
    "csc.young_people": 0.07,
    "csc.asylum": 0.055,
    "csc.other": 0.055,
    "csc.youth_justice": 0.05,
    "csc.looked_after.asylum": 0.03,
}
LOOKED_AFTER_VARIANCE = 0.72
"Share of the variance that arises on looked-after children's placements."

SETTINGS: Mapping[str, float] = {
    "MAINSTREAM": 0.24, "SPECIAL": 0.37, "INDEPENDENT": 0.20, "ALTERNATIVE": 0.06, "POST_16": 0.08, "OTHER": 0.05,
}  # fmt: skip
# Share of the year's variance that each quarter's forecast includes.
SEEN: Mapping[str, float] = {"Q1": 0.45, "Q2": 0.72, "Q3": 0.92, "Q4": 1.0}
