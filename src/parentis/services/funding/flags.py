"""Comparability flags: signs that authorities put the same cost in different places, so that no ranking holds.

A flag is a question to the authority, not a finding against it. Where one is raised for any authority shown,
measures that name the flag's test in `comparable_by` are not ranked.
"""

from dataclasses import dataclass

import polars as pl

from parentis.figures import Measure
from parentis.services.funding.formulas import Formula

CSC_COMPARABLE = "funding.csc.comparable"
MONITORING_COMPARABLE = "funding.csc.monitoring_comparable"
LINES_COMPARABLE = "funding.looked_after.comparable"

LEAST_RESIDENTIAL_SHARE, MOST_RESIDENTIAL_SHARE = 0.05, 0.70
"""Residential care as a share of looked-after spend. In RO3 2024-25 London runs from 0.0 % (Westminster) to 74 %
(Harrow); two authorities lie below these bounds and two above, the next ones in at 11 % and 59 %. Beyond them it
is coding and not practice."""
MOST_MOVEMENT = 0.25
"Children's and adults' social care both this far from their original budgets point to a change of coding."


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """`raised` is true where the flag is; it is only asked where every quantity of `needs` is held."""

    id: str
    test: str
    "The measure that is 0 where this is raised."
    needs: tuple[str, ...]
    raised: pl.Expr
    reason: str


def _residential_share() -> pl.Expr:
    whole = pl.col("ro3.looked_after.net")
    return pl.when(whole > 0).then(pl.col("ro3.looked_after.residential") / whole)


def _moved(plan: str, outturn: str) -> pl.Expr:
    return (pl.col(outturn) - pl.col(plan)).abs() > MOST_MOVEMENT * pl.col(plan).abs()


def _missing(quantity: str) -> pl.Expr:
    """An authority's omission, and not a year's: others have it."""
    return pl.col(quantity).is_null() & pl.col(quantity).is_not_null().any().over("period")


def _coding(test: str, basis: str, plan: str, outturn: str) -> tuple[Flag, ...]:
    """The questions to a plan and what came of it; `plan` and `outturn` are quantities, `{}` for the subject."""
    plans, outturns = ([name.format(subject) for subject in ("csc", "asc")] for name in (plan, outturn))
    children, adults = (_moved(*pair) for pair in zip(plans, outturns, strict=True))
    return (
        Flag(
            id="children-and-adults-moved",
            test=test,
            needs=(*plans, *outturns),
            raised=children & adults,
            reason=f"children's and adults' outturn both differ from original budget by more than "
            f"{MOST_MOVEMENT:.0%} ({basis}): budget and outturn are coded differently",
        ),
        Flag(
            id="outturn-missing",
            test=test,
            needs=(plans[0],),
            raised=_missing(outturns[0]),
            reason=f"a budget is held but no outturn ({basis}), though others' outturns of the period are held",
        ),
        Flag(
            id="budget-missing",
            test=test,
            needs=(outturns[0],),
            raised=_missing(plans[0]),
            reason=f"an outturn is held but no budget ({basis}), though others' budgets of the period are held",
        ),
    )


FLAGS: tuple[Flag, ...] = (
    Flag(
        id="residential-low",
        test=LINES_COMPARABLE,
        needs=("ro3.looked_after.net", "ro3.looked_after.residential"),
        raised=_residential_share() < LEAST_RESIDENTIAL_SHARE,
        reason=f"residential care is under {LEAST_RESIDENTIAL_SHARE:.0%} of looked-after spend: coded elsewhere",
    ),
    Flag(
        id="residential-high",
        test=LINES_COMPARABLE,
        needs=("ro3.looked_after.net", "ro3.looked_after.residential"),
        raised=_residential_share() > MOST_RESIDENTIAL_SHARE,
        reason=f"residential care is over {MOST_RESIDENTIAL_SHARE:.0%} of looked-after spend: more coded here",
    ),
    Flag(
        id="looked-after-line-missing",
        test=LINES_COMPARABLE,
        needs=("ro3.csc.net",),
        raised=pl.any_horizontal(
            pl.col(f"ro3.looked_after.{part}").is_null()
            for part in ("net", "residential", "fostering", "asylum", "other")
        ),
        reason="a looked-after line is missing from the return: the authority could not split it",
    ),
    *_coding(CSC_COMPARABLE, "RA and RS", "{}.budget", "{}.outturn"),
    *_coding(MONITORING_COMPARABLE, "monitoring", "monitoring.{}.original_budget", "monitoring.{}.outturn"),
)

_TITLES = {
    CSC_COMPARABLE: "Children's social care: budget and outturn comparable between authorities",
    MONITORING_COMPARABLE: "Children's social care: monitoring comparable between authorities",
    LINES_COMPARABLE: "Children looked after: lines comparable between authorities",
}


_SOURCE = "The returns that the flags look at"
_METHOD = "comparability flags"


def flag_formulas() -> tuple[Formula, ...]:
    """The tests themselves (over a footprint, 1 only where no member that could be asked is flagged), and how
    many authorities are flagged."""
    return tuple(formula for test in _TITLES for formula in (_test(test), _flagged(test)))


def _test(test: str) -> Formula:
    reasons = "; ".join(flag.reason for flag in FLAGS if flag.test == test)
    return Formula(
        measure=Measure(
            id=test,
            title=_TITLES[test],
            unit="0 or 1",
            definition="1 where no flag is raised, 0 where one is (for a footprint: for any member): "
            f"{reasons}. Where it is 0, rankings are refused.",
            source=_SOURCE,
        ),
        needs=(test,),
        value=pl.col(test).min(),
        method=_METHOD,
    )


def _flagged(test: str) -> Formula:
    return Formula(
        measure=Measure(
            id=test.replace("comparable", "flagged_authorities"),
            title=_TITLES[test].replace("comparable between authorities", "authorities with a comparability flag"),
            unit="count",
            definition=f"Authorities whose {test} is 0; n is how many could be asked.",
            source=_SOURCE,
        ),
        needs=(test,),
        value=(pl.col(test) == 0).sum(),
        method=_METHOD,
        footprints_only=True,
    )


def raised_flags(observations: pl.DataFrame) -> pl.DataFrame:
    """`authority`, `period`, `flag`, `test`, `reason`: one row for each flag raised."""
    raised = [
        _asked(observations, flag)
        .filter("raised")
        .select("authority", "period", flag=pl.lit(flag.id), test=pl.lit(flag.test), reason=pl.lit(flag.reason))
        for flag in FLAGS
    ]
    return pl.concat(raised).sort("period", "authority", "flag")


def with_tests(observations: pl.DataFrame) -> pl.DataFrame:
    """`observations` with a column per test: 1 where none of its flags is raised, 0 where one is, null where
    none could be asked."""
    for test in _TITLES:
        asked = pl.concat([_asked(observations, flag) for flag in FLAGS if flag.test == test])
        outcome = asked.group_by("authority", "period").agg((~pl.col("raised").any()).cast(pl.Float64).alias(test))
        observations = observations.join(outcome, on=["authority", "period"], how="left")
    return observations


def quantities_behind(test: str) -> tuple[str, ...]:
    """The quantities that a test looks at."""
    return tuple(sorted({name for flag in FLAGS if flag.test == test for name in _looked_at(flag)}))


def _asked(observations: pl.DataFrame, flag: Flag) -> pl.DataFrame:
    """`authority`, `period`, `raised` of the rows that hold what the flag needs. A quantity that nobody has sent
    is no authority's omission: the flag is not asked."""
    if not set(observations.columns).issuperset(_looked_at(flag)):
        return pl.DataFrame(schema={"authority": pl.String, "period": pl.String, "raised": pl.Boolean})
    return observations.filter(pl.all_horizontal(pl.col(list(flag.needs)).is_not_null())).select(
        "authority", "period", flag.raised.fill_null(False).alias("raised")
    )


def _looked_at(flag: Flag) -> set[str]:
    return {*flag.needs, *flag.raised.meta.root_names()} - {"period"}
