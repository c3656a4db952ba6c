"""What an analysis of a frozen plan gives: the effect with its interval, and all that a reader must know beside it."""

from dataclasses import dataclass

import polars as pl

from parentis.errors import SpecificationError
from parentis.region import authority

GO_ON, FINAL = "go on", "final"
STOP_BENEFIT, STOP_FUTILITY, STOP_HARM = "stop: benefit", "stop: futility", "stop: harm"
PAUSE_HARM = "pause: the harm rule is met"
DECISIONS = (GO_ON, FINAL, STOP_BENEFIT, STOP_FUTILITY, STOP_HARM, PAUSE_HARM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A number that is shown beside the result and is not it, with what it says; `wrong` for one that misleads."""

    name: str
    value: float
    says: str
    wrong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """The result of one planned look.

    Attributes:
        reference, sha256: of the protocol's version that was run.
        look, looks: which of how many.
        effect: new way less comparison, in the outcome's unit; `low` and `high` its interval, None where there is none.
        p: two-sided; None for a Bayesian analysis, which has `probability` (that the new way is better) instead.
        n, clusters: children (or values) and families or boroughs analysed; `missing` children without an outcome.
        harm: difference in the harm measure, None where it was not recorded.
    """

    reference: str
    sha256: str
    look: int
    looks: int
    method: str
    effect: float
    low: float | None
    high: float | None
    level: float
    p: float | None = None
    probability: float | None = None
    n: int
    clusters: int
    degrees: float | None = None
    missing: int = 0
    harm: float | None = None
    decision: str = FINAL
    notes: tuple[str, ...] = ()
    beside: tuple[Beside, ...] = ()

    def as_rows(self) -> pl.DataFrame:
        """`name, value, low, high, says`: the result, then what stands beside it."""
        schema = {"name": pl.String, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "says": pl.String}
        rows = [("effect", self.effect, self.low, self.high, f"{self.method}, {self.level:.0%} interval")]
        rows += [(one.name, one.value, None, None, one.says) for one in self.beside]
        return pl.DataFrame(rows, schema=schema, orient="row")


def wrong_data(expected: str, found: str, do: str) -> SpecificationError:
    return SpecificationError(expected=expected, found=found, where="trial data", do=do)


def named(codes: list[str]) -> str:
    """The names of boroughs, in the order of their codes."""
    return ", ".join(authority(code).name for code in sorted(codes))
