"""The service's one run: the referral log in, needs and the answers about size and shares out."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import polars as pl

from parentis.figures import WHOLE, Figures, Provenance, ProvenanceInputs, attach, breakdown, empty_figures, trace
from parentis.region import members, parse_period
from parentis.services.places.bands import band_of, money_band
from parentis.services.places.desk_frames import desk_frames
from parentis.services.places.estimate import DEFAULTS, LONDON, Estimate, described, estimate
from parentis.services.places.measures import MEASURES
from parentis.services.places.need.referrals import PLACED, by_status, needs
from parentis.services.places.need.uncensored import interval
from parentis.services.places.needs import EPISODES, REFERRALS
from parentis.services.places.settlement import settle
from parentis.services.places.sizing.answer import answers, frame, size
from parentis.services.service import Result

_KEY: Final = ("measure", "geography", "period", "breakdown")
Row = dict[str, Any]


def compute(tables: Mapping[str, pl.DataFrame], parameters: Mapping[str, Any]) -> Result:
    """Figures, and the frames `uncensored`, `sizing`, `sizing_answer`, `shares`, `rules`, `bands`, `secure_care` and
    those of `desk_frames`.

    Parameters: `audit_matched` of `audit_placements` placements looked up were in the log (80 of 100 until they have
    been looked up); `never_low` to `never_high` children a year nobody referred (0: not asked); `futures` simulated
    (60, for a fast run) and the `seed`.
    """
    chosen = {**DEFAULTS, **parameters}
    log = tables[REFERRALS]
    if log.is_empty():
        return Result(
            figures=empty_figures(),
            provenance=Provenance.create_empty(),
            inputs=ProvenanceInputs.create_empty(),
            frames=desk_frames(tables),
        )
    last = parse_period(max(log["period"].unique().to_list())).end
    every = needs(log, sorted(members(LONDON, last)))
    rows = _counted(every)
    frames: dict[str, pl.DataFrame] = {"bands": _bands(every), "secure_care": by_status(tables[EPISODES])}
    frames |= desk_frames(tables)
    made = estimate(tables, chosen)
    if made is not None:
        sized = size(made.demand, futures=int(chosen["futures"]), seed=int(chosen["seed"]))
        frames |= {"uncensored": described(made.demand), "sizing": frame(sized), "sizing_answer": answers(sized)}
        rows += _estimated(made, frames)
        settled = settle(made, seed=int(chosen["seed"]))
        frames |= {
            "shares": settled.shares.with_columns(
                band=pl.col("pence").map_elements(money_band, return_dtype=pl.String),
            ),
            "rules": settled.rules,
        }
        for rule in settled.rules.iter_rows(named=True):
            by = breakdown({"rule": rule["rule"]})
            rows += [
                _row("rule.gain", LONDON, made.period, rule["gain"] / 100, by=by),
                _row("rule.rise", LONDON, made.period, 100 * rule["largest_rise"], by=by),
            ]  # fmt: skip
    return _result(rows, every, chosen, frames)


def _counted(every: pl.DataFrame) -> list[Row]:
    rows: list[Row] = []
    for (period,), year in every.sort("period").group_by("period", maintain_order=True):
        for (place,), own in year.sort("LA").group_by("LA", maintain_order=True):
            unplaced = _unplaced(own)
            rows += [
                _row("own.referred", str(place), str(period), own.height, own.height),
                _row("own.unplaced", str(place), str(period), unplaced, own.height),
            ]
        rows += [
            _row("referred", LONDON, str(period), year.height, year.height),
            _row("unplaced", LONDON, str(period), 100 * _unplaced(year) / year.height, year.height),
        ]
    return rows


def _unplaced(found: pl.DataFrame) -> int:
    return found.filter(pl.col("OUTCOME").is_in(["elsewhere", "lost"])).height


def _row(
    name: str,
    place: str,
    period: str,
    value: float,
    n: int | None = None,
    band: Sequence[float] = (),
    level: float | None = None,
    by: str = WHOLE,
) -> Row:
    low, high = band or (None, None)
    return {
        "breakdown": by,
        "measure": f"places.{name}", "geography": place, "period": period, "value": float(value), "n": n,
        "low": low, "high": high, "level": level,
    }  # fmt: skip


def _estimated(made: Estimate, frames: Mapping[str, pl.DataFrame]) -> list[Row]:
    a_year, load = interval(made.demand.a_year()), interval(made.demand.load())
    best = frames["sizing_answer"].row(0, named=True)
    at = frames["sizing"].filter(pl.col("scenario") == best["scenario"], pl.col("best")).row(0, named=True)
    rows = [
        _row("a_year", LONDON, made.period, a_year.estimate, band=a_year.bands[1], level=0.95),
        _row("load", LONDON, made.period, load.estimate, band=load.bands[1], level=0.95),
        _row("placed_only", LONDON, made.period, made.demand.placed_only),
        _row("served", LONDON, made.period, 100 * at["share_served"],
             band=(100 * at["share_served_low80"], 100 * at["share_served_high80"]), level=0.8),
        _row("cost", LONDON, made.period, at["cost"], band=(at["cost_low80"], at["cost_high80"]), level=0.8),
        _row("two_years", LONDON, made.period, best["two_years"]),
    ]  # fmt: skip
    if best["last_paying"] is not None:
        rows.append(
            _row("best", LONDON, made.period, best["last_paying"], band=(best["low80"], best["high80"]), level=0.8)
        )
    return rows


def _bands(every: pl.DataFrame) -> pl.DataFrame:
    """The rows that other boroughs may see: `authority`, `period`, and needs and those unplaced as bands; a borough
    that referred nobody in a year of the log is in the band of 0 to 3 like others."""
    grid = pl.DataFrame({"authority": sorted(members(LONDON, date(2025, 3, 31)))}).join(
        every.select("period").unique(), how="cross"
    )
    held = every.group_by(authority="LA", period="period").agg(
        referred=pl.len(),
        unplaced=pl.col("OUTCOME").is_in(["elsewhere", "lost"]).sum(),
        placed=(pl.col("OUTCOME") == PLACED).sum(),
    )
    banded = [
        pl.col(name).fill_null(0).map_elements(band_of, return_dtype=pl.String)
        for name in ("referred", "unplaced", "placed")
    ]
    return grid.join(held, on=["authority", "period"], how="left").with_columns(banded).sort("authority", "period")


def _result(
    rows: Sequence[Row], every: pl.DataFrame, chosen: Mapping[str, Any], frames: Mapping[str, pl.DataFrame]
) -> Result:
    schema = {
        "breakdown": pl.String,
        "measure": pl.String, "geography": pl.String, "period": pl.String, "value": pl.Float64, "n": pl.Int64,
        "low": pl.Float64, "high": pl.Float64, "level": pl.Float64,
    }  # fmt: skip
    values = pl.DataFrame(rows, schema=schema)
    loads = every.select("LA", "period", "load_id", "row", table=pl.lit(REFERRALS))
    model = {m.id for m in MEASURES} - {f"places.{n}" for n in ("own.referred", "own.unplaced", "referred", "unplaced")}
    own = values.filter(pl.col("geography") != LONDON).join(
        loads, left_on=["geography", "period"], right_on=["LA", "period"]
    )
    year = values.filter((pl.col("geography") == LONDON) & ~pl.col("measure").is_in(list(model))).join(
        loads, on="period"
    )
    whole = values.filter(pl.col("measure").is_in(list(model))).join(loads.drop("period"), how="cross")
    columns = [*_KEY, "load_id", "table", "row"]
    used = pl.concat([part.select(columns) for part in (own, year, whole)])
    traced = trace(used, _KEY, service="places", parameters=dict(chosen), seed=int(chosen["seed"]))
    spans = {label: parse_period(label) for label in values["period"].unique().to_list()}
    known = pl.DataFrame([{"measure": m.id, "unit": m.unit, "audience": m.audience.value} for m in MEASURES])
    labelled = values.join(known, on="measure").with_columns(
        period_start=pl.col("period").replace_strict({k: s.start for k, s in spans.items()}, return_dtype=pl.Date),
        period_end=pl.col("period").replace_strict({k: s.end for k, s in spans.items()}, return_dtype=pl.Date),
        suppressed=pl.lit(None, dtype=pl.String), scenario=pl.lit(""), gross_net=pl.lit(""),
        cumulative=pl.lit(""), netted=pl.lit(""), authority_set=pl.lit("London's boroughs in the desk's log"),
        method=pl.when(pl.col("measure").is_in(list(model)))
        .then(pl.lit(f"estimated and simulated ({chosen['futures']} futures)"))
        .otherwise(pl.lit("needs, each once: withdrawn and justice left out")), provisional=pl.lit(value=False),
    )  # fmt: skip
    figures = Figures.validate(attach(labelled, traced).select(Figures.column_names()).sort(_KEY), cast=True)
    return Result(figures=figures, provenance=traced.provenance, inputs=traced.inputs, frames=frames)
