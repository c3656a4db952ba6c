"""Frames that the pages read: all results of the models, with effects in per cent, and reasons for missing ones.

A page computes nothing: it filters and sorts these rows. A result that cannot be given has a row in `why_not`
instead.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, Final

import numpy as np
import polars as pl

from parentis.errors import ParentisError
from parentis.region import financial_year_of, price_growth
from parentis.returns.placements.ofsted import at_homes, register
from parentis.services.commissioning import assembly
from parentis.services.commissioning.arrangement_effects import ArrangementEffect, arrangement_effects
from parentis.services.commissioning.assembly import Gathered, Tables
from parentis.services.commissioning.blocks import SpotBeside, block_costs
from parentis.services.commissioning.concentration import concentration
from parentis.services.commissioning.did_it_work import in_words
from parentis.services.commissioning.funnel import WAYS, answered_by, provider_rates, reasons, stages
from parentis.services.commissioning.hedonic import (
    PARTNERSHIP,
    Hedonic,
    as_percent,
    contrast,
    contrasts,
    hedonic,
    like_for_like_prices,
    shrunk,
)
from parentis.services.commissioning.need_drift import drift
from parentis.services.commissioning.others_prices import effect_on_others
from parentis.services.commissioning.page_frame_shapes import SHAPES
from parentis.services.commissioning.placement_prices import NOBODY, TERMS, NothingToCompareError
from parentis.services.commissioning.price_index import divergence, indices
from parentis.services.commissioning.randomisation import Effect
from parentis.services.commissioning.reach import reach
from parentis.services.commissioning.savings import ledger, region, settled
from parentis.services.commissioning.scorecard import grade, scorecard
from parentis.services.commissioning.sensitivity import (
    Answer,
    answer,
    in_a_sentence,
    lacking_each,
    strength_in_words,
    warnings,
)
from parentis.services.commissioning.small_cells import CHILDREN, FEW_CHILDREN, PROVIDERS, cells, masked, together
from parentis.services.commissioning.spend_change import by_kind, spend_change
from parentis.services.commissioning.uplifts import by_provider, uplifts

Frames = dict[str, pl.DataFrame]
SPOT: Final = "Direct Award / Off Framework"
BLOCK_KINDS: Final = ("Block Contract - Local", "Block Contract - Collaborative")
LONDON: Final = assembly.LONDON


def page_frames(tables: Tables, held: Gathered, parameters: Mapping[str, Any]) -> Frames:
    """Every frame of SHAPES. `parameters`: `samples`, `ways`, `seed`."""
    made = _Made(tables, held, parameters)
    for step in STEPS:
        step(made)
    return made.frames | {
        "why_not": pl.DataFrame(made.why_not, {"frame": pl.String, "because": pl.String}, orient="row")
    }


class _Made:
    """The frames made so far; later steps use earlier ones."""

    def __init__(self, tables: Tables, held: Gathered, parameters: Mapping[str, Any]) -> None:
        self.tables, self.held, self.parameters = tables, held, parameters
        self.frames: Frames = {name: pl.DataFrame(schema=shape) for name, shape in SHAPES.items()}
        self.frames["left_out"] = held.left_out
        self.why_not: list[tuple[str, str]] = []
        self.model: Hedonic | None = None
        self.lacking: Mapping[str, Hedonic] = {}
        self.answers: dict[tuple[str, str], Answer] = {}
        self.sound: frozenset[str] = frozenset()
        "Partnerships whose prices may be shown."
        self.effects: dict[str, Effect] = {}

    def put(self, name: str, make: Callable[[], pl.DataFrame]) -> None:
        """Add a frame, or the reason why there is none: a missing frame does not stop the others."""
        try:
            found = make()
        except ParentisError as error:
            self.why_not.append((name, str(error)))
            return
        except np.linalg.LinAlgError:
            self.why_not.append((name, "there are too few placements, or too much alike, to tell the terms apart"))
            return
        self.frames[name] = found.select(
            (pl.col(column) if column in found.columns else pl.lit(None)).cast(dtype).alias(column)
            for column, dtype in SHAPES[name].items()
        )


def _like_for_like(made: _Made) -> None:
    rows = made.held.placements
    try:
        model = made.model = hedonic(rows)
        if len(model.partnerships) < 2:
            made.model = None
            raise NothingToCompareError("all placements are of one partnership, or of none")
    except ParentisError as error:
        made.why_not += [(name, str(error)) for name in ("like_for_like", "contrasts", "without_terms", "terms")]
        return
    try:
        lacking = made.lacking = lacking_each(model)
    except ParentisError as error:
        lacking = {}
        made.why_not.append(("without_terms", str(error)))
    shown = cells(model.rows.with_columns(pl.col(PARTNERSHIP).fill_null(NOBODY)), [PARTNERSHIP])
    told = ("n", "mean", "like_for_like", "low", "high", "providers")
    made.put("like_for_like", lambda: like_for_like_prices(model).join(shown.drop("n"), on=PARTNERSHIP).with_columns(
        pl.when("shown").then(name).alias(name) for name in told))  # fmt: skip
    made.sound = frozenset(shown.filter("shown")[PARTNERSHIP].to_list())
    for after, before in ((one.level, one.other) for one in contrasts(model)):
        if not {after, before} <= made.sound:
            continue
        try:
            made.answers[after, before] = answer(model, after, before, lacking)
        except ParentisError as error:
            made.why_not.append(("contrasts", f"{after} beside {before}: {error}"))
    made.put("contrasts", lambda: pl.DataFrame([_told(one) for one in made.answers.values()], infer_schema_length=None))
    made.put("without_terms", lambda: pl.DataFrame(list(_without(made.answers.values()))))
    used = {term for term, _ in model.design.names}
    made.put("terms", lambda: pl.DataFrame(
        [{"term": one.column, "title": one.title, "used": one.column in used,
          "because": model.design.unused.get(one.column)} for one in TERMS], infer_schema_length=None))  # fmt: skip
    made.put("arrangement_prices", lambda: _arrangement_prices(model))


def _told(found: Answer) -> dict[str, Any]:
    of, hidden = found.contrast, found.unmeasured
    reach_ = (of.high - of.low) / (2 * of.error) * of.robust_error
    sure = not of.low <= 0.0 <= of.high
    return {
        "level": of.level, "other": of.other, "percent": of.percent, "low": of.percent_low, "high": of.percent_high,
        "dearer": of.dearer, "freedom": of.freedom, "robust_percent": as_percent(of.robust_effect),
        "robust_low": as_percent(of.robust_effect - reach_), "robust_high": as_percent(of.robust_effect + reach_),
        "plain_percent": found.plain_percent, "sentence": in_a_sentence(found),
        "warning": " ".join(warnings(found)) or None, "strength": strength_in_words(found) if sure else None,
        "robustness": 100 * hidden.robustness, "robustness_interval": 100 * hidden.robustness_interval,
        "e_value": hidden.e_value, "e_value_interval": hidden.e_value_interval, "gap": hidden.gap,
        "times_need": hidden.times_need, "grade": str(grade(sure, bool(found.flips), None)),
    }  # fmt: skip


def _without(answers: Any) -> Iterator[dict[str, Any]]:
    for found in answers:
        for one in found.left_out:
            yield {"level": found.contrast.level, "other": found.contrast.other, "term": one.term, "title": one.title,
                   "percent": one.percent, "flips": one.flips}  # fmt: skip


def _arrangement_prices(model: Hedonic) -> pl.DataFrame:
    counts = dict(model.rows.group_by("sourced").len().iter_rows())
    reference = model.design.references.get("sourced")
    if reference is None:
        raise NothingToCompareError("all placements were bought in one way, or it is not stated how")
    rows = []
    for level in model.design.levels("sourced"):
        if level != reference:
            one = contrast(model, level, reference, "sourced")
            rows.append({"sourced": level, "beside": reference, "n": counts.get(level), "percent": one.percent,
                         "low": one.percent_low, "high": one.percent_high})  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None).filter(pl.col("n") >= CHILDREN)


def _index(made: _Made) -> None:
    rows, chosen = made.held.placements, made.parameters
    periods = sorted(rows["census"].unique().to_list())
    if len(periods) < 2:
        made.why_not += [("index", "there are placements of one census only, or of none: an index needs two")]
        return

    def index() -> pl.DataFrame:
        found = indices(rows, samples=chosen["samples"], seed=chosen["seed"])
        growth = [_growth(periods[0], one) for one in periods]
        whole = found.frame().sort("method", "census")
        real = pl.DataFrame({"census": periods, "prices": growth}, {"census": pl.Date, "prices": pl.Float64})
        return whole.join(real, on="census").with_columns(
            (pl.col(name) / pl.col("prices")).alias(real_name)
            for name, real_name in (("index", "real"), ("low", "real_low"), ("high", "real_high"))
        )

    made.put("index", index)
    made.put("divergence", lambda: pl.DataFrame([{k: 100 * v for k, v in asdict(divergence(rows)).items()}]))
    here = rows.select("authority", "census").unique()
    every = here.select("authority").unique().join(pl.DataFrame({"census": periods}), how="cross")
    made.put(
        "index_missing", lambda: every.join(here, on=["authority", "census"], how="anti").sort("census", "authority")
    )


def _growth(since: date, on: date) -> float | None:
    """Ratio of the GDP deflator of one census's financial year to another's; None where it is unknown."""
    try:
        return 1.0 + price_growth(financial_year_of(since).label, financial_year_of(on).label)
    except ParentisError:
        return None


def _spend(made: _Made) -> None:
    rows = made.held.placements
    both = rows.group_by("census").agg(who=pl.col("authority").unique().sort()).sort("census")
    parts, kinds = [], []
    for before, after in zip(both.rows(), both.rows()[1:], strict=False):
        same = sorted(set(before[1]) & set(after[1]))
        chosen = rows.filter(pl.col("authority").is_in(same))
        if chosen.is_empty():
            continue
        span = {"before": before[0], "after": after[0], "authorities": len(same)}
        parts.append(spend_change(chosen, before[0], after[0]).with_columns(**{k: pl.lit(v) for k, v in span.items()}))
        two = chosen.filter(pl.col("census").is_in([before[0], after[0]]))
        two = two.with_columns(type=together(two, "type", "census"))
        kinds.append(by_kind(two, before[0], after[0], ("type",)).with_columns(
            before=pl.lit(before[0]), after=pl.lit(after[0])))  # fmt: skip
    if not parts:
        made.why_not.append(("spend_change", "no authority has two censuses: nothing can be set against anything"))
        return
    made.put("spend_change", lambda: pl.concat(parts))
    made.put("spend_by_kind", lambda: pl.concat(kinds))


def _blocks(made: _Made) -> None:
    rows = assembly.blocks(made.tables)
    used = rows.filter((pl.col("nights_used") > 0) & (pl.col("nights_open") > 0))
    for never in rows.filter(pl.col("nights_used").fill_null(0) <= 0).iter_rows(named=True):
        made.why_not.append(
            ("blocks", f"block {never['block']} was never used in {never['period']}: no cost of a used night")
        )
    made.put("blocks", lambda: block_costs(used, _spot(made.model)))


def _spot(model: Hedonic | None) -> SpotBeside | None:
    """The most frequent kind of block compared with off-framework purchase; None where either is missing."""
    if model is None or SPOT not in model.design.levels("sourced"):
        return None
    held = [one for one in BLOCK_KINDS if one in model.design.levels("sourced")]
    if not held:
        return None
    most = max(held, key=lambda one: model.rows.filter(pl.col("sourced") == one).height)
    return SpotBeside.of(contrast(model, most, SPOT, "sourced"))


def _funnel(made: _Made) -> None:
    rows = assembly.referrals(made.tables)
    if rows.is_empty():
        made.why_not.append(("funnel", "no referral was handed in (commissioning.referrals)"))
        return
    made.put("funnel", lambda: pl.concat(
        [_stages(part).with_columns(period=pl.lit(year)) for (year,), part in rows.group_by("period")]
    ).filter(pl.col("referrals") >= CHILDREN).sort("period", "partnership"))  # fmt: skip
    parts = [("", rows), *((str(name), part) for (name,), part in rows.sort("partnership").group_by(
        "partnership", maintain_order=True) if name)]  # fmt: skip
    made.put("funnel_times", lambda: pl.concat(
        [answered_by(part).with_columns(partnership=pl.lit(name)) for name, part in parts]))  # fmt: skip
    made.put("funnel_reasons", lambda: pl.concat(
        [_roughly(reasons(part), name) for name, part in parts]))  # fmt: skip
    known = rows.filter(pl.col("provider").is_not_null())
    made.put("funnel_providers", lambda: pl.concat(
        [provider_rates(known, way).frame.with_columns(way=pl.lit(way)) for way in WAYS[:3]]
    ).filter(pl.col("n") >= CHILDREN))  # fmt: skip


ANSWERS: Final = ("offers", "declines", "silences", "withdrawn", "open")


def _stages(part: pl.DataFrame) -> pl.DataFrame:
    """The frame with counts of 1 to 5 suppressed."""
    few = masked(stages(part), ANSWERS)
    return few.with_columns(
        pl.when((pl.col(name) == 0) | (pl.col(name) >= CHILDREN)).then(name).alias(name)
        for name in ("accepted", "placed")
    )


def _roughly(found: pl.DataFrame, partnership: str) -> pl.DataFrame:
    """For all partnerships together, reasons with counts; for one, shares to the nearest twentieth, since a third
    partnership's counts could be found by subtraction."""
    if partnership:
        rough = (pl.col("share") * 20).round() / 20
        return found.with_columns(partnership=pl.lit(partnership), n=pl.lit(None, pl.Int64), share=rough)
    return found.filter(pl.col("n") >= CHILDREN).with_columns(partnership=pl.lit(""), n=pl.col("n").cast(pl.Int64))


def _sound_shares(found: pl.DataFrame) -> pl.DataFrame:
    """The frame without shares whose numerator, or its complement, is 1 to 5 children."""
    few = [(one > 0) & (one < CHILDREN) for one in (pl.col("n"), pl.col("of") - pl.col("n"))]
    return found.filter(~(few[0] | few[1]), pl.col("of") >= CHILDREN)


def _uplifts(made: _Made) -> None:
    rows = assembly.uplift_requests(made.tables)
    if rows.is_empty():
        made.why_not.append(("uplifts", "no uplift was handed in (commissioning.uplifts)"))
        return
    growth = {year: 100 * price_growth(_before(year), year) for year in rows["period"].unique().to_list()}
    found = uplifts(rows, growth)
    made.put("uplift_rows", lambda: found)
    made.put("uplifts", lambda: by_provider(found, ("period", "provider")))
    made.put("uplift_totals", lambda: by_provider(found, ("period",)).join(
        found.group_by("period").agg(providers=pl.col("provider").n_unique()), on="period"))  # fmt: skip


def _before(year: str) -> str:
    first = int(year[:4]) - 1
    return f"{first}-{(first + 1) % 100:02d}"


def _home_doubts(latest: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    """`doubt, n, of, because`: placements of the last census whose home does not fit Ofsted's register, by reason; no
    rows where no register is held. Counts of few children are hidden."""
    if listed.is_empty():
        return pl.DataFrame(schema={"doubt": pl.String, "n": pl.Int64, "of": pl.Int64, "because": pl.String})
    homes = latest.drop("owner", "grade", strict=False)
    told = at_homes(homes, register(listed)).filter(pl.col("home_urn").is_not_null())
    counted = told.group_by(doubt="doubt_of_home").agg(n=pl.len().cast(pl.Int64)).filter(pl.col("doubt").is_not_null())
    few = pl.col("n") < CHILDREN
    return counted.sort("doubt").with_columns(
        n=pl.when(~few).then("n"), of=pl.lit(told.height, pl.Int64),
        because=pl.when(few).then(pl.lit(FEW_CHILDREN)),
    )  # fmt: skip


def _market(made: _Made) -> None:
    every = made.held.every
    latest = every.filter(pl.col("census") == pl.col("census").max())
    made.put("reach", lambda: _sound_shares(reach(latest)))
    made.put("home_doubts", lambda: _home_doubts(latest, made.tables[assembly.REGISTER]))
    sold = latest.filter(pl.col("provider").is_not_null() & pl.col("type").is_not_null())
    whole = concentration(sold, ("type",)).with_columns(footprint=pl.lit(LONDON))
    inside = sold.filter(pl.col(PARTNERSHIP).is_not_null()).with_columns(footprint=pl.col(PARTNERSHIP))
    made.put("concentration", lambda: pl.concat(
        [whole, concentration(inside, ("footprint", "type"))], how="diagonal"
    ).filter((pl.col("n") >= CHILDREN) & (pl.col("sellers") >= PROVIDERS)))  # fmt: skip
    census = made.held.placements.with_columns(pl.col(PARTNERSHIP).fill_null(NOBODY))
    paid = census.group_by("census", PARTNERSHIP).agg(
        mean=pl.col("weekly_price").mean(), median=pl.col("weekly_price").median()
    )
    allowed = cells(census, ["census", PARTNERSHIP])
    made.put("mean_prices", lambda: allowed.join(paid, on=["census", PARTNERSHIP]).with_columns(
        mean=pl.when("shown").then("mean"), median=pl.when("quantiles").then("median"), n=pl.when("shown").then("n"),
        providers=pl.when("shown").then("providers"),
    ))  # fmt: skip


def _effects(made: _Made) -> None:
    rows, chosen = made.held.placements, made.parameters
    listed = assembly.arrangements(made.tables)
    if listed.is_empty() or rows.is_empty():
        made.why_not.append(("effects", "no arrangement was handed in (commissioning.arrangements)"))
        return
    try:
        found = arrangement_effects(rows, listed, made.held.memberships, ways=chosen["ways"], seed=chosen["seed"])
    except ParentisError as error:
        made.why_not.append(("effects", str(error)))
        return
    made.why_not += [("effects", sentence) for sentence in found.why_not]
    for one in found.found:
        made.effects.setdefault(one.partnership, one.effect)
    if found.found:
        rows_of = [_effect_row(one) for one in found.found]
        made.put("effects", lambda: pl.DataFrame(rows_of, infer_schema_length=None))
        made.put("effects_by_time", lambda: found.by_time)


def _effect_row(one: ArrangementEffect) -> dict[str, Any]:
    return {"partnership": one.partnership, "arrangement": one.arrangement, "title": one.title, "starts": one.starts,
            **_in_percent(one.effect), "sentence": in_words(one.effect, one.title),
            **{f"whole_{name}": value for name, value in _in_percent(one.whole).items()}}  # fmt: skip


def _in_percent(effect: Effect) -> dict[str, Any]:
    logs = ("estimate", "low", "high", "detectable", "before")
    given = asdict(effect)
    return {
        name: as_percent(value) if name in logs and value is not None else value for name, value in given.items()
    } | {"verdict": str(effect.verdict)}


def _others(made: _Made) -> None:
    blocks = assembly.blocks(made.tables).filter(pl.col("starts").is_not_null() & pl.col("provider").is_not_null())

    def found() -> pl.DataFrame:
        effect = effect_on_others(
            made.held.placements, blocks.select("provider", "partnership", "starts").unique(),
            ways=min(made.parameters["ways"], OTHER_WAYS), seed=made.parameters["seed"],
        )  # fmt: skip
        sentence = in_words(effect, "What others pay a provider once it has a block with somebody else")
        return pl.DataFrame([_in_percent(effect) | {"sentence": sentence}], infer_schema_length=None)

    made.put("others_prices", found)


OTHER_WAYS: Final = 299
"Each assignment needs a regression of all placements: this number gives p to within one or two hundredths."


def _drift(made: _Made) -> None:
    rows = made.held.placements
    step = next((one.unmeasured.step for one in made.answers.values()), None)
    if step is None or rows["need"].null_count() == rows.height:
        made.why_not.append(("need_drift", "no band of need is stated (London's edition of the census has it)"))
        return
    made.put("need_drift", lambda: pl.DataFrame(
        [asdict(one) | {"seen": one.seen, "hidden": as_percent(one.hidden)} for one in drift(rows, step)
         if one.partnership in made.sound]))  # fmt: skip


def _savings(made: _Made) -> None:
    claims = assembly.claims(made.tables)
    costs = assembly.arrangements(made.tables).select("partnership", "period", "run_cost").drop_nulls()
    if claims.is_empty() and costs.is_empty():
        made.why_not.append(("savings", "no saving and no arrangement was handed in"))
        return
    made.put("savings_claims", lambda: settled(claims))
    made.put("savings", lambda: ledger(claims, costs))
    made.put("savings_region", lambda: region(claims))


def _scorecard(made: _Made) -> None:
    if made.model is None:
        made.why_not.append(("scorecard", "partnerships cannot be compared"))
        return
    model, pulled = made.model, shrunk(made.model)
    others = [shrunk(one) for one in made.lacking.values()]
    turned = frozenset(
        name
        for at, name in enumerate(pulled.partnerships)
        if any(one.raw[one.partnerships.index(name)] * pulled.raw[at] < 0 for one in others)
    )
    listed = assembly.arrangements(made.tables)
    latest = listed.filter(pl.col("period") == pl.col("period").max().over("partnership"))
    made.put(
        "scorecard",
        lambda: scorecard(
            model, pulled, effects=made.effects, turned=turned, arrangements=latest, ledger=made.frames["savings"]
        ).filter(pl.col("partnership").is_in(sorted(made.sound))),
    )


STEPS: Final = (
    _like_for_like, _index, _spend, _blocks, _funnel, _uplifts, _market, _effects, _others, _drift, _savings,
    _scorecard,
)  # fmt: skip
