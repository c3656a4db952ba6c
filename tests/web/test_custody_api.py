"""A custody system at the API: signs in for itself, gives notice, tells news, and is told what was wrong."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from custody_places import CAMDEN, CHILD, CROYDON, entry, fresh_indexes, suite_of
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from samples import samples

from parentis.web.api.clients import make_client, withdraw_client
from parentis.web.api.models import Token
from parentis.web.api.operations import make_token
from parentis.web.audit.models import Entry
from parentis.web.cases.models import Case
from parentis.web.custody import schemas
from parentis.web.custody.fields import FIELDS
from parentis.web.custody.models import Detention, IndexLoad, Suite

pytestmark = [pytest.mark.django_db, pytest.mark.integration]
NOTICES = "/api/custody/notices"


def sign_in(client_id: str, secret: str, **more: str) -> Any:
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return Client().post(
        "/oauth/token", {"grant_type": "client_credentials", **more}, headers={"Authorization": f"Basic {basic}"}
    )


@pytest.fixture
def system(places: Any) -> Callable[..., Any]:
    """Sends as the force's custody system: `system(path, body, key)`; gives the response."""
    suite_of(places["police"])
    made, secret = make_client(
        name="Practice custody system", organisation=places["police"], role="custody-officer", scopes=["custody"]
    )
    token = sign_in(made.client_id, secret).json()["access_token"]

    def send(path: str, body: Any = None, key: str = "k1", raw: str | None = None) -> Any:
        client = Client(headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key})
        if body is None and raw is None:
            return client.get(path)
        return client.post(path, raw if raw is not None else json.dumps(body), content_type="application/json")

    return send


def body(**changed: Any) -> dict[str, Any]:
    at = timezone.now().isoformat()
    return {"suite": "practice-suite", "record_number": "SYN/1", "at": at, **CHILD, "arrival": at, **changed}


def test_a_system_signs_in_by_its_own_credentials_and_no_others(places):
    made, secret = make_client(name="X", organisation=places["police"], role="custody-officer", scopes=["custody"])
    answer = sign_in(made.client_id, secret)
    assert answer.status_code == 200
    assert answer.json() | {"access_token": ""} == {
        "access_token": "", "token_type": "Bearer", "expires_in": 3600, "scope": "custody"
    }  # fmt: skip
    assert answer["Cache-Control"] == "no-store"
    form = {"grant_type": "client_credentials", "client_id": made.client_id, "client_secret": secret}
    assert Client().post("/oauth/token", form).status_code == 200
    assert sign_in(made.client_id, secret, scope="figures").json()["error"] == "invalid_scope"
    assert sign_in(made.client_id, secret, grant_type="password").json()["error"] == "unsupported_grant_type"
    wrong = sign_in(made.client_id, "par_wrong")
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert withdraw_client(made.client_id)
    assert not withdraw_client(made.client_id)
    assert sign_in(made.client_id, secret).status_code == 401
    assert Token.of(answer.json()["access_token"]) is None


def test_guessing_secrets_is_slowed_down(places):
    made, secret = make_client(name="X", organisation=places["police"], role="custody-officer", scopes=["custody"])
    for _ in range(10):
        assert sign_in(made.client_id, "par_wrong").status_code == 401
    refused = sign_in(made.client_id, secret)
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert "wait" in refused.json()["error_description"]


def test_the_command_makes_and_withdraws_clients(places, capsys):
    call_command("api_client", name="Met", organisation="police")
    told = dict(line.split() for line in capsys.readouterr().out.splitlines())
    assert sign_in(told["client_id"], told["client_secret"]).status_code == 200
    call_command("api_client", withdraw=told["client_id"])
    assert sign_in(told["client_id"], told["client_secret"]).status_code == 401
    for wrong in ({"organisation": "nowhere", "name": "x"}, {"organisation": "police", "name": "x", "role": "analyst "},
                  {"organisation": "police", "name": "x", "scope": ["all"]}, {"withdraw": "x"}):  # fmt: skip
        with pytest.raises(CommandError):
            call_command("api_client", **wrong)


def test_a_notice_goes_to_the_right_authority_and_is_answered_alike_again(system):
    fresh_indexes(entry())
    told = body()
    first, again = system(NOTICES, told), system(NOTICES, told)
    assert first.status_code == again.status_code == 201, first.content
    assert first.json() == again.json()
    assert (first.json()["authority"], first.json()["state"]) == (CROYDON, "sent")
    assert Case.objects.count() == 1
    assert system(NOTICES, told | {"surname": "Else"}).status_code == 409
    second = system(NOTICES, told, key="k2")
    assert second.status_code == 409
    assert first.json()["reference"] in second.json()["error"]["found"]


def test_news_and_release_on_the_same_record(system):
    fresh_indexes(entry())
    where = f"{NOTICES}/{system(NOTICES, body()).json()['reference']}"
    now = timezone.now()
    told = {"at": now.isoformat(), "bail": "refused", "bail_decision": now.isoformat(), "needs": "Asthma"}
    assert system(f"{where}/news", told, key="n1").json()["late"] == []
    before = {"at": (now - timedelta(minutes=1)).isoformat(), "bail": "granted"}
    assert system(f"{where}/news", before, key="n2").json()["late"] == ["bail"]
    assert system(where).json()["state"] == "sent"
    assert system(f"{where}/release", {"release": now.isoformat()}, key="n3").json()["state"] == "ended"
    assert Detention.objects.get().bail == "refused"
    assert system(f"{NOTICES}/00000000-0000-4000-8000-000000000000").status_code == 404


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"at": "today"}, "at: "),
        ({"at": "2026-01-01T10:00:00"}, "at: "),
        ({"suite": "elsewhere"}, "suite: "),
        ({"sex": "Q-secret"}, "sex: Input should be 'F', 'M' or 'U'"),
        ({"date_of_birth": "secret"}, "date_of_birth: "),
        ({"release": "2999-01-01T00:00:00Z"}, "release: "),
        ({"claimed_authority": "Secret-on-Sea"}, "claimed_authority: "),
        ({"colour": "secret"}, "colour: "),
        ({"record_number": ""}, "record_number: "),
    ],
)
def test_a_malformed_notice_is_refused_in_a_sentence_without_what_it_held(system, changed, sentence):
    answer = system(NOTICES, body(**changed))
    assert answer.status_code == 422
    assert sentence in answer.json()["error"]["do"]
    assert "ecret" not in answer.content.decode()
    assert not Case.objects.exists()


def test_what_is_no_json_or_has_no_key_is_refused(system):
    assert system(NOTICES, raw="{").status_code in {400, 422}
    assert system(NOTICES, body(), key="").status_code == 422
    assert system(NOTICES, body(), key="x" * 101).status_code == 422
    assert not Case.objects.exists()


def test_a_batch_takes_each_for_itself(system):
    fresh_indexes(entry())
    good, bad = body(), body(record_number="SYN/2", sex="Q")
    unknown = body(record_number="SYN/3", claimed_authority="Atlantis")
    parcels = [("a", good), ("b", bad), ("c", unknown), ("d", body(record_number="SYN/4", surname="Other")),
               ("a", good), ("a", good | {"surname": "Else"})]  # fmt: skip
    answer = system(f"{NOTICES}/batch", {"notices": [{"key": key, "notice": one} for key, one in parcels]})
    assert answer.status_code == 200
    assert [one["status"] for one in answer.json()] == [201, 422, 422, 201, 201, 409]
    assert answer.json()[0]["detention"] == answer.json()[4]["detention"]
    assert Case.objects.count() == 2
    assert system(f"{NOTICES}/batch", {"notices": [{"key": "x", "notice": {}}] * 101}).status_code == 422


def test_one_forces_system_neither_sees_nor_tells_anothers(system, places):
    from parentis.web.people.models import Organisation

    reference = system(NOTICES, body()).json()["reference"]
    other = Organisation.objects.create(slug="other", name="Other force", kind="police", footprint="london")
    made, secret = make_client(name="Other", organisation=other, role="custody-officer", scopes=["custody"])
    token = sign_in(made.client_id, secret).json()["access_token"]
    client = Client(headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "k"})
    assert client.get(f"{NOTICES}/{reference}").status_code == 404
    news = json.dumps({"at": timezone.now().isoformat()})
    assert client.post(f"{NOTICES}/{reference}/news", news, content_type="application/json").status_code == 404
    assert client.post(NOTICES, json.dumps(body()), content_type="application/json").status_code == 422
    assert Case.objects.count() == 1


def test_an_authority_sends_its_index_by_the_api(places, person):
    now = timezone.now().isoformat()
    head = "PERSON_REF,FIRST_NAME,SURNAME,DATE_OF_BIRTH,POSTCODE,LOOKED_AFTER,CARE_LEAVER,OPEN_CASE,"
    head += "YOUTH_JUSTICE_ORDER,RESPONSIBLE_AUTHORITY,AS_OF\n"
    rows = f"SYN1,Synthea,Practisson,03/02/2010,ZZ1 1ZZ,Y,N,N,N,,{now}\n"
    secret = make_token(by=person("analyst", "croydon"), name="nightly", scopes=["custody-index"],
                        lasts=timedelta(days=1))[1]  # fmt: skip
    client = Client(headers={"Authorization": f"Bearer {secret}"})

    def send(text: str, authority: str = "Croydon") -> Any:
        return client.post(f"/api/custody/index?authority={authority}", text, content_type="text/csv")

    answer = send(head + rows)
    assert answer.status_code == 201, answer.content
    assert (answer.json()["authority"], answer.json()["people"]) == (CROYDON, 1)
    assert send(head + rows, "Camden").status_code == 403
    wrong = send(head + rows.replace(",Y,N", ",N,N"))
    assert wrong.status_code == 422
    assert "IDX-WHY: 1" in wrong.json()["error"]["found"]
    assert "Practisson" not in wrong.content.decode()
    assert send("nonsense").status_code == 422
    assert IndexLoad.objects.get(authority=CROYDON).people == 1
    assert not IndexLoad.objects.filter(authority=CAMDEN).exists()
    assert Entry.objects.filter(what="custody-index:loaded", authority=CROYDON).count() == 1


def test_the_description_has_every_field_and_how_to_sign_in(places):
    told = Client().get("/api/openapi.json").json()
    named = set(told["components"]["schemas"]["Notice"]["properties"])
    assert named == {one.id for one in FIELDS} | {"suite", "at"}
    assert set(schemas.News.model_fields) == {one.id for one in FIELDS} | {"at"}
    flow = told["components"]["securitySchemes"]["client"]["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == samples(places, "camden")["oauth-token"]
    assert "custody" in flow["scopes"]
    assert Client().get("/api-docs/").status_code == 200


def test_suites_are_loaded_from_a_list_whole_or_not_at_all(places, tmp_path, capsys):
    good = "code,name,force,command,authority,open\ns1,Suite one,police,bcu-central-north,Camden,yes\n"
    path = tmp_path / "suites.csv"
    path.write_text(good + "s2,Suite two,police,bcu-south,Croydon,no\n")
    call_command("custody_suites", path)
    assert "2 suites" in capsys.readouterr().out
    kept = dict(Suite.objects.values_list("code", "is_open"))
    assert kept == {"s1": True, "s2": False}
    for wrong in (
        good + "s3,X,police,bcu-south,Atlantis,yes\n",
        good + "s3,X,nobody,bcu-south,Croydon,yes\n",
        "code\n",
    ):
        path.write_text(wrong.replace("Suite one", "Changed"))
        with pytest.raises(CommandError):
            call_command("custody_suites", path)
    assert Suite.objects.get(code="s1").name == "Suite one"
    with pytest.raises(CommandError):
        call_command("custody_suites", tmp_path / "none.csv")
