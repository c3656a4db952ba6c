"""Reconciliation: our totals compared with published ones, and the reasons for differences.

The published values are a small cited table, each with its five labels. One published figure may be compared with
several of ours: on its own basis, and on other bases, which explains the difference between them.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import polars as pl

from parentis.figures import Audience, Catalogue, Measure, breakdown
from parentis.services.funding.people import WHOLE_SERVICES


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A published value, with its labels, its source, and the measure of ours that it is compared with."""

    id: str
    title: str
    measure: str
    geography: str
    period: str
    value: float
    "In the measure's unit: pounds, per cent, authorities."
    authority_set: str
    gross_net: str
    cumulative: str
    netted: str
    source: str
    reason: str
    "The reason why our figure may differ."


@cache
def published() -> tuple[Published, ...]:
    """The table beside this file."""
    text = resources.files(__package__).joinpath("published.csv").read_text(encoding="utf-8")
    return tuple(_published(row) for row in csv.DictReader(text.splitlines()))


def _published(row: dict[str, str]) -> Published:
    value = float(row.pop("value"))
    return Published(value=value, **row)


UNITS: dict[str, tuple[str, str, int]] = {
    "£": ("pounds", "pounds", 0),
    "%": ("percent", "per cent", 2),
    "count": ("count", "authorities", 0),
    "£ per child": ("per_child", "pounds per child", 0),
}
"""Unit of the measure compared → end of the reconciliation's ids, its words, its decimals: figures of one measure
have one unit."""
NAMES = ("published", "ours", "difference")


def measure_id(name: str, unit: str) -> str:
    """`measure_id("ours", "£")`: the id of one of `MEASURES`."""
    return f"funding.reconciliation.{name}.{UNITS[unit][0]}"


MEASURES: tuple[Measure, ...] = tuple(
    Measure(
        id=measure_id(name, unit),
        title=f"Reconciliation, {unit_words}: {words}",
        unit=unit,
        definition=f"{definition} One line for each published figure and measure of ours it is set against.",
        people=WHOLE_SERVICES,
        source="Published sources named line by line on the funding methods page",
        audience=Audience.OWN,
        decimals=decimals,
    )
    for unit, (_, unit_words, decimals) in UNITS.items()
    for name, words, definition in (
        ("published", "as published", "The published value."),
        ("ours", "ours", "Our value."),
        ("difference", "difference", "Ours less the published value."),
    )
)


def reconciled_figures(table: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """Values of `MEASURES` for each line of `reconcile` that we hold, with the audience of the measure compared. The
    breakdown names the line, the method gives the source and the reason. `values` come from `evaluate`.
    """
    held = table.filter(pl.col("ours").is_not_null()).join(
        values.select("measure", "geography", "period", "period_start", "period_end", "n", "provisional", "needs"),
        on=["measure", "geography", "period"],
    )
    return pl.concat(
        held.select(
            "geography",
            "period",
            "period_start",
            "period_end",
            "n",
            "needs",
            "audience",
            provisional=pl.lit(value=False) if name == "published" else pl.col("provisional"),
            measure=pl.col("unit").replace_strict(
                {unit: measure_id(name, unit) for unit in UNITS}, return_dtype=pl.String
            ),
            value=pl.col(name),
            breakdown=pl.struct("title", "source", "measure_title").map_elements(_line, pl.String),
            authority_set=pl.col("authority_set" if name == "published" else "our_authority_set"),
            method=pl.format("{}, against {}: {}", "source", "measure", "reason")
            if name != "ours"
            else pl.col("our_method"),
        )
        for name in NAMES
    )


def _line(row: dict[str, str]) -> str:
    """The breakdown of a comparison in words, used as a row heading in tables."""
    return line_of(row["title"], row["source"], row["measure_title"])


def line_of(title: str, source: str, measure_title: str) -> str:
    return breakdown({"figure": f"{title} ({source})", "set against": f"our “{measure_title}”"})


def reasons(measure: Measure) -> str:
    """The reason of every comparison with `measure`, as a Markdown list."""
    return "\n".join(
        f"- {one.period}: {one.title} ({one.source}), set against our “{measure.title}”: {one.reason}"
        for one in published()
        if one.measure == measure.id
    )


def reconcile(values: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """One row for each comparison: `id`, `title`, `measure`, `geography`, `period`, `published`, `ours` (null where we
    hold nothing), `difference` (ours − published), `unit`, the published labels, ours (`our_…`), `source` and `reason`.
    `values` are figures, or the result of `evaluate`."""
    ours = values.select(
        "measure",
        "geography",
        "period",
        ours=pl.col("value"),
        our_authority_set=pl.col("authority_set"),
        our_method=pl.col("method"),
    )
    table = pl.DataFrame(
        [
            {
                "id": one.id,
                "title": one.title,
                "measure": one.measure,
                "measure_title": catalogue[one.measure].title,
                "geography": one.geography,
                "period": one.period,
                "published": one.value,
                "unit": catalogue[one.measure].unit,
                "audience": catalogue[one.measure].audience.value,
                "authority_set": one.authority_set,
                "gross_net": one.gross_net,
                "cumulative": one.cumulative,
                "netted": one.netted,
                "our_gross_net": catalogue[one.measure].gross_net,
                "our_cumulative": catalogue[one.measure].cumulative,
                "our_netted": catalogue[one.measure].netted,
                "source": one.source,
                "reason": one.reason,
            }
            for one in published()
        ]
    )
    return table.join(ours, on=["measure", "geography", "period"], how="left", maintain_order="left").with_columns(
        difference=pl.col("ours") - pl.col("published")
    )
