"""Response: how many of a footprint's authorities have submitted each kind of return."""

import polars as pl

from parentis.figures import Measure, Polarity
from parentis.services.funding.comparisons import CSC_MONITORING, CSC_RA_RS, HN_MONITORING
from parentis.services.funding.formulas import Formula
from parentis.services.funding.people import WHOLE_SERVICES

_RESPONSES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("ra_rs", "budget and outturn (RA and RS)", (CSC_RA_RS.plan, CSC_RA_RS.outturn)),
    ("monitoring", "monitoring of children's social care", (CSC_MONITORING.plan, CSC_MONITORING.outturn)),
    ("high_needs", "monitoring of high needs", (HN_MONITORING.plan, HN_MONITORING.outturn)),
    ("ro3", "social care outturn by line (RO3)", ("ro3.csc.net",)),
)


def response_formulas() -> tuple[Formula, ...]:
    """For footprints: returns held as a share of members on the period's last day, and how many are signed."""
    return (*_held(), _signed())


def _signed() -> Formula:
    return Formula(
        measure=Measure(
            id="funding.response.signed",
            title="Monitoring returns signed by the director and the section 151 officer",
            unit="%",
            definition="100 × authorities whose monitoring has both signatures ÷ authorities with monitoring of "
            "children's social care. Figures from the others are provisional.",
            people=WHOLE_SERVICES,
            source="The returns themselves",
            polarity=Polarity.HIGHER,
            decimals=0,
        ),
        needs=(CSC_MONITORING.plan, CSC_MONITORING.outturn),
        value=100 * (~pl.col("provisional")).mean(),
        method="sign-offs held, of monitoring returns held",
        footprints_only=True,
    )


def _held() -> tuple[Formula, ...]:
    return tuple(
        Formula(
            measure=Measure(
                id=f"funding.response.{name}",
                title=f"Response: {words}",
                unit="%",
                definition=f"100 × authorities with {words} ÷ members on the period's last day; n is how many.",
                people=WHOLE_SERVICES,
                source="The returns themselves",
                polarity=Polarity.HIGHER,
                decimals=0,
            ),
            needs=needs,
            value=100 * pl.len() / pl.col("members").first(),
            method="returns held, of members on the last day of the period",
            footprints_only=True,
        )
        for name, words, needs in _RESPONSES
    )
