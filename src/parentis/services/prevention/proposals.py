"""A proposal, from which a bid is made: an entry of the catalogue, offered to so many children of named authorities.

`problems` finds, each as a sentence, what would make its numbers wrong; those that `stop` must be put right first."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from parentis.errors import SpecificationError, UserError
from parentis.services.prevention.catalogue import Costs, Entry, check_costs

CASES: Final[Mapping[str, str]] = {
    "no duty": "As if there were no duty: every child reached counts",
    "met by all": "The duty is met by all: only what goes beyond it counts",
    "earlier": "The duty is met by all, and the offer comes earlier",
}
"How the counterfactual reads the law: what would be done without the bid."
MONTHS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is asked for.

    Attributes:
        authorities: ONS codes.
        start, ends: the first day, and the day after the last, of delivery.
        reach: children reached a year, all authorities together.
        eligible: children a year of the population, all authorities together; None where not known.
        case: how the law is read, one of `CASES`.
        compliance: the share of offers that the duty requires and that would be made without the bid.
        earlier_share: for an earlier offer, the share of the children reached who come into care before the duty's
            offer and whom the earlier one still reaches, with its interval; None where nobody said.
        horizon_months: how far benefits are counted, from `start`.
        grant: a grant that is paid for the same benefit already; '' for none.
    """

    id: str
    title: str
    entry: Entry
    authorities: tuple[str, ...]
    start: date
    ends: date
    reach: float
    eligible: float | None = None
    ramp_months: int = 0
    costs: Costs
    horizon_months: int = 60
    case: str = "met by all"
    compliance: float = 1.0
    earlier_share: float | None = None
    earlier_low: float | None = None
    earlier_high: float | None = None
    grant: str = ""
    widening: float | None = None

    @property
    def months(self) -> int:
        """Months of delivery."""
        return max((self.ends.year - self.start.year) * MONTHS + self.ends.month - self.start.month, 0)

    @property
    def share(self) -> float:
        """Of the eligible children, the share reached; 1 where the eligible are not known."""
        return 1.0 if not self.eligible else min(self.reach / self.eligible, 1.0)

    def yearly_costs(self) -> tuple[float, ...]:
        """Pounds of the price base for each year from the start, the last for the part of a year delivered."""
        return tuple(
            self.costs.of(self.reach) * min(self.months - year * MONTHS, MONTHS) / MONTHS
            for year in range(math.ceil(self.months / MONTHS))
        )

    def workers(self) -> float:
        """Full-time workers that its reach needs; 0 where no limit is known."""
        return self.reach / self.costs.children_per_worker if self.costs.children_per_worker else 0.0


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a bid, in a sentence. `stops`: it must be put right; otherwise the answer is flagged."""

    code: str
    sentence: str
    stops: bool


def problems(proposal: Proposal, others: Sequence[Proposal] = ()) -> tuple[Problem, ...]:
    """Everything that would make the bid's numbers wrong or uncertain. `others` are bids of the same set."""
    found: list[Problem] = []
    entry, effect = proposal.entry, proposal.entry.effect

    def say(code: str, sentence: str, *, stops: bool = False) -> None:
        found.append(Problem(code, sentence, stops))

    if effect is None:
        say("no-number", f"{entry.title} cannot be used in a bid: {entry.why_no_number}", stops=True)
    else:
        for sentence in entry.distribution(proposal.widening).sentences:
            say("converted", sentence)
    if entry.negative:
        say("negative", f"{entry.title}: the evidence shows no benefit. The bid is worked out with that result.")
    try:
        check_costs(proposal.costs, "The bid's costs")
    except UserError as error:
        say("costs", str(error), stops=True)
    if proposal.costs.each is None and not proposal.costs.fixed:
        say("no-cost", "The bid has no cost: enter what it costs a year and for each child.", stops=True)
    if proposal.costs.per == "family" and proposal.costs.each is not None and proposal.costs.children_per_family:
        say(
            "per-family",
            f"A cost of £{proposal.costs.each:,.0f} a family is used as £{proposal.costs.per_child():,.0f} per child, "
            f"with {proposal.costs.children_per_family:g} children in a family.",
        )
    if proposal.months <= 0:
        say("no-time", "The bid ends on or before the day on which it starts: correct one of the two.", stops=True)
    elif entry.lag_months >= proposal.months:
        say(
            "ends-before-benefit",
            f"The programme ends after {proposal.months} months, but its benefit starts only after {entry.lag_months}: "
            "run it longer, or count nothing.",
            stops=True,
        )
    if proposal.reach < 0 or (proposal.eligible is not None and proposal.reach > proposal.eligible):
        say(
            "reach",
            f"The bid would reach {proposal.reach:,.0f} children a year, but only {proposal.eligible or 0:,.0f} are "
            "eligible: lower the reach, or widen the population.",
            stops=True,
        )
    if proposal.grant:
        say(
            "in-grant",
            f"The benefit is in a grant already ({proposal.grant}): money saved there would be counted twice. "
            "Leave it out, or take the grant off the benefit.",
            stops=True,
        )
    if proposal.case == "earlier" and None in (proposal.earlier_share, proposal.earlier_low, proposal.earlier_high):
        say(
            "earlier",
            "Say whom an earlier offer reaches in addition, with its interval: it decides what being earlier is worth.",
            stops=True,
        )
    elif proposal.case == "earlier" and not (
        0 <= (proposal.earlier_low or 0) <= (proposal.earlier_share or 0) <= (proposal.earlier_high or 0) <= 1
    ):
        say("earlier", "Whom an earlier offer reaches lies outside its interval: correct one of the three.", stops=True)
    beyond = proposal.horizon_months - proposal.months - entry.persistence_months
    if beyond > 0 and effect is not None:
        say(
            "beyond-evidence",
            f"Benefits are counted for {proposal.horizon_months} months, {beyond} beyond the evidence: delivery lasts "
            f"{proposal.months} months and the study followed the effect for {entry.persistence_months}.",
        )
    found.extend(_of_law(proposal))
    found.extend(_overlaps(proposal, others))
    return tuple(found)


def _of_law(proposal: Proposal) -> list[Problem]:
    found, effect = [], proposal.entry.effect
    for law in proposal.entry.law:
        until = f" The study's intake ended in {effect.until}." if effect and effect.until else ""
        if law.binds(proposal.start) and effect and (not effect.until or effect.until < f"{law.since:%Y-%m}"):
            said = {
                "no duty": "All of its effect is counted as if there were no duty: part of it is no longer additional.",
                "met by all": "Only what goes beyond the duty is counted.",
                "earlier": "Only what goes beyond the duty, or comes earlier, is counted.",
            }[proposal.case]
            found.append(
                Problem(
                    "law-changed",
                    f"The effect is from before the law changed: {law.says} ({law.provision}).{until} {said}",
                    False,
                )
            )
        if not law.since_is_certain or law.since is None:
            day = "not found" if law.since is None else f"taken to be {law.since:%-d %B %Y}"
            found.append(Problem("law-doubt", f"Commencement of {law.provision} is {day}. {law.doubt}".strip(), False))
    return found


def _overlaps(proposal: Proposal, others: Sequence[Proposal]) -> list[Problem]:
    """Bids of other authorities that could claim a child of the same population in the same months."""
    found = []
    for other in others:
        if other.id == proposal.id or other.entry.population != proposal.entry.population:
            continue
        if not (other.start < proposal.ends and proposal.start < other.ends):
            continue
        both = set(proposal.authorities) & set(other.authorities)
        if both:
            found.append(
                Problem(
                    "overlap",
                    f"“{other.title}” claims children of the same population in the same months, in "
                    f"{len(both)} of the same boroughs: a saved night is counted once and shared between them.",
                    False,
                )
            )
    return found


def claimed_twice(claims: Mapping[str, Sequence[tuple[str, str]]]) -> tuple[Problem, ...]:
    """Children whom bids of two boroughs claim. `claims`: borough to `(child, population)`; the child's key is the
    region's own, and no sentence holds it.

    A child who moved is the borough's that is responsible for the night; a second claim is refused."""
    first: dict[tuple[str, str], str] = {}
    pairs: dict[tuple[str, str], int] = {}
    for borough in sorted(claims):
        for claim in set(claims[borough]):
            held = first.setdefault(claim, borough)
            if held != borough:
                pairs[held, borough] = pairs.get((held, borough), 0) + 1
    return tuple(
        Problem(
            "claimed-twice",
            f"{one} and {other} both claim {'the same child' if count == 1 else f'the same {count} children'}: a night "
            "has one payer. Leave each child to the borough that is responsible on the night.",
            True,
        )
        for (one, other), count in sorted(pairs.items())
    )


def refuse(proposal: Proposal, others: Sequence[Proposal] = ()) -> None:
    """Raise SpecificationError with the first problem that stops it."""
    for one in problems(proposal, others):
        if one.stops:
            raise SpecificationError(
                expected="a bid that can be worked out",
                found=one.sentence,
                where=proposal.title,
                do="Correct the bid.",
            )
