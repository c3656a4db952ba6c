"""The pack as people meet it: no script, a keyboard, a telephone, a screen reader's rules."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from small_region import NAMES

from parentis.evidence import Material, render_pack
from parentis.figures import Catalogue, Chart, ChartKind, FigureTable, Headline, Prose, Section

pytestmark = [pytest.mark.functional, pytest.mark.browser]

PHONE = {"width": 320, "height": 640}
SECTIONS = (
    Section(
        id="m.head",
        title="Head",
        packs={"spending-review": 1},
        blocks=(
            Prose(text="Over by {m.variance}, of m.a_measure_with_a_name.that_is_longer.than_a_telephone.is_wide."),
            Headline(measures=("m.budget", "m.variance", "m.percent")),
            FigureTable(title="By authority, with a title that runs on", measures=("m.budget", "m.variance")),
            Chart(kind=ChartKind.TREND, title="Lines", measures=("m.budget",), description="Budget by year"),
            Chart(kind=ChartKind.BAR, title="Bars", measures=("m.variance",), description="Bars of variance"),
        ),
    ),
    Section(
        id="m.wait",
        title="Wait",
        packs={"spending-review": 2},
        blocks=(Headline(measures=("m.comparable",), only_with="m.comparable"),),
        otherwise="It needs returns.",
    ),
)


@pytest.fixture
def address(tmp_path: Path, figures: pl.DataFrame, catalogue: Catalogue, provenance: pl.DataFrame) -> str:
    """Where the pack lies, as a browser asks for it."""
    render_pack(Material(
        id="spending-review", title="Funding pressures", subtitle="Evidence",
        sections=SECTIONS, figures=figures, catalogue=catalogue, provenance=provenance,
        geography="reg", areas=("A1", "A2", "A3"), footprints={"reg": "region"}, names=NAMES, tiles={},
        made=frozenset(figures.select("measure", "geography").iter_rows()),
        warnings=("Synthetic practice data.",), facts=(("Code", "0"),),
        at=datetime(2026, 11, 29, tzinfo=UTC),
    ), out=tmp_path / "pack"
    )  # fmt: skip
    return (tmp_path / "pack").as_uri()


@pytest.fixture
def open_page(chromium: Any, address: str) -> Iterator[Callable[..., Any]]:
    """`open_page("index.html", viewport=…)`: a page of the pack in a browser of its own."""
    contexts = []

    def go(name: str, **options: Any) -> Any:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{address}/{name}")
        return page

    yield go
    for context in contexts:
        context.close()


def test_everything_is_there_without_script(open_page: Callable[..., Any]) -> None:
    page = open_page("index.html", java_script_enabled=False)
    assert page.get_by_role("heading", name="Head").is_visible()
    assert page.get_by_role("row", name="Cedar").first.get_by_text("2.0", exact=True).is_visible()
    for picture in page.get_by_role("img").all():
        box = picture.bounding_box()
        assert box["width"] > 100
        assert box["height"] > 30
    assert page.get_by_text("It needs returns.").is_visible()
    behind = page.get_by_text("The figures behind “Bars”")
    behind.click()
    assert page.get_by_role("table", name="Bars").is_visible()


def test_every_figure_leads_to_a_visible_entry_and_that_to_its_submission(open_page: Callable[..., Any]) -> None:
    page = open_page("index.html", java_script_enabled=False)
    wanted = {link.get_attribute("href") for link in page.locator("a.figure").all()}
    page.get_by_role("link", name="£6.5m").first.click()
    entry = page.locator(".source:has(:target)")
    assert entry.get_by_role("heading", name="Variance, The region, 2017-18").is_visible()
    assert len(wanted) > 5
    for href in wanted:
        name, _, anchor = str(href).partition("#")
        assert page.url.partition("#")[0].endswith(name)
        assert page.locator(f"#{anchor}").is_visible(), href
    page.locator(".source:has(:target)").get_by_role("link", name="Publisher").click()
    assert page.locator("tr:target").get_by_text("0" * 64).is_visible()


@pytest.mark.parametrize("name", ["index.html", "sources.html"])
def test_nothing_runs_off_a_telephone(open_page: Callable[..., Any], name: str) -> None:
    page = open_page(name, viewport=PHONE)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_keyboard_shows_where_it_is(open_page: Callable[..., Any]) -> None:
    page = open_page("index.html")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    assert skip.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.keyboard.press("Tab")
    focused = page.evaluate(
        "() => { const style = getComputedStyle(document.activeElement); "
        "return [document.activeElement.className, style.outlineStyle, parseFloat(style.outlineWidth)]; }"
    )
    assert focused == ["figure", "solid", 3]


@pytest.mark.parametrize("name", ["index.html", "sources.html"])
def test_nothing_serious_stands_in_a_screen_readers_way(
    open_page: Callable[..., Any], check_page: Callable[..., None], name: str
) -> None:
    page = open_page(name)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    check_page(page, f"pack-{name.removesuffix('.html')}")


def test_printing_leaves_out_what_only_a_screen_needs(open_page: Callable[..., Any]) -> None:
    page = open_page("index.html")
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation").is_visible()
    assert page.get_by_role("table", name="By authority").is_visible()
