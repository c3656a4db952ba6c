"""Evidence cards: what a trial found, in one form for all, whether it found that something works, that it does not, or
nothing because it was given up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from parentis.errors import SpecificationError
from parentis.services.trials.analysis.result import (
    FINAL,
    PAUSE_HARM,
    STOP_BENEFIT,
    STOP_FUTILITY,
    STOP_HARM,
    TrialResult,
)
from parentis.services.trials.protocol.frozen import Frozen
from parentis.services.trials.protocol.record import (
    LOWER,
    RANDOMISED,
    SHARE,
    Protocol,
)

RUNNING, FINISHED, STOPPED, ABANDONED = "running", "finished", "stopped early", "abandoned"
STATES = (RUNNING, FINISHED, STOPPED, ABANDONED)

BETTER, NO_DIFFERENCE, WORSE, NOT_KNOWN = "better", "no difference shown", "worse", "not known"
FINDINGS = (BETTER, NO_DIFFERENCE, WORSE, NOT_KNOWN)

GRADES: dict[int, str] = {
    0: "No result",
    2: "Compared with others who differ",
    3: "Compared with others made alike (quasi-experiment)",
    4: "One randomised trial",
}
"The rungs of the catalogue of prevention that a trial can reach: several trials that agree are more than one card."

MOST_MISSING = 0.2
"With a larger share of outcomes missing, chance no longer decides whose outcome counts: one rung is lost."
FEWEST_CLUSTERS = 6

_DUE: dict[str, tuple[str, ...]] = {FINISHED: (FINAL, STOP_BENEFIT, STOP_FUTILITY, STOP_HARM), STOPPED: (
    STOP_BENEFIT, STOP_FUTILITY, STOP_HARM, PAUSE_HARM,
)}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceCard:
    """The card of a trial's version. All cards have the same fields, in the same order and size.

    Attributes:
        id: `trial:<id>@<version>`, by which other services name it.
        effect, low, high: new way less comparison; None where there is no result.
        grade: a rung of `GRADES`.
        cost_per_outcome: extra pounds for one outcome fewer (or more), where the new way was better and costs are
        known.
        says: the finding in a sentence.
        sha256: of the protocol that the result was run from.
    """

    id: str
    title: str
    state: str
    question: str
    population: str
    outcome: str
    design: str
    effect: float | None
    low: float | None
    high: float | None
    probability: float | None
    n: int
    clusters: int
    grade: int
    finding: str
    says: str
    cost_per_outcome: Decimal | None
    harms: str
    replaced: str
    notes: tuple[str, ...]
    sha256: str
    ended: date | None


def evidence_card(
    frozen: Frozen, result: TrialResult | None, *, state: str, harms: str = "", ended: date | None = None, why: str = ""
) -> EvidenceCard:
    """The card of a trial.

    Args:
        result: of the last look; None for one that runs still, or was abandoned without.
        harms: what was seen of harm; if empty the card says that none was recorded.
        why: why it was abandoned, in a sentence.

    Raises SpecificationError for a result of another version, a finished trial without one, and an abandoned one
    without a reason.
    """
    protocol = frozen.protocol
    if state not in STATES:
        raise _wrong(f"one of {', '.join(STATES)}", repr(state), "Correct the state.")
    if result is not None and (result.reference, result.sha256) != (frozen.reference, frozen.sha256):
        raise _wrong(
            f"a result of {frozen.reference}", f"one of {result.reference}", "Run the analysis of this version."
        )
    if state in _DUE and (result is None or result.decision not in _DUE[state]):
        raise _wrong(
            f"the result of a {state} trial", "none" if result is None else result.decision, "Analyse it first."
        )
    if state == ABANDONED and not why.strip():
        raise _wrong("why the trial was abandoned", "nothing", "Say it in a sentence: others will plan from it.")
    shown = None if state == RUNNING else result
    finding = _finding(protocol, shown)
    return EvidenceCard(
        id=frozen.reference, title=protocol.title, state=state, question=protocol.question,
        population=protocol.population, outcome=protocol.outcome.measure, design=protocol.design,
        effect=shown.effect if shown else None, low=shown.low if shown else None,
        high=shown.high if shown else None, probability=shown.probability if shown else None, n=shown.n if shown else 0,
        clusters=shown.clusters if shown else 0, grade=_grade(protocol, shown), finding=finding,
        says=_says(protocol, shown, finding, state, why), cost_per_outcome=_cost(protocol, shown, finding),
        harms=harms.strip() or _harms(shown), replaced=protocol.replaces, notes=shown.notes if shown else (),
        sha256=frozen.sha256, ended=ended,
    )  # fmt: skip


def cards_in_order(cards: Iterable[EvidenceCard]) -> list[EvidenceCard]:
    """By the day they ended, latest first, running ones before; never by what they found."""
    by_name = sorted(cards, key=lambda card: card.id)
    return sorted(by_name, key=lambda card: card.ended or date.max, reverse=True)


def _finding(protocol: Protocol, result: TrialResult | None) -> str:
    if result is None:
        return NOT_KNOWN
    if result.probability is not None:
        return {STOP_BENEFIT: BETTER}.get(result.decision, NO_DIFFERENCE)
    if result.low is None or result.high is None:
        return NOT_KNOWN
    if result.low <= 0 <= result.high:
        return NO_DIFFERENCE
    return BETTER if (result.effect < 0) == (protocol.outcome.better == LOWER) else WORSE


def _grade(protocol: Protocol, result: TrialResult | None) -> int:
    if result is None:
        return 0
    rung = 4 if protocol.design in RANDOMISED else 3
    weak = result.missing > MOST_MISSING * (result.n + result.missing) or result.clusters < FEWEST_CLUSTERS
    return rung - 1 if weak else rung


def _says(protocol: Protocol, result: TrialResult | None, finding: str, state: str, why: str) -> str:
    if result is None:
        return f"Abandoned: {why.strip()}" if state == ABANDONED else "The trial is running: nothing is known yet."
    amount = _amount(protocol, result.effect)
    between = ""
    if result.low is not None and result.high is not None:
        between = f" ({result.level:.0%} interval {_plain(protocol, result.low)} to {_plain(protocol, result.high)})"
    words = {
        BETTER: f"The new way was better: {amount}{between}.",
        WORSE: f"The new way was worse: {amount}{between}.",
        NO_DIFFERENCE: f"No difference was shown: {amount}{between}. An effect within the interval is not ruled out.",
        NOT_KNOWN: f"The difference was {amount}; there were too few to say what chance does.",
    }
    end = f" Abandoned: {why.strip()}" if state == ABANDONED else ""
    return words[finding] + end


def _amount(protocol: Protocol, effect: float) -> str:
    return (
        f"{_plain(protocol, effect)} percentage points" if protocol.outcome.kind == SHARE else _plain(protocol, effect)
    )


def _plain(protocol: Protocol, value: float) -> str:
    text = f"{100 * value:+.1f}" if protocol.outcome.kind == SHARE else f"{value:+.3g}"
    return text.replace("-", "−")


def _cost(protocol: Protocol, result: TrialResult | None, finding: str) -> Decimal | None:
    costs = [arm.cost for arm in protocol.arms]
    if result is None or finding != BETTER or protocol.outcome.kind != SHARE or not all(costs):
        return None
    extra = Decimal(costs[1]) - Decimal(costs[0])
    return (extra / Decimal(str(abs(result.effect)))).quantize(Decimal("0.01"))


def _harms(result: TrialResult | None) -> str:
    if result is None or result.harm is None:
        return "None was recorded; that is not to say that there was none."
    return f"The harm measure differed by {100 * result.harm:+.1f} percentage points.".replace("-", "−")


def _wrong(expected: str, found: str, do: str) -> SpecificationError:
    return SpecificationError(expected=expected, found=found, where="trial card", do=do)
