"""The tidy figure: one row holds one value of one measure, with everything needed to interpret it."""

import dataframely as dy
import polars as pl


class Figures(dy.Schema):
    """Every statistic in Parentis, from any service, is a row of this table."""

    measure = dy.String(primary_key=True)
    "Id of the measure, as in the catalogue: `funding.csc.variance`."
    geography = dy.String(primary_key=True)
    "ONS code of an authority, or id of a footprint (`london`, `bcu-central-north`, `england`)."
    breakdown = dy.String(primary_key=True)
    "'' for the whole; else `dimension=value` pairs joined by `;` in dimension order (see `breakdowns`)."
    period_start = dy.Date(nullable=False)
    period_end = dy.Date(nullable=False)
    "Last day of the period, inclusive; equal to `period_start` for a count on a day."
    period = dy.String(primary_key=True)
    "Label: `2017-18` for a financial year, `2024-03-31` for a day, `2018` for a calendar year."
    value = dy.Float64(nullable=True)
    "In `unit`; pounds, not thousands. Null where missing or suppressed: `suppressed` says which."
    low = dy.Float64(nullable=True)
    high = dy.Float64(nullable=True)
    level = dy.Float64(nullable=True)
    "Coverage of `low` to `high`: 0.8, 0.95. Null where there is no interval."
    unit = dy.String(nullable=False)
    "`£`, `count`, `%`, `£ per child`, `nights` … A percentage is 8.5, not 0.085."
    n = dy.Int64(nullable=True)
    "The denominator or number of returns behind the value."
    suppressed = dy.String(nullable=True)
    "Null, or c confidential, x not available, z not applicable, k rounds to zero."
    scenario = dy.String(primary_key=True)
    "'' for what was observed; else the scenario's id."
    audience = dy.Enum(["own", "members", "published"], nullable=False)
    "Who may see it: the authority itself, members of the region by agreement, anyone."
    authority_set = dy.String(nullable=False)
    "Which authorities are in it: `33 of 33 London authorities`."
    gross_net = dy.String(nullable=False)
    "`gross`, `net` (of income), or '' where the distinction has no meaning."
    cumulative = dy.String(nullable=False)
    "`in-year`, `cumulative`, or ''."
    netted = dy.String(nullable=False)
    "`netted`, `gross of underspends`, or ''."
    method = dy.String(nullable=False)
    "The basis in words: `original budget to outturn, RA/RS basis`."
    provisional = dy.Bool(nullable=False)
    "True while any submission behind it lacks a sign-off it needs."
    provenance_id = dy.String(nullable=False)
    "Key of the provenance table."


class CountedFigures(Figures):
    """Figures with the counts behind a share or a rate, as the figure store keeps them.

    A service that knows the counts gives both columns with its figures; otherwise they are null."""

    numerator = dy.Float64(nullable=True)
    "How many it is so of, in people, events or pounds."
    denominator = dy.Float64(nullable=True)
    "Of how many, or over what exposure."


class Provenance(dy.Schema):
    """How a figure was made. One row may apply to many figures."""

    provenance_id = dy.String(primary_key=True)
    service = dy.String(nullable=False)
    code_version = dy.String(nullable=False)
    parameters = dy.String(nullable=False)
    "JSON object, keys sorted."
    seed = dy.Int64(nullable=True)


class ProvenanceInputs(dy.Schema):
    """The rows a figure was made from: one row per provenance, load and table."""

    provenance_id = dy.String(primary_key=True)
    load_id = dy.String(primary_key=True)
    table = dy.String(primary_key=True)
    "`return/table`, as services name it: `finance.ra/lines`."
    rows = dy.List(dy.UInt32(), nullable=True)
    "0-based `row` values within the submission's table; null where every row with the figure's key was used."
    row_count = dy.Int64(nullable=False)


FIGURE_COLUMNS: tuple[str, ...] = tuple(Figures.column_names())


COUNTS: tuple[str, ...] = ("numerator", "denominator")
"The columns that `CountedFigures` has besides."


def counted(figures: pl.DataFrame) -> pl.DataFrame:
    """`figures` with `COUNTS`, null where a service gave none."""
    missing = [name for name in COUNTS if name not in figures.columns]
    return figures.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in missing)


def empty_figures() -> pl.DataFrame:
    """A figures frame without rows."""
    return Figures.create_empty()
