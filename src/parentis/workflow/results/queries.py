"""Figures as released to a viewer, with names and labels, and the rows behind them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from parentis import archive, lake, region, remedies
from parentis.archive import Home
from parentis.errors import NotFoundError
from parentis.figures import Catalogue, Viewer, guard, release
from parentis.services import measures_of, services
from parentis.workflow.decisions.release import NARROWEST_FIRST, opened_to


def catalogue(home: Home) -> Catalogue:
    """Every measure: as declared at the time of the build if a service shows it, otherwise as declared now."""
    built = lake.read_measures(home)
    known = {measure.id for measure in built}
    announced = (
        measure
        for service in services().values()
        for measure in measures_of(service, _no_rows(service.needs))
        if measure.id not in known
    )
    return Catalogue((*built, *announced))


def _no_rows(needs: tuple[str, ...]) -> dict[str, pl.DataFrame]:
    return {need: pl.DataFrame(schema=lake.shown_schema(lake.declared(need)[1])) for need in needs}


def released(
    home: Home, known: Catalogue, viewer: Viewer, *, measures: Collection[str] | None = None, provenance_id: str = ""
) -> pl.DataFrame:
    """The current figures as `viewer` may see them, of all measures or of these; with a `provenance_id`, only those
    whose value the viewer sees."""
    guarded = lake.read_guarded(home)
    held = guarded if guarded is not None else guard(lake.read_figures(home).collect(), known).figures.lazy()
    wanted = pl.lit(True) if measures is None else pl.col("measure").is_in(list(measures))
    if provenance_id:
        wanted &= (pl.col("provenance_id") == provenance_id) & pl.col("value").is_not_null()
    # Who reads for several authorities may find more hidden: that takes all figures, as the guard does.
    late = len(viewer.authorities) > 1
    seen = release((held if late else held.filter(wanted)).collect(), known, viewer)
    seen = seen.filter(wanted) if late else seen
    return seen.filter(pl.col("value").is_not_null()) if provenance_id else seen


def made_places(home: Home) -> frozenset[tuple[str, str]]:
    """The measures and places for which the current build has any figure, whoever may see it."""
    held = lake.read_figures(home).filter(pl.col("value").is_not_null())
    return frozenset(held.select("measure", "geography").unique().collect().iter_rows())


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A figure's sources. `inputs` has one row per load and table: `table, load_id, submission_id,
    return_id, part, submitter, period, sequence, accepted_at, status, files, rows, row_count`."""

    provenance: Mapping[str, object]
    inputs: pl.DataFrame


def provenance_of(home: Home, provenance_id: str) -> Origin:
    """The parameters, code version and submissions, with hashes and rows, behind a figure's `provenance_id`."""
    found = lake.read_provenance(home).filter(pl.col("provenance_id") == provenance_id).collect()
    if found.is_empty():
        raise NotFoundError(
            expected="a provenance_id that a shown figure carries",
            found=repr(provenance_id),
            where="provenance",
            do=remedies.FIND_FIGURE,
        )
    inputs = lake.read_inputs(home).filter(pl.col("provenance_id") == provenance_id).collect()
    return Origin(provenance=found.row(0, named=True), inputs=with_submissions(home, inputs))


def origin_seen(home: Home, provenance_id: str, viewer: Viewer) -> Origin:
    """`provenance_of` a figure whose value `viewer` sees, as far as they may see it. Raises NotFoundError otherwise."""
    seen = released(home, catalogue(home), viewer, provenance_id=provenance_id)
    if seen.is_empty():
        raise NotFoundError(
            expected="the provenance_id of a figure you can see",
            found="another",
            where="provenance_id",
            do="Take it from a figure; a build since may have replaced it.",
        )
    found = provenance_of(home, provenance_id)
    return Origin(provenance=found.provenance, inputs=inputs_seen(home, found.inputs, viewer, seen))


def inputs_seen(home: Home, inputs: pl.DataFrame, viewer: Viewer, figures: pl.DataFrame) -> pl.DataFrame:
    """`inputs` (as `with_submissions` gives them) of released `figures`: names and hashes of files, and which rows and
    how many, stand only with what is published or the viewer's own. How many rows a total was made of is a count of
    people, and the rows behind one's own figure are one's own."""
    widest = len(NARROWEST_FIRST) - 1
    published = opened_to(home, None).filter(pl.col("openness") == widest)["load_id"]
    mine = figures.filter(pl.col("geography").is_in(list(viewer.authorities)))["provenance_id"].unique()
    theirs = pl.col("submitter").is_in(list(viewer.authorities)) | pl.col("load_id").is_in(published.implode())
    counted = theirs | pl.col("provenance_id").is_in(mine.implode())
    theirs, counted = theirs.fill_null(value=False), counted.fill_null(value=False)
    return inputs.with_columns(
        pl.when(theirs).then("files").alias("files"),
        pl.when(theirs).then("rows").alias("rows"),
        pl.when(counted).then("row_count").alias("row_count"),
        open=theirs,
    )


def with_submissions(home: Home, inputs: pl.DataFrame) -> pl.DataFrame:
    """Provenance inputs joined to the register: which submission each load was, its files and their hashes.

    A load that a rebuild replaced still leads to its submission.
    """
    events = archive.events(home)
    state = archive.state(events, sign_offs=lake.sign_offs())
    loads = events.filter(pl.col("load_id").is_not_null()).select("load_id", "submission_id").unique()
    submissions = state.select(
        "submission_id", *archive.KEY, "sequence", "accepted_at", "status", "provisional", "synthetic", "files"
    )
    return (
        inputs.join(loads, on="load_id", how="left")
        .join(submissions, on="submission_id", how="left")
        .sort("provenance_id", "table", "sequence")
    )


def place(text: str) -> str:
    """The figures' `geography` for a text: a footprint's id, or an authority by any of its names."""
    try:
        return region.footprint(text).id
    except NotFoundError:
        pass  # no footprint: an authority, or an error that names its near matches
    return region.authority(text).gss


def place_names() -> pl.DataFrame:
    """`(geography, geography_name)` of every authority and footprint."""
    named = {one.id: one.name for one in region.footprints()}
    named |= {one.gss: one.name for one in region.authorities()}
    return pl.DataFrame({"geography": list(named), "geography_name": list(named.values())})


def figures(
    home: Home,
    *,
    measure: str | None = None,
    period: str | None = None,
    geography: str | None = None,
    breakdown: str | None = None,
    viewer: Viewer | None = None,
) -> pl.DataFrame:
    """Figures as `viewer` may see them, with `title`, `definition`, `source`, `polarity` and `geography_name`.

    Args:
        measure: an id, or the start of ids up to a dot: `funding.csc`.
        period: a label, in any of its spellings.
        geography: a footprint's id, or an authority's name or code.
        breakdown: `""` for wholes only; all by default.
        viewer: who looks; by default the regional team, who run the command line.

    Raises NotFoundError for a measure that nothing announces.
    """
    known = catalogue(home)
    wanted = None
    if measure is not None:
        under = [] if measure in known else [one.id for one in known if one.id.startswith(f"{measure}.")]
        wanted = under or [known[measure].id]
    seen = released(home, known, viewer or Viewer.members(), measures=wanted)
    if period is not None:
        seen = seen.filter(pl.col("period") == region.parse_period(period).label)
    if geography is not None:
        seen = seen.filter(pl.col("geography") == place(geography))
    if breakdown is not None:
        seen = seen.filter(pl.col("breakdown") == breakdown)
    return labelled(seen, known).sort("measure", "period_start", "geography", "breakdown", "scenario")


def frame(home: Home, service: str, name: str) -> pl.DataFrame:
    """An output of a service other than its figures, from its last build. No disclosure control is applied: code that
    shows it must hide what `figures` hides. Raises NotFoundError before the first build."""
    return lake.read_frame(home, service, name).collect()


def labelled(frame: pl.DataFrame, known: Catalogue) -> pl.DataFrame:
    """Figures with their measure's title, definition, source, polarity, and their place's name."""
    measures = pl.DataFrame(
        [
            {
                "measure": one.id,
                "title": one.title,
                "definition": one.definition,
                "source": one.source,
                "polarity": str(one.polarity),
            }
            for one in known
        ],
        schema=dict.fromkeys(("measure", "title", "definition", "source", "polarity"), pl.String),
    )
    return frame.join(measures, on="measure", how="left").join(place_names(), on="geography", how="left")
