"""The cost survey at the site, from the first heading to two signatures; reminders; the claim; other rates."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from worker import CAMDEN, work

from parentis import workflow
from parentis.archive import find_home
from parentis.returns import ReturnData, write_files
from parentis.web.audit.models import Entry
from parentis.web.jobs.queue import enqueue_fit
from parentis.web.notices.models import Notice
from parentis.web.uasc.models import Draft, Reminder, Round, Schedule

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unguarded")]

YEAR = "2023-24"
SURVEY = f"/unaccompanied/survey/{CAMDEN}/{YEAR}/"
LEGAL = f"{SURVEY}heading/LEGAL"


def begun(client: Client) -> Draft:
    assert client.post(f"/unaccompanied/survey/begin/{CAMDEN}", {"period": YEAR}).status_code == 302
    return Draft.objects.get()


def answer(client: Client, path: str = LEGAL, **given: object) -> int:
    """Save with the revision that the form would have had."""
    return client.post(path, {"seen": Draft.objects.get().revision, "go": "back", **given}).status_code


def filled(client: Client) -> None:
    """A survey with volumes, a total, a price and a time sample."""
    begun(client)
    assert answer(client, f"{SURVEY}volumes", CHILD_NIGHTS="36500", LEAVER_WEEKS="900") == 302
    assert answer(client, CHILD_AMOUNT="50000", CHILD_UNIT="TOTAL", CHILD_METHOD="LEDGER", LEAVER_AMOUNT="0",
                  LEAVER_UNIT="TOTAL") == 302  # fmt: skip
    assert answer(client, f"{SURVEY}heading/SUPPORTED", CHILD_AMOUNT="105.50", CHILD_UNIT="PER_NIGHT",
                  CHILD_DENOMINATOR="36500") == 302  # fmt: skip
    sample = {"CHILD_METHOD": "TIME_USE", "CHILD_ROLE_0": "Grade 8", "CHILD_HOURS_0": "6.5", "CHILD_PEOPLE_0": "4",
              "CHILD_HOURLY_COST_0": "32.50"}  # fmt: skip
    assert answer(client, f"{SURVEY}heading/SOCIAL_WORK", **sample) == 302


@pytest.mark.integration
def test_a_survey_goes_from_its_first_heading_to_two_signatures(client_of: Callable[..., Client]) -> None:
    client = client_of("analyst")
    filled(client)
    assert Draft.objects.get().answers["costs"]["CHILD:SUPPORTED"]["AMOUNT"] == "105.5"
    page = client.get(SURVEY).content.decode()
    assert page.count("Answered</strong>") == 4
    check = client.get(f"{SURVEY}check")
    assert check.context["checked"].errors == 0
    assert client.post(f"{SURVEY}check", {"once": str(check.context["once"])}).status_code == 302
    work()
    assert "Awaiting signature" in client.get("/unaccompanied/").content.decode()
    home = find_home()
    (row,) = workflow.register(home).filter(pl.col("return_id") == "uasc.survey").rows(named=True)
    assert (row["submitter"], row["period"], row["errors"]) == (CAMDEN, YEAR, 0)
    for role in ("director", "section-151"):
        signer = client_of(role)
        seen = signer.get(f"/returns/{row['submission_id']}/").context["accept_form"].initial["seen"]
        assert signer.post(f"/returns/{row['submission_id']}/accept", {"role": role, "seen": seen}).status_code == 302
        work()
    costs = workflow.tables(home, ["uasc.survey/costs", "uasc.survey/staff_time"])
    assert sorted(costs["uasc.survey/costs"]["HEADING"]) == ["LEGAL", "LEGAL", "SOCIAL_WORK", "SUPPORTED"]
    zero = costs["uasc.survey/costs"].filter(pl.col("GROUP") == "LEAVER")["AMOUNT"].to_list()
    assert [float(one) for one in zero] == [0.0], "nil is kept apart from a blank"
    assert costs["uasc.survey/staff_time"]["HOURS"].to_list() == [6.5]
    assert "Accepted" in client.get("/unaccompanied/").content.decode()
    kinds = list(Entry.objects.filter(what__startswith="survey:").order_by("pk").values_list("what", flat=True))
    assert kinds == ["survey:begun", *["survey:saved"] * 4]


@pytest.mark.integration
def test_answers_are_carried_forward_until_somebody_looks_at_them(client_of: Callable[..., Client]) -> None:
    client = client_of("analyst")
    filled(client)
    client.post(f"{SURVEY}check", {"once": "6f0f7df0-0000-4000-8000-000000000001"})
    work()
    row = workflow.register(find_home()).row(0, named=True)
    workflow.accept(find_home(), row["submission_id"], who="somebody", role="director")
    after = SURVEY.replace(YEAR, "2024-25")
    client.post(f"/unaccompanied/survey/begin/{CAMDEN}", {"period": "2024-25"})
    assert f"from {YEAR}" in client.get(after).content.decode()
    client.post(f"{after}carry")
    draft = Draft.objects.get(period="2024-25")
    assert (
        draft.answers["costs"]["CHILD:SUPPORTED"] | {"AMOUNT": "105.5", "carried": True}
        == draft.answers["costs"]["CHILD:SUPPORTED"]
    )
    assert "volumes" not in draft.answers, "nights are of their own year"
    assert draft.answers["staff_time"][0]["ROLE"] == "Grade 8"
    assert "4 answers are carried forward" in client.get(after).content.decode()
    fields = {"CHILD_AMOUNT": "60000", "CHILD_UNIT": "TOTAL"}
    client.post(f"{after}heading/LEGAL", {"seen": draft.revision, "go": "back", **fields})
    draft.refresh_from_db()
    assert "carried" not in draft.answers["costs"]["CHILD:LEGAL"]
    assert "LEAVER:LEGAL" not in draft.answers["costs"], "what is emptied is not answered"
    client.post(f"{after}carry")
    draft.refresh_from_db()
    assert draft.answers["costs"]["CHILD:LEGAL"]["AMOUNT"] == "60000", "what is filled in stays"


@pytest.mark.integration
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"CHILD_AMOUNT": "5"}, "Choose the basis of the amount"),
        ({"CHILD_AMOUNT": "5", "CHILD_UNIT": "PER_NIGHT"}, "Enter the number in the year"),
        ({"CHILD_AMOUNT": "-5", "CHILD_UNIT": "TOTAL"}, "greater than or equal to 0"),
        ({"CHILD_NOTE": "x" * 301}, "at most 300"),
        ({"CHILD_AMOUNT": "five"}, "Enter a number"),
    ],
)
def test_what_cannot_be_used_is_said_beside_the_field(
    client_of: Callable[..., Client], given: dict[str, str], says: str
) -> None:
    client = client_of("analyst")
    draft = begun(client)
    answered = client.post(LEGAL, {"seen": draft.revision, **given})
    assert answered.status_code == 422
    assert says in answered.content.decode()
    draft.refresh_from_db()
    assert draft.answers == {}


@pytest.mark.integration
def test_a_sample_of_time_needs_its_numbers(client_of: Callable[..., Client]) -> None:
    client = client_of("analyst")
    begun(client)
    path = f"{SURVEY}heading/SOCIAL_WORK"
    assert answer(client, path, CHILD_METHOD="TIME_USE") == 422
    assert answer(client, path, CHILD_METHOD="TIME_USE", CHILD_ROLE_0="Grade 8") == 422


@pytest.mark.integration
def test_nobody_saves_over_what_a_colleague_saved_since(client_of: Callable[..., Client]) -> None:
    client, colleague = client_of("analyst"), client_of("treasurer")
    draft = begun(client)
    assert answer(colleague, CHILD_AMOUNT="1", CHILD_UNIT="TOTAL") == 302
    late = client.post(LEGAL, {"seen": draft.revision, "CHILD_AMOUNT": "2", "CHILD_UNIT": "TOTAL"})
    assert "Somebody has saved changes since" in late.content.decode()
    draft.refresh_from_db()
    assert draft.answers["costs"]["CHILD:LEGAL"]["AMOUNT"] == "1"


@pytest.mark.integration
def test_findings_lead_to_their_heading_and_nothing_is_checked_while_nothing_is_there(
    client_of: Callable[..., Client],
) -> None:
    client = client_of("analyst")
    begun(client)
    assert "nothing to check yet" in client.get(f"{SURVEY}check").content.decode()
    answer(client, CHILD_AMOUNT="5", CHILD_UNIT="TOTAL")
    found = client.get(f"{SURVEY}check").content.decode()
    assert f'href="{LEGAL}"' in found
    assert "To correct" in found, "costs without the nights they are for"


@pytest.mark.integration
def test_the_region_asks_sees_and_reminds_once_a_day(client_of: Callable[..., Client]) -> None:
    region, camden, croydon = client_of("analyst", "region"), client_of("analyst"), client_of("analyst", "croydon")
    assert region.post("/unaccompanied/response/ask", {"period": YEAR, "due": "2030-05-31"}).status_code == 302
    round_ = Round.objects.get()
    assert "31 May 2030" in camden.get("/unaccompanied/").content.decode()
    begun(camden)
    answer(camden, CHILD_AMOUNT="5", CHILD_UNIT="TOTAL")
    page = region.get("/unaccompanied/response/")
    standing = {line.name: line.standing.text for line in page.context["lines"]}
    assert (standing["Camden"], standing["Croydon"], len(standing)) == ("begun", "not started", 33)
    camden.post(f"{SURVEY}check", {"once": "6f0f7df0-0000-4000-8000-000000000002"})
    work()
    before = Notice.objects.count()
    for _ in range(2):
        assert region.post(f"/unaccompanied/response/{round_.pk}/remind").status_code == 302
    told = Notice.objects.all()[: Notice.objects.count() - before]
    assert {one.person.email for one in told if "cost survey" in one.text} == {"analyst@croydon.test"}
    assert Reminder.objects.count() == 32, "all but Camden, which has answered; those without people too"
    assert Reminder.objects.filter(people=1).count() == 1
    assert Entry.objects.filter(what="survey:reminded", authority="E09000008").count() == 1
    assert "cost survey" in croydon.get("/notices/").content.decode()
    assert region.get(SURVEY).status_code == 403, "a draft is its authority's own"


def arriving(folder: Path) -> None:
    """Unaccompanied children who came to Camden over four years, for a forecast that can be made."""
    for year in range(2020, 2024):
        period, first, last = f"{year}-{year % 100 + 1}", date(year, 4, 1), date(year + 1, 3, 31)
        came = [
            (f"SYN{number}", date(2020, 4, 1) + timedelta(days=18 * number), date(2004 + number // 22, 6, 17))
            for number in range(80)
        ]
        here = [one for one in came if one[1] <= last and one[2].replace(year=one[2].year + 18) > first]
        adult = [born.replace(year=born.year + 18) for _, _, born in here]
        size = len(here)
        numbers, births = [one[0] for one in here], [one[2] for one in here]
        tables = {
            "Episodes": pl.DataFrame(
                {
                    "CHILD": numbers,
                    "DECOM": [one[1] for one in here],
                    "DEC": [day if day <= last else None for day in adult],
                    "REC": ["E5" if day <= last else None for day in adult],
                    "RNE": ["S"] * size,
                    "LS": ["V2"] * size,
                    "CIN": ["N8"] * size,
                    "PLACE": ["U6"] * size,
                    "PLACE_PROVIDER": ["PR4"] * size,
                }
            ),
            "Header": pl.DataFrame({"CHILD": numbers, "SEX": ["1"] * size, "DOB": births, "ETHNIC": ["OOTH"] * size}),
            "UASC": pl.DataFrame(
                {"CHILD": numbers, "SEX": ["1"] * size, "DOB": births, "DUC": [None] * size},
                schema_overrides={"DUC": pl.Date},
            ),
        }
        one = ReturnData(return_id="ssda903", submitter=CAMDEN, period=period, tables=tables)
        paths = write_files(one, folder / period)
        workflow.submit(find_home(), paths, who="somebody", authority=CAMDEN, period=period, accept=True)


def claimable(folder: Path) -> None:
    """One invented child of Camden, whole 2023-24 in care, and one care leaver."""
    stays = {"CHILD": ["SYNA"], "DECOM": [date(2023, 1, 10)], "RNE": ["S"], "LS": ["V2"], "CIN": ["N8"],
             "PLACE": ["U6"], "PLACE_PROVIDER": ["PR4"]}  # fmt: skip
    born = {"CHILD": ["SYNA"], "SEX": ["1"], "DOB": [date(2008, 5, 17)], "ETHNIC": ["OOTH"]}
    kept = {
        "ssda903": {
            "Episodes": pl.DataFrame(stays),
            "Header": pl.DataFrame(born),
            "UASC": pl.DataFrame({"CHILD": ["SYNA"], "SEX": ["1"], "DOB": [date(2008, 5, 17)], "DUC": [None]}),
        },
        "uasc.register": {
            "children": pl.DataFrame(
                {
                    "CHILD": ["SYNA", "SYNB"],
                    "HO_REF": ["=Z1", "Z2"],
                    "DOB": [date(2008, 5, 17), date(2004, 1, 1)],
                    "ARRIVED": [date(2023, 1, 9), date(2018, 1, 1)],
                    "ELIGIBILITY": ["YES", "YES"],
                }
            ),
            "leavers": pl.DataFrame(
                {"CHILD": ["SYNB"], "LEAVER_FROM": [date(2022, 1, 1)], "LEAVER_TO": [None], "IN_EDUCATION": ["1"]}
            ),
        },
    }
    for return_id, tables in kept.items():
        one = ReturnData(return_id=return_id, submitter=CAMDEN, period=YEAR, tables=tables)
        paths = write_files(one, folder / return_id)
        workflow.submit(find_home(), paths, who="somebody", authority=CAMDEN, period=YEAR, accept=True)


@pytest.mark.integration
def test_the_claim_has_the_authoritys_own_references_and_is_recorded(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    claimable(tmp_path)
    client = client_of("analyst")
    got = client.get(f"/unaccompanied/claim/{CAMDEN}/{YEAR}.csv")
    lines = pl.read_csv(io.BytesIO(got.content), infer_schema=False)
    assert lines["reference"].to_list() == ["'=Z1", "Z2"], "a formula is no formula"
    assert lines["child"].to_list() == ["SYNA", "SYNB"]
    child = lines.row(0, named=True)
    assert (child["nights"], float(child["rate"]), float(child["amount"])) == ("366", 114.0, 366 * 114.0)
    book = client.get(f"/unaccompanied/claim/{CAMDEN}/{YEAR}.xlsx")
    nights = pl.read_excel(io.BytesIO(book.content), sheet_name="2 Nights", read_options={"header_row": 3})
    assert nights.height == 366
    entry = Entry.objects.filter(authority=CAMDEN).latest("pk")
    assert "exported" in entry.what
    held = workflow.tables(find_home(), ["uasc.register/children"])["uasc.register/children"]
    assert "SYNA" not in held["CHILD"].to_list(), "the lake has no such number"
    for role, place in (("analyst", "croydon"), ("analyst", "region"), ("commissioner", "camden")):
        assert client_of(role, place).get(f"/unaccompanied/claim/{CAMDEN}/{YEAR}.csv").status_code == 403


@pytest.mark.integration
def test_a_year_whose_instructions_were_not_read_has_a_draft(client_of: Callable[..., Client], tmp_path: Path) -> None:
    claimable(tmp_path)
    assert "2024-25 (draft)" in client_of("analyst").get("/unaccompanied/").content.decode()
    got = client_of("analyst").get(f"/unaccompanied/claim/{CAMDEN}/2024-25.csv")
    assert 'filename="draft-claim-202-2024-25.csv"' in got["Content-Disposition"]
    assert got.content.decode("utf-8-sig").startswith("draft,")
    assert client_of("analyst").get(f"/unaccompanied/claim/{CAMDEN}/{YEAR}.exe").status_code == 404


@pytest.mark.integration
def test_other_rates_are_asked_kept_and_shared(client_of: Callable[..., Client], tmp_path: Path) -> None:
    client, colleague = client_of("analyst"), client_of("treasurer")
    assert "There is no forecast yet" in client.get("/unaccompanied/rates/").content.decode()
    arriving(tmp_path)
    enqueue_fit()
    work()
    page = client.get("/unaccompanied/rates/?older=200&older_high=200")
    assert page.status_code == 200
    rows = page.context["rows"]
    assert rows[-1]["year"] == "All years"
    assert rows[-1]["difference"]["low"] > 0
    assert "16 and 17, usual rate 200" in page.content.decode()
    same = client.get("/unaccompanied/rates/").context["rows"]
    assert same[-1]["difference"]["low"] == same[-1]["difference"]["high"] == 0
    client.post("/unaccompanied/rates/save", {"name": "Three hundred", "leaver": "300"})
    kept = Schedule.objects.get()
    assert kept.rates == {"leaver": 300.0}
    assert "Three hundred" not in colleague.get("/unaccompanied/rates/").content.decode()
    assert colleague.post(f"/unaccompanied/rates/{kept.pk}/share", {"shared": "yes"}).status_code == 404
    client.post(f"/unaccompanied/rates/{kept.pk}/share", {"shared": "yes"})
    assert "Three hundred" in colleague.get("/unaccompanied/rates/").content.decode()
    assert "There is a problem" in client.get("/unaccompanied/rates/?leaver=-5").content.decode()
