"""The measures of detentions, each declared once for the week and once for the month.

A definition names the rows in the numerator and in the denominator; everything else is derived from it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from parentis.figures import Audience, Counts, Measure, People, Polarity, Population
from parentis.services.custody.duty_settings import settings

TABLE: Final = "custody.detentions/detentions"
SOURCE: Final = "detentions that the custody desk submitted (custody.detentions)"
DETAINED: Final = Population(id="custody detentions", audience=Audience.OWN)
CHILDREN: Final = Population(id="custody children detained", audience=Audience.OWN)
COMPARED: Final = Population(id="custody detentions compared", audience=Audience.OWN)
"The smaller of the two counts that a ratio compares."
WEEK, MONTH = "week", "month"
DISPARITY: Final = "custody.disparity"


def _yes(column: str) -> pl.Expr:
    return (pl.col(column) == "Y").fill_null(value=False)


ALL = pl.col("DETENTION").is_not_null()
KEPT = _yes("BAIL_REFUSED")
ASKED = (pl.col("REQUEST") != "none").fill_null(value=False)
SECURE = (pl.col("REQUEST") == "secure").fill_null(value=False)
UNMOVED = KEPT & ~_yes("TRANSFERRED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The number of rows for which `where` holds."""

    name: str
    title: str
    where: pl.Expr
    who: str
    """The breakdown of all detentions that this count belongs to."""
    polarity: Polarity = Polarity.LOWER
    unit: str = "count"
    decimals: int = 0

    @property
    def definition(self) -> str:
        return f"{self.title}: detentions, not children, that began in the period, by the authority responsible."

    @property
    def people(self) -> People:
        return Counts(of=DETAINED, value=1, where=self.who), Counts(of=DETAINED, n=1)

    def value(self) -> pl.Expr:
        return self.where.sum().cast(pl.Float64)

    def n(self) -> pl.Expr:
        return pl.len()


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The percentage of the rows in `of` for which `where` also holds; missing where `of` is empty."""

    name: str
    title: str
    where: pl.Expr
    of: pl.Expr
    of_words: str
    who: str
    """The breakdown of all detentions that `of` belongs to; `so` is what `where` adds."""
    so: str
    polarity: Polarity = Polarity.HIGHER
    unit: str = "%"
    decimals: int = 0

    @property
    def definition(self) -> str:
        return f"{self.title}: 100 × those ÷ {self.of_words}; n is how many these are."

    @property
    def people(self) -> People:
        return (Counts(of=DETAINED, n=1, where=self.who, part=self.so),)

    def value(self) -> pl.Expr:
        return 100 * self.where.filter(self.of).mean()

    def n(self) -> pl.Expr:
        return self.of.sum()


@dataclass(frozen=True, slots=True, kw_only=True)
class Middle:
    """Median (or mean) length of time over the rows that have one."""

    name: str
    title: str
    column: str
    unit: str
    who: str
    """The breakdown of all detentions whose length of time is known."""
    mean: bool = False
    polarity: Polarity = Polarity.LOWER
    decimals: int = 1

    @property
    def definition(self) -> str:
        return f"{'Mean' if self.mean else 'Median'} of those detentions for which it is known; n is how many."

    @property
    def people(self) -> People:
        return (Counts(of=DETAINED, n=1, where=self.who),)

    def value(self) -> pl.Expr:
        return pl.col(self.column).mean() if self.mean else pl.col(self.column).median()

    def n(self) -> pl.Expr:
        return pl.col(self.column).count()


@dataclass(frozen=True, slots=True, kw_only=True)
class PerChild:
    """Number of detentions per child detained."""

    name: str
    title: str
    unit: str = "detentions per child"
    polarity: Polarity = Polarity.LOWER
    decimals: int = 2
    definition: str = "Detentions ÷ different children among them; n is how many children."

    @property
    def people(self) -> People:
        return Counts(of=CHILDREN, n=1), Counts(of=DETAINED, told=True)

    def value(self) -> pl.Expr:
        return pl.len() / pl.col("CHILD_KEY").n_unique()

    def n(self) -> pl.Expr:
        return pl.col("CHILD_KEY").n_unique()


Definition = Counted | Share | Middle | PerChild

PROMPT: Final = settings().merlin

DEFINITIONS: Final[tuple[Definition, ...]] = (
    Counted(name="detentions", title="Detentions of children", where=ALL, who=""),
    Counted(name="overnight", title="Overnight detentions", where=_yes("OVERNIGHT"), who="overnight=yes"),
    Counted(name="weekend", title="Weekend detentions", where=_yes("WEEKEND"), who="weekend=yes"),
    Counted(name="kept", title="Charged and kept, bail refused", where=KEPT, who="kept=yes"),
    Counted(
        name="requests", title="Requests for accommodation", where=ASKED, who="asked=yes", polarity=Polarity.NEUTRAL
    ),
    Counted(
        name="transfers",
        title="Children moved to an authority's accommodation",
        where=_yes("TRANSFERRED"),
        who="moved=yes",
        polarity=Polarity.HIGHER,
    ),
    Share(
        name="requested",
        title="Accommodation asked for",
        where=ASKED,
        of=KEPT,
        of_words="those kept after charge",
        who="kept=yes",
        so="asked=yes",
    ),
    Share(
        name="secure",
        title="Requests that were for secure accommodation",
        where=SECURE,
        of=ASKED,
        of_words="requests",
        who="asked=yes",
        so="secure=yes",
        polarity=Polarity.LOWER,
    ),
    Share(
        name="secure_justified",
        title="Secure requests that said why",
        where=_yes("SECURE_JUSTIFIED"),
        of=SECURE,
        of_words="requests for secure accommodation",
        who="asked=yes;secure=yes",
        so="justified=yes",
    ),
    Share(
        name="transferred",
        title="Moved to an authority's accommodation",
        where=_yes("TRANSFERRED"),
        of=KEPT,
        of_words="those kept after charge",
        who="kept=yes",
        so="moved=yes",
    ),
    Share(
        name="failed",
        title="Failed to accommodate (s.21)",
        where=pl.col("ANSWER") == "failed",
        of=ASKED & ~SECURE,
        of_words="requests not for secure accommodation",
        who="asked=yes;secure=no",
        so="failed=yes",
        polarity=Polarity.LOWER,
    ),
    Share(
        name="certified",
        title="Certificate for the court there",
        where=pl.col("CERTIFICATE") != "missing",
        of=UNMOVED,
        of_words="those kept after charge and not moved",
        who="kept=yes;moved=no",
        so="certified=yes",
    ),
    Share(
        name="certified_impracticable",
        title="Certified as impracticable",
        where=pl.col("CERTIFICATE") == "impracticable",
        of=UNMOVED,
        of_words="those kept after charge and not moved",
        who="kept=yes;moved=no",
        so="impracticable=yes",
        polarity=Polarity.NEUTRAL,
    ),
    Share(
        name="adult_came",
        title="An appropriate adult came",
        where=pl.col("MINUTES_TO_ADULT").is_not_null(),
        of=ALL,
        of_words="all detentions",
        who="",
        so="adult=yes",
    ),
    Share(
        name="merlin_prompt",
        title=f"Merlin report within {PROMPT}",
        where=(pl.col("HOURS_TO_MERLIN") <= PROMPT.amount).fill_null(value=False),
        of=ALL,
        of_words="all detentions",
        who="",
        so="merlin=prompt",
    ),
    Share(
        name="by_table",
        title="Sent to its authority without a person",
        where=pl.col("ROUTED_BY") == "table",
        of=ALL,
        of_words="all detentions",
        who="",
        so="routed=table",
        polarity=Polarity.NEUTRAL,
    ),
    Middle(
        name="answer_minutes",
        title="Request to answer",
        column="MINUTES_TO_ANSWER",
        unit="minutes",
        who="answered=yes",
        decimals=0,
    ),
    Middle(
        name="after_charge_hours",
        title="Time kept after charge",
        column="HOURS_AFTER_CHARGE",
        unit="hours",
        who="charged=yes",
        mean=True,
    ),
    Middle(name="held_hours", title="Time held", column="HOURS_HELD", unit="hours", who="timed=yes"),
    Middle(
        name="adult_minutes",
        title="Call to arrival of the appropriate adult",
        column="MINUTES_TO_ADULT",
        who="adult=yes",
        unit="minutes",
        decimals=0,
    ),
    Middle(
        name="acknowledged_minutes",
        title="Notice to acknowledgement",
        column="MINUTES_TO_ACKNOWLEDGE",
        who="acknowledged=yes",
        unit="minutes",
        decimals=0,
    ),
    PerChild(name="repeats", title="Detentions per child"),
)

OUTCOMES: Final = {
    "overnight": ("held overnight", _yes("OVERNIGHT")),
    "kept": ("kept after charge", KEPT),
    "strip_search": ("strip searched", _yes("STRIP_SEARCH")),
    "force": ("subject to force", _yes("FORCE")),
}
"""Outcomes compared between ethnic groups, in words, with the rows to which they happened."""


def measure_id(span: str, definition: Definition, *, local: bool = False) -> str:
    """Counts of authorities and commands have their own measures: `custody.month.local_kept` beside
    `custody.month.kept`. If they shared a table with the region's counts, suppressing them would also suppress the
    region's."""
    where = "local_" if local and isinstance(definition, Counted) else ""
    return f"custody.{span}.{where}{definition.name}"


def _measures() -> Iterator[Measure]:
    for span in (WEEK, MONTH):
        for one in DEFINITIONS:
            counted = isinstance(one, Counted)
            for local in (False, True) if counted else (False,):
                yield Measure(
                    id=measure_id(span, one, local=local),
                    title=f"{one.title}, locally" if local else one.title,
                    unit=one.unit,
                    definition=one.definition,
                    source=SOURCE,
                    polarity=one.polarity,
                    # An authority's counts are for that authority alone, as are weekly figures, which are small. Totals
                    # of at least three are for members. Monthly shares and durations may be compared.
                    audience=Audience.OWN if counted or span == WEEK else Audience.MEMBERS,
                    people=one.people,
                    decimals=one.decimals,
                )
    for name, (words, _) in OUTCOMES.items():
        yield Measure(
            id=f"{DISPARITY}.{name}",
            title=f"Rate ratio: {words}",
            unit="ratio",
            definition=f"Share of an ethnic group's detentions that were {words} ÷ the same of White children's, with "
            "an exact 95 % interval (two Poisson counts, given their sum); n is the smaller of the two counts.",
            source=SOURCE,
            audience=Audience.MEMBERS,
            people=(Counts(of=COMPARED, n=1, where=f"{name}=yes"), Counts(of=DETAINED, told=True, where=f"{name}=yes")),
            decimals=2,
        )


MEASURES: tuple[Measure, ...] = tuple(_measures())
