"""Draws a pack, and writes it to a folder. Services declare which packs exist (`services.packs`)."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from parentis.errors import UserError
from parentis.evidence.assembly import (
    chapters,
    measures_named,
    summary_chapter,
    summary_measures,
    without_absences,
)
from parentis.evidence.assurance import assurance, left_out
from parentis.evidence.briefs import briefs
from parentis.evidence.document import Document, Picture
from parentis.evidence.editions import Edition, edited, reference, references, shown_texts
from parentis.evidence.figure_lookup import FigureLookup
from parentis.evidence.html import grid_csv, pages
from parentis.evidence.manifest import MANIFEST, fingerprint, manifest
from parentis.evidence.methods import method_chapters
from parentis.evidence.pdf import pdf
from parentis.evidence.printed import printed
from parentis.evidence.sources import Origins, origins
from parentis.evidence.word import word
from parentis.evidence.workbook import workbook
from parentis.figures import Catalogue, Section, Summary, references_said


def sections_of(pack_id: str, sections: Sequence[Section]) -> tuple[Section, ...]:
    """The sections that name the pack, ordered by the position they give."""
    return tuple(sorted((s for s in sections if pack_id in s.packs), key=lambda s: s.packs[pack_id]))


def measures_of(
    pack_id: str, sections: Sequence[Section], catalogue: Catalogue, summary: Summary | None = None
) -> frozenset[str]:
    """Ids of every measure the pack's sections and summary name, and of the tests that allow ranking them."""
    named = {measure for section in sections_of(pack_id, sections) for measure in measures_named(section)}
    if summary:
        # A service that has built nothing has no measures here; its sentences are left out.
        named |= {one for one in (*summary_measures(summary), *summary.outcomes) if one in catalogue}
    return frozenset(named | {catalogue[measure].comparable_by for measure in named} - {""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a pack is drawn from."""

    id: str
    title: str
    subtitle: str
    sections: Sequence[Section]
    summary: Summary | None = None
    figures: pl.DataFrame
    "Released to its readers, with `geography_name`."
    catalogue: Catalogue
    provenance: pl.DataFrame
    "As `origins` reads it."
    geography: str
    areas: Sequence[str]
    "The footprint's authorities."
    footprints: Mapping[str, str]
    "Those listed in tables by footprint, in order, with the kind of each."
    names: Mapping[str, str]
    "Of all places, and of the submitters."
    made: frozenset[tuple[str, str]]
    "Measures and places that have any figure, whoever may see it."
    tiles: Mapping[str, tuple[int, int]]
    warnings: Sequence[str]
    facts: Sequence[tuple[str, str]]
    at: datetime
    "When the figures were built."
    methods: Sequence[str] = ()
    "Pages of methods that stand in its annex."
    checks: Sequence[tuple[str, str]] = ()
    "What was checked before the figures were made, and with what result."
    edition: Edition = field(default_factory=Edition)

    def book(self) -> FigureLookup:
        return FigureLookup(
            self.figures,
            self.catalogue,
            geography=self.geography,
            areas=self.areas,
            footprints=self.footprints,
            names=self.names,
            made=self.made,
        )


def draw_pack(material: Material) -> tuple[Document, Origins]:
    """The pack as a document, with the sources of its figures: summary, argument, briefs, annexes."""
    book = material.book()
    sections = sections_of(material.id, material.sections)
    found, missing = without_absences(chapters(sections, book, material.tiles))
    first = (summary_chapter(material.summary, book),) if material.summary else ()
    if first and found:
        found = (replace(found[0], new_page=True), *found[1:])
    body = edited((*first, *found, *briefs(sections, book)), material.edition, book)
    document = Document(
        id=material.id,
        title=material.title,
        subtitle=material.subtitle,
        warnings=tuple(material.warnings),
        chapters=(*body, *method_chapters(material.methods), *left_out(missing)),
        facts=tuple(material.facts),
        at=material.at,
        mark=material.edition.mark,
    )
    shown = (cell.provenance_id for cell in document.cells() if cell.present)
    sources = origins(material.provenance, shown, material.names)
    return replace(
        document,
        facts=(*document.facts, *_references(document)),
        chapters=(*document.chapters, *assurance(document, sources, material.checks, material.edition)),
    ), sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A pack as it was written."""

    paths: tuple[Path, ...]
    "`index.html` first."
    sha256: str
    "The pack's own hash, as `verify` gives it."
    editing: Mapping[str, Any]
    """What an editor needs, as plain JSON: `chapters` (id, title, part, and their references with words), `shown`
    (text → reference), and `references`, of every figure."""


def render_pack(material: Material, *, out: Path) -> Rendered:
    """Write the pack to `out`: pages, PDF, Word, workbook, charts, data and their hashes.

    Files are written to a folder next to `out` and then swapped in, so a failed run leaves the last good pack.
    """
    document, sources = draw_pack(material)
    contents = pack_files(document, sources, material.catalogue)
    return Rendered(
        paths=_swap_in(contents, out),
        sha256=fingerprint(contents),
        editing=_editing(document, material.catalogue, material.geography),
    )


def _editing(document: Document, catalogue: Catalogue, geography: str) -> dict[str, Any]:
    told = references(document.chapters, catalogue, geography)
    return {
        "chapters": [
            {"id": one.id, "title": one.title, "part": one.part, "references": [list(pair) for pair in told[one.id]]}
            for one in document.chapters
            if one.part in {"summary", "body"}
        ],
        "shown": dict(shown_texts(document, catalogue, geography)),
        "references": sorted({reference(cell, geography) for cell in document.cells() if cell.present}),
    }


def pack_files(document: Document, sources: Origins, catalogue: Catalogue) -> Mapping[str, bytes]:
    """File name → content of every file of the pack, `index.html` first."""
    contents: dict[str, bytes] = {name: text.encode() for name, text in pages(document, sources, catalogue).items()}
    contents["pack.css"] = files("parentis.evidence").joinpath("templates/pack.css").read_bytes()
    contents[f"{document.id}.xlsx"] = workbook(document, sources, catalogue)
    blocks = printed(document, sources, catalogue)
    contents[f"{document.id}.pdf"] = pdf(document, blocks)
    contents[f"{document.id}.docx"] = word(document, blocks)
    for grid in document.grids():
        contents[f"data/{grid.name}.csv"] = grid_csv(grid).encode("utf-8-sig")
    for chapter in document.chapters:
        for block in chapter.blocks:
            if isinstance(block, Picture):
                contents[f"charts/{block.name}.svg"] = block.svg.encode()
    contents[MANIFEST] = manifest(contents)
    return contents


def _references(document: Document) -> tuple[tuple[str, str], ...]:
    """Price years and editions of the reference tables behind the figures shown, for the first page."""
    said = references_said(cell.method for cell in document.cells() if cell.value is not None)
    return tuple(
        ("Prices" if text.startswith("in ") else "Residents", f"{text[:1].upper()}{text[1:]}") for text in said
    )


def _swap_in(contents: Mapping[str, bytes], out: Path) -> tuple[Path, ...]:
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        for name, data in contents.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        fresh.chmod(0o755)
        if out.exists():
            if any(out.iterdir()) and not (out / "pack.css").exists():
                raise UserError(
                    expected="a new or empty folder, or one that holds an earlier pack",
                    found="other files",
                    where=str(out),
                    do="Give another folder: this one would be replaced.",
                )
            shutil.rmtree(out)
        fresh.rename(out)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return tuple(out / name for name in contents)
