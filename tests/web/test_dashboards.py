"""Figures as pages: what each reader sees, the files beside them, where they came from, and packs of them."""

import io
import re
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from worker import CAMDEN, hand_in, monitoring, shown_figures, work

from parentis import lake
from parentis.archive import find_home
from parentis.web.audit.models import Entry
from parentis.web.cache import VersionedCache
from parentis.web.dashboards import pages
from parentis.web.jobs.models import Job

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unguarded")]
CROYDON = "E09000008"
OUTTURN = "funding.csc.outturn"


def measure_with_figures() -> str:
    """A measure of the monitoring returns that has figures of single authorities."""
    found = lake.read_figures(find_home()).filter(pl.col("geography") == CAMDEN, pl.col("value").is_not_null())
    return str(found.collect()["measure"].sort()[0])


@pytest.mark.unit
def test_a_value_is_made_once_until_the_home_changes() -> None:
    made, mark = [], ["a"]
    remembered: VersionedCache[int] = VersionedCache(
        lambda home, key: made.append(key) or len(made), mark=lambda home: (mark[0], 0), most=2
    )
    assert [remembered("x"), remembered("x"), remembered("y")] == [1, 1, 2]
    mark[0] = "b"
    assert remembered("x") == 3
    assert remembered("y") == 4  # and the oldest are forgotten
    assert len(remembered._kept) == 2


@pytest.mark.integration
def test_pages_say_what_is_missing_before_anything_is_handed_in(client_of: Callable[..., Client]) -> None:
    client = client_of("analyst")
    for path in ("/figures/", "/figures/funding/", "/figures/quality/", "/figures/measures/", "/packs/"):
        assert client.get(path).status_code == 200, path
    assert client.get(f"/figures/{OUTTURN}/").status_code in {200, 404}
    assert "Nothing has been submitted" in client.get("/figures/funding/").content.decode()
    for wrong in ("/figures/nothing/", "/figures/no.such.measure/", "/figures/funding/?place=atlantis",
                  "/figures/funding/charts/none.svg", "/figures/origins/unknown/"):  # fmt: skip
        assert client.get(wrong).status_code == 404, wrong


@pytest.mark.integration
def test_every_chart_has_its_table_its_file_and_its_origin(client_of: Callable[..., Client], tmp_path: Path) -> None:
    shown_figures(tmp_path)
    client, measure = client_of("analyst"), measure_with_figures()
    response = client.get(f"/figures/{measure}/?place={CAMDEN}")
    page = response.content.decode()
    assert "style=" not in page
    value = page.index("pa-tile__figure")
    assert value < page.index("pa-picture"), "the place's own number stands first"
    made = pages.made_page(pages.Wanted(measure, CAMDEN, ""), _viewer(CAMDEN))
    assert made.charts
    for name in made.charts:
        svg = client.get(f"/figures/{measure}/charts/{name}.svg?place={CAMDEN}")
        assert svg["Content-Type"] == "image/svg+xml"
        assert svg.content.startswith(b"<svg")
        assert f"/figures/{measure}/data/{name}.csv" in page
    for name, grid in made.grids.items():
        data = client.get(f"/figures/{measure}/data/{name}.csv?place={CAMDEN}").content.decode("utf-8-sig")
        assert len(data.splitlines()) == len(grid.rows) + 1
    assert Entry.objects.filter(what="figures.read:exported").count() == len(made.grids)
    cell = next(cell for grid in made.grids.values() for row in grid.rows for cell in row.cells if cell.present)
    origin = client.get(f"/figures/origins/{cell.provenance_id}/").content.decode()
    assert "SHA-256" in origin
    assert "Camden" in origin or "Croydon" in origin


def _viewer(*authorities: str) -> object:
    from parentis.figures import Viewer

    return Viewer.members(*authorities)


@pytest.mark.integration
def test_nobody_outside_the_agreement_sees_members_figures(client_of: Callable[..., Client], tmp_path: Path) -> None:
    shown_figures(tmp_path)
    measure = measure_with_figures()
    path = f"/figures/{measure}/?place={CAMDEN}"
    assert "pa-figure" in client_of("analyst").get(path).content.decode()
    assert "pa-figure" not in client_of("analyst", "government").get(path).content.decode()


@pytest.mark.integration
def test_response_is_counted_and_a_borough_sees_its_own_row_only(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    shown_figures(tmp_path)
    region = client_of("analyst", "region").get("/figures/quality/").content.decode()
    assert "2 of 33 accepted" in region
    assert region.count("missing</strong>") == 31
    own = client_of("analyst").get("/figures/quality/").content.decode()
    assert "1 of 1 accepted" in own
    assert "Croydon" not in own


@pytest.mark.integration
def test_a_borough_comments_on_its_figures_and_the_region_reads_it(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    shown_figures(tmp_path)
    client = client_of("director")
    assert "Comments before release" in client.get(f"/figures/funding/?place={CAMDEN}").content.decode()
    given = {"page": "funding", "text": "Line 3 is <b>not</b> final."}
    assert client.post(f"/figures/comment/{CAMDEN}/", given).status_code == 302
    assert client.post(f"/figures/comment/{CROYDON}/", given).status_code == 403
    assert client.post(f"/figures/comment/{CAMDEN}/", given | {"page": "nothing"}).status_code == 404
    region = client_of("analyst", "region").get("/figures/funding/").content.decode()
    assert "Line 3 is &lt;b&gt;not&lt;/b&gt; final." in region
    assert "Line 3" not in client_of("analyst", "croydon").get("/figures/funding/").content.decode()
    assert Entry.objects.get(what="comment:made").authority == CAMDEN


@pytest.mark.integration
def test_a_pack_is_built_in_the_background_and_downloaded_by_who_asked(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    shown_figures(tmp_path)
    client = client_of("analyst")
    once = str(uuid.uuid4())
    for _ in range(2):
        response = client.post("/packs/", {"once": once, "pack": "spending-review", "place": "london"})
    work()
    job = Job.objects.get(kind="pack")
    assert job.state == "done", job.problem
    page = client.get(response["Location"]).content.decode()
    names = [file["name"] for file in job.came["files"]]
    assert {name.rpartition(".")[2] for name in names} >= {"zip", "xlsx"}
    for name in names:
        assert name in page
        response = client.get(f"/packs/{job.pk}/download/{name}")
        data = b"".join(response.streaming_content)
        if name.endswith(".zip"):
            assert "index.html" in zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert Entry.objects.filter(what="packs.build:exported").count() == len(names)
    assert client.get(f"/packs/{job.pk}/download/..%2f..%2fsite.sqlite3").status_code == 404
    read = client.get(f"/packs/{job.pk}/read/index.html")
    text = b"".join(read.streaming_content).decode()
    assert "script-src 'none'" in read["Content-Security-Policy"]
    for beside in ("pack.css", "sources.html", "spending-review.xlsx"):
        assert beside in text
        page = client.get(f"/packs/{job.pk}/read/{beside}")
        assert page.status_code == 200, beside
        page.close()
    for outside in ("../../../site.sqlite3", "..%2f..%2fsite.sqlite3", "/etc/passwd", ".."):
        assert client.get(f"/packs/{job.pk}/read/{outside}").status_code in {301, 404}, outside
    assert client_of("treasurer").get(f"/packs/{job.pk}/read/index.html").status_code == 404
    assert client_of("treasurer").get(f"/packs/{job.pk}/").status_code == 404


@pytest.mark.integration
def test_new_figures_are_shown_at_once(client_of: Callable[..., Client], tmp_path: Path) -> None:
    shown_figures(tmp_path)
    client, measure = client_of("analyst"), measure_with_figures()
    address = f"/figures/{measure}/data/{_first_grid(measure)}.csv?place=london"
    before = client.get(address).content
    hand_in(client, monitoring(tmp_path, budget=300_000_000, outturn=450_000_000))
    assert client.get(address).content == before, "nothing counts before it is accepted"
    submission = Job.objects.get(kind="hand-in").came["outcomes"][0]["submission_id"]
    from parentis.web.submissions import queries

    for role in ("director", "section-151"):
        given = {"seen": queries.one(submission).mark, "role": role}
        assert client_of(role).post(f"/returns/{submission}/accept", given).status_code == 302
        work()
    director = client_of("director")
    release = {"seen": queries.one(submission).mark, "to": "members", "why": "the agreement"}
    assert director.post(f"/returns/{submission}/release", release).status_code == 302
    work()
    assert client.get(address).content != before


def _first_grid(measure: str) -> str:
    return next(iter(pages.made_page(pages.Wanted(measure, "london", ""), _viewer(CAMDEN)).grids))


@pytest.mark.integration
def test_a_service_opens_with_its_answers_and_one_section_and_keeps_the_place(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    shown_figures(tmp_path)
    client = client_of("analyst")
    page = client.get(f"/figures/funding/?place={CAMDEN}").content.decode()
    assert page.count('class="pa-chapter"') == 1
    tiles = page[page.index("pa-tiles") : page.index('aria-label="Sections"')]
    assert tiles.count('class="pa-tile"') == 3
    assert client.get(f"/figures/funding/?place={CAMDEN}&section=all").content.decode().count('"pa-chapter"') > 3
    one = client.get(f"/figures/funding/?place={CAMDEN}&section=funding-gap").content.decode()
    assert 'id="funding-gap"' in one
    assert 'class="pa-tile"' not in one[: one.index('aria-label="Sections"')]
    leads = re.findall(r'href="(/figures/(?!origins|quality|measures|comment)[^"]+)"', one)
    assert leads
    assert [link for link in leads if link != "/figures/" and f"place={CAMDEN}" not in link] == []
    groups = re.findall(r'<optgroup label="([^"]+)"', one)
    assert groups[:2] == ["Region", "Authorities"]
    assert ">North East</option>" not in one, "a footprint without figures is no choice"
    assert 'value="london"' in one
