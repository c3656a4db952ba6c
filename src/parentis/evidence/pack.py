"""Writes a pack to a folder. Services declare which packs exist (`services.packs`)."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import polars as pl

from parentis.errors import UserError
from parentis.evidence.assembly import chapters, measures_named
from parentis.evidence.document import Document, Picture
from parentis.evidence.figure_lookup import FigureLookup
from parentis.evidence.html import grid_csv, pages
from parentis.evidence.pdf import pdf
from parentis.evidence.printed import printed
from parentis.evidence.sources import origins
from parentis.evidence.word import word
from parentis.evidence.workbook import workbook
from parentis.figures import Catalogue, Section, references_said


def sections_of(pack_id: str, sections: Sequence[Section]) -> tuple[Section, ...]:
    """The sections that name the pack, ordered by the position they give."""
    return tuple(sorted((s for s in sections if pack_id in s.packs), key=lambda s: s.packs[pack_id]))


def measures_of(pack_id: str, sections: Sequence[Section], catalogue: Catalogue) -> frozenset[str]:
    """Ids of every measure the pack's sections name, and of the tests that allow ranking them."""
    named = {measure for section in sections_of(pack_id, sections) for measure in measures_named(section)}
    return frozenset(named | {catalogue[measure].comparable_by for measure in named} - {""})


def render_pack(
    pack_id: str,
    *,
    title: str,
    subtitle: str,
    sections: Sequence[Section],
    figures: pl.DataFrame,
    catalogue: Catalogue,
    provenance: pl.DataFrame,
    geography: str,
    areas: Sequence[str],
    footprints: Mapping[str, str],
    names: Mapping[str, str],
    made: frozenset[tuple[str, str]],
    tiles: Mapping[str, tuple[int, int]],
    warnings: Sequence[str],
    facts: Sequence[tuple[str, str]],
    at: datetime,
    out: Path,
) -> tuple[Path, ...]:
    """Write the pack to `out` and return its files.

    `areas` are the footprint's authorities; `footprints` are those listed in tables by footprint, in order, with the
    kind of each; `names` gives the names of all of them and of the submitters; `made` are the measures and places that
    have any figure, whoever may see it.
    Files are written to a folder next to `out` and then swapped in, so a failed run leaves the last good pack.
    """
    book = FigureLookup(
        figures, catalogue, geography=geography, areas=areas, footprints=footprints, names=names, made=made
    )
    document = Document(
        id=pack_id,
        title=title,
        subtitle=subtitle,
        warnings=tuple(warnings),
        chapters=chapters(sections_of(pack_id, sections), book, tiles),
        facts=tuple(facts),
        at=at,
    )
    document = replace(document, facts=(*document.facts, *_references(document)))
    shown = (cell.provenance_id for cell in document.cells() if cell.present)
    found = origins(provenance, shown, names)
    contents: dict[str, bytes] = {name: text.encode() for name, text in pages(document, found, catalogue).items()}
    contents["pack.css"] = files("parentis.evidence").joinpath("templates/pack.css").read_bytes()
    contents[f"{pack_id}.xlsx"] = workbook(document, found, catalogue)
    blocks = printed(document, found, catalogue)
    contents[f"{pack_id}.pdf"] = pdf(document, blocks)
    contents[f"{pack_id}.docx"] = word(document, blocks)
    for grid in document.grids():
        contents[f"data/{grid.name}.csv"] = grid_csv(grid).encode("utf-8-sig")
    for chapter in document.chapters:
        for block in chapter.blocks:
            if isinstance(block, Picture):
                contents[f"charts/{block.name}.svg"] = block.svg.encode()
    return _swap_in(contents, out)


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
