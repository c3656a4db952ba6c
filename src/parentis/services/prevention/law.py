"""What the law requires already: an effect is additional only above it, and only from the day on which it binds.

Before that day all of a programme's effect counts. From then on, of the families whom the duty covers, those that would
have had the offer anyway (`compliance`) are no achievement of the programme, unless the offer comes earlier.
"""

from dataclasses import replace
from datetime import date

from parentis.errors import SpecificationError
from parentis.services.demand.simulation.programmes import Drawn, Effect

NO_DUTY, MET, EARLIER = "no duty", "met by all", "earlier"
CASES = (NO_DUTY, MET, EARLIER)


def additional(
    effect: Effect, *, case: str, binds_from: date | None, compliance: float = 1.0, earlier: Drawn | None = None
) -> tuple[tuple[Effect, ...], str]:
    """The effects beyond the law, and a sentence on what was taken off.

    Args:
        effect: what the programme does where nothing is required.
        binds_from: the first day on which the duty must be met; None where no duty is known.
        compliance: the share of the offers required that are made without the programme.
        earlier: for `EARLIER`, the share of eligible children who come into care before the duty's offer and whom the
            earlier one would still reach: they are met in addition, at full effect.
    """
    if case not in CASES or not 0 <= compliance <= 1:
        raise SpecificationError(
            expected=f"one of {', '.join(CASES)}, and a share that comply from 0 to 1",
            found=f"{case}, {compliance}",
            where="what the law requires",
            do="Correct the bid.",
        )
    if case == NO_DUTY or binds_from is None or (effect.end is not None and effect.end <= binds_from):
        return (effect,), "All of the effect is counted as additional: no duty is taken off."
    parts = []
    if effect.start is None or effect.start < binds_from:
        parts.append(replace(effect, end=binds_from, half_life_months=None))
    after = replace(effect, start=max(binds_from, effect.start or binds_from))
    if compliance < 1:
        parts.append(replace(after, share=scaled(effect.share, 1 - compliance)))
    said = (
        f"From {binds_from:%-d %B %Y} the law requires it: {compliance:.0%} of the offers required would be made "
        "anyway and are taken off."
    )
    if case == EARLIER:
        if earlier is None:
            raise SpecificationError(
                expected="the share of children whom an earlier offer reaches in addition",
                found="none",
                where="what the law requires",
                do="Enter it with its interval: it decides what an earlier offer is worth.",
            )
        parts.append(replace(after, share=times(effect.share, earlier)))
        said += f" An earlier offer reaches {earlier.centre:.0%} more of the eligible, who came into care before it."
    return tuple(parts), said


def scaled(share: Drawn, by: float) -> Drawn:
    """`share` times a number that is known."""
    ends = (None, None) if share.low is None or share.high is None else (share.low * by, share.high * by)
    return replace(share, centre=share.centre * by, low=ends[0], high=ends[1])


def times(one: Drawn, other: Drawn) -> Drawn:
    """The product, with the interval of the less certain of the two scaled by the other's centre."""
    wide, known = (
        (one, other) if one.spread / (one.centre or 1.0) > other.spread / (other.centre or 1.0) else (other, one)
    )
    return scaled(wide, known.centre)
