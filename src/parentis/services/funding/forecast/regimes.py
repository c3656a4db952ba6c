"""The dated and cited accounting rules for DSG deficits, which determine the effect of a deficit on a council."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """Accounting rules in force in the financial years from `first` to `last` ('' for no end)."""

    first: str
    last: str
    off_books: bool
    "Whether a negative balance is kept apart from the council's own reserves."
    new_on_council: bool
    "Whether new shortfalls of each year are charged to the council's reserves."
    what: str
    source: str


REGIMES: tuple[Regime, ...] = (
    Regime(
        first="2020-21",
        last="2027-28",
        off_books=True,
        new_on_council=False,
        what="Statutory override: a DSG deficit is held in an unusable reserve.",
        source="MHCLG, answer to question 61924, 1 July 2025: the override is extended to the end of 2027-28",
    ),
    Regime(
        first="2028-29",
        last="",
        off_books=False,
        new_on_council=False,
        what="The override has ended: what is left of the deficit meets the council's reserves. The government says "
        "that it does not expect councils to fund the years' own special educational needs costs.",
        source="MHCLG, answer to question 96479, December 2025; not law, and so a parameter",
    ),
)

STABILITY_GRANT_SHARE = 0.9
STABILITY_GRANT_ON = "2025-26"
"The grant is based on the deficit on the last day of this financial year."
STABILITY_GRANT_PAID = "2026-27"
STABILITY_GRANT_SOURCE = (
    "High Needs Stability Grant: DfE, explanatory note on the government's approach to DSG deficits, 9 February 2026. "
    "90 % of the eligible deficit, paid in autumn 2026 if DfE approves a local reform plan; charges other than high "
    "needs do not count, and of differing sources the lowest deficit does. Safety-valve authorities have arrangements "
    "of their own: where a schedule is entered, its payments are taken and the grant is not."
)

ENTERED = "high_needs.agreements, as entered from what DfE published"
SAFETY_VALVE = (
    "In London Bexley, Croydon, Hammersmith and Fulham, Haringey, Hillingdon, Hounslow, Kingston, Merton and Richmond "
    "have been named. Payments are modelled where their schedule is entered; what agreements ask for in return is not."
)
JUDGED = "judgement, to be owned by the treasurer"
"The source shown for every assumption that no published source settles."


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Assumptions about government policy, all of which are printed with the figures.

    Attributes:
        settlement_growth: yearly cash growth of the budget for children's social care.
        dsg_growth: yearly cash growth of high-needs funding.
        grant_chance: probability that an authority's plan is approved and it gets the Stability Grant.
        eligible: share of the deficit that is eligible for the grant.
        new_on_council: whether new shortfalls are charged to reserves from the end of the override; None to use
            `REGIMES`.
    """

    settlement_growth: float = 0.035
    dsg_growth: float = 0.035
    grant_chance: float = 0.8
    eligible: float = 0.95
    new_on_council: bool | None = None

    def bears(self, year: str) -> bool:
        """Whether councils have to find the high-needs shortfall of the year itself: until the override ends, as
        their deficit; after it, only if `new_on_council` (or its regime) says so."""
        rules = regime(year)
        if rules.off_books:
            return True
        return rules.new_on_council if self.new_on_council is None else self.new_on_council

    @classmethod
    def of(cls, parameters: Mapping[str, object]) -> "Policy":
        """Build from the service's parameters; parameters of other parts are ignored."""
        known = {name: parameters[name] for name in cls.__dataclass_fields__ if name in parameters}
        return cls(**known)  # type: ignore[arg-type]

    def told(self) -> tuple[tuple[str, str, str], ...]:
        """Each assumption, its value and its source."""
        return (
            ("Growth of budgets for children's social care, a year, in cash", f"{self.settlement_growth:.1%}", JUDGED),
            ("Growth of high-needs funding, a year, in cash", f"{self.dsg_growth:.1%}", JUDGED),
            (
                "Chance that an authority's reform plan is approved and it gets the grant",
                f"{self.grant_chance:.0%}",
                JUDGED,
            ),
            ("Share of the deficit that is eligible for the grant", f"{self.eligible:.0%}", JUDGED),
            (
                "Share of the eligible deficit that the grant pays",
                f"{STABILITY_GRANT_SHARE:.0%}",
                STABILITY_GRANT_SOURCE,
            ),
            ("Safety-valve agreements", "schedules as entered", SAFETY_VALVE),
        )


def regime(year: str) -> Regime:
    """The one in force in a financial year."""
    for one in REGIMES:
        if one.first <= year and (not one.last or year <= one.last):
            return one
    return REGIMES[0]
