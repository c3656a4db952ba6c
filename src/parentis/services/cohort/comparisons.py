"""What changes from one version to the next, which signs go together, and how groups of children differ."""

from typing import Final

import polars as pl

from parentis.services.cohort.counts import by_place
from parentis.services.cohort.definition_files import Definition
from parentis.services.cohort.membership import MEMBER
from parentis.services.cohort.small_counts import hide_small, rounded

STATES: Final = {True: "in", False: "out", None: "not known"}
GROUPS: Final = {"W": "White", "M": "Mixed", "A": "Asian", "C": "Asian", "B": "Black"}
"Ethnic groups by the first letter of the return's code."
OTHER_GROUPS: Final = {"OOTH": "Other"}
NOT_STATED: Final = "Not stated"
SEXES: Final = {"F": "Girls", "M": "Boys"}
OTHERS: Final = "other combinations"
Z95: Final = 1.959963984540054
_CHILD: Final = ("day", "authority", "child")


def flow(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """`day, geography, was, is, children, masked`: children by what two versions say of them. A child outside the ages
    of one is out there. A region's are rounded, and small ones hidden."""
    pairs = _paired(before, after)
    told = pairs.group_by("day", "authority", "was", "is").agg(children=pl.len().cast(pl.Int64))
    return _guarded(by_place(told, ["children"], ["was", "is"]), ["day", "geography"]).sort(
        "day", "geography", "was", "is"
    )


def flow_because(before: pl.DataFrame, after: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    """`day, geography, name, children, masked`: those who enter with the new version, by the rules that say yes of
    them; a child has several."""
    entered = (
        _paired(before, after)
        .filter(pl.col("is") == "in", pl.col("was") != "in")
        .join(after, on=list(_CHILD))
        .unpivot(on=[rule.name for rule in definition.rules], index=["day", "authority"], variable_name="name")
        .filter("value")
    )
    told = entered.group_by("day", "authority", "name").agg(children=pl.len().cast(pl.Int64))
    return _guarded(by_place(told, ["children"], ["name"]), ["day", "geography"]).sort("day", "geography", "name")


def _paired(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """What each version says of every child that either looks at, in words."""
    told = [
        one.select(*_CHILD, pl.col(MEMBER).replace_strict(STATES, return_dtype=pl.String).alias(name))
        for one, name in ((before, "was"), (after, "is"))
    ]
    both = told[0].join(told[1], on=list(_CHILD), how="full", coalesce=True)
    return both.with_columns(pl.col("was", "is").fill_null("out"))


def _guarded(placed: pl.DataFrame, within: list[str]) -> pl.DataFrame:
    """An authority's rows as they are, for itself alone; a region's rounded and guarded."""
    guarded = hide_small(placed, within, "children")
    return guarded.with_columns(
        children=pl.when(~pl.col("region")).then("children").when(~pl.col("masked")).then(rounded("children")),
        masked=pl.col("masked") & pl.col("region"),
    ).drop("region", "members")


def overlap(answers: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    """`day, names, rules, children, masked`, of London: children in the cohort by the signs that say yes of them
    together. Combinations too small to show are one row, `other combinations`."""
    names = [rule.name for rule in definition.rules]
    chosen = [pl.when(pl.col(name).fill_null(value=False)).then(pl.lit(name)) for name in names]
    told = (
        answers.filter(pl.col(MEMBER).fill_null(value=False))
        .select("day", names=pl.concat_str(chosen, separator=" + ", ignore_nulls=True),
                rules=pl.sum_horizontal(pl.col(name).fill_null(value=False).cast(pl.Int64) for name in names))
        .group_by("day", "names", "rules").agg(children=pl.len().cast(pl.Int64))
    )  # fmt: skip
    guarded = hide_small(told.sort("day", "children", "names"), ["day"], "children")
    rest = (
        guarded.filter("masked").group_by("day").agg(pl.col("children").sum())
        .select("day", names=pl.lit(OTHERS), rules=pl.lit(None, dtype=pl.Int64), children=rounded("children"),
                masked=pl.lit(value=True))
    )  # fmt: skip
    shown = guarded.filter(~pl.col("masked")).select("day", "names", "rules", rounded("children"), "masked")
    return pl.concat([shown, rest]).sort("day", "children", "names", descending=[False, True, False])


def disparity(answers: pl.DataFrame) -> pl.DataFrame:
    """`day, by, group, cohort, looked_after, share, ratio, low, high, masked`, of London: the share of each group's
    looked-after children who are in the cohort (per cent), and its ratio to everybody else's with a 95 % interval
    (Katz). Children not known count as looked after, so a share is at least this. Shares and ratios are of rounded
    counts."""
    known = answers.with_columns(
        sex=pl.col("sex").replace_strict(SEXES, default=NOT_STATED, return_dtype=pl.String),
        ethnicity=ethnic_group(),
    )
    parts = []
    for by in ("sex", "ethnicity"):
        told = known.group_by("day", group=by).agg(
            cohort=pl.col(MEMBER).fill_null(value=False).sum().cast(pl.Int64), looked_after=pl.len().cast(pl.Int64)
        )
        told = told.with_columns(rest=pl.col("looked_after") - pl.col("cohort"))
        parts.append(hide_small(told.sort("day", "group"), ["day"], "cohort", rest="rest").with_columns(by=pl.lit(by)))
    both = pl.concat(parts).with_columns(
        pl.when(~pl.col("masked")).then(rounded(name)).alias(name) for name in ("cohort", "looked_after")
    )
    total = [pl.col(name).sum().over("day", "by") - pl.col(name) for name in ("cohort", "looked_after")]
    a, n = pl.col("cohort"), pl.col("looked_after")
    ratio = (a / n) / (total[0] / total[1])
    error = (1 / a - 1 / n + 1 / total[0] - 1 / total[1]).sqrt()
    return both.with_columns(share=100 * a / n, ratio=ratio, low=ratio * (-Z95 * error).exp(),
                             high=ratio * (Z95 * error).exp()).select(
        "day", "by", "group", "cohort", "looked_after",
        *(pl.when(pl.col(name).is_finite()).then(name).alias(name) for name in ("share", "ratio", "low", "high")),
        "masked",
    ).sort("day", "by", "group")  # fmt: skip


def ethnic_group() -> pl.Expr:
    """Five groups of the return's code, and those not stated."""
    code = pl.col("ethnicity")
    return (
        pl.when(code.is_in(["REFU", "NOBT"]) | code.is_null()).then(pl.lit(NOT_STATED))
        .when(code.is_in(list(OTHER_GROUPS))).then(pl.lit("Other"))
        .otherwise(code.str.slice(0, 1).replace_strict(GROUPS, default=NOT_STATED, return_dtype=pl.String))
    )  # fmt: skip
