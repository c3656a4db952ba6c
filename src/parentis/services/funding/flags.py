"""Comparability flags: signs that authorities record the same cost on different lines, which makes rankings invalid.

A flag is a question to the authority, not a finding against it. If a flag is raised for an authority, or its test was
not possible, the authority has no rank by measures that name the test in `comparable_by`, and totals are given both
with and without it. A test that was not possible is null and never counts as passed.
"""

from dataclasses import dataclass

import polars as pl

from parentis.figures import Measure
from parentis.services.funding.formulas import Formula
from parentis.services.funding.people import WHOLE_SERVICES

CSC_COMPARABLE = "funding.csc.comparable"
MONITORING_COMPARABLE = "funding.csc.monitoring_comparable"
LINES_COMPARABLE = "funding.looked_after.comparable"

LEAST_RESIDENTIAL_SHARE, MOST_RESIDENTIAL_SHARE = 0.05, 0.70
"""Residential care as a share of looked-after spend. In RO3 2024-25 London runs from 0.0 % (Westminster) to 74 %
(Harrow); two authorities are below these bounds and two above; the next are at 11 % and 59 %. Shares beyond the bounds
reflect coding, not practice."""
MOST_MOVEMENT = 0.25
"Children's and adults' social care both this far from their original budgets point to a change of coding."
MOST_ALONE = 0.30
"""Children's social care this far from its original budget by itself, while adults' is not: a cost may have moved from
another line, or the budget may not be a real one. In England one authority in twenty is further away (33 % in 2021-22,
31 % in 2017-18); in London in 2021-22 no authority is between 26 % and 33 %, and the four beyond are half of the
variance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """`raised` is true where the flag is raised; it is tested only where every quantity of `needs` is held."""

    id: str
    test: str
    "The measure that is 0 where this is raised."
    needs: tuple[str, ...]
    raised: pl.Expr
    reason: str
    settles: bool = True
    "Whether this flag alone is enough for the test to count as made; a flag that only detects an omission is not."
    may_lack: tuple[str, ...] = ()
    "Quantities that `raised` uses but that may be missing."


def _residential_share() -> pl.Expr:
    whole = pl.col("ro3.looked_after.net")
    return pl.when(whole > 0).then(pl.col("ro3.looked_after.residential") / whole)


def _moved(plan: str, outturn: str, most: float = MOST_MOVEMENT) -> pl.Expr:
    return (pl.col(outturn) - pl.col(plan)).abs() > most * pl.col(plan).abs()


def _missing(quantity: str) -> pl.Expr:
    """True if this authority omitted the quantity, rather than all authorities in that year."""
    return pl.col(quantity).is_null() & pl.col(quantity).is_not_null().any().over("period")


def _coding(test: str, basis: str, plan: str, outturn: str) -> tuple[Flag, ...]:
    """The flags that compare a plan with its outturn; `plan` and `outturn` are quantities, with `{}` for the
    subject.
    """
    plans, outturns = ([name.format(subject) for subject in ("csc", "asc")] for name in (plan, outturn))
    children, adults = (_moved(*pair) for pair in zip(plans, outturns, strict=True))
    return (
        Flag(
            id="children-and-adults-moved",
            test=test,
            needs=(*plans, *outturns),
            raised=children & adults,
            settles=False,
            reason=f"children's and adults' outturn both differ from original budget by more than "
            f"{MOST_MOVEMENT:.0%} ({basis}): budget and outturn are coded differently",
        ),
        Flag(
            id="children-moved",
            test=test,
            needs=(plans[0], outturns[0]),
            raised=_moved(plans[0], outturns[0], MOST_ALONE) & ~adults.fill_null(value=False),
            may_lack=(plans[1], outturns[1]),
            reason=f"children's outturn differs from original budget by more than {MOST_ALONE:.0%} and adults' does "
            f"not ({basis}): a cost may have come from another line, or the budget was never meant to hold",
        ),
        Flag(
            id="outturn-missing",
            test=test,
            needs=(plans[0],),
            raised=_missing(outturns[0]),
            settles=False,
            reason=f"a budget is held but no outturn ({basis}), though others' outturns of the period are held",
        ),
        Flag(
            id="budget-missing",
            test=test,
            needs=(outturns[0],),
            raised=_missing(plans[0]),
            settles=False,
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
        settles=False,
    ),
    *_coding(CSC_COMPARABLE, "RA and RS", "{}.budget", "{}.outturn"),
    *_coding(MONITORING_COMPARABLE, "monitoring", "monitoring.{}.original_budget", "monitoring.{}.outturn"),
)

_TITLES = {
    CSC_COMPARABLE: "Children's social care: budget and outturn comparable between authorities",
    MONITORING_COMPARABLE: "Children's social care: monitoring comparable between authorities",
    LINES_COMPARABLE: "Children looked after: lines comparable between authorities",
}

COMPARED: dict[str, tuple[str, ...]] = {
    CSC_COMPARABLE: ("csc.budget", "csc.outturn"),
    MONITORING_COMPARABLE: ("monitoring.csc.revised_budget", "monitoring.csc.outturn"),
}
"Quantities in totals that are given both with and without the flagged authorities."

_SOURCE = "The returns that the flags look at"
_METHOD = "comparability flags"


def flag_formulas() -> tuple[Formula, ...]:
    """Formulas of the tests (over a footprint, 1 only if no member that could be tested is flagged) and of the number
    of flagged authorities."""
    return tuple(formula for test in _TITLES for formula in (_test(test), _flagged(test)))


def _test(test: str) -> Formula:
    reasons = "; ".join(flag.reason for flag in FLAGS if flag.test == test)
    return Formula(
        measure=Measure(
            id=test,
            title=_TITLES[test],
            unit="0 or 1",
            definition="1 where no flag is raised, 0 where one is (for a footprint: for any member): "
            f"{reasons}. Null where it could not be tested. Where it is 0 or null, an authority has no rank.",
            people=WHOLE_SERVICES,
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
            people=WHOLE_SERVICES,
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
    """`observations` with a column per test: 0 if one of its flags is raised, 1 if none is and the test could be made,
    null if it could not. Also adds `only_comparable(quantity, test)` for every quantity that is compared."""
    for test in _TITLES:
        asked = pl.concat(
            [
                _asked(observations, flag).with_columns(settles=pl.lit(flag.settles))
                for flag in FLAGS
                if flag.test == test
            ]
        )
        outcome = asked.group_by("authority", "period").agg(
            pl.when(pl.col("raised").any()).then(0.0).when(pl.col("settles").any()).then(1.0).alias(test)
        )
        observations = observations.join(outcome, on=["authority", "period"], how="left")
    return observations.with_columns(
        pl.when(pl.col(test) == 1).then(pl.col(quantity)).alias(only_comparable(quantity, test))
        for test, quantities in COMPARED.items()
        for quantity in quantities
        if quantity in observations.columns
    )


def only_comparable(quantity: str, test: str) -> str:
    """The name of the quantity restricted to authorities for which the test is 1."""
    return f"{quantity}|{test}"


def quantities_behind(test: str) -> tuple[str, ...]:
    """The quantities used by a test, or by a quantity restricted to comparable authorities; none for other
    quantities.
    """
    quantity, _, tested = test.rpartition("|")
    looked_at = {name for flag in FLAGS if flag.test == tested for name in _looked_at(flag)}
    return tuple(sorted(looked_at | ({quantity} - {""})))


def _asked(observations: pl.DataFrame, flag: Flag) -> pl.DataFrame:
    """`authority`, `period`, `raised` of the rows that have the flag's needs. If no authority has submitted a quantity,
    its absence is not an omission, so the flag is not tested."""
    lacking = _looked_at(flag) - set(observations.columns)
    if lacking - set(flag.may_lack):
        return pl.DataFrame(schema={"authority": pl.String, "period": pl.String, "raised": pl.Boolean})
    filled = observations.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in sorted(lacking))
    return filled.filter(pl.all_horizontal(pl.col(list(flag.needs)).is_not_null())).select(
        "authority", "period", flag.raised.fill_null(False).alias("raised")
    )


def _looked_at(flag: Flag) -> set[str]:
    return {*flag.needs, *flag.raised.meta.root_names()} - {"period"}
