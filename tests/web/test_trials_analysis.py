"""Allocation and analysis on the site: concealment, the committed seed, outcomes as files, planned looks alone."""

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from trial_samples import CAMDEN, CLUSTER, CROYDON, DRAFT, OUTCOMES, SIX, UNITS, draft, frozen, running
from worker import work

from parentis.errors import IntegrityError, UserError
from parentis.web.audit.models import Entry as AuditEntry
from parentis.web.cases import operations
from parentis.web.cases.encryption import encrypt
from parentis.web.cases.models import Case
from parentis.web.jobs.models import Job
from parentis.web.task_list.waiting import tasks_of
from parentis.web.trials import allocations, analyses, figure_outcomes, log, sealed
from parentis.web.trials.hand_in import outcomes_of, units_of
from parentis.web.trials.models import Result, Sealed

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]
LOOKS: dict[str, Any] = {
    **DRAFT, "analysis_method": "bayesian sequential", "looks": "10, 20", "stopping_rule": "bayesian",
    "stopping_benefit": "0.975", "stopping_futility": "0.1",
}  # fmt: skip


def _file(text: str, name: str = "file.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def _again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


@pytest.mark.integration
def test_nothing_is_allocated_before_the_freeze(client_of: ClientOf) -> None:
    case = draft()
    client = client_of("evaluation-lead")
    assert (
        "Nothing can be allocated before the protocol is frozen."
        in client.get(f"/trials/protocols/{case.pk}/allocation/").text
    )
    answer = client.post(
        f"/trials/protocols/{case.pk}/allocation/allocate", {"seen": case.version, "file": _file(UNITS)}, follow=True
    )
    assert "Expected a frozen protocol" in answer.text
    with pytest.raises(UserError, match="expected a trial that is allocating"):
        allocations.draw(by=None, case=frozen(reference="another"), units=units_of(UNITS.encode()), seen=None)
    assert not Sealed.objects.filter(what=Sealed.ALLOCATION).exists()


@pytest.mark.integration
def test_the_seed_is_committed_to_at_the_freeze_and_shown_to_nobody_before_the_reveal(client_of: ClientOf) -> None:
    case = frozen()
    file = Sealed.objects.get(case=case, what=Sealed.SEED)
    seed = sealed.record_of(file)
    assert hashlib.sha256(f"parentis trial seed|{seed['salt']}|{seed['seed']}".encode()).hexdigest() == file.commitment
    client = client_of("evaluation-lead")
    pages = ("", "allocation/", "analysis/", "plan/1/", "history", "allocation/log.csv")
    told = "".join(client.get(f"/trials/protocols/{case.pk}/{page}").text for page in pages)
    assert file.commitment in told
    assert seed["seed"] not in told
    assert seed["salt"] not in told
    assert seed["seed"].encode() not in bytes(file.sealed), "kept encrypted"


@pytest.mark.integration
def test_families_are_drawn_once_and_a_borough_sees_its_own_arms(
    client_of: ClientOf, person: Callable[..., Any]
) -> None:
    case = operations.move(by=None, case=frozen(), move="allocate", seen=None)
    client = client_of("evaluation-lead")
    page = client.post(
        f"/trials/protocols/{case.pk}/allocation/allocate", {"seen": case.version, "file": _file(UNITS)}, follow=True
    ).text
    assert "Allocated. The draw is kept, and nobody can draw again." in page
    assert "Camden0" not in page, "no arms on the page of the log"
    arms = client.get(f"/trials/protocols/{case.pk}/allocation/arms").text
    assert "Camden0" in arms
    assert "Croydon0" not in arms
    assert AuditEntry.objects.filter(what__endswith="viewed", subject__contains="arms").exists()
    other = client_of("evaluation-lead", "croydon").get(f"/trials/protocols/{case.pk}/allocation/arms").text
    assert "Croydon0" in other
    assert "Camden0" not in other
    for role in ("analyst", "director"):
        assert client_of(role).get(f"/trials/protocols/{case.pk}/allocation/arms").status_code == 403
    again = client.post(
        f"/trials/protocols/{case.pk}/allocation/allocate",
        {"seen": _again(case).version, "file": _file(UNITS)}, follow=True,
    ).text  # fmt: skip
    assert "each child once" in again, "the same families do not join twice"


@pytest.mark.integration
def test_who_joins_later_changes_nobodys_arm() -> None:
    case = running()
    before = allocations.rows_of(case)
    assert before is not None
    later = "unit,borough,family\n" + "".join(f"new{number},Camden,\n" for number in range(6))
    allocations.draw(by=None, case=case, units=units_of(later.encode()), seen=None)
    after = allocations.rows_of(_again(case))
    assert after is not None
    assert after.height == before.height + 6
    assert after.head(before.height).equals(before)
    families = after.group_by("family").agg(arms=pl.col("arm").n_unique())
    assert families["arms"].max() == 1, "brothers and sisters get the same"


@pytest.mark.integration
def test_the_reveal_shows_a_seed_from_which_the_same_draw_comes(client_of: ClientOf) -> None:
    case = running(CLUSTER)
    client = client_of("evaluation-lead")
    page = client.post(f"/trials/protocols/{case.pk}/allocation/reveal", {"seen": case.version}, follow=True).text
    seed = sealed.record_of(Sealed.objects.get(case=case, what=Sealed.SEED))
    assert "Seed revealed. The same draw came out again." in page
    assert seed["seed"] in page
    with pytest.raises(UserError, match="The log is only added to"):
        allocations.reveal(by=None, case=_again(case), seen=None)


@pytest.mark.integration
def test_an_allocation_that_was_exchanged_is_not_revealed() -> None:
    case = running(CLUSTER)
    rows = allocations.rows_of(case)
    assert rows is not None
    other = rows.with_columns(arm=1 - pl.col("arm"))
    file = Sealed.objects.get(case=case, what=Sealed.ALLOCATION)
    content = allocations.as_bytes(other)
    Sealed.objects.filter(pk=file.pk).update(
        sealed=encrypt(content, sealed.about(file)), sha256=hashlib.sha256(content).hexdigest()
    )
    with pytest.raises(UserError, match="the allocation that the seed gives"):
        allocations.reveal(by=None, case=case, seen=None)
    assert not case.trial_log.filter(kind="revealed").exists()


@pytest.mark.integration
def test_two_running_trials_do_not_share_children() -> None:
    running()
    case = operations.move(by=None, case=frozen(reference="another"), move="allocate", seen=None)
    with pytest.raises(UserError, match="in one trial at a time"):
        allocations.draw(by=None, case=case, units=units_of(UNITS.encode()), seen=None)


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unguarded")
def test_the_worker_analyses_the_frozen_plan_and_the_result_names_it(client_of: ClientOf) -> None:
    case = running()
    client = client_of("evaluation-lead")
    address = f"/trials/protocols/{case.pk}/analysis/"
    saved = client.post(f"{address}outcomes", {"seen": case.version, "file": _file(OUTCOMES)}, follow=True).text
    assert "Outcomes saved: 40 rows." in saved
    assert "Camden3" not in saved
    waits = client.post(f"{address}run", {"look": 1}, follow=True).text
    assert "data-job" in waits, "the page waits for the worker"
    assert not Result.objects.exists(), "nothing is analysed in the request"
    work()
    page = client.get(address).text
    result = Result.objects.get()
    assert result.sha256 == case.protocols.get().sha256
    assert result.sha256 in page
    assert "Final" in page
    assert "2 of 40 children have no known outcome." in page
    csv = client.get(f"{address}1.csv").content.decode("utf-8-sig")
    assert f"protocol_sha256,{result.sha256}" in csv
    assert Job.objects.get(kind="trial-analysis").came == {"look": 1}
    assert [one.kind for one in log.entries(case)][-1] == "looked"
    finished = operations.move(by=None, case=_again(case), move="finish", seen=None)
    assert finished.state == "analysed"


@pytest.mark.integration
def test_the_number_is_that_of_the_plan_worked_out_by_hand() -> None:
    """The difference between the arms as drawn, within boroughs, among children whose outcome is known."""
    case = running()
    analyses.hand_in(by=None, case=case, data=OUTCOMES.encode(), seen=None)
    result = analyses.take(by=None, case=_again(case), look=1)
    arms = allocations.rows_of(case)
    assert arms is not None
    known = {line.split(",")[0]: float(line.split(",")[1]) for line in OUTCOMES.splitlines()[1:] if line.split(",")[1]}
    rows = arms.filter(pl.col("unit").is_in(list(known)))
    columns = np.column_stack([rows["borough"] == CAMDEN, rows["borough"] == CROYDON, rows["arm"] == 1]).astype(float)
    by_hand = np.linalg.lstsq(columns, np.array([known[one] for one in rows["unit"]]), rcond=None)[0][2]
    assert result.found["effect"] == pytest.approx(by_hand, abs=1e-12)
    assert (result.found["n"], result.found["missing"]) == (38, 2)


@pytest.mark.integration
@pytest.mark.parametrize(("look", "said"), [(2, "Expected a planned look (1), found look 2"), (0, "planned look")])
def test_a_look_that_is_not_planned_is_refused_with_a_sentence(look: int, said: str, client_of: ClientOf) -> None:
    case = running()
    analyses.hand_in(by=None, case=case, data=OUTCOMES.encode(), seen=None)
    page = (
        client_of("evaluation-lead").post(f"/trials/protocols/{case.pk}/analysis/run", {"look": look}, follow=True).text
    )
    assert said in page
    assert not Job.objects.filter(kind="trial-analysis").exists()
    with pytest.raises(UserError):
        analyses.take(by=None, case=_again(case), look=look)


@pytest.mark.integration
def test_planned_looks_are_taken_once_and_in_order() -> None:
    case = running(LOOKS)
    analyses.hand_in(by=None, case=case, data=OUTCOMES.encode(), seen=None)
    with pytest.raises(UserError, match="look 1, which comes next"):
        analyses.take(by=None, case=_again(case), look=2)
    first = analyses.take(by=None, case=_again(case), look=1)
    with pytest.raises(UserError, match="Its result stands"):
        analyses.take(by=None, case=_again(case), look=1)
    assert first.found["looks"] == 2
    assert case.protocols.get().text.count("benefit_if_none") == 1, "operating characteristics before the freeze"


@pytest.mark.integration
def test_a_look_does_not_run_when_the_plan_was_changed_in_the_store() -> None:
    case = running()
    analyses.hand_in(by=None, case=case, data=OUTCOMES.encode(), seen=None)
    version = case.protocols.get()
    text = version.text.replace('"level":0.95', '"level":0.9')
    case.protocols.filter(pk=version.pk).update(text=text, sha256=hashlib.sha256(text.encode()).hexdigest())
    with pytest.raises(IntegrityError):
        analyses.take(by=None, case=_again(case), look=1)
    assert not Result.objects.exists()


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("unit,result\na,1\n", "none called outcome"),
        ("unit,outcome\na,2\n", "outcomes of 0 or 1"),
        (
            "unit,outcome\na,yes\n",
            "a number in every row of outcome, found 1 rows with something else, the first is row 2",
        ),
        ("unit,outcome\na,1\na,0\n", "each unit once"),
        ("unit,outcome\n,1\n", "a value in every row of unit"),
        ("unit,outcome\n", "1 to 200,000 rows"),
        ("", "found an empty file"),
    ],
)
def test_bad_outcomes_are_refused_in_a_sentence_without_a_value(text: str, said: str) -> None:
    with pytest.raises(UserError) as raised:
        outcomes_of(text.encode(), "parallel", True)
    assert said in str(raised.value)
    assert "yes" not in str(raised.value)


@pytest.mark.unit
def test_counts_by_borough_and_period_are_the_same_as_rows() -> None:
    counts = "borough,period,children,events\nCamden,1,3,2\nCroydon,2,2,0\n"
    found = outcomes_of(counts.encode(), "stepped wedge", True)
    assert found.rows() == [
        ("E09000007", 1, 1.0), ("E09000007", 1, 1.0), ("E09000007", 1, 0.0), (CROYDON, 2, 0.0), (CROYDON, 2, 0.0),
    ]  # fmt: skip
    with pytest.raises(UserError, match="events from 0 to the number of children"):
        outcomes_of(b"borough,period,children,events\nCamden,1,3,4\n", "stepped wedge", True)
    with pytest.raises(UserError, match="no English authority"):
        outcomes_of(b"borough,period,children,events\nAtlantis,1,3,1\n", "stepped wedge", True)


@pytest.mark.integration
def test_a_borough_that_did_not_return_is_named_beside_the_result() -> None:
    case = running(CLUSTER)
    boroughs = SIX.split(", ")
    rows = "borough,children,events\n" + "".join(f"{name},10,{at + 2}\n" for at, name in enumerate(boroughs[:-1]))
    whole = rows + f"{boroughs[-1]},0,0\n"
    analyses.hand_in(by=None, case=case, data=whole.encode(), seen=None)
    result = analyses.take(by=None, case=_again(case), look=1)
    assert any("Hackney" in note for note in result.found["notes"])


@pytest.mark.integration
def test_a_look_that_is_due_is_on_the_list_of_who_analyses(person: Callable[..., Any]) -> None:
    case = running()
    lead = person("evaluation-lead")
    assert any("Look 1 is due" in one.wanted for one in tasks_of(lead))
    assert not any("Look 1 is due" in one.wanted for one in tasks_of(person("analyst")))
    analyses.hand_in(by=None, case=case, data=OUTCOMES.encode(), seen=None)
    analyses.take(by=None, case=_again(case), look=1)
    assert not any("Look 1 is due" in one.wanted for one in tasks_of(lead))


@pytest.mark.integration
def test_a_protocol_that_waits_for_the_freeze_is_on_the_list(person: Callable[..., Any]) -> None:
    operations.move(by=None, case=draft(), move="propose", seen=None, why="Ready.")
    assert any("Waits to be frozen" in one.wanted for one in tasks_of(person("evaluation-lead")))
    assert not any("Waits to be frozen" in one.wanted for one in tasks_of(person("analyst")))


MATCHED: dict[str, Any] = {
    **DRAFT, "reference": "early-starters", "design": "matched", "unit": "borough",
    "analysis_method": "staggered starts", "outcome_measure": "improvement.s07", "outcome_kind": "mean",
    "timing_starts": date(2024, 7, 1),
}  # fmt: skip
BEGINS = ("E09000007", "E09000008")


def _figures(periods: int = 6) -> pl.DataFrame:
    """Eight boroughs' figures by quarter: two begin in July 2024 and fall by 2 from then on, one value is hidden."""
    places = [f"E0900000{number}" for number in range(2, 10)]
    days = [date(2024 + (3 * at) // 12, 1 + (3 * at) % 12, 1) for at in range(periods)]
    rows = [
        {
            "measure": "improvement.s07", "geography": place, "period_start": day,
            "value": None if (where, at) == (7, 0) else 20.0 + where + at + 0.1 * ((where * at) % 3)
            - (2.0 if place in BEGINS and at >= 2 else 0.0),
        }
        for where, place in enumerate(places)
        for at, day in enumerate(days)
    ]  # fmt: skip
    return pl.DataFrame([*rows, {**rows[0], "geography": "london"}])


@pytest.mark.integration
def test_outcomes_are_read_from_figures_and_the_wrong_number_stands_beside_the_right_one(
    client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = operations.move(by=None, case=frozen(MATCHED), move="run", seen=None)
    client, address = client_of("evaluation-lead"), f"/trials/protocols/{case.pk}/analysis/"
    given = {"seen": case.version, "from": "figures"}
    page = client.post(f"{address}outcomes", given, follow=True).text
    assert "Expected figures of the protocol" in page
    monkeypatch.setattr("parentis.workflow.figures", lambda *_, **__: _figures())
    assert "Outcomes saved: 48 rows." in client.post(f"{address}outcomes", given, follow=True).text
    result = analyses.take(by=None, case=_again(case), look=1)
    assert result.found["effect"] == pytest.approx(-2.0, abs=0.3)
    (wrong,) = [one for one in result.found["beside"] if one["wrong"]]
    assert "two-way fixed effects" in wrong["name"]
    page = client.get(address).text
    assert "The wrong number" in page
    assert page.index("Planned analysis") < page.index("Wrong number: two-way fixed effects"), "after the right one"


@pytest.mark.unit
def test_figures_need_a_period_before_and_one_after_the_first_day() -> None:
    for starts in (date(2023, 1, 1), date(2030, 1, 1)):
        with pytest.raises(UserError, match="periods before and after the first day"):
            figure_outcomes.panel(_figures(), BEGINS, starts)
    found = figure_outcomes.panel(_figures(), BEGINS, date(2024, 6, 15))
    assert set(found.filter(pl.col("first").is_not_null())["unit"]) == set(BEGINS)
    assert found["first"].max() == 3, "the first quarter that begins on or after the first day"
    assert found["value"].null_count() == 1, "a hidden value is not known"
    assert "london" not in set(found["unit"])
