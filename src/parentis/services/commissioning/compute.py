"""The service's one run: censuses and partnerships' returns in, the pages' frames and London's figures out."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

import polars as pl

from parentis.figures import (
    WHOLE,
    Figures,
    Provenance,
    ProvenanceInputs,
    attach,
    breakdown,
    empty_figures,
    trace,
)
from parentis.region import parse_period
from parentis.services.commissioning import assembly
from parentis.services.commissioning.assembly import Gathered, gather
from parentis.services.commissioning.measures import MEASURES
from parentis.services.commissioning.page_frames import Frames, page_frames
from parentis.services.commissioning.small_cells import PROVIDERS
from parentis.services.service import Result

DEFAULTS: Final = {"samples": 500, "ways": 999, "seed": 0}
METHOD: Final = "price like for like, with a level for each provider and home; docs/methods/commissioning.md"
NIGHTS_OF_SIX: Final = 6 * 365
_KEY: Final = ("source", "period")
_RETURNED: Final = (assembly.BLOCKS, assembly.REFERRALS, assembly.UPLIFTS, assembly.ARRANGEMENTS, assembly.SAVINGS)
EVERY: Final = "all censuses"
Row = dict[str, Any]


def compute(tables: Mapping[str, pl.DataFrame], parameters: Mapping[str, Any]) -> Result:
    """Figures of London by partnership, and the frames of `page_frame_shapes` with `left_out` and `why_not`.

    Parameters: `samples` of providers (500), `ways` of assigning the treatment (999), `seed` (0).
    """
    chosen = {**DEFAULTS, **parameters}
    held = gather(tables)
    frames = page_frames(tables, held, chosen)
    rows = list(_rows(held, frames))
    if not rows:
        return Result(
            figures=empty_figures(), provenance=Provenance.create_empty(), inputs=ProvenanceInputs.create_empty(),
            frames=frames,
        )  # fmt: skip
    values = pl.DataFrame(rows, schema=_ROW).filter(pl.col("value").is_not_null() & pl.col("value").is_finite())
    used = _used(held, tables)
    values = values.join(used.select(_KEY).unique(), on=list(_KEY), how="semi")
    traced = trace(used.join(values.select(_KEY).unique(), on=list(_KEY), how="semi"), _KEY, service="commissioning",
                   parameters=chosen, seed=chosen["seed"])  # fmt: skip
    known = pl.DataFrame(
        [{"measure": one.id, "unit": one.unit, "audience": one.audience.value, "gross_net": one.gross_net}
         for one in MEASURES]
    )  # fmt: skip
    spans = pl.DataFrame(
        [{"period": one, "period_start": span.start, "period_end": span.end}
         for one in values["period"].unique().sort().to_list() for span in [parse_period(one)]]
    )  # fmt: skip
    placing = held.placements["authority"].n_unique()
    figures = attach(
        values.join(known, on="measure").join(spans, on="period").with_columns(
            geography=pl.lit(assembly.LONDON), level=pl.when(pl.col("low").is_not_null()).then(0.95),
            suppressed=pl.lit(None, dtype=pl.String), scenario=pl.lit(""),
            authority_set=pl.lit(f"{placing} London authorities"), cumulative=pl.lit(""), netted=pl.lit(""),
            method=pl.lit(METHOD), provisional=pl.lit(value=False),
        ),
        traced,
    )  # fmt: skip
    kept = Figures.validate(
        figures.select(Figures.column_names()).sort("measure", "period", "geography", "breakdown"), cast=True
    )
    return Result(figures=kept, provenance=traced.provenance, inputs=traced.inputs, frames=frames)


_ROW: Final = {
    "source": pl.String, "measure": pl.String, "period": pl.String, "breakdown": pl.String, "value": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "n": pl.Int64,
}  # fmt: skip


def _row(
    source: str,
    name: str,
    period: Any,
    value: float | None,
    of: Mapping[str, Any] | None = None,
    *,
    by: str = WHOLE,
    n: int | None = None,
    ends: tuple[str, str] = ("low", "high"),
    times: float = 1.0,
) -> Row:
    """A figure; `of` is the frame's row with its interval under `ends`, and `times` a factor for all three."""
    low, high = ((of or {}).get(end) for end in ends) if of else (None, None)
    return {
        "source": source, "measure": f"commissioning.{name}", "period": str(period), "breakdown": by,
        "value": None if value is None else times * value, "low": None if low is None else times * low,
        "high": None if high is None else times * high, "n": n,
    }  # fmt: skip


def _plain(text: str) -> str:
    """A value of a breakdown, without the characters that its notation uses."""
    return text.replace("=", "-").replace(";", ",")


def _by(name: str, text: str) -> str:
    return breakdown({name: _plain(text)})


def _rows(held: Gathered, frames: Frames) -> Iterator[Row]:
    census = held.placements["census"].max()
    if isinstance(census, date):
        yield from _census(held, frames)
        yield from _models(frames, census)
        yield from _market(frames, census)
    yield from _returned(frames)


def _census(held: Gathered, frames: Frames) -> Iterator[Row]:
    whole = held.placements.group_by("census").agg(n=pl.len(), mean=pl.col("weekly_price").mean()).sort("census")
    for one in whole.iter_rows(named=True):
        yield _row("census", "placements", one["census"], float(one["n"]))
        yield _row("census", "mean_price", one["census"], one["mean"], n=one["n"])
    by = held.placements.group_by("census", pl.col("partnership").fill_null("none")).len().sort("census", "partnership")
    for day, name, n in by.iter_rows():
        yield _row("census", "placements", day, float(n), by=_by("partnership", name))
    for one in frames["mean_prices"].filter("shown").iter_rows(named=True):
        n = by.filter(pl.col("census") == one["census"], pl.col("partnership") == one["partnership"])["len"][0]
        yield _row("census", "mean_price", one["census"], one["mean"], by=_by("partnership", one["partnership"]), n=n)


def _models(frames: Frames, census: date) -> Iterator[Row]:
    shown = frames["like_for_like"].filter("shown")
    names = set(shown["partnership"].to_list())
    for one in shown.iter_rows(named=True):
        by = _by("partnership", one["partnership"])
        yield _row(EVERY, "like_for_like_price", census, one["like_for_like"], one, by=by)
    for one in frames["scorecard"].filter(pl.col("partnership").is_in(names)).iter_rows(named=True):
        by = _by("partnership", one["partnership"])
        yield _row(EVERY, "like_for_like", census, one["like_for_like"], one, by=by)
        yield _row(EVERY, "dearer", census, one["dearer"], by=by, times=100)
    for one in frames["index"].iter_rows(named=True):
        by = _by("method", one["method"])
        for name, value, ends in _INDICES:
            yield _row(EVERY, name, one["census"], one[value], one, by=by, ends=ends, times=100)
            if one["method"] == "geks":
                yield _row(EVERY, name, one["census"], one[value], one, ends=ends, times=100)
    for one in frames["spend_change"].filter(pl.col("order") == "all orders").iter_rows(named=True):
        for name in ("change", "volume", "mix", "price"):
            yield _row(EVERY, f"spend_{name}", one["after"], one[name])
    for one in frames["arrangement_prices"].filter(pl.col("n") >= FEWEST).iter_rows(named=True):
        yield _row(EVERY, "bought", census, one["percent"], one, by=_by("bought", one["sourced"]))
    for one in frames["effects"].iter_rows(named=True):
        by = _by("arrangement", one["title"])
        yield _row(EVERY, "effect", census, one["estimate"], one, by=by)
        yield _row(EVERY, "effect_detectable", census, one["detectable"], by=by)
    for one in frames["others_prices"].iter_rows(named=True):
        yield _row(EVERY, "others_prices", census, one["estimate"], one)
    for one in frames["need_drift"].filter(pl.col("partnership").is_in(names)).iter_rows(named=True):
        yield _row(EVERY, "need_drift", census, one["yearly"], one, by=_by("partnership", one["partnership"]))


FEWEST: Final = 6
_INDICES: Final = (("index", "index", ("low", "high")), ("index_real", "real", ("real_low", "real_high")))


def _market(frames: Frames, census: date) -> Iterator[Row]:
    for one in frames["reach"].iter_rows(named=True):
        by = _by("partnership", one["partnership"])
        yield _row("census", one["share"], census, one["value"], one, by=by, n=one["of"], times=100)
    whole = frames["concentration"].filter(pl.col("footprint") == assembly.LONDON)
    for one in whole.filter(pl.col("sellers") >= PROVIDERS).iter_rows(named=True):
        yield _row("census", "hhi", census, one["hhi"], by=_by("type", one["type"]))
        if one["sellers"] > TOP:
            yield _row("census", "top_five", census, one["top_five"], by=_by("type", one["type"]), times=100)


TOP: Final = 5


def _returned(frames: Frames) -> Iterator[Row]:
    blocks = frames["blocks"].group_by("period", "partnership").agg(
        pl.col("nights_open", "nights_used").sum(), providers=pl.col("provider").n_unique(),
        paid=(pl.col("price") * pl.col("paid_nights")).sum(), break_even=pl.col("break_even").first(),
        low=pl.col("break_even_low").first(), high=pl.col("break_even_high").first(),
    ).sort("period", "partnership")  # fmt: skip
    for one in blocks.filter(pl.col("nights_used") >= NIGHTS_OF_SIX).iter_rows(named=True):
        by = _by("partnership", one["partnership"])
        yield _row(assembly.BLOCKS, "occupancy", one["period"], 100 * one["nights_used"] / one["nights_open"], by=by)
        if one["providers"] >= PROVIDERS:
            yield _row(assembly.BLOCKS, "used_week", one["period"], one["paid"] / one["nights_used"], by=by)
        yield _row(assembly.BLOCKS, "break_even", one["period"], one["break_even"], one, by=by, times=100)
    for one in frames["funnel"].iter_rows(named=True):
        by = _by("partnership", one["partnership"])
        for name, events in (("offers", one["offers"]), ("silence", one["silences"])):
            if events is not None:
                yield _row(assembly.REFERRALS, name, one["period"], 100 * events / one["sent"], by=by, n=one["sent"])
    for one in frames["uplift_totals"].filter(pl.col("providers") >= PROVIDERS).iter_rows(named=True):
        yield _row(assembly.UPLIFTS, "uplift_asked", one["period"], one["asked"])
        yield _row(assembly.UPLIFTS, "uplift_agreed", one["period"], one["agreed"])
    for one in frames["savings"].iter_rows(named=True):
        by = _by("partnership", one["partnership"])
        if one["kind"] == "CASHABLE":
            yield _row(assembly.SAVINGS, "saved", one["period"], one["counted"], by=by)
            yield _row(assembly.SAVINGS, "run_cost", one["period"], one["run_cost"], by=by)
            yield _row(assembly.SAVINGS, "saved_net", one["period"], one["net"], by=by)
        else:
            yield _row(assembly.SAVINGS, "avoided", one["period"], one["counted"], by=by)


def _used(held: Gathered, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """For each source and period, the loads behind it and the number of their rows used."""
    rows = held.placements.with_columns(day=pl.col("census").cast(pl.String))
    days = rows.select(period=pl.col("day").unique().sort())
    one = rows.group_by("table", "load_id", period="day").len("count").with_columns(source=pl.lit("census"))
    every = rows.group_by("table", "load_id").len("count").join(days, how="cross").with_columns(source=pl.lit(EVERY))
    parts = [part.select("source", "period", "table", "load_id", "count") for part in (one, every)]
    for name in _RETURNED:
        if tables[name].height:
            own = tables[name].group_by("period", "load_id").len("count")
            # a ledger also uses the running costs of arrangements
            sources = {name, assembly.SAVINGS} if name == assembly.ARRANGEMENTS else {name}
            parts += [_of_return(own, source, name) for source in sorted(sources)]
    return pl.concat(parts, how="vertical_relaxed").with_columns(row=pl.lit(None, dtype=pl.UInt32))


def _of_return(own: pl.DataFrame, source: str, table: str) -> pl.DataFrame:
    return own.select(
        source=pl.lit(source), period=pl.col("period").cast(pl.String), table=pl.lit(table), load_id="load_id",
        count="count",
    )  # fmt: skip
