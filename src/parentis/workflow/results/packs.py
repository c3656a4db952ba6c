"""Writes a pack from the current build: released figures, the sections of every service, sources from the register."""

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from parentis import lake, region, remedies
from parentis.archive import Home
from parentis.errors import SubmissionStateError
from parentis.figures import Viewer
from parentis.services import pack as announced_pack
from parentis.services import services
from parentis.version import code_version
from parentis.workflow.results.pack_checks import checks_made
from parentis.workflow.results.queries import (
    catalogue,
    inputs_seen,
    made_places,
    place,
    place_names,
    released,
    with_submissions,
)

if TYPE_CHECKING:
    from parentis.evidence import Edition, Material, Rendered

SYNTHETIC = (
    "SYNTHETIC practice data. No real child, no real council's money: made by Parentis to try everything on, "
    "shaped like what was published."
)
_UNSIGNED = "the director of children's services or the section 151 officer has not yet signed a return behind"
SOME_PROVISIONAL = f"Some figures are provisional: {_UNSIGNED} them."
ALL_PROVISIONAL = f"Every figure here is provisional: {_UNSIGNED} each of them."


def pack(
    home: Home, pack_id: str, *, out: Path, geography: str = "london", viewer: Viewer, edition: "Edition | None" = None
) -> tuple[Path, ...]:
    """Write a pack as `rendered_pack` does, and return its files, `index.html` first."""
    return rendered_pack(home, pack_id, out=out, geography=geography, viewer=viewer, edition=edition).paths


def rendered_pack(
    home: Home, pack_id: str, *, out: Path, geography: str = "london", viewer: Viewer, edition: "Edition | None" = None
) -> "Rendered":
    """Write a pack to the folder `out`.

    Args:
        geography: the footprint it covers.
        viewer: who will read it: figures are released to them, with disclosure control.
        edition: an editor's narrative, order and signatures.

    Raises NotFoundError for an unknown pack or footprint, SubmissionStateError when nothing has been built.
    """
    from parentis import evidence  # draws: most of what importing this package would cost, and only packs need it

    return evidence.render_pack(material(home, pack_id, geography=geography, viewer=viewer, edition=edition), out=out)


def material(
    home: Home, pack_id: str, *, geography: str = "london", viewer: Viewer, edition: "Edition | None" = None
) -> "Material":
    """What a pack is drawn from; arguments as for `pack`."""
    from parentis import evidence

    wanted = announced_pack(pack_id)
    footprint = region.footprint(place(geography))
    shown = lake.shown(home)
    if shown.is_empty():
        raise SubmissionStateError(
            expected="figures that a build has made",
            found="none",
            where=str(home.path),
            do=remedies.BUILD_PACK,
        )
    known = catalogue(home)
    sections = [section for service in services().values() for section in service.sections.resolve()]
    summary = wanted.summary.resolve() if wanted.summary else None
    named = list(evidence.measures_of(pack_id, sections, known, summary))
    figures = released(home, known, viewer, measures=named)
    origins = figures.select("provenance_id").unique().lazy()
    used = lake.read_inputs(home).join(origins, on="provenance_id", how="semi").collect()
    inputs = inputs_seen(home, with_submissions(home, used), viewer, figures)
    provenance = lake.read_provenance(home).join(origins, on="provenance_id", how="semi").collect()
    areas = areas_of(footprint.id)
    return evidence.Material(
        id=wanted.id,
        title=wanted.title,
        subtitle=wanted.subtitle,
        sections=sections,
        summary=summary,
        methods=wanted.methods,
        figures=figures.join(place_names(), on="geography", how="left"),
        catalogue=known,
        provenance=_sources(provenance, inputs),
        geography=footprint.id,
        areas=areas,
        footprints=footprints_with(areas),
        names=dict(place_names().iter_rows()),
        made=made_places(home),
        tiles={row["authority"]: (row["column"], row["row"]) for row in region.tiles().iter_rows(named=True)},
        warnings=_warnings(figures, inputs),
        facts=_facts(footprint, viewer, shown, inputs),
        at=max(shown["at"].to_list()),
        checks=checks_made(home, inputs),
        edition=edition or evidence.Edition(),
    )


def _warnings(figures: pl.DataFrame, inputs: pl.DataFrame) -> list[str]:
    shown = figures.filter(pl.col("value").is_not_null())["provisional"]
    told = (
        (SYNTHETIC, inputs["synthetic"].any()),
        (SOME_PROVISIONAL, shown.any() and not shown.all()),
        (ALL_PROVISIONAL, shown.any() and shown.all()),
    )
    return [text for text, holds in told if holds]


def areas_of(footprint_id: str) -> list[str]:
    """The footprint's authorities today, by name."""
    names = {one.gss: one.name for one in region.authorities()}
    today = datetime.now(UTC).date()
    return sorted(region.members(footprint_id, today), key=names.__getitem__)


def footprints_with(areas: Collection[str]) -> dict[str, str]:
    """The footprints made of `areas` alone, by name, and the kind of each."""
    today = datetime.now(UTC).date()
    inside = {one: set(region.members(one.id, today)) for one in region.footprints()}
    made_of = (one for one, members in inside.items() if members and members <= set(areas))
    return {one.id: one.kind for one in sorted(made_of, key=lambda one: one.name)}


def _sources(provenance: pl.DataFrame, inputs: pl.DataFrame) -> pl.DataFrame:
    """One row per provenance and input, as `evidence` reads them; a provenance without inputs keeps one row."""
    file = pl.col("files").list.eval
    return provenance.join(inputs, on="provenance_id", how="left").with_columns(
        hashes=file(pl.element().struct.field("sha256")),
        files=file(pl.element().struct.field("name")),
    )


def _facts(
    footprint: region.Footprint, viewer: Viewer, shown: pl.DataFrame, inputs: pl.DataFrame
) -> list[tuple[str, str]]:
    reader = "members of the region by agreement" if viewer.member else "anyone"
    return [
        ("Footprint", footprint.name),
        ("Released to", reader),
        ("Register sequence", str(shown["sequence"].max())),
        ("Submissions used", f"{inputs['submission_id'].n_unique():,}"),
        ("Figures built", max(shown["at"].to_list()).strftime("%d %B %Y, %H:%M UTC")),
        ("Code version", code_version()),
    ]
