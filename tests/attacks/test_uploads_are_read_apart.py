"""Whatever is sent to the site is read in a process of its own: a page's process reads no file, and none ends it."""

import ast
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from far_files import FAR_FILES
from worker import CAMDEN

import parentis.web
from parentis.returns import ALWAYS_APART
from parentis.web.api.operations import make_token
from parentis.web.custody.models import IndexLoad
from parentis.web.people.models import Person

FAR = "a corner that the dimension denies.xlsx"
READERS = {"open_bytes", "open_files", "read_contents", "fastexcel", "openpyxl", "read_excel", "read_csv"}
"What reads a file in the process that calls it."


@pytest.mark.unit
def test_no_module_of_the_site_reads_a_file_itself() -> None:
    reading = []
    for path in Path(parentis.web.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = {one.name for one in node.names} if isinstance(node, ast.Import | ast.ImportFrom) else set()
            names |= {node.attr} if isinstance(node, ast.Attribute) else set()
            reading += [(path.name, name) for name in names & READERS]
    assert reading == []


@pytest.mark.integration
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "role"), [("/recommendations/import", "improvement-lead"), (f"/duty/{CAMDEN}/import", "director")]
)
def test_a_register_that_reaches_far_is_refused_on_its_page(
    path: str, role: str, client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ALWAYS_APART, "always")
    page = client_of(role).post(path, {"file": SimpleUploadedFile("far.xlsx", FAR_FILES[FAR]())})
    assert page.status_code == 200
    assert "than a file of its size should" in page.content.decode()


@pytest.mark.integration
@pytest.mark.django_db
def test_an_index_that_reaches_far_is_refused_by_the_api(
    person: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ALWAYS_APART, "always")
    secret = make_token(
        by=person("analyst", "croydon"), name="nightly", scopes=["custody-index"], lasts=timedelta(days=1)
    )[1]
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    for name in (FAR, "a row a thousand million times.ods"):
        answer = client.post(
            "/api/custody/index?authority=Croydon", FAR_FILES[name](), content_type="application/octet-stream"
        )
        assert answer.status_code == 422
        assert answer.json()["error"]["where"].startswith("index")
    assert not IndexLoad.objects.exists()
