"""Search, downloads and the pages that explain: nothing is found or downloaded that its reader could not open."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from django.test import Client
from worker import CAMDEN, shown_figures

from parentis import workflow
from parentis.archive import find_home
from parentis.figures import Viewer
from parentis.web.audit.models import Entry
from parentis.web.cases.register.operations import enter
from parentis.web.help.glossary import FIELD, WORDS
from parentis.web.help.site_search import search
from parentis.web.people.models import Person

PersonMaker = Callable[..., Person]
CROYDON = "E09000008"
ROOT = Path(__file__).parents[2]


def recommendation(place: str, text: str, number: str) -> None:
    values = {
        "report": "Practice report", "inspectorate": "Practice inspectorate", "published_on": date(2016, 11, 25),
        "number": number, "text": text, "deadline": "3-months", "owners": "Head of practice",
    }  # fmt: skip
    enter(by=None, kind="recommendation", place=place, values=values)


def titles(person: Person, text: str, kind: str = "") -> list[str]:
    return [one.title for found in search(person, text) if kind in {"", found.title} for one in found.found]


@pytest.mark.integration
def test_cases_are_found_by_those_who_may_see_them_alone(person: PersonMaker) -> None:
    recommendation(CAMDEN, "Mend the zephyr", "1")
    recommendation(CROYDON, "Hold the zephyr", "2")
    assert titles(person("improvement-lead"), "ZEPHYR") == ["Recommendation 1, Camden"]
    assert titles(person("improvement-lead", "croydon"), "zephyr hold") == ["Recommendation 2, Croydon"]
    assert len(titles(person("improvement-lead", "region"), "zephyr")) == 2
    for role, place in (("treasurer", "camden"), ("administrator", "camden"), ("custody-officer", "police")):
        assert titles(person(role, place), "zephyr") == [], role


@pytest.mark.integration
def test_pages_measures_and_places_are_found_as_far_as_their_reader_may_open_them(person: PersonMaker) -> None:
    analyst, administrator = person("analyst"), person("administrator")
    assert "Returns" in titles(analyst, "returns", "Pages")
    assert "Camden" in titles(analyst, "camden", "Places")
    assert titles(analyst, "children looked after forecast", "Measures")
    assert titles(analyst, "spell unbroken", "Words") == ["spell"]
    assert titles(administrator, "returns", "Pages") == []
    assert titles(administrator, "camden", "Places") == titles(administrator, "forecast", "Measures") == []
    assert search(analyst, "a") == search(analyst, "  ") == []


@pytest.mark.integration
def test_every_page_that_search_finds_can_be_opened(client_of: Callable[..., Client], person: PersonMaker) -> None:
    client = client_of("improvement-lead")
    recommendation(CAMDEN, "Mend it", "1")
    for text in ("recommendation", "glossary", "contact", "account", "figures", "improvement"):
        for kind in search(person("improvement-lead"), text):
            for one in kind.found[:4]:
                assert client.get(one.path).status_code == 200, one


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unguarded")
def test_a_download_holds_what_its_reader_may_see_and_its_dictionary(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    shown_figures(tmp_path)
    for role, place, viewer in (
        ("analyst", "camden", Viewer.members(CAMDEN)),
        ("analyst", "government", Viewer.public()),
    ):
        client = client_of(role, place)
        expected = workflow.figures(find_home(), viewer=viewer).filter(pl.col("measure").str.starts_with("funding."))
        packed = zipfile.ZipFile(io.BytesIO(client.get("/data/funding.parquet").content))
        found = pl.read_parquet(io.BytesIO(packed.read("figures.parquet")))
        assert found.height == expected.height
        assert found["value"].sum() == pytest.approx(expected["value"].sum())
        named = pl.read_csv(io.BytesIO(packed.read("measures.csv")))["measure"]
        assert set(named) == set(expected["measure"])
        text = zipfile.ZipFile(io.BytesIO(client.get("/data/funding.csv").content)).read("figures.csv").decode()
        assert text.count("\n") == expected.height + 1
    assert expected.height < workflow.figures(find_home(), viewer=Viewer.members(CAMDEN)).height
    book = openpyxl.load_workbook(io.BytesIO(client_of("analyst").get("/data/funding.xlsx").content), read_only=True)
    assert len(book.sheetnames) == 3
    assert Entry.objects.filter(what="figures.read:exported").count() == 5
    assert client_of("administrator").get("/data/funding.csv").status_code == 403
    assert client_of("analyst").get("/data/nothing.csv").status_code == 404


@pytest.mark.integration
def test_help_is_there_for_everybody_and_leads_to_ones_own_people(
    client_of: Callable[..., Client], person: PersonMaker
) -> None:
    for path in ("/help/glossary/", "/help/methods/", "/help/privacy/"):
        assert Client().get(path).status_code == 200, path
    person("administrator")
    person("data-protection")
    person("administrator", "croydon")
    page = client_of("analyst").get("/help/contact/").content.decode()
    assert "administrator@camden.test" in page
    assert "data-protection@camden.test" in page
    assert "croydon" not in page


@pytest.mark.unit
def test_the_glossary_of_the_site_and_of_the_documentation_are_one() -> None:
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert tuple(re.findall(r"^\| \*\*(.+?)\*\* \| (.+?) \|$", page, flags=re.MULTILINE)) == WORDS
    words = " ".join(page[page.index("Field words:") :].split())
    assert all(f"**{word}** {meaning}" in words for word, meaning in FIELD)
