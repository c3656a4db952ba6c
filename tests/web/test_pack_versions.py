"""An editor's version of a pack: text with figures, signatures, a frozen version and its check."""

import io
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from test_dashboards import shown_figures
from worker import work

from parentis.web.audit.models import Entry
from parentis.web.dashboards.models import PackVersion
from parentis.web.jobs.models import Job

pytestmark = [
    pytest.mark.integration, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unguarded"),
]  # fmt: skip
CHAPTER = "funding-headline"


@pytest.fixture
def version(client_of: Callable[..., Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PackVersion:
    """A built draft of the regional analyst's; its PDF and Word file are placeholders, since they take seconds."""
    monkeypatch.setattr("parentis.evidence.pack.pdf", lambda document, blocks: b"PDF of " + document.mark.encode())
    monkeypatch.setattr("parentis.evidence.pack.word", lambda document, blocks: b"Word of " + document.mark.encode())
    shown_figures(tmp_path)
    client = client_of("analyst", "region")
    client.post("/packs/", {"once": str(uuid.uuid4()), "pack": "spending-review", "place": "london"})
    work()
    client.post(f"/packs/{Job.objects.get(kind='pack').pk}/version/")
    work()
    return PackVersion.objects.get()


def saved(client: Client, version: PackVersion, **text: str) -> str:
    """The version's page after a save with these texts by chapter, the headline chapter first, and its build."""
    page = client.get(f"/packs/versions/{version.pk}/").content.decode()
    chapters = [part.partition('"')[0] for part in page.split('name="text-')[1:]]
    given = {f"place-{one}": "1" if one == CHAPTER else "2" for one in chapters}
    given |= {f"text-{one}": text.get(one.replace("-", "_"), "") for one in chapters}
    response = client.post(f"/packs/versions/{version.pk}/", given)
    assert response.status_code == 302
    work()
    version.refresh_from_db()
    assert version.job.state == "done", version.job.problem
    return client.get(f"/packs/versions/{version.pk}/").content.decode()


def read(client: Client, version: PackVersion, name: str = "index.html") -> str:
    return b"".join(client.get(f"/packs/versions/{version.pk}/read/{name}").streaming_content).decode()


def test_text_holds_figures_by_reference_and_a_typed_number_is_named_and_stops_the_freeze(
    client_of: Callable[..., Client], version: PackVersion
) -> None:
    client = client_of("analyst", "region")
    page = saved(client, version, funding_headline="Over by £9,999.9m in 2017-18, or {funding.nothing}.")
    assert "“£9,999.9m” is no figure of this pack" in page
    assert "“{funding.nothing}” is no figure of this pack" in page
    refused = client.post(f"/packs/versions/{version.pk}/freeze/", follow=True).content.decode()
    assert "2 typed" in refused
    version.refresh_from_db()
    assert not version.is_frozen
    reference = page.partition("<code>{")[2].partition("}")[0]
    page = saved(client, version, funding_headline=f"The figure is {{{reference}}}.")
    assert "no figure of this pack" not in page
    text = read(client, version)
    assert '<p>The figure is <a class="figure"' in text
    assert text.index('id="funding-headline"') < text.index('id="funding-quality"')


def test_a_version_is_signed_by_one_person_a_role_and_a_change_ends_signatures(
    client_of: Callable[..., Client], version: PackVersion
) -> None:
    analyst, treasurer = client_of("analyst", "region"), client_of("treasurer", "region")
    analyst.post(f"/packs/versions/{version.pk}/sign/", {"role": "Analyst"})
    again = analyst.post(f"/packs/versions/{version.pk}/sign/", {"role": "Approver"}, follow=True)
    assert "another person for each role" in again.content.decode()
    treasurer.post(f"/packs/versions/{version.pk}/sign/", {"role": "Analytical assurer"})
    version.refresh_from_db()
    assert [one["role"] for one in version.signatures] == ["Analyst", "Analytical assurer"]
    work()
    assert version.signatures[0]["name"] in read(analyst, version)
    saved(analyst, version, funding_headline="A word more.")
    assert version.signatures == []


def test_a_frozen_version_is_held_by_its_hash_and_never_changes(
    client_of: Callable[..., Client], version: PackVersion
) -> None:
    client = client_of("analyst", "region")
    client.post(f"/packs/versions/{version.pk}/freeze/")
    version.refresh_from_db()
    assert version.is_frozen
    assert len(version.sha256) == 64
    assert Entry.objects.get(what="pack-version:frozen").detail == {"sha256": version.sha256}
    data = b"".join(client.get(f"/packs/versions/{version.pk}/zip/").streaming_content)
    assert "Nothing was changed" in sent(client, data)
    old = zipfile.ZipFile(io.BytesIO(data))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as changed:
        for name in old.namelist():
            told = old.read(name)
            changed.writestr(name, told[:-1] + b"!" if name == "index.html" else told)
    assert "1 changed, added or missing: index.html" in sent(client, held.getvalue())
    client.post(f"/packs/versions/{version.pk}/sign/", {"role": "Analyst"})
    client.post(f"/packs/versions/{version.pk}/", {})
    version.refresh_from_db()
    assert (version.signatures, version.narrative) == ([], {})
    with pytest.raises(IntegrityError), transaction.atomic():
        PackVersion.objects.filter(pk=version.pk).update(sha256="")


def sent(client: Client, data: bytes) -> str:
    return client.post("/packs/check/", {"file": SimpleUploadedFile("pack.zip", data)}).content.decode()


def test_a_build_that_is_not_of_the_text_as_it_stands_is_not_frozen(
    client_of: Callable[..., Client], version: PackVersion
) -> None:
    PackVersion.objects.filter(pk=version.pk).update(narrative={CHAPTER: "Changed since."})
    page = client_of("analyst", "region").post(f"/packs/versions/{version.pk}/freeze/", follow=True)
    assert "a finished build of this version" in page.content.decode()
    version.refresh_from_db()
    assert not version.is_frozen


def test_versions_are_for_the_organisation_that_made_them(
    client_of: Callable[..., Client], version: PackVersion
) -> None:
    stranger = client_of("analyst", "camden")
    for path in ("", "read/index.html", "zip/"):
        assert stranger.get(f"/packs/versions/{version.pk}/{path}").status_code == 404, path
    for path in ("sign/", "freeze/"):
        assert stranger.post(f"/packs/versions/{version.pk}/{path}").status_code == 404, path
    PackVersion.objects.update(organisation=_camden())
    assert client_of("analyst", "region").get(f"/packs/versions/{version.pk}/").status_code == 404


def _camden() -> object:
    from parentis.web.people.models import Organisation

    return Organisation.objects.get(slug="camden")
