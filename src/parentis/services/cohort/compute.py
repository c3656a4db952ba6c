"""The service's one run: returns in, the cohort's figures and the frames of its pages out."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from parentis.figures import WHOLE, Figures, Provenance, ProvenanceInputs, attach, breakdown, empty_figures, trace
from parentis.region import parse_period
from parentis.returns.ssda903 import known_until
from parentis.services.careers import sector_positions
from parentis.services.careers.markers import EPISODES
from parentis.services.cohort.cohort_cost import COST, cohort_cost, price_list
from parentis.services.cohort.comparisons import disparity, ethnic_group, flow, flow_because, overlap
from parentis.services.cohort.counts import counts, doubts, poisson_rate, rule_counts
from parentis.services.cohort.definition_files import Definition, definitions
from parentis.services.cohort.definition_frames import described
from parentis.services.cohort.identification.frames import identification
from parentis.services.cohort.measures import MEASURES
from parentis.services.cohort.membership import MEMBER, cohort_members
from parentis.services.service import Result

REGION: Final = "london"
_KEY: Final = ("geography", "period")
Tables = Mapping[str, pl.DataFrame]
Frames = dict[str, pl.DataFrame]


def compute(tables: Tables, parameters: Mapping[str, Any]) -> Result:
    """Figures of the newest definition, and frames of every version (`definition_frames`, `_frames`) and of early
    identification (`identification.frames`). Parameters: `seed`, and `samples` of the bootstrap."""
    told = days_told(tables)
    known = definitions()
    frames = described(known)
    if told.is_empty():
        return Result(
            figures=empty_figures(), provenance=Provenance.create_empty(), inputs=ProvenanceInputs.create_empty(),
            frames=frames,
        )  # fmt: skip
    days = sorted(set(told["day"].to_list()))
    answers = cohort_members(tables, known, days, sector_positions())
    frames |= _frames(tables, known, answers, told, int(parameters.get("seed", 0)))
    frames |= identification(tables, samples=int(parameters.get("samples", 500)), seed=int(parameters.get("seed", 0)))
    return _result(tables, known[-1], answers[known[-1].name], told, frames, parameters)


def days_told(tables: Tables) -> pl.DataFrame:
    """`authority, day, period`: the last day of each collection year for the authorities whose return covers it; of the
    latest year the last day that any return covers."""
    episodes = tables.get(EPISODES)
    if episodes is None or episodes.is_empty():
        return pl.DataFrame(schema={"authority": pl.String, "day": pl.Date, "period": pl.String})
    known = known_until(episodes)
    last = known.group_by("period").agg(until=pl.col("until").max())
    return (
        known.join(last, on="period", suffix="_of_any")
        .filter(pl.col("until") == pl.col("until_of_any"))
        .select("authority", day=pl.col("until").dt.offset_by("-1d"), period="period")
        .sort("day", "authority")
    )


def _frames(
    tables: Tables, known: Sequence[Definition], answers: Mapping[str, pl.DataFrame], told: pl.DataFrame, seed: int
) -> Frames:
    of: dict[str, list[pl.DataFrame]] = {
        name: [] for name in ("counts", "rule_counts", "overlap", "disparity", "cost", "flow", "flow_because")
    }
    notes: list[str] = []
    priced = price_list(tables, pl.concat([one.select("authority") for one in answers.values()]))
    for at, one in enumerate(known):
        own = answers[one.name]
        label = (pl.lit(one.id).alias("definition"), pl.lit(one.version, dtype=pl.Int64).alias("version"))
        made = {
            "counts": counts(own, told.select("authority", "day")), "rule_counts": rule_counts(own, one),
            "overlap": overlap(own, one), "disparity": disparity(own), "cost": cohort_cost(own, priced, seed=seed),
        }  # fmt: skip
        for name, frame in made.items():
            of[name].append(frame.select(*label, pl.all()))
        notes += doubts(own, one)
        if one is known[-1]:
            notes += priced.notes
        if at and known[at - 1].id == one.id:
            before = known[at - 1]
            versions = (label[0], pl.lit(before.version, dtype=pl.Int64).alias("before"),
                        pl.lit(one.version, dtype=pl.Int64).alias("after"))  # fmt: skip
            of["flow"].append(flow(answers[before.name], own).select(*versions, pl.all()))
            of["flow_because"].append(flow_because(answers[before.name], own, one).select(*versions, pl.all()))
    frames = {name: pl.concat(parts, how="vertical_relaxed") for name, parts in of.items() if parts}
    return frames | {"notes": pl.DataFrame({"note": notes}, {"note": pl.String})}


def _result(
    tables: Tables, newest: Definition, answers: pl.DataFrame, told: pl.DataFrame, frames: Frames,
    parameters: Mapping[str, Any],
) -> Result:  # fmt: skip
    values = pl.concat([_figures(answers, told), _by_group(answers), _cost(frames)]).join(
        told.select("day", "period").unique(), on="day"
    )
    covered = pl.lit(f"{told['authority'].n_unique()} authorities whose returns are held")
    traced = trace(_used(tables, told), _KEY, service="cohort",
                   parameters={**parameters, "definition": newest.name, "sha256": newest.sha256})  # fmt: skip
    spans = {label: parse_period(label) for label in values["period"].unique().to_list()}
    known = pl.DataFrame([{"measure": one.id, "unit": one.unit, "audience": one.audience.value} for one in MEASURES])
    figures = attach(
        values.join(known, on="measure").with_columns(
            period_start=pl.col("period").replace_strict({k: s.start for k, s in spans.items()}, return_dtype=pl.Date),
            period_end=pl.col("day"), suppressed=pl.lit(None, dtype=pl.String), scenario=pl.lit(""),
            gross_net=pl.lit(""), cumulative=pl.lit(""), netted=pl.lit(""),
            authority_set=pl.when(pl.col("geography") == REGION).then(covered).otherwise(pl.lit("1 of 1 authority")),
            method=pl.lit(f"{newest.name} ({newest.asks}); frozen as {newest.sha256[:12]}"),
            provisional=pl.lit(value=False),
        ).drop("day"),
        traced,
    )  # fmt: skip
    return Result(
        figures=Figures.validate(
            figures.select(Figures.column_names()).sort("measure", "period", "geography", "breakdown"), cast=True
        ),
        provenance=traced.provenance,
        inputs=traced.inputs,
        frames=frames,
    )


_VALUES: Final[dict[str, Any]] = {
    "day": pl.Date, "geography": pl.String, "measure": pl.String, "breakdown": pl.String, "value": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "level": pl.Float64, "n": pl.Int64,
}  # fmt: skip


def _figures(answers: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Exact values: figures' own disclosure control rounds and hides what others see."""
    every = counts(answers, told.select("authority", "day"))
    grid = every.filter(pl.col("geography").is_in(told["authority"].unique().implode()))
    whole = grid.group_by("day").agg(pl.col("children", "not_known", "looked_after", "population").sum())
    rate, low, high = poisson_rate(whole["children"], whole["population"])
    region = whole.with_columns(rate=rate, low=low, high=high, geography=pl.lit(REGION))
    both = pl.concat([grid.select(region.columns), region])
    parts = [
        _values(both, name, pl.col(name)) for name in ("children", "not_known", "looked_after")
    ] + [
        _values(both, "rate", pl.col("rate"), n=pl.col("children"), interval=("low", "high"), level=0.95),
        _values(both, "share", 100 * pl.col("children") / pl.col("looked_after"), n=pl.col("looked_after")),
    ]  # fmt: skip
    return pl.concat(parts).filter(pl.col("value").is_finite())


def _by_group(answers: pl.DataFrame) -> pl.DataFrame:
    parts = []
    said = answers.with_columns(
        sex=pl.col("sex").fill_null("U"), ethnicity=ethnic_group(), inside=pl.col(MEMBER).fill_null(value=False)
    )
    for by in ("sex", "ethnicity"):
        told = said.group_by("day", group=by).agg(
            children=pl.col("inside").sum().cast(pl.Int64), n=pl.len().cast(pl.Int64)
        )
        labelled = told.with_columns(
            geography=pl.lit(REGION),
            breakdown=pl.col("group").replace_strict({one: breakdown({by: one}) for one in told["group"].unique()}),
        )
        parts += [
            _values(labelled, "children", pl.col("children"), by="breakdown"),
            _values(labelled, "looked_after", pl.col("n"), by="breakdown"),
            _values(labelled, "share", 100 * pl.col("children") / pl.col("n"), n=pl.col("n"), by="breakdown"),
        ]
    return pl.concat(parts)


def _cost(frames: Frames) -> pl.DataFrame:
    held = frames.get("cost", pl.DataFrame(schema=COST | {"definition": pl.String, "version": pl.Int64}))
    newest = held.filter(pl.col("version") == pl.col("version").max(), pl.col("children") > 0)
    return _values(newest, "weekly_cost", pl.col("weekly"), n=pl.col("children"), interval=("low", "high"), level=0.8)


def _values(
    frame: pl.DataFrame, name: str, value: pl.Expr, *, n: pl.Expr | None = None, by: str = "",
    interval: tuple[str, str] | None = None, level: float | None = None,
) -> pl.DataFrame:  # fmt: skip
    low, high = (pl.col(one) for one in interval) if interval else (pl.lit(None), pl.lit(None))
    return frame.select(
        day="day", geography="geography", measure=pl.lit(f"cohort.{name}"),
        breakdown=pl.col(by) if by else pl.lit(WHOLE),
        value=value, low=low, high=high, level=pl.lit(level),
        n=pl.lit(None) if n is None else n,
    ).select(pl.col(column).cast(dtype) for column, dtype in _VALUES.items())  # fmt: skip


def _used(tables: Tables, told: pl.DataFrame) -> pl.DataFrame:
    """For each place and year, the loads of every table that a marker may look at, up to that year."""
    loads = pl.concat([
        frame.select("authority", "load_id", from_period="period", table=pl.lit(name)).group_by(pl.all()).len("count")
        for name, frame in tables.items()
        if frame.height and {"authority", "period", "load_id"} <= set(frame.columns)
    ])  # fmt: skip
    of_place = told.select("authority", "period").join(loads, on="authority").with_columns(geography="authority")
    of_region = told.select("period").unique().join(loads, how="cross").with_columns(geography=pl.lit(REGION))
    both = pl.concat([of_place, of_region.select(of_place.columns)])
    return both.filter(pl.col("from_period").str.slice(0, 4) <= pl.col("period").str.slice(0, 4)).select(
        *_KEY, "load_id", "table", "count", row=pl.lit(None, dtype=pl.UInt32)
    )
