"""Protocols on the site: what is missing is said, a second person freezes, and what was frozen cannot be changed."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from trial_samples import CLUSTER, CROYDON, DRAFT, draft, frozen, running
from worker import work

from parentis.errors import IntegrityError, UserError
from parentis.services.cohort import definition
from parentis.web.cases import history, operations, records
from parentis.web.cases.models import Case
from parentis.web.cases.register.operations import edit
from parentis.web.people.initial_accounts import person_with
from parentis.web.trials import case_types, frozen_protocols, log, protocols
from parentis.web.trials.case_types import BOROUGH, TRIAL
from parentis.web.trials.models import LogEntry, ProtocolVersion, Sealed

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]


@pytest.fixture
def second(places: dict[str, Any]) -> Any:
    """Another evaluation lead of Camden."""
    return person_with(
        email="second@camden.test", name="Second lead", organisation=places["camden"], role="evaluation-lead"
    )


@pytest.mark.unit
def test_every_field_of_the_protocol_is_on_a_page_that_changes_it() -> None:
    shown = [name for _, _, fields in case_types.SUBJECTS for name in fields]
    assert sorted(shown) == sorted(set(case_types.NAMES) - {"reference"})
    assert len(shown) == len(set(shown))


@pytest.mark.integration
def test_a_draft_says_everything_that_is_missing(client_of: ClientOf) -> None:
    case = draft({name: DRAFT[name] for name in ("reference", "title", "question")}, outcome_baseline="abc")
    page = client_of("evaluation-lead").get(f"/trials/protocols/{case.pk}/").text
    assert "Before it can be frozen" in page
    assert "Correct “Value in the comparison”" in page
    edit(
        by=None,
        case=case,
        edit=_edit("outcome"),
        values={**_values(case, "outcome"), "outcome_baseline": "0.4"},
        seen=None,
    )
    page = client_of("evaluation-lead").get(f"/trials/protocols/{case.pk}/").text
    for said in (
        "Estimand: Write the estimand.",
        "Give the reference of the data protection impact assessment",
        "ethics decision",
    ):
        assert said in page
    with pytest.raises(UserError, match="to correct"):
        operations.move(by=None, case=case, move="propose", seen=None, why="Ready.")


@pytest.mark.integration
def test_whoever_proposed_does_not_freeze(client_of: ClientOf, person: Callable[..., Any], second: Any) -> None:
    case, lead = draft(), person("evaluation-lead")
    client = client_of("evaluation-lead")
    page = client.post(
        f"/trials/protocols/{case.pk}/move/propose", {"seen": case.version, "why": "Ready."}, follow=True
    )
    assert "Protocol proposed for freezing." in page.text
    shown = client.get(f"/trials/protocols/{case.pk}/move/freeze").text
    sha256 = shown.split('name="sha256" value="')[1][:64]
    given = {"seen": Case.objects.get(pk=case.pk).version, "sha256": sha256}
    refused = client.post(f"/trials/protocols/{case.pk}/move/freeze", given)
    assert refused.status_code == 409
    assert "second person" in refused.text
    assert not ProtocolVersion.objects.exists(), "the refused freeze left nothing behind"
    assert not Sealed.objects.exists()
    with pytest.raises(operations.CaseStateError, match="the protocol as it is written, frozen"):
        operations.move(by=second, case=case, move="freeze", seen=None)
    other = Client()
    other.force_login(second, backend="django.contrib.auth.backends.ModelBackend")
    plan = frozen_protocols.freeze(by=second, case=case, seen=given["seen"], sha256=sha256)
    assert plan.sha256 == sha256
    version = ProtocolVersion.objects.get()
    assert hashlib.sha256(version.text.encode()).hexdigest() == sha256, "the hash is of the text, for anybody"
    assert (version.frozen_by, version.number) == (second, 1)
    told = client.get(f"/trials/protocols/{case.pk}/plan/1.json")
    assert hashlib.sha256(told.content).hexdigest() == sha256
    assert json.loads(told.content)["outcome"]["baseline"] == 0.448
    assert sha256 in client.get(f"/trials/protocols/{case.pk}/plan/1/").text
    assert lead.pk != second.pk
    frozen_protocols.verify(Case.objects.get(pk=case.pk))


@pytest.mark.integration
def test_a_protocol_that_changed_after_it_was_shown_is_not_frozen() -> None:
    case = operations.move(by=None, case=draft(), move="propose", seen=None, why="Ready.")
    with pytest.raises(UserError, match="Nothing was frozen"):
        frozen_protocols.freeze(by=None, case=case, seen=None, sha256="0" * 64)
    assert Case.objects.get(pk=case.pk).state == "proposed"


@pytest.mark.integration
def test_nothing_is_edited_after_it_was_proposed(client_of: ClientOf) -> None:
    case = frozen()
    client = client_of("evaluation-lead")
    page = client.get(f"/trials/protocols/{case.pk}/").text
    assert "edit-outcome" not in page
    values = {**_values(case, "outcome"), "outcome_expected": "0.1", "seen": case.version}
    answer = client.post(f"/trials/protocols/{case.pk}/edit-outcome", values)
    assert answer.status_code == 409
    assert records.values_of(Case.objects.get(pk=case.pk).record)["outcome_expected"] == "0.362"


@pytest.mark.integration
@pytest.mark.parametrize("part", ["text", "sha256", "text and its hash"])
def test_one_byte_changed_in_the_store_is_found(part: str, client_of: ClientOf) -> None:
    case = running()
    version = ProtocolVersion.objects.get(case=case)
    text = version.text.replace("0.362", "0.363")
    assert text != version.text
    changed = {"text": text, "sha256": "0" * 64, "text and its hash": text}[part]
    fields = {"sha256": changed} if part == "sha256" else {"text": changed}
    if part == "text and its hash":
        fields["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    ProtocolVersion.objects.filter(pk=version.pk).update(**fields)
    case = Case.objects.get(pk=case.pk)
    with pytest.raises(IntegrityError, match="not the one that was frozen"):
        protocols.in_force(case)
    with pytest.raises(IntegrityError):
        frozen_protocols.verify(case)
    with pytest.raises(IntegrityError):
        list(history.verify_all())


@pytest.mark.integration
def test_a_line_of_the_log_that_was_changed_is_found() -> None:
    case = running()
    line = LogEntry.objects.get(case=case, kind="allocated")
    LogEntry.objects.filter(pk=line.pk).update(facts={**line.facts, "allocated": "41"})
    with pytest.raises(IntegrityError, match="was changed after it was written"):
        log.verify(case)


@pytest.mark.integration
def test_an_amendment_is_a_new_version_with_a_reason_and_the_first_stays(
    second: Any, person: Callable[..., Any]
) -> None:
    case, lead = running(), person("evaluation-lead")
    before = ProtocolVersion.objects.get(case=case)
    case = operations.move(by=lead, case=case, move="amend", seen=None, why="The conference takes longer.")
    with pytest.raises(UserError, match="at least one change"):
        operations.move(by=lead, case=case, move="propose", seen=None, why="Nothing yet.")
    edit(by=lead, case=case, edit=_edit("arms"), values={**_values(case, "arms"), "replaces": "Nothing"}, seen=None)
    edit(by=lead, case=case, edit=_edit("design"), values={**_values(case, "design"), "boroughs": "Camden"}, seen=None)
    with pytest.raises(UserError, match="Begin a new trial instead"):
        operations.move(by=lead, case=case, move="propose", seen=None, why="Fewer boroughs.")
    edit(by=lead, case=case, edit=_edit("design"), values={**_values(case, "design"), "boroughs": "Camden, Croydon"},
         seen=None)  # fmt: skip
    case = operations.move(by=lead, case=case, move="propose", seen=None, why="It replaces nothing.")
    plan = frozen_protocols.freeze(by=second, case=case, seen=None)
    assert (plan.protocol.version, plan.protocol.reason) == (2, "It replaces nothing.")
    first = ProtocolVersion.objects.get(case=case, number=1)
    assert (first.text, first.sha256) == (before.text, before.sha256)
    case = operations.move(by=lead, case=Case.objects.get(pk=case.pk), move="run", seen=None)
    assert case.state == "running", "the allocation stands under the new version"
    frozen_protocols.verify(case)
    assert [one.kind for one in log.entries(case)] == ["frozen", "committed", "allocated", "amended"]


@pytest.mark.integration
def test_nothing_is_analysed_or_allocated_while_an_amendment_is_written() -> None:
    from trial_samples import OUTCOMES

    from parentis.web.trials import analyses

    case = operations.move(by=None, case=running(), move="amend", seen=None, why="To be better.")
    with pytest.raises(UserError, match="expected a running trial"):
        analyses.hand_in(by=None, case=case, data=OUTCOMES.encode(), seen=None)


@pytest.mark.integration
def test_two_trials_have_two_short_names() -> None:
    frozen()
    other = draft(place=CROYDON)
    assert "Another trial has this short name: choose one that no trial of the region has." in protocols.faults(other)


@pytest.mark.integration
def test_the_population_is_a_version_that_there_is_and_the_log_has_its_hash() -> None:
    said = "No version of a cohort definition has this name: choose one of london-older@1, london-older@2."
    assert said in protocols.faults(draft(reference="another", population="london-older@9"))
    case = frozen()
    facts = log.entries(case)[0].facts
    assert facts["population"] == "london-older@2"
    assert facts["population_sha256"] == definition("london-older", 2).sha256
    case = operations.move(by=None, case=case, move="amend", seen=None, why="Another population.")
    edit(by=None, case=case, edit=_edit("question"),
         values={**_values(case, "question"), "population": "london-older@1"}, seen=None)  # fmt: skip
    case = operations.move(by=None, case=case, move="propose", seen=None, why="The first version counts them.")
    frozen_protocols.freeze(by=None, case=case, seen=None)
    assert log.entries(case)[-1].facts["population_sha256"] == definition("london-older", 1).sha256


@pytest.mark.integration
def test_a_definition_leads_to_a_draft_with_its_name_filled_in(client_of: ClientOf) -> None:
    page = client_of("analyst").get("/trials/protocols/new?population=london-older@2&seen=9&title=%3Cb%3E").text
    assert 'value="london-older@2"' in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "Plan a trial with london-older v2" in client_of("analyst").get("/cohort/definitions/").text
    assert "Plan a trial with" not in client_of("practice-lead").get("/cohort/definitions/").text
    assert client_of("evaluation-lead").get("/cohort/definitions/").status_code == 200


@pytest.mark.integration
def test_boroughs_that_take_part_see_the_trial_from_the_freeze_on(client_of: ClientOf) -> None:
    case = draft(CLUSTER)
    assert client_of("director", "croydon").get(f"/trials/protocols/{case.pk}/").status_code in (403, 404)
    case = frozen(CLUSTER, reference="another")
    assert case.participants.filter(role=BOROUGH).count() == 5, "all but the lead"
    assert client_of("director", "croydon").get(f"/trials/protocols/{case.pk}/").status_code == 200


def _edit(name: str) -> Any:
    assert TRIAL.register is not None
    return TRIAL.register.edit(f"edit-{name}")


def _values(case: Case, name: str) -> dict[str, Any]:
    held = records.values_of(case.record)
    return {one: held[one] for one in _edit(name).fields}


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unguarded")
def test_what_the_stopping_rule_does_is_worked_out_by_the_worker_before_the_freeze(client_of: ClientOf) -> None:
    looks = {
        "analysis_method": "bayesian sequential", "looks": "20, 40, 60", "stopping_rule": "bayesian",
        "stopping_benefit": "0.975", "stopping_futility": "0.10",
    }  # fmt: skip
    case = draft(**looks)
    assert protocols.faults(case) == []
    case = operations.move(by=None, case=case, move="propose", seen=None, why="Ready.")
    client, address = client_of("evaluation-lead"), f"/trials/protocols/{case.pk}/move/freeze"
    page = client.get(address).text
    assert "still being worked out" in page
    assert 'name="sha256"' not in page, "nothing to freeze yet"
    with pytest.raises(UserError, match="still being worked out"):
        frozen_protocols.freeze(by=None, case=case, seen=None)
    work()
    page = client.get(address).text
    for said in ("If the new way does nothing: stops for benefit 5.3%, as futile 18.1%", "for benefit 21.7%"):
        assert said in page, "as the specification has it"
    frozen_protocols.freeze(by=None, case=case, seen=None)
    assert '"benefit_if_none":0.052592' in ProtocolVersion.objects.get().text
