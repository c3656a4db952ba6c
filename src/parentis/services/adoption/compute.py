"""The service's one run: lists, money and the publisher's workbook in, figures with their provenance out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import polars as pl

from parentis.figures import (
    WHOLE,
    Figures,
    Provenance,
    ProvenanceInputs,
    attach,
    empty_figures,
    trace,
)
from parentis.region import footprints, match_authorities, members, parse_period, places
from parentis.services.adoption import outlook
from parentis.services.adoption.agencies import agencies_on
from parentis.services.adoption.between_pools import REPLICATES as POOLS
from parentis.services.adoption.between_pools import between_pools
from parentis.services.adoption.families_needed import families_needed
from parentis.services.adoption.lists import children, families
from parentis.services.adoption.measures import ACTIVITY, MEASURES
from parentis.services.adoption.needs import ADOPTERS, CHILDREN, CONTRIBUTIONS, COSTS, QUARTERLY
from parentis.services.adoption.outlook import REPLICATES
from parentis.services.adoption.published import published
from parentis.services.adoption.simulation import Shape, World
from parentis.services.adoption.timeliness import scorecard
from parentis.services.adoption.waiting import WAYS, waits
from parentis.services.adoption.world import Window, approved, world
from parentis.services.methods.competing_risks import Waits, cumulative_incidence, log_log
from parentis.services.service import Result

DEFAULTS: Final[dict[str, Any]] = {"draws": 30, "seed": 0, "replicates": REPLICATES, "pools": POOLS}
YEARS: Final = 3
"Years that waits and the pool are learned from."
DAYS_12, DAYS_24 = 365.0, 730.0
AS_PUBLISHED: Final = "as published"
_KEY: Final = ("measure", "geography", "period")
_VALUES: Final = {
    "measure": pl.String,
    "geography": pl.String,
    "period": pl.String,
    "value": pl.Float64,
    "n": pl.Int64,
    "low": pl.Float64,
    "high": pl.Float64,
    "numerator": pl.Float64,
    "denominator": pl.Float64,
    "suppressed": pl.String,
    "authority_set": pl.String,
    "method": pl.String,
    "on_day": pl.Boolean,
}
_USED: Final = {
    "geography": pl.String,
    "period": pl.String,
    "load_id": pl.String,
    "table": pl.String,
    "row": pl.UInt32,
    "provisional": pl.Boolean,
}


def compute(tables: Mapping[str, pl.DataFrame], parameters: Mapping[str, Any]) -> Result:
    """Every figure that the stored returns allow, and the frames of `outlook`. Parameters: `draws` (30) of the pool's
    parameters, `replicates` (40) of its futures, `pools` (150) that differ by chance only, and their `seed` (0)."""
    chosen = {**DEFAULTS, **parameters}
    frames: dict[str, pl.DataFrame] = {}
    parts = [*_of_lists(tables, chosen, frames), *_of_money(tables), *_of_publisher(tables)]
    parts = [(values, used) for values, used in parts if values.height]
    if not parts:
        return Result(
            figures=empty_figures(), provenance=Provenance.create_empty(), inputs=ProvenanceInputs.create_empty()
        )
    values = pl.concat([values for values, _ in parts])
    used = pl.concat(
        [
            values.select(*_KEY).join(used, on=["geography", "period"]).select("measure", *_USED)
            if "measure" not in used.columns
            else used.select("measure", *_USED)
            for values, used in parts
        ],
        how="vertical_relaxed",
    ).select(*_KEY, "load_id", "table", "row", "provisional")
    traced = trace(used, _KEY, service="adoption", parameters=chosen, seed=int(chosen["seed"]))
    unsure = used.group_by(_KEY).agg(provisional=pl.col("provisional").any())
    figures = attach(_labelled(values).join(unsure, on=_KEY, how="left"), traced)
    columns = [*Figures.column_names(), "numerator", "denominator"]
    return Result(
        figures=figures.select(columns).sort(_KEY), provenance=traced.provenance, inputs=traced.inputs, frames=frames
    )


def _labelled(values: pl.DataFrame) -> pl.DataFrame:
    spans = {label: parse_period(label) for label in values["period"].unique().to_list()}
    names = ("unit", "gross_net", "cumulative", "netted")
    labels = pl.DataFrame(
        [
            {"measure": one.id, "audience": one.audience.value, **{name: getattr(one, name) for name in names}}
            for one in MEASURES
        ]
    )
    ends = pl.col("period").replace_strict({k: one.end for k, one in spans.items()}, return_dtype=pl.Date)
    starts = pl.col("period").replace_strict({k: one.start for k, one in spans.items()}, return_dtype=pl.Date)
    return values.join(labels, on="measure").with_columns(
        period_start=pl.when("on_day").then(ends).otherwise(starts),
        period_end=ends,
        period=pl.col("period"),
        breakdown=pl.lit(WHOLE),
        scenario=pl.lit(""),
        # what rounding allows is no interval of chance
        level=pl.when(pl.col("low").is_not_null() & (pl.col("method") != AS_PUBLISHED)).then(0.95),
    )


def _of_lists(
    tables: Mapping[str, pl.DataFrame], chosen: Mapping[str, Any], frames: dict[str, pl.DataFrame]
) -> Iterable[tuple[pl.DataFrame, pl.DataFrame]]:
    listed = children(tables)
    if listed.is_empty():
        return
    handed_in = tables[CHILDREN].select("authority", "period").unique()
    where = places(handed_in["period"]).join(handed_in, on=["authority", "period"])
    whole = where.filter(pl.col("authority").n_unique().over("geography", "period") == pl.col("members"))
    rows: list[dict[str, Any]] = []
    learned = _learned(tables, listed, whole, chosen)
    spread = _between_pools(learned, whole, chosen, frames)
    grouped = whole.group_by("geography", "name", "is_footprint", "period", maintain_order=True).agg("authority")
    for geography, name, is_footprint, period, own in grouped.sort("period", "geography").iter_rows():
        said = f"{len(own)} of {len(own)} {name} authorities" if is_footprint else name
        ours = listed.filter(pl.col("authority").is_in(own))
        rows.extend(
            {"geography": geography, "period": period, "authority_set": said, **one}
            for one in _of_place(ours, period, spread.get(geography))
        )
    used = whole.select("geography", "period", "authority").join(_rows(tables, CHILDREN), on=["authority", "period"])
    yield _frame(rows), used.drop("authority")
    yield _needed(tables, learned, whole, chosen, frames)


def _of_place(ours: pl.DataFrame, period: str, spread: float | None) -> Iterable[dict[str, Any]]:
    span = parse_period(period)
    for name, (_, column) in ACTIVITY.items():
        count = ours.filter(pl.col(column).is_between(span.start, span.end)).height
        yield {"measure": f"adoption.{name}", "value": float(count), "n": count, "method": "as listed"}
    waiting = ours.filter(
        pl.col("placement_order") <= span.end,
        pl.col("placed").is_null() | (pl.col("placed") > span.end),
        pl.col("reversed").is_null() | (pl.col("reversed") > span.end),
        pl.col("placed").is_null() | (pl.col("placed") >= pl.col("placement_order")),
    ).height
    yield {"measure": "adoption.waiting", "value": float(waiting), "n": waiting, "method": "as listed", "on_day": True}
    for name, found in scorecard(ours, start=span.start, end=span.end).items():
        if found.n and name == "A3":
            within = (found.within or 0.0) * found.n
            yield {
                "measure": "adoption.a3",
                "value": 100.0 * within / found.n,
                "n": found.n,
                "numerator": within,
                "denominator": float(found.n),
                "method": "within 426 days",
            }
        elif found.n:
            yield {
                "measure": f"adoption.{name.lower()}",
                "value": found.mean,
                "n": found.n,
                "low": found.low,
                "high": found.high,
                "method": "mean of children, Student's t",
            }
    yield from _incidence(ours, span.end, spread)


def _incidence(ours: pl.DataFrame, ends: date, spread: float | None) -> Iterable[dict[str, Any]]:
    opened = date(ends.year - YEARS, 4, 1)
    known = Waits.of(waits(ours, opened=opened, extracted=ends), WAYS, together="unit")
    if not len(known.end):
        return
    found = cumulative_incidence(known, (DAYS_12, DAYS_24))
    for measure, way, day in (("placed_12", "placed", DAYS_12), ("reversed_24", "reversed", DAYS_24)):
        row = found.row(by_predicate=(pl.col("exit") == way) & (pl.col("day") == day), named=True)
        low, high, said = row["low"], row["high"], ""
        if spread is not None and way == "placed" and low is not None:
            low, high = log_log(row["share"], float(np.hypot(row["error"], spread)))
            said = ", between pools"
        if row["at_risk"] or row["share"]:
            yield {
                "measure": f"adoption.{measure}",
                "value": 100.0 * row["share"],
                "n": len(known.end),
                "low": None if low is None else 100.0 * low,
                "high": None if high is None else 100.0 * high,
                "method": f"Aalen–Johansen, orders and waits of {YEARS} years{said}",
            }


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Learned:
    """A region all of whose authorities submitted, at its last year, with what was estimated from its lists."""

    geography: str
    period: str
    agencies: Mapping[str, str]
    world: World
    families: pl.DataFrame
    window: Window

    @property
    def now(self) -> Shape:
        return Shape(name="As now", agency=tuple(self.agencies.values()))


def _learned(
    tables: Mapping[str, pl.DataFrame], listed: pl.DataFrame, whole: pl.DataFrame, chosen: Mapping[str, Any]
) -> tuple[Learned, ...]:
    theirs = families(tables)
    regions = [one.id for one in footprints() if one.kind == "region"]
    held = whole.filter(pl.col("geography").is_in(regions))
    if held.is_empty() or theirs.is_empty():
        return ()
    period = str(held["period"].max())
    ends = parse_period(period).end
    window = Window(starts=date(ends.year - YEARS, 4, 1), ends=ends)
    found = []
    for geography in held.filter(pl.col("period") == period)["geography"].unique(maintain_order=True):
        agencies = agencies_on(ends, sorted(members(geography, ends)))
        known = world(listed, theirs, agencies, window, draws=int(chosen["draws"]), seed=int(chosen["seed"]))
        found.append(
            Learned(geography=geography, period=period, agencies=agencies, world=known, families=theirs, window=window)
        )
    return tuple(found)


def _between_pools(
    learned: Sequence[Learned], whole: pl.DataFrame, chosen: Mapping[str, Any], frames: dict[str, pl.DataFrame]
) -> dict[str, float]:
    """By place, how much the share placed within 12 months varies between pools; fills the frame `between_pools`."""
    spread: dict[str, float] = {}
    for one in learned:
        last = whole.filter(pl.col("period") == one.period, pl.col("authority").is_in(list(one.agencies)))
        places = {str(name): part["authority"].to_list() for (name,), part in last.group_by("geography")}
        found = between_pools(one.world, one.now, places, seed=int(chosen["seed"]), replicates=int(chosen["pools"]))
        frames["between_pools"] = pl.concat([frames["between_pools"], found]) if "between_pools" in frames else found
        spread |= dict(found.filter(pl.col("months") == 12).select("place", "spread").iter_rows())
    return spread


def _needed(
    tables: Mapping[str, pl.DataFrame],
    learned: Sequence[Learned],
    whole: pl.DataFrame,
    chosen: Mapping[str, Any],
    frames: dict[str, pl.DataFrame],
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Families to add, for each region all of whose authorities submitted, at the last year; fills `frames`."""
    rows = []
    for one in learned:
        dated = approved(one.families).filter(pl.col("approved").is_between(one.window.starts, one.window.ends))
        mix = np.bincount(dated["kind"].to_numpy(), minlength=one.world.families.shape[1]).astype(np.float64) + 0.1
        found = families_needed(one.world, one.now, mix=mix, seed=int(chosen["seed"]), draws=int(chosen["draws"]))
        ahead = outlook.frames(one.world, one.agencies, seed=int(chosen["seed"]), replicates=int(chosen["replicates"]))
        for name, frame in ahead.items():
            own = frame.select(pl.lit(one.geography).alias("geography"), pl.all())
            frames[name] = pl.concat([frames[name], own]) if name in frames else own
        rows.append(
            {
                "measure": "adoption.families_needed",
                "geography": one.geography,
                "period": one.period,
                "value": found.median,
                "low": found.low if found.high is not None else None,
                "high": found.high,
                "suppressed": None if found.median is not None else "x",
                "authority_set": f"{len(one.agencies)} authorities",
                "method": f"pool simulated ahead, {chosen['draws']} draws",
            }
        )
    if not rows:
        return _frame([]), pl.DataFrame(schema=_USED)
    keys = pl.DataFrame([{"geography": one.geography, "period": one.period} for one in learned])
    about = whole.join(keys, on=["geography", "period"]).select("geography", "period", "authority")
    used = pl.concat([_rows(tables, CHILDREN), _rows(tables, ADOPTERS)])
    return _frame(rows), about.join(used, on=["authority", "period"]).drop("authority")


def _of_money(tables: Mapping[str, pl.DataFrame]) -> Iterable[tuple[pl.DataFrame, pl.DataFrame]]:
    paid = match_authorities(
        tables[CONTRIBUTIONS].sort("sequence").unique(["authority", "period", "MEMBER"], keep="last").drop("authority"),
        "MEMBER",
    ).filter(pl.col("authority").is_not_null())
    each = paid.group_by(geography="authority", period="period").agg(
        value=pl.col("PAID").cast(pl.Float64).sum(), n=pl.len().cast(pl.Int64)
    )
    names = {place: place for place in each["geography"].to_list()}
    rows = [
        {"measure": "adoption.contribution", "authority_set": names[row["geography"]], "method": "as agreed", **row}
        for row in each.iter_rows(named=True)
    ]
    used = paid.select("period", "load_id", "row", "provisional", geography="authority", table=pl.lit(CONTRIBUTIONS))
    yield _frame(rows), used
    yield _costs(tables)


def _costs(tables: Mapping[str, pl.DataFrame]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Budgets by agency: the host's return stands for its agency."""
    held = tables[COSTS]
    rows, used = [], []
    for (host, period), lines in held.group_by("authority", "period", maintain_order=True):
        agency = agencies_on(parse_period(str(period)).end, [str(host)])[str(host)]
        last = lines.filter(pl.col("sequence") == pl.col("sequence").max())
        rows.append(
            {
                "measure": "adoption.cost",
                "geography": agency,
                "period": period,
                "value": float(last["BUDGET"].cast(pl.Float64).sum()),
                "n": last.height,
                "authority_set": "as the host handed in",
                "method": "agreed budget",
            }
        )
        used.append(
            last.select(
                "load_id", "row", "provisional", geography=pl.lit(agency), period=pl.lit(period), table=pl.lit(COSTS)
            )
        )
    return _frame(rows), pl.concat(used) if used else pl.DataFrame(schema=_USED)


def _of_publisher(tables: Mapping[str, pl.DataFrame]) -> Iterable[tuple[pl.DataFrame, pl.DataFrame]]:
    found = published(tables[QUARTERLY])
    if found.is_empty():
        return
    values = found.with_columns(
        measure=pl.format("adoption.published.{}", "measure"),
        authority_set=pl.lit("as published"),
        method=pl.lit(AS_PUBLISHED),
    )
    used = values.select(*_KEY, "load_id", "row", table=pl.lit(QUARTERLY), provisional=pl.lit(value=False))
    yield (
        values.select(
            [
                pl.col(name) if name in values.columns else pl.lit(None, kind).alias(name)
                for name, kind in _VALUES.items()
            ]
        ),
        used,
    )


def _rows(tables: Mapping[str, pl.DataFrame], name: str) -> pl.DataFrame:
    return tables[name].select(
        "authority",
        "period",
        "load_id",
        table=pl.lit(name),
        row=pl.col("row").cast(pl.UInt32),
        provisional="provisional",
    )


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=_VALUES).with_columns(pl.col("on_day").fill_null(value=False))
