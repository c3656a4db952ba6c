"""The savings ledger: savings claimed, savings counted, and running costs.

Cashable savings and avoided costs are never added to one another: there is no field for their sum. A saving that
several partnerships claim is counted once. A claim without a counterfactual is listed and not counted.
"""

from typing import Final

import polars as pl

CASHABLE: Final = "CASHABLE"
AVOIDED: Final = "AVOIDED"
EVIDENCE: Final = {"PAID": 3, "MODEL": 2, "CASE": 1, "NONE": 0}
"Strength of a claim's evidence: invoices paid, a model, a described case, none."


def settled(claims: pl.DataFrame) -> pl.DataFrame:
    """Every claim with `counted` and, where it is not, `because`; `also` names the partnerships that claim it too.

    `claims`: `saving, partnership, period, kind, claimed, counterfactual, evidence`. Of several claims of one saving
    in a period the best evidenced counts, of these the lowest, then the first partnership by name.
    """
    claims = claims.with_columns(
        claimed=pl.col("claimed").cast(pl.Float64),
        strength=pl.col("evidence").replace_strict(EVIDENCE, default=0, return_dtype=pl.Int64),
        supported=pl.col("counterfactual").is_not_null() & (pl.col("counterfactual") != "NONE"),
    )
    ordered = claims.sort(
        ["saving", "period", "supported", "strength", "claimed", "partnership"],
        descending=[False, False, True, True, False, False],
        nulls_last=True,
    )
    same = ["saving", "period"]
    others = pl.col("partnership").unique().sort().str.join(", ")
    joined = ordered.join(ordered.group_by(same).agg(claimants=others, k=pl.col("partnership").n_unique()), on=same)
    first = pl.int_range(pl.len()).over(same) == 0
    return joined.with_columns(
        counted=first & pl.col("supported"),
        because=pl.when(~pl.col("supported"))
        .then(pl.lit("nothing is said of what would have been paid otherwise"))
        .when(~first)
        .then(pl.lit("the same saving is claimed and counted elsewhere")),
        also=pl.when(pl.col("k") > 1).then(pl.col("claimants")),
    ).drop("claimants", "k", "supported", "strength")


def ledger(claims: pl.DataFrame, run_costs: pl.DataFrame) -> pl.DataFrame:
    """`partnership, period, kind, claims, claimed, counted, run_cost, net`, a row for each kind.

    `run_costs`: `partnership, period, run_cost`. The running cost is subtracted once, from cashable savings only;
    `net` of avoided costs is not defined (null). A partnership without claims has its running cost too.
    """
    stands = settled(claims)
    sums = stands.group_by("partnership", "period", "kind").agg(
        claims=pl.len(), claimed=pl.col("claimed").sum(), counted=pl.col("claimed").filter("counted").sum()
    )
    places = pl.concat([stands.select("partnership", "period"), run_costs.select("partnership", "period")]).unique()
    rows = places.join(pl.DataFrame({"kind": [AVOIDED, CASHABLE]}), how="cross")
    cashable = pl.col("kind") == CASHABLE
    cost = run_costs.group_by("partnership", "period").agg(pl.col("run_cost").cast(pl.Float64).sum())
    return (
        rows.join(sums, on=["partnership", "period", "kind"], how="left")
        .join(cost, on=["partnership", "period"], how="left")
        .with_columns(
            pl.col("claims").fill_null(0), pl.col("claimed", "counted").fill_null(0.0),
            run_cost=pl.when(cashable).then(pl.col("run_cost").fill_null(0.0)),
        )
        .with_columns(net=pl.when(cashable).then(pl.col("counted") - pl.col("run_cost")))
        .sort("partnership", "period", "kind")
    )  # fmt: skip


def region(claims: pl.DataFrame) -> pl.DataFrame:
    """`period, kind, claims, claimed, counted` of all partnerships: each saving once."""
    stands = settled(claims)
    return (
        stands.group_by("period", "kind")
        .agg(claims=pl.len(), claimed=pl.col("claimed").sum(), counted=pl.col("claimed").filter("counted").sum())
        .sort("period", "kind")
    )
