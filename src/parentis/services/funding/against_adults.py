"""Children's social care against adults': how many authorities, by percentage and by pounds."""

import polars as pl

from parentis.figures import Measure
from parentis.services.funding.comparisons import COMPARISONS, Comparison
from parentis.services.funding.formulas import Formula
from parentis.services.funding.people import WHOLE_SERVICES

SHARE = ".share"


def against_adults_formulas() -> tuple[Formula, ...]:
    """For each basis on which both are held: the count and the share of authorities, by % and by £."""
    by_key = {(one.subject, one.basis): one for one in COMPARISONS}
    return tuple(
        formula
        for (subject, basis), children in by_key.items()
        if subject == "csc" and ("asc", basis) in by_key
        for formula in _formulas(children, by_key["asc", basis])
    )


def _formulas(children: Comparison, adults: Comparison) -> tuple[Formula, ...]:
    gaps = {one.subject: pl.col(one.outturn) - pl.col(one.plan) for one in (children, adults)}
    percent = {
        one.subject: pl.when(pl.col(one.plan) > 0).then(gaps[one.subject] / pl.col(one.plan))
        for one in (children, adults)
    }
    tests = (
        ("percent", "by percentage", percent["csc"] > percent["asc"]),
        ("pounds", "by pounds", gaps["csc"] > gaps["asc"]),
    )
    return tuple(
        Formula(
            measure=Measure(
                id=f"funding.csc.{children.gap_name}_above_adults_{name}{suffix}",
                title=f"Authorities whose children's {children.gap_name} exceeds adults', {words}{of}",
                unit=unit,
                definition=(
                    f"{start} whose {children.gap_title} in children's social care is larger than in adult social "
                    f"care, {words}; n is the number of authorities with both. Basis: {children.basis}."
                ),
                people=WHOLE_SERVICES,
                source=children.source,
                audience=children.audience,
                gross_net="net",
                cumulative="in-year",
                decimals=decimals,
            ),
            needs=(children.plan, children.outturn, adults.plan, adults.outturn),
            value=value,
            method=children.basis,
            footprints_only=True,
        )
        for name, words, test in tests
        for suffix, of, unit, start, decimals, value in (
            ("", "", "count", "Authorities", 0, test.sum()),
            (SHARE, ", share", "%", "Share of the authorities", 1, 100 * test.sum() / pl.len()),
        )
    )
