"""The API: its contract, its tokens, what it refuses, and the documentation's own example."""

import json
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from samples import samples
from worker import CAMDEN, monitoring, uploads, work

from parentis import workflow
from parentis.archive import find_home
from parentis.errors import UserError
from parentis.figures import COUNTS, FIGURE_COLUMNS
from parentis.web.api import schemas
from parentis.web.api.models import Token
from parentis.web.api.operations import MOST_OPEN, make_token, withdraw_token
from parentis.web.api.scopes import SCOPE_OF, SCOPES
from parentis.web.audit.models import Entry
from parentis.web.people.initial_accounts import DEMO_PASSWORD
from parentis.web.people.models import Organisation, Person
from parentis.web.people.permissions import Open, routes

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
LASTS = timedelta(days=30)
PeopleMaker = Callable[..., Person]


@pytest.fixture
def token_of(person: PeopleMaker) -> Callable[..., str]:
    """`token_of("analyst", "camden", "figures")`: the secret of a token with these scopes, or all."""

    def make(role: str, place: str = "camden", *scopes: str) -> str:
        return make_token(by=person(role, place), name="test", scopes=scopes or SCOPES, lasts=LASTS)[1]

    return make


def bearing(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.mark.unit
def test_every_address_has_a_scope_or_is_public() -> None:
    named = {name for name in routes() if name.startswith("api:")}
    public = {name for name in named if isinstance(routes()[name].action, Open)}
    assert named - public == set(SCOPE_OF)
    assert public == {"api:openapi-json", "api:api-root"}
    assert set(SCOPE_OF.values()) == set(SCOPES)


@pytest.mark.unit
def test_a_figure_of_the_api_has_every_column_of_a_figure() -> None:
    assert set(schemas.Figure.model_fields) == {*FIGURE_COLUMNS, *COUNTS, "title", "geography_name"}


@pytest.mark.integration
def test_without_a_token_nothing_but_the_description(
    places: dict[str, Organisation], client_of: Callable[..., Client], token_of: Callable[..., str]
) -> None:
    """Neither a session's cookie nor a token that is wrong, withdrawn, too old, or of somebody who left."""
    gone, left, old = token_of("analyst"), token_of("director"), token_of("treasurer")
    token = Token.of(gone)
    assert token is not None
    withdraw_token(by=token.person, token=token)
    Person.objects.filter(email__startswith="director").update(is_active=False)
    Token.objects.filter(secret_hash=Token.hash_of(old)).update(
        made_at=timezone.now() - LASTS, expires_at=timezone.now()
    )
    paths = samples(places, "camden")
    for client in (client_of("analyst"), *map(bearing, ("par_wrong", "wrong", gone, left, old))):
        for name, path in paths.items():
            if name in SCOPE_OF:
                response = client.get(path)
                assert (response.status_code, response["Content-Type"]) == (401, "application/json"), name
                assert response["WWW-Authenticate"].startswith("Bearer")
    assert Client().get("/api/openapi.json").status_code == 200
    assert Client().get("/api-docs/").status_code == 200


@pytest.mark.integration
def test_a_token_does_what_its_scopes_and_its_persons_roles_allow(
    places: dict[str, Organisation], token_of: Callable[..., str]
) -> None:
    own, others = samples(places, "camden"), samples(places, "croydon")
    every = bearing(token_of("analyst"))
    for name in ("api:measures", "api:submissions", "api:submission", "api:findings", "api:job"):
        assert every.get(own[name]).status_code == 200, name
    for name in ("api:submission", "api:findings", "api:job"):
        assert every.get(others[name]).status_code == 403, name
    figures = bearing(token_of("analyst", "camden", "figures"))
    for name, scope in SCOPE_OF.items():
        expected = 403 if scope != "figures" else {"api:figures": 422, "api:provenance": 404}.get(name, 200)
        assert figures.get(own[name]).status_code == expected, name
    auditor = bearing(token_of("auditor"))
    assert auditor.get(own["api:findings"]).json() == {"error": {"do": "Your roles do not allow this."}}
    assert auditor.get("/api/nothing").json() == {"error": {"do": "Not found."}}
    assert auditor.post(own["api:measures"]).status_code == 405


@pytest.mark.integration
def test_one_time_codes_are_asked_of_the_api_too(token_of: Callable[..., str], settings: Any) -> None:
    settings.CODES_REQUIRED = True
    response = bearing(token_of("analyst")).get("/api/measures")
    assert response.status_code == 403
    assert "one-time codes" in response.json()["error"]["do"]


@pytest.mark.integration
def test_the_record_knows_tokens(token_of: Callable[..., str], places: dict[str, Organisation]) -> None:
    secret = token_of("analyst")
    client, paths = bearing(secret), samples(places, "camden")
    for _ in range(3):
        client.get("/api/measures")
    client.get("/api/measures", REMOTE_ADDR="192.0.2.7")
    client.get(paths["api:findings"])
    client.get(paths["api:findings"], REMOTE_ADDR="192.0.2.7")
    kinds = list(Entry.objects.order_by("sequence").values_list("what", flat=True))
    assert kinds.count("token:made") == 1
    assert kinds.count("token:used") == 4
    assert kinds.count("submissions.findings:exported") == 2
    assert not any(secret in json.dumps([one.subject, one.detail]) for one in Entry.objects.all())
    assert secret not in json.dumps(list(Token.objects.values_list("secret_hash", "start", "name")))


@pytest.mark.integration
def test_tokens_that_cannot_be_made(person: PeopleMaker) -> None:
    someone = person("analyst")
    for scopes in ([], ["everything"]):
        with pytest.raises(UserError):
            make_token(by=someone, name="x", scopes=scopes, lasts=LASTS)
    for _ in range(MOST_OPEN):
        make_token(by=someone, name="x", scopes=["figures"], lasts=LASTS)
    with pytest.raises(UserError, match="Revoke"):
        make_token(by=someone, name="x", scopes=["figures"], lasts=LASTS)


@pytest.mark.integration
def test_a_token_is_made_after_the_password_is_given_again_and_shown_once(person: PeopleMaker) -> None:
    someone, client = person("analyst"), Client()
    client.force_login(someone, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["started"] = time.time() - 600
    session.save()
    assert client.get("/tokens/make")["Location"].startswith("/account/reauthenticate/")
    client = Client()
    client.post("/account/login/", {"login": someone.email, "password": DEMO_PASSWORD})
    made = client.post("/tokens/make", {"name": "Nightly", "scopes": ["figures"], "days": "30"})
    (secret,) = re.findall(r"par_[\w-]{43}", made.text)
    assert "no-store" in made["Cache-Control"]
    listed = client.get("/tokens/").text
    assert secret not in listed
    assert secret[:12] in listed
    token = Token.of(secret)
    assert token is not None
    assert bearing(secret).get("/api/measures").status_code == 200
    other = Client()
    other.force_login(person("analyst", "croydon"), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert other.post(f"/tokens/{token.pk}/withdraw").status_code == 404
    client.post(f"/tokens/{token.pk}/withdraw")
    assert bearing(secret).get("/api/measures").status_code == 401


@pytest.mark.integration
def test_too_many_requests_wait(token_of: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    from parentis.web.api.endpoints import api

    (limit,) = api.throttle
    monkeypatch.setattr(limit, "num_requests", 2)
    first, second = bearing(token_of("analyst")), bearing(token_of("director"))
    assert [first.get("/api/measures").status_code for _ in range(2)] == [200, 200]
    third = first.get("/api/measures")
    assert third.status_code == 429
    assert int(third["Retry-After"]) > 0
    assert "wait" in third.json()["error"]["do"]
    assert second.get("/api/measures").status_code == 200


@pytest.mark.integration
def test_answers_are_what_the_description_says(token_of: Callable[..., str], tmp_path: Path) -> None:
    """Real answers against the OpenAPI schema that a program would be written from."""
    _accepted_and_built(tmp_path)
    client = bearing(token_of("analyst"))
    page = client.get("/api/figures", {"measure": "funding", "limit": 3}).json()
    assert page["count"] > 3
    assert page["next"] == 3
    assert len(page["figures"]) == 3
    schemas.Figures.model_validate(page)
    rest = client.get("/api/figures", {"measure": "funding", "limit": 1000, "offset": 3}).json()
    assert rest["next"] is None
    assert len(rest["figures"]) == page["count"] - 3
    origin = next(one["provenance_id"] for one in [*page["figures"], *rest["figures"]] if one["value"] is not None)
    behind = client.get(f"/api/provenance/{origin}").json()
    schemas.Provenance.model_validate(behind)
    assert behind["inputs"][0]["submitter"] == CAMDEN
    assert len(behind["inputs"][0]["files"][0]["sha256"]) == 64
    for measure in client.get("/api/measures").json():
        schemas.Measure.model_validate(measure)
    schemas.Submissions.model_validate(client.get("/api/submissions").json())
    assert client.get("/api/figures", {"measure": "no.such"}).status_code == 404
    beyond = client.get("/api/figures", {"measure": "funding", "limit": 5000})
    assert (beyond.status_code, "limit" in beyond.json()["error"]["do"]) == (422, True)
    for refused in (client.get("/api/submissions/none"), client.get("/api/figures"), client.get("/api/none")):
        assert refused.json()["error"]["do"]
    wrong = client.get("/api/figures", {"measure": "funding", "geography": "Camdne"}).json()["error"]
    assert set(wrong) == {"code", "expected", "found", "where", "do"}


@pytest.mark.integration
def test_figures_and_provenance_are_released_to_the_tokens_person(token_of: Callable[..., str], tmp_path: Path) -> None:
    """Camden's unpublished monitoring is Camden's: Croydon and the government reader get no row of it, and at most
    that Camden's return stands behind a figure that they do see."""
    _accepted_and_built(tmp_path)
    asked = {"measure": "funding", "geography": "Camden", "limit": 1000}
    own = bearing(token_of("analyst")).get("/api/figures", asked).json()
    assert any(one["audience"] == "own" and one["value"] is not None for one in own["figures"])
    for role, place in (("analyst", "croydon"), ("analyst", "government")):
        client = bearing(token_of(role, place))
        seen = client.get("/api/figures", asked).json()
        assert not any(one["audience"] == "own" for one in seen["figures"])
        for origin in {one["provenance_id"] for one in own["figures"] if one["audience"] == "own"}:
            behind = client.get(f"/api/provenance/{origin}")
            assert behind.status_code in {200, 404}
            for one in behind.json().get("inputs", ()):
                assert (one["submitter"], one["submission_id"], one["files"]) == (CAMDEN, None, [])


def _accepted_and_built(tmp_path: Path) -> None:
    paths = monitoring(tmp_path)
    (outcome,) = workflow.submit(find_home(), paths, who="ann@camden.test", authority=CAMDEN, period="2024-25")
    for role in ("director", "section-151"):
        workflow.accept(find_home(), outcome.submission_id, who=f"{role}@camden.test", role=role)
    workflow.build(find_home())


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unguarded")
def test_handing_in_takes_the_same_road_as_the_form(token_of: Callable[..., str], tmp_path: Path) -> None:
    client, once = bearing(token_of("analyst")), str(uuid.uuid4())
    sent = {"authority": "Camden", "period": "2024/25", "once": once}
    first = client.post("/api/hand-in", {**sent, "files": uploads(monitoring(tmp_path))})
    assert first.status_code == 202, first.text
    again = client.post("/api/hand-in", {**sent, "files": uploads(monitoring(tmp_path))})
    assert again.json()["job"] == first.json()["job"]
    address = f"/api/jobs/{first.json()['job']}"
    assert client.get(address).json()["state"] == "waiting"
    work()
    told = client.get(address).json()
    schemas.Job.model_validate(told)
    assert told["state"] == "done"
    (outcome,) = told["outcomes"]
    assert outcome["status"] == "checked"
    found = client.get(f"/api/submissions/{outcome['submission_id']}").json()
    schemas.Submission.model_validate(found)
    assert (found["submitter"], found["period"], found["received_by"]) == (CAMDEN, "2024-25", "analyst@camden.test")
    assert "findings" in client.get(f"/api/submissions/{outcome['submission_id']}/findings").json()
    assert Entry.objects.filter(what="submission:handed-in").count() == 1


@pytest.mark.integration
def test_hand_ins_that_are_refused(
    token_of: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = bearing(token_of("analyst"))

    def send(**more: Any) -> Any:
        sent = {"authority": "Camden", "once": str(uuid.uuid4()), "files": uploads(monitoring(tmp_path))}
        return client.post("/api/hand-in", {**sent, **more})

    assert send(authority="Croydon").status_code == 403
    assert send(authority="Nowhere").status_code == 422
    assert send(period="soon").status_code == 422
    assert send(once="1").status_code == 422
    assert send(files=[]).status_code == 422
    monkeypatch.setattr("parentis.web.submissions.spool.LARGEST", 10)
    large = send()
    assert (large.status_code, large["Content-Type"].split(";")[0]) == (413, "application/json"), large.text
    assert not Entry.objects.filter(what="submission:handed-in").exists()


@pytest.mark.functional
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unguarded")
def test_the_example_of_the_guide_runs(live_server: Any, token_of: Callable[..., str], tmp_path: Path) -> None:
    """What docs/api.md prints, word for word, in a Python of its own, against a running site."""
    (example,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    secret = token_of("analyst")
    (path,) = monitoring(tmp_path)
    told = {"PARENTIS_URL": live_server.url, "PARENTIS_TOKEN": secret, "PARENTIS_RETURN": str(path)}
    done = subprocess.run(
        [sys.executable, "-c", example],
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "measures" in done.stdout
    assert "waiting" in done.stdout


@pytest.mark.browser
@pytest.mark.functional
def test_the_documentation_is_a_page_without_script(
    sign_in: Callable[..., Any], check_page: Callable[..., None]
) -> None:
    page = sign_in("analyst")
    page.goto("/api-docs/")
    page.get_by_role("heading", name="GET /api/figures").wait_for()
    check_page(page, "api-docs", full=False)
    page.get_by_role("link", name="here", exact=True).click()
    page.get_by_role("link", name="Create a token").click()
    page.get_by_label("Name").fill("Nightly figures")
    page.get_by_label("Read figures").check()
    check_page(page, "api-token")
    page.get_by_role("button", name="Create token").click()
    assert page.locator("#secret").inner_text().startswith("par_")
