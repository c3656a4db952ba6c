"""The service's one run: tables in, figures with their provenance out. Pure; nothing is stored or fetched."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl

from parentis.figures import WHOLE, Provenance, ProvenanceInputs, breakdown, empty_figures
from parentis.region import footprints, places
from parentis.services.demand import outlook
from parentis.services.service import Result
from parentis.services.uasc.assembly import Part, assemble, rows_of
from parentis.services.uasc.caseload_share import carry, fair
from parentis.services.uasc.child_nights import ledger
from parentis.services.uasc.costs import answers, denominators
from parentis.services.uasc.forecast import Futures, futures
from parentis.services.uasc.national import UASC_31_MARCH, fair_shares, transfers
from parentis.services.uasc.reconciliation import reconcile
from parentis.services.uasc.records import Ledger
from parentis.services.uasc.schedules import HEAD, current, example
from parentis.services.uasc.snapshot import beside_published, snapshot
from parentis.services.uasc.survey_costs import VALUES, carried, compare, counts_beside, people, years
from parentis.services.uasc.tables import COSTS, LAIT, LEDGER_NEEDS, SURVEY_NEEDS, TRANSFERS
from parentis.services.uasc.thresholds import headroom
from parentis.services.uasc.whatif import GROUPS, LEVEL, Answer, ask

DEFAULTS: Mapping[str, Any] = {"replicates": 200, "seed": 0}
WHATIF_METHOD = "demand model's unaccompanied children and care leavers, both schedules in the same futures"
_ASKED = ("now", "proposed", "difference", "cost", "recovery_now", "recovery_proposed")
NONE = pl.lit(None, dtype=pl.String)


def compute(tables: Mapping[str, pl.DataFrame], parameters: Mapping[str, Any]) -> Result:
    """Every figure of the service that the held data allow. Parameters: `replicates` (200) of the what-if, and
    `seed` (0).

    `frames["headroom"]` gives the distance of each authority from the thresholds, `frames["reconciliation"]` how its
    count compares with the published one; `frames["findings"]` counts the ledger's findings by authority,
    `frames["survey_findings"]` lists answers that could not be used, `frames["survey_counts"]` compares authorities'
    own counts with the ledger, `frames["notes"]` gives the assumptions of the what-if.
    """
    chosen = {**DEFAULTS, **parameters}
    held = ledger(tables)
    told = answers(tables)
    parts = [*_of_ledger(tables, held, told), *_of_publishers(tables)]
    asked, notes = _what_if(tables, held, chosen)
    parts = [part for part in (*parts, *asked) if part.values.height]
    frames = {
        "headroom": headroom(held),
        "reconciliation": reconcile(held, tables[LAIT]),
        "findings": held.findings.group_by("authority", "finding")
        .agg(rows=pl.len(), nights=pl.col("nights").sum())
        .sort("authority", "finding"),
        "survey_findings": told.filter(pl.col("finding").is_not_null()).select(
            "authority", "period", "group", "heading", "finding"
        ),
        "survey_counts": counts_beside(denominators(tables), carried(held)),
        "notes": pl.DataFrame({"note": notes}, {"note": pl.String}),
    }
    if not parts:
        return Result(
            figures=empty_figures(),
            provenance=Provenance.create_empty(),
            inputs=ProvenanceInputs.create_empty(),
            frames=frames,
        )
    figures, traced = assemble(parts, chosen, int(chosen["seed"]))
    return Result(figures=figures, provenance=traced.provenance, inputs=traced.inputs, frames=frames)


def _of_ledger(tables: Mapping[str, pl.DataFrame], held: Ledger, told: pl.DataFrame) -> Iterable[Part]:
    borne = carried(held)
    if borne.is_empty():
        return
    where = places(borne["period"])
    behind = _placed(where, rows_of(tables, LEDGER_NEEDS))
    yield Part(basis="ledger", values=pl.concat([carry(borne, people(held), where), snapshot(held)]), used=behind)
    compared = rows_of(tables, (LAIT,), pl.col("SHORT_DESC") == UASC_31_MARCH).drop("authority")
    beside = where.select("geography", "period").unique().join(compared, how="cross").select(behind.columns)
    yield Part(basis="published count", values=beside_published(held, tables[LAIT]), used=pl.concat([behind, beside]))
    surveyed = compare(years(told, borne), where)
    asked = where.select("geography", "period").unique().join(_answered(tables), on="period")
    both = pl.concat([behind, asked.select(behind.columns)])
    yield Part(basis="survey", values=surveyed, used=both)
    gaps = surveyed.filter(pl.col("measure") == "uasc.gap.year_of_children")
    by_place = {(place, period): gap for place, period, gap in gaps.select("geography", "period", "value").iter_rows()}
    yield Part(basis="fair share", values=fair(borne, where, by_place), used=both)


def _answered(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Every answer of a period is a source of each of its figures, because ratios use all authorities that answered."""
    parts = [
        rows_of(tables, SURVEY_NEEDS, pl.col("period") == period).with_columns(period=pl.lit(period))
        for period in tables[COSTS]["period"].unique().sort()
    ]
    return pl.concat(parts) if parts else rows_of(tables, SURVEY_NEEDS).with_columns(period=NONE)


def _placed(where: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    return (
        where.select("geography", "period", "authority")
        .join(rows, on="authority")
        .select("geography", "period", "load_id", "table", "count", "provisional")
    )


def _of_publishers(tables: Mapping[str, pl.DataFrame]) -> Iterable[Part]:
    published = {
        TRANSFERS: (transfers(tables[TRANSFERS]), None),
        LAIT: (fair_shares(tables[LAIT]), pl.col("SHORT_DESC") == UASC_31_MARCH),
    }
    for need, (values, which) in published.items():
        used = rows_of(tables, (need,), which)
        of_all = used.group_by("load_id", "table").agg(pl.col("count").sum(), pl.col("provisional").any())
        yield Part(basis=need, values=values, used=of_all.with_columns(geography=NONE, period=NONE))


def _what_if(
    tables: Mapping[str, pl.DataFrame], held: Ledger, chosen: Mapping[str, Any]
) -> tuple[list[Part], list[str]]:
    if held.nights.is_empty():
        return [], []
    # The build has already made the outlook for demand's figures, with the same model.
    basis = outlook(tables, {})
    ahead = futures(
        tables,
        replicates=int(chosen["replicates"]),
        seed=int(chosen["seed"]),
        known=held,
        model=basis.basis.model if basis else None,
    )
    if ahead is None or not ahead.years:
        return [], []
    proposed = example()
    answer = ask(ahead, proposed, current())
    # Authorities and regions only: with all overlapping footprints, disclosure control would hide nearly everything.
    regions = [one.id for one in footprints() if one.kind == "region"]
    members = places([ahead.years[0]]).filter(
        pl.col("authority").is_in(answer.authorities), ~pl.col("is_footprint") | pl.col("geography").is_in(regions)
    )
    values = pl.concat(
        [
            _of_place(answer, ahead, geography, name, is_footprint, of, own)
            for geography, name, is_footprint, of, own in members.group_by(
                "geography", "name", "is_footprint", "members", maintain_order=True
            )
            .agg("authority")
            .iter_rows()
        ]
    )
    where = values.select("geography", "period").unique().join(members.select("geography", "authority"), on="geography")
    behind = _placed(where, rows_of(tables, (*LEDGER_NEEDS, *SURVEY_NEEDS)))
    return [Part(basis="what-if", values=values, used=behind, scenario=proposed.name)], list(ahead.notes)


def _people(ahead: Futures) -> np.ndarray:
    """People on an average night, (authorities, 3, years) of `GROUPS`: rounded to whole people, so that places and
    groups add up."""
    children, leavers = ahead.nights.sum(axis=2).mean(axis=0) / HEAD, ahead.weeks.mean(axis=0) * 7 / HEAD
    apart = np.stack([np.ceil(one - 0.5).clip(one > 0) for one in (children, leavers)], axis=1)
    return np.concatenate([apart, apart.sum(axis=1, keepdims=True)], axis=1)


def _of_place(
    answer: Answer, ahead: Futures, geography: str, name: str, is_footprint: bool, of: int, own: list[str]
) -> pl.DataFrame:
    frame = answer.frame(own).filter(pl.col("year") != "all", pl.col("quantity").is_in(_ASKED))
    people = _people(ahead)[[answer.authorities.index(one) for one in own]].sum(axis=0)
    heads = {(group, year): int(people[g, y]) for g, group in enumerate(GROUPS) for y, year in enumerate(answer.years)}
    kinds = {group: WHOLE if group == "both" else breakdown({"group": group}) for group in GROUPS}
    said = f"{len(own)} of {of} {name} authorities" if is_footprint else name
    return frame.select(
        measure=pl.format("uasc.whatif.{}", "quantity"),
        geography=pl.lit(geography),
        breakdown=pl.col("group").replace_strict(kinds, return_dtype=pl.String),
        period="year",
        value="mean",
        low="low",
        high="high",
        level=pl.lit(LEVEL),
        n=pl.struct("group", "year").map_elements(lambda one: heads[one["group"], one["year"]], pl.Int64),
        authority_set=pl.lit(said),
        method=pl.lit(WHATIF_METHOD),
    ).select(*VALUES)  # fmt: skip
