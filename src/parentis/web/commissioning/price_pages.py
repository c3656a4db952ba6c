"""Like for like, and the index: what partnerships pay for the same placement, and how fast prices rise."""

from typing import Final

import polars as pl

from parentis import evidence, region
from parentis.web.commissioning.held import Frames, Reader
from parentis.web.page_parts import Column, Page, Picture, Table

NOT_BUILT: Final = "Prices are compared with the next build of figures, once censuses of placements have been accepted."
METHODS: Final = {
    "geks": "GEKS (every pair of censuses)",
    "fisher": "Fisher, homes seen twice",
    "tornqvist": "Törnqvist, homes seen twice",
    "time_dummy": "Like for like, all placements",
}
NOBODY: Final = {"none": "In no partnership", "": "In no partnership"}


def why_not(frames: Frames, *names: str) -> str:
    """Why frames of these names hold nothing, as the service says it."""
    told = frames("why_not")
    if told is None:
        return NOT_BUILT
    own = told.filter(pl.col("frame").is_in(names))["because"].unique(maintain_order=True).to_list()
    return " ".join(f"{one[:1].upper()}{one[1:]}{'' if one.endswith('.') else '.'}" for one in own) or NOT_BUILT


def marked(rows: pl.DataFrame, reader: Reader, column: str = "partnership") -> pl.DataFrame:
    """With `own`, and the partnership in words."""
    return rows.with_columns(own=pl.col(column).is_in(list(reader.partnerships))).with_columns(
        pl.col(column).fill_null("").replace(NOBODY)
    )


def like_for_like(frames: Frames, reader: Reader) -> Page:
    """Are we paying more than others for the same child, place and month, and how sure."""
    held, pairs = frames("like_for_like"), frames("contrasts")
    if held is None or held.is_empty() or pairs is None:
        return Page(title="Like for like", nothing=why_not(frames, "like_for_like", "contrasts"))
    prices = marked(held, reader).sort("like_for_like", nulls_last=True)
    open_ = prices.filter(pl.col("shown"))
    visible = {*open_["partnership"], *NOBODY}
    between = pairs.filter(
        pl.col("level").replace(NOBODY).is_in(visible), pl.col("other").replace(NOBODY).is_in(visible)
    )
    first = _of_own(between, reader)
    warnings = tuple(dict.fromkeys(one for one in first["warning"].drop_nulls().to_list() if one))
    return Page(
        title="Like for like",
        lead=tuple(first["sentence"].drop_nulls().head(4).to_list()),
        warnings=warnings[:4],
        pictures=(
            Picture(
                name="prices",
                title="A week of the same placement, with its 95 % interval",
                table="prices",
                draw=lambda: evidence.interval_chart(
                    open_.select("own", "low", "high", name="partnership", value="like_for_like"), "Pounds a week"
                ),
            ),
        ),
        tables=(
            Table(
                name="prices",
                title="Prices by partnership",
                rows=prices.with_columns(_hidden()),
                own="own",
                hidden="because",
                columns=(
                    Column("Partnership", "partnership"),
                    Column("Placements", "n", "count"),
                    Column("Plain mean, a week", "mean", "pounds"),
                    Column("Like for like, a week (95 %)", "like_for_like", "pounds", "low", "high"),
                ),
                note="The plain mean ranks partnerships by whom they place as much as by what they pay: it is shown "
                "to be compared with, and not to be judged by.",
            ),
            Table(
                name="contrasts",
                title="One partnership beside another",
                rows=_in_words(between),
                columns=(
                    Column("Partnership", "level"),
                    Column("Beside", "other"),
                    Column("Plain difference", "plain_percent", "change"),
                    Column("Like for like (95 %)", "percent", "change", "low", "high"),
                    Column("By providers’ clusters (95 %)", "robust_percent", "change", "robust_low", "robust_high"),
                    Column("Probability of being dearer", "dearer", "chance"),
                ),
            ),
            *_unmeasured(first),
            *_of_terms(frames, reader),
        ),
        notes=(
            "A difference is of prices for placements alike in all that is named here. Higher need, rush and "
            "distance that "
            "are not measured may explain it.",
        ),
    )


def _hidden() -> pl.Expr:
    return pl.when(pl.col("shown")).then(None).otherwise(pl.col("because").fill_null("too few")).alias("because")


def _in_words(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs of partnerships with words for those who are in none."""
    return pairs.with_columns(pl.col("level", "other").replace(NOBODY))


def _of_own(pairs: pl.DataFrame, reader: Reader) -> pl.DataFrame:
    """Pairs in which the reader's partnership is, or all of them where it is in none."""
    own = pairs.filter(pl.any_horizontal(pl.col("level", "other").is_in(list(reader.partnerships))))
    return own if own.height else pairs


def _unmeasured(pairs: pl.DataFrame) -> tuple[Table, ...]:
    """How strong something that was not measured would have to be to make nothing of a difference."""
    told_of = pairs.filter(pl.col("strength").is_not_null())
    if told_of.is_empty():
        return ()
    return (
        Table(
            name="unmeasured",
            title="What something that is not measured would have to be",
            rows=_in_words(told_of),
            columns=(
                Column("Partnership", "level"),
                Column("Beside", "other"),
                Column("E-value", "e_value", "ratio"),
                Column("Share of prices it would have to explain", "robustness", "percent"),
                Column("In words", "strength"),
            ),
        ),
    )


def _of_terms(frames: Frames, reader: Reader) -> tuple[Table, ...]:
    """What the model holds still, and what the answer would be without each."""
    terms, without = frames("terms"), frames("without_terms")
    found = []
    if terms is not None and terms.height:
        found.append(
            Table(
                name="terms",
                title="What is held still",
                rows=terms,
                columns=(Column("Measured", "title"), Column("Used", "used", "yes"), Column("Why not", "because")),
            )
        )
    if without is not None and without.height:
        found.append(
            Table(
                name="without",
                title="The answer without each of them",
                rows=_in_words(_of_own(without, reader)),
                columns=(
                    Column("Partnership", "level"),
                    Column("Beside", "other"),
                    Column("Without", "title"),
                    Column("Like for like", "percent", "change"),
                    Column("Turns the answer", "flips", "yes"),
                ),
            )
        )
    means = frames("mean_prices")
    if means is not None and means.height:
        few = pl.when(pl.col("shown")).then(None).otherwise(pl.col("because").fill_null("too few")).alias("because")
        found.append(
            Table(
                name="means",
                title="Plain means by census",
                rows=means.with_columns(few, pl.col("partnership").replace(NOBODY)).sort(
                    "census", "partnership", descending=[True, False]
                ),
                hidden="because",
                columns=(
                    Column("Census", "census"),
                    Column("Partnership", "partnership"),
                    Column("Placements", "n", "count"),
                    Column("Mean, a week", "mean", "pounds"),
                    Column("Median, a week", "median", "pounds"),
                ),
                note="Whatever the children need: for those who ask, and not to be compared by. The median is shown of "
                "twenty or more; no highest and no lowest price is.",
            )
        )
    drift = frames("need_drift")
    if drift is not None and drift.height:
        found.append(
            Table(
                name="drift",
                title="Do bands of need drift while the children stay alike",
                rows=drift.with_columns(pl.col("partnership").replace(NOBODY)),
                columns=(
                    Column("Partnership", "partnership"),
                    Column("Bands a year (95 %)", "yearly", "ratio", "low", "high"),
                    Column("Price it would hide, a year", "hidden", "percent"),
                    Column("Children", "children", "count"),
                ),
            )
        )
    return tuple(found)


def index(frames: Frames, reader: Reader) -> Page:
    """How fast prices rise with mix held still; four ways, and why they differ."""
    held = frames("index")
    if held is None or held.is_empty():
        return Page(title="Index of prices", nothing=why_not(frames, "index"))
    named = held.with_columns(pl.col("method").replace(METHODS), census=pl.col("census").cast(pl.String))
    geks = held.filter(pl.col("method") == "geks").sort("census")
    last = (geks if geks.height else held.sort("census")).row(-1, named=True)
    lead = [
        f"Prices of the same placements stand at {last['index']:.3f} of the first census's"
        f"{_between(last)}, on {last['census']:%-d %B %Y}."
    ]
    missing = frames("index_missing")
    warnings = []
    if missing is not None and missing.height:
        many = missing.height
        warnings.append(
            f"{many} census{'es are' if many > 1 else ' is'} missing: the index is of the rest. The table names them."
        )
    return Page(
        title="Index of prices",
        lead=tuple(lead),
        warnings=tuple(warnings),
        pictures=(
            Picture(
                name="index",
                title="Four ways of holding the mix still",
                table="index",
                draw=lambda: evidence.lines_chart(
                    named.sort("census").select("low", "high", at="census", series="method", value="index"),
                    "Index, the first census is 1",
                ),
            ),
        ),
        tables=tuple(_index_tables(frames, named)),
    )


def _between(row: dict[str, float]) -> str:
    low, high = row.get("low"), row.get("high")
    return f" (95 %: {low:.3f} to {high:.3f})" if low is not None and high is not None else ""


def _index_tables(frames: Frames, named: pl.DataFrame) -> list[Table]:
    columns: tuple[Column, ...] = (
        Column("Census", "census"),
        Column("Method", "method"),
        Column("Index (95 %)", "index", "ratio", "low", "high"),
    )
    if "real" in named.columns:
        columns = (*columns, Column("In real terms (95 %)", "real", "ratio", "real_low", "real_high"))
    found = [Table(name="index", title="Index by census", rows=named.sort("census", "method"), columns=columns)]
    rest = (
        (
            "divergence",
            "Why the methods differ",
            (
                Column("Like for like less matched homes", "whole", "change"),
                Column("Of it by churn", "churn", "change"),
                Column("Of it by the method", "method", "change"),
                Column("Homes seen once", "once_items", "percent"),
                Column("Their share of spend", "once_spend", "percent"),
            ),
        ),
        (
            "spend_change",
            "What changed the spend",
            (
                Column("From", "before"),
                Column("To", "after"),
                Column("Order", "order"),
                Column("Volume", "volume", "pounds"),
                Column("Mix", "mix", "pounds"),
                Column("Price", "price", "pounds"),
                Column("Change a week", "change", "pounds"),
            ),
        ),
        ("index_missing", "Censuses that are missing", (Column("Census", "census"), Column("Authority", "name"))),
    )
    for name, title, own in rest:
        rows = frames(name)
        if rows is not None and rows.height:
            found.append(Table(name=name, title=title, columns=own, rows=_with_names(rows)))
    return found


def _with_names(rows: pl.DataFrame) -> pl.DataFrame:
    """With the name of each authority, where rows are of authorities."""
    if "authority" not in rows.columns:
        return rows
    names = {one.gss: one.name for one in region.authorities()}
    return rows.with_columns(name=pl.col("authority").replace_strict(names, default=pl.col("authority")))
