"""What makes a pack an argument: true findings, a first page, what is left out, briefs, an editor's version."""

import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from small_region import NAMES

from parentis.errors import UserError
from parentis.evidence import Edition, Material, Signature, draw_pack, pack_files, verify
from parentis.evidence.assembly import chapters, summary_chapter, summary_measures, without_absences
from parentis.evidence.document import Chapter, Document, Grid, Paragraphs, Picture, TextTable
from parentis.evidence.editions import shown_texts, typed_numbers
from parentis.evidence.figure_lookup import FigureLookup
from parentis.evidence.findings import first_that_holds
from parentis.evidence.manifest import MANIFEST, fingerprint
from parentis.evidence.methods import method_chapters
from parentis.figures import Catalogue, Chart, ChartKind, FigureTable, Finding, Prose, Section, Summary
from parentis.services import packs, services

RISE = Finding(text="Volume, {m.volume}, not price", largest="m.volume", of=("m.price",))
TILES = {"A1": (0, 0), "A2": (1, 0), "A3": (1, 1)}


def text_of(found: object) -> str:
    return "".join(span.text for span in found)  # type: ignore[attr-defined]


@pytest.mark.spec
@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (RISE, "Volume, £4.0m, not price"),
        (replace(RISE, largest="m.price", of=("m.volume",)), ""),  # it is the smaller
        (replace(RISE, above_zero=("m.variance",)), "Volume, £4.0m, not price"),
        (replace(RISE, below_zero=("m.variance",)), ""),
        (replace(RISE, of=("m.price", "m.children")), ""),  # a figure of its conditions is missing
        (Finding(text="{m.children} children"), ""),  # a figure of its text is missing
        (Finding(text="{m.unbuilt} and more"), ""),  # no service has made such a measure
        (Finding(text="No figure in it"), "No figure in it"),
        (Finding(text="In {period} {m.volume}"), "In 2017-18 £4.0m"),
        (Finding(text="{m.volume} and {m.budget||2016-17}"), "£4.0m and £102.0m"),  # a period that is named may differ
    ],
)
def test_a_finding_stands_only_where_it_is_true(book: FigureLookup, finding: Finding, said: str) -> None:
    assert text_of(first_that_holds([finding], book)) == said


CHARTS = [
    (ChartKind.BAR, ("m.budget",), "Highest in Alder, £50.0m; lowest in Cedar, £12.0m"),
    (ChartKind.TREND, ("m.budget",), "Budget: £102.0m in 2016-17 and in 2017-18"),
    (ChartKind.WATERFALL, ("m.volume", "m.price", "m.change"), "Volume is the largest step, £4.0m; change is £6.5m"),
    (ChartKind.TORNADO, ("m.swing",), "“Residential” moves it most"),
    (ChartKind.STACK, ("m.budget",), "Fostering is the largest part in 2017-18, £60.0m"),
    (ChartKind.SCATTER, ("m.budget", "m.variance"), "Furthest apart in Alder: variance −£1.5m, budget £50.0m"),
    (ChartKind.TILE_MAP, ("m.variance",), ""),  # none has been tested for being comparable, so none has a rank
]


@pytest.mark.spec
@pytest.mark.parametrize(("kind", "measures", "said"), CHARTS, ids=[str(kind) for kind, _, _ in CHARTS])
def test_each_kind_of_chart_says_what_stands_out(
    book: FigureLookup, kind: ChartKind, measures: tuple[str, ...], said: str
) -> None:
    chart = Chart(kind=kind, title="T", measures=measures, description="D")
    (chapter,) = chapters([Section(id="s", title="S", blocks=(chart,))], book, TILES)
    (picture,) = chapter.blocks
    assert isinstance(picture, Picture)
    assert text_of(picture.finding) == said
    assert all(span.cell is not None for span in picture.finding if any(letter.isdigit() for letter in span.text[:1]))


@pytest.mark.spec
def test_the_first_page_says_what_holds_and_names_the_part_of_which_nothing_can_be_said(book: FigureLookup) -> None:
    summary = Summary(
        claim=(replace(RISE, largest="m.price", of=("m.volume",)), RISE),
        number=(Finding(text="Over by {m.variance}."),),
        ask=(
            Finding(text="{m.children} children"),
            FigureTable(title="By year", measures=("m.budget",), rows="period"),
            FigureTable(title="Of nothing built", measures=("m.unbuilt",), rows="period"),
        ),
        refusing=(Finding(text="{m.children} children"),),
        outcomes=("m.budget", "m.nobody_declares"),
    )
    chapter = summary_chapter(summary, book)
    said = [text_of(block.spans) for block in chapter.blocks if isinstance(block, Paragraphs)]
    assert said[0] == "**Volume, £4.0m, not price**"
    assert said[1] == "**The number.** Over by £6.5m."
    assert [block.title for block in chapter.blocks if isinstance(block, Grid)] == ["By year"]
    assert "Budget: £102.0m (2016-17), £102.0m (2017-18)" in said[2]
    assert said[-1].endswith("what refusing costs.")
    assert "the ask" not in said[-1]


@pytest.mark.spec
def test_empty_chapters_and_tables_are_left_out_and_named(book: FigureLookup) -> None:
    nothing = FigureTable(title="Nothing here", measures=("m.comparable",))
    sections = [
        Section(id="a", title="Whole", blocks=(FigureTable(title="T", measures=("m.budget",)), nothing)),
        Section(id="b", title="Empty", blocks=(nothing,)),
        Section(
            id="c",
            title="Waits",
            blocks=(Prose(text="{m.comparable}", only_with="m.comparable"),),
            otherwise="It needs returns.",
        ),
    ]
    kept, left = without_absences(chapters(sections, book, TILES))
    assert [(one.title, len(one.blocks)) for one in kept] == [("Whole", 1)]
    assert [title for title, _ in left] == ["Whole", "Empty", "Waits"]
    assert "Nothing here: nothing has been submitted" in left[0][1]
    assert "It needs returns." in left[2][1]


SECTIONS = (
    Section(id="m.first", title="First", packs={"p": 1}, blocks=(Prose(text="Over by {m.variance}."),)),
    Section(
        id="m.second",
        title="Second",
        packs={"p": 2},
        blocks=(FigureTable(title="By authority", measures=("m.budget", "m.variance", "m.children")),),
    ),
    Section(id="m.method", title="Method", packs={"p": 3}, annex=True, blocks=(Prose(text="Added up."),)),
)


@pytest.fixture
def material(figures: pl.DataFrame, catalogue: Catalogue, provenance: pl.DataFrame) -> Material:
    return Material(
        id="p", title="Pack", subtitle="Of a small region", sections=SECTIONS, figures=figures, catalogue=catalogue,
        provenance=provenance, geography="reg", areas=("A1", "A2", "A3"), footprints={"reg": "region"}, names=NAMES,
        made=frozenset(figures.select("measure", "geography").iter_rows()), tiles=TILES, warnings=(), facts=(),
        at=datetime(2026, 11, 29, tzinfo=UTC), checks=(("Checked on receipt", "1 submission, no errors"),),
    )  # fmt: skip


def drawn(material: Material, edition: Edition | None = None) -> Document:
    return draw_pack(replace(material, edition=edition or Edition()))[0]


@pytest.mark.spec
def test_each_authority_has_a_page_of_its_own_figures_beside_the_regions(material: Material) -> None:
    found = [one for one in drawn(material).chapters if one.part == "brief"]
    assert [one.title for one in found] == ["Alder in brief", "Birch & <Beech> in brief", "Cedar in brief"]
    assert all(one.new_page for one in found)
    said = "".join(text_of(block.spans) for block in found[0].blocks if isinstance(block, Paragraphs))
    assert "Budget, 2017-18: £50.0m; the region £102.0m" in said
    assert "Children" not in said  # a number that is withheld is no line of a brief


@pytest.mark.spec
def test_the_pack_logs_its_checks_its_models_and_who_answers_for_it(material: Material) -> None:
    edition = Edition(signatures=(Signature(role="Analyst", name="Ada Byron", on="29 November 2026"),))
    chapter = next(one for one in drawn(material, edition).chapters if one.id == "assurance")
    log, models, signed = (one for one in chapter.blocks if isinstance(one, TextTable))
    assert ("Checked on receipt", "1 submission, no errors") in log.rows
    assert any("numbers shown have one" in result and "0 of" not in result[:4] for _, result in log.rows)
    assert models.rows == (("m", "0+abc", "{}", ""),)
    assert ("Analyst", "Ada Byron", "29 November 2026") in signed.rows
    assert ("Approver", "Not named", "Not signed") in signed.rows


@pytest.mark.spec
def test_an_editor_orders_chapters_and_adds_text_whose_numbers_are_figures(material: Material) -> None:
    edition = Edition(order=("m-second", "m-first"), narrative={"m-first": "We are **{m.variance}** over."})
    found = drawn(material, edition)
    assert [one.id for one in found.chapters if one.part == "body"] == ["m-second", "m-first"]
    assert [one.id for one in found.chapters if one.part == "annex"] == ["m-method", "assurance"]
    first = next(one for one in found.chapters if one.id == "m-first").blocks[0]
    assert isinstance(first, Paragraphs)
    assert text_of(first.spans) == "We are **£6.5m** over."


@pytest.mark.spec
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We are £6.5m over.", [("£6.5m", "{m.variance||2017-18}")]),
        ("We are £7.1m over.", [("£7.1m", "")]),
        ("Alder is −£1.5m, or 3%.", [("−£1.5m", "{m.variance|A1|2017-18}"), ("3%", "")]),
        ("We are {m.variance} over in 2017-18.", []),
        ("Since 12 May 2024, under section 17 and Schedule 2, and regulation 5.", []),
        ("Some 33 authorities.", [("33", "")]),
        ("Three authorities, form A1, the 903 return.", [("903", "")]),
    ],
)
def test_a_number_typed_in_narrative_is_named_with_the_figure_it_should_be(
    material: Material, catalogue: Catalogue, text: str, found: list[tuple[str, str]]
) -> None:
    shown = shown_texts(drawn(material), catalogue, "reg")
    told = typed_numbers({"m-first": text}, shown)
    assert [(one.text, one.same) for one in told] == found


@pytest.mark.integration
def test_a_changed_byte_another_file_and_another_version_are_refused(
    material: Material, catalogue: Catalogue, tmp_path: Path
) -> None:
    contents = dict(pack_files(*draw_pack(material), catalogue))
    mark = fingerprint(contents)
    for name, data in contents.items():
        path = tmp_path / "pack" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as held:
        for name, data in contents.items():
            held.writestr(name, data)
    assert verify(tmp_path / "pack", mark) == verify(tmp_path / "pack.zip", mark) == mark
    with pytest.raises(UserError, match="another"):
        verify(tmp_path / "pack", "0" * 64)
    page = tmp_path / "pack" / "p.pdf"
    whole = page.read_bytes()
    page.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(UserError, match=r"1 changed, added or missing: p\.pdf"):
        verify(tmp_path / "pack")
    page.write_bytes(whole)
    (tmp_path / "pack" / "more.txt").write_text("")
    with pytest.raises(UserError, match=r"more\.txt"):
        verify(tmp_path / "pack")
    (tmp_path / "pack" / "more.txt").unlink()
    (tmp_path / "pack" / MANIFEST).unlink()
    with pytest.raises(UserError, match="none"):
        verify(tmp_path / "pack")


@pytest.mark.unit
def test_first_pages_name_measures_that_exist() -> None:
    declared = {
        one.id for service in services().values() if not callable(found := service.measures.resolve()) for one in found
    }
    for pack in packs():
        if pack.summary is not None:
            assert summary_measures(pack.summary.resolve()) <= declared, pack.id
    assert sum(pack.summary is not None for pack in packs()) >= 8


@pytest.mark.unit
def test_every_table_by_footprint_says_which_kinds_its_readers_know() -> None:
    for service in services().values():
        for section in service.sections.resolve():
            for block in section.blocks:
                if section.packs and isinstance(block, FigureTable) and block.rows == "footprint":
                    assert block.footprint_kinds, (section.id, block.title)


@pytest.mark.spec
def test_a_finding_does_not_set_figures_of_different_periods_beside_one_another(
    figures: pl.DataFrame, catalogue: Catalogue
) -> None:
    """A budget of one year beside an outturn of another would be a difference that nobody had."""
    without = figures.filter(~((pl.col("measure") == "m.budget") & (pl.col("period") == "2017-18")))
    book = FigureLookup(without, catalogue, geography="reg", areas=("A1", "A2", "A3"))
    both = Finding(text="{m.budget} against {m.variance} in {period}")
    assert first_that_holds([both], book) == ()
    assert text_of(first_that_holds([replace(both, several_periods=True)], book)).startswith("£102.0m against")


@pytest.mark.unit
def test_the_methods_that_packs_name_stand_whole_in_their_annex() -> None:
    for pack in packs():
        for chapter in method_chapters(pack.methods):
            words = len(chapter_words(chapter))
            page = METHODS / f"{chapter.id.removeprefix('method-')}.md"
            assert words > 0.8 * len(plain_words(page.read_text())), page.name
            assert chapter.part == "annex"


METHODS = Path(__file__).parents[2] / "docs" / "methods"


def plain_words(text: str) -> list[str]:
    return [word for word in re.sub(r"\]\([^)]*\)|[|#*`-]", " ", text).split() if word]


def chapter_words(chapter: Chapter) -> list[str]:
    found = []
    for block in chapter.blocks:
        if isinstance(block, Paragraphs):
            found += plain_words(text_of(block.spans))
        elif isinstance(block, TextTable):
            found += [word for row in (block.headings, *block.rows) for cell in row for word in plain_words(cell)]
    return found
