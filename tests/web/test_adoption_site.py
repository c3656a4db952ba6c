"""The pages of adoption on the practice region: who opens which, what they say, and what the workbook works out."""

import io
from base64 import b64decode
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from browser_steps import follow, sign_in_as
from django.test import Client
from worker import CAMDEN

from parentis import region as places
from parentis import workflow
from parentis.archive import Home
from parentis.figures import Viewer
from parentis.returns import write_files
from parentis.services.adoption import compute, practice
from parentis.services.adoption.lists import children
from parentis.services.adoption.needs import CHILDREN, COSTS, FEES
from parentis.services.adoption.workbench import Options, agency_members, side_by_side
from parentis.web.adoption import views
from parentis.web.audit.models import Entry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unguarded")]
PAGES = ("", "waiting/", "waiting/?by=age", "timeliness/", "families/", "shape/")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the practice lists and money, and its figures, of few simulated futures."""
    folder = tmp_path_factory.mktemp("adoption")
    for one in practice.practice(4):  # in which children of Camden wait
        write_files(one, folder / "files" / one.return_id / one.period / one.submitter)
    home = Home(folder / "home")
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(compute.DEFAULTS, "replicates", 6)
        patched.setitem(compute.DEFAULTS, "draws", 3)
        patched.setitem(compute.DEFAULTS, "pools", 8)
        workflow.submit(home, [folder / "files"], who="test", accept=True)
        workflow.build(home, services=["adoption"])
    return folder / "home"


@pytest.fixture
def region(built: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("PARENTIS_HOME", str(built))
    return Home(built)


@pytest.mark.integration
@pytest.mark.parametrize("path", PAGES)
def test_without_lists_pages_say_what_they_need(client_of: Callable[..., Client], path: str) -> None:
    page = client_of("analyst").get(f"/adoption/{path}")
    assert page.status_code == 200
    assert "No list of children" in page.content.decode() or "Nothing has been handed in" in page.content.decode()


@pytest.mark.functional
def test_every_reader_finds_their_page(region: Home, client_of: Callable[..., Client]) -> None:
    for path in PAGES:
        assert client_of("analyst").get(f"/adoption/{path}").status_code == 200
    waiting = client_of("analyst").get("/adoption/waiting/").content.decode()
    assert "Plan reversed" in waiting
    wrong = client_of("analyst").get("/adoption/waiting/").context["mistake"]
    assert wrong["right"] + 3 < wrong["wrong"] <= 100, "reversals stand between the two"
    assert f"{wrong['right']:.0f}% is the share" in waiting
    assert client_of("analyst").get("/adoption/waiting/?by=age").context["mistake"] is None
    shape = client_of("director").get("/adoption/shape/").content.decode()
    assert "do not choose" in shape or "does better" in shape or "does worse" in shape
    assert "brothers and sisters" in client_of("analyst").get("/adoption/families/").content.decode().lower()
    sheet = client_of("analyst").get("/adoption/waiting.csv").content.decode().splitlines()
    assert sheet[0] == "group,outcome,months,per cent,low,high,children at risk"
    assert len(sheet) == 1 + 4 * 4


@pytest.mark.functional
def test_the_pool_lists_the_authoritys_own_children_and_goes_on_the_audit_record(
    region: Home, client_of: Callable[..., Client]
) -> None:
    """Two routes to who waits: the page, and the lists themselves."""
    page = client_of("family-finder").get(f"/adoption/pool/{CAMDEN}/")
    own = workflow.identified(region, (CHILDREN,), CAMDEN)
    known = children(own)
    on = date(2025, 3, 31)
    out = pl.min_horizontal("matched", "reversed")
    waits = known.filter(pl.col("placement_order") <= on, out.is_null() | (out > on))
    expected = waits.select(pl.coalesce("siblings", "child")).to_series().unique().to_list()
    assert [row["unit"] for row in page.context["waits"]] != []
    assert sorted(row["unit"] for row in page.context["waits"]) == sorted(expected)
    assert all(name.startswith("PRACTICE-") for name in expected), "the authority's own numbers, not their hashes"
    assert [row["days"] for row in page.context["waits"]] == sorted(
        (row["days"] for row in page.context["waits"]), reverse=True
    )
    assert Entry.objects.filter(what="adoption.pool:viewed", authority=CAMDEN).exists()
    assert client_of("treasurer").get(f"/adoption/pool/{CAMDEN}/").status_code == 403


@pytest.mark.functional
def test_money_is_worked_out_to_the_penny_on_page_and_workbook(region: Home, client_of: Callable[..., Client]) -> None:
    client = client_of("treasurer")
    page = client.get(f"/adoption/money/{CAMDEN}/?years=2&equal=40&floor=90&cap=110&price=50000")
    assert page.status_code == 200
    bills = page.context["bills"]
    budget = page.context["budget"]
    assert len(page.context["names"]) == 6, "Camden's agency is Adopt London North"
    for one in bills:
        assert sum(round(cell["pounds"] * 100) for cell in one["cells"]) + round(one["gap"] * 100) == round(
            budget * 100
        )
    assert {row["formula"] for row in page.context["ahead"]} >= {"Historic", "Activity, 2 years"}
    historic = next(row for row in page.context["ahead"] if row["formula"] == "Historic")
    assert historic["swing"] < 1, "nothing moves what rests on last year alone"
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/adoption/money/{CAMDEN}/model.xlsx").content))
    assert book.sheetnames == ["Inputs", "Shares", "To the penny"]
    live = [cell.value for row in book["Shares"].iter_rows(min_row=5, max_row=5, min_col=2, max_col=6) for cell in row]
    assert all(str(value).startswith("=") for value in live)
    assert client_of("family-finder").get(f"/adoption/money/{CAMDEN}/").status_code == 403


@pytest.mark.functional
def test_when_the_year_is_over_the_host_bears_its_part_and_pennies_are_kept(
    region: Home, client_of: Callable[..., Client]
) -> None:
    client = client_of("treasurer")
    boroughs, agencies, hosts = practice.region()
    host = hosts[list(dict.fromkeys(agencies)).index(agencies[boroughs.index(CAMDEN)])]
    costs = workflow.tables(region, (COSTS,))[COSTS].filter(pl.col("authority") == host, pl.col("period") == "2024-25")
    spent = round(float(costs["OUTTURN"].cast(pl.Float64).sum()) * 100)
    budget = round(float(costs["BUDGET"].cast(pl.Float64).sum()) * 100)
    assert spent != budget
    shared = client.get(f"/adoption/money/{CAMDEN}/").context["over"]
    assert sum(round(row["after"] * 100) for row in shared["rows"]) == spent
    assert all(round(row["change"] * 100) != 0 for row in shared["rows"])
    hosted = client.get(f"/adoption/money/{CAMDEN}/?risk=100").context["over"]
    moved = {row["name"]: round(row["change"] * 100) for row in hosted["rows"] if round(row["change"] * 100)}
    assert moved == {places.authority(host).name: spent - budget}


@pytest.mark.functional
def test_the_waterfall_is_of_the_formula_that_was_chosen(region: Home, client_of: Callable[..., Client]) -> None:
    client = client_of("treasurer")
    pages = [client.get(f"/adoption/money/{CAMDEN}/?picture={name}") for name in ("", "Historic", "No such formula")]
    assert [page.context["pictured"] for page in pages] == ["Activity, 1 year", "Historic", "Activity, 1 year"]
    assert pages[0].context["picture"] == pages[2].context["picture"] != pages[1].context["picture"]
    svg = b64decode(pages[0].context["picture"].partition("base64,")[2]).decode()
    bill = next(one for one in pages[0].context["bills"] if one["name"] == "Activity, 1 year")
    for cell in bill["cells"]:
        assert f"{'+' if cell['change'] > 0 else '−'}{abs(round(cell['change'] / 1000)):,}" in svg, cell["name"]


@pytest.mark.functional
def test_fees_show_the_boroughs_own_only_by_both_routes(region: Home, client_of: Callable[..., Client]) -> None:
    page = client_of("treasurer").get(f"/adoption/money/{CAMDEN}/")
    held = workflow.tables(region, (CHILDREN, FEES))
    listed = children(held).filter(
        pl.col("authority") == CAMDEN, pl.col("placed").is_between(date(2024, 4, 1), date(2025, 3, 31))
    )
    by = {way: listed.filter(pl.col("placed_with") == way).height for way in ("REGION", "VOLUNTARY")}
    paid = held[FEES].filter(pl.col("MEMBER") == CAMDEN, pl.col("period") == "2024-25")
    assert page.context["fees"] == {
        "handed_in": -float(paid["FEE"].cast(pl.Float64).sum()),
        "listed": -(29_700.0 * by["REGION"] + 39_245.0 * by["VOLUNTARY"]),
        "difference": pytest.approx((39_245.0 - 37_000.0) * by["VOLUNTARY"]),
    }
    assert "Inter-agency fees" not in page.content.decode().replace("Camden's inter-agency fees", "")


@pytest.mark.functional
def test_before_a_build_pages_ahead_say_when_they_are_made(
    region: Home, client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "frame", lambda _name: None)
    for path in ("families/", "shape/"):
        assert "made with the next build of figures" in client_of("director").get(f"/adoption/{path}").text


@pytest.mark.functional
def test_the_page_and_the_figure_give_one_interval(region: Home, client_of: Callable[..., Client]) -> None:
    """Two routes: the page works its interval out, the figure was made with the build."""
    page = client_of("analyst").get("/adoption/waiting/").context
    (row,) = (row for row in page["tables"][0]["rows"] if row["title"] == "Placed")
    (cell,) = (cell for cell in row["cells"] if cell["months"] == 12)
    mine = workflow.figures(region, measure="adoption.placed_12", geography=CAMDEN, viewer=Viewer.members(CAMDEN))
    (held,) = mine.filter(pl.col("period") == "2024-25").rows(named=True)
    assert (cell["share"], cell["low"], cell["high"]) == pytest.approx(
        (held["value"], held["low"], held["high"]), abs=0.06
    )


@pytest.mark.integration
def test_englands_stages_are_shown_in_months(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file has years:months: 1:10 between care and placement at age 1 is 22 months, and 0:09 to the decision 9."""
    monkeypatch.setenv("PARENTIS_HOME", str(tmp_path / "home"))
    home = Home(tmp_path / "home")
    assert views._stages() == []
    file = shared_data / "adoption" / "national_adoption_time_between_stages.csv"
    workflow.submit(home, [file], who="test", accept=True)
    workflow.build(home, services=["statistics"])
    rows = {row["stage"][:2]: dict(row["cells"]) for row in views._stages()}
    assert sorted(rows) == ["1.", "2.", "3.", "4.", "5.", "6."]
    assert [rows[stage]["2024-25"] for stage in ("1.", "2.", "3.")] == [9, 10, 1]
    assert len(rows["1."]) == 5


@pytest.mark.spec
@pytest.mark.parametrize(
    ("sizes", "withheld"),
    [
        ({"A": 40, "B": 30}, []),
        ({"A": 40, "B": 30, "C": 4}, ["C", "B"]),  # all less A and B would tell C
        ({"A": 40, "B": 30, "C": 4, "D": 8}, ["C", "D"]),  # twelve together
        ({"A": 11}, []),
        ({"A": 10}, ["A"]),
    ],
)
def test_no_small_group_of_the_region_is_the_difference_of_those_shown(
    sizes: dict[str, int], withheld: list[str]
) -> None:
    found = pl.DataFrame({"group": list(sizes) * 2, "n": list(sizes.values()) * 2})
    assert views._withheld(found) == withheld


@pytest.mark.spec
def test_the_workbooks_live_cells_give_the_formulas_shares() -> None:
    """The workbook's own formulas, worked out here by hand, beside the service's pence."""
    counts = pl.DataFrame(
        {"authority": ["E09000003", "E09000007"] * 2, "activity": ["decisions"] * 4, "year": [2023, 2023, 2024, 2024],
         "count": [3, 1, 2, 2]}
    )  # fmt: skip
    paid = pl.DataFrame({"authority": ["E09000003", "E09000007"], "PAID": [600.0, 400.0]})
    members = agency_members(paid, counts, {"E09000003": "Barnet", "E09000007": "Camden"})
    bills, _ = side_by_side(100_000, members, Options(years=2))
    by = {one.formula: one.paid for one in bills}
    assert by["Historic"] == (60_000, 40_000)
    assert by["Activity, 2 years"] == (62_500, 37_500)
    assert by["40% equal, rest by activity, 2 years"] == (57_500, 42_500)


@pytest.mark.functional
def test_the_ledger_counts_what_two_sources_say(region: Home, client_of: Callable[..., Client]) -> None:
    page = client_of("agency-head").get(f"/adoption/ledger/{CAMDEN}/")
    years = page.context["years"]
    assert years[0]["label"] == "2024-25"
    known = children(workflow.tables(region, (CHILDREN,))).filter(pl.col("authority") == CAMDEN)
    orders = known.filter(pl.col("placement_order").is_between(date(2024, 4, 1), date(2025, 3, 31))).height
    row = next(one for one in years[0]["rows"] if one["title"] == "Placement orders")
    agreed, one_source, disputed = row["cells"]
    assert agreed + one_source + disputed == orders
    assert agreed > 0, "the agency's numbers for children are hashed as the borough's are"
    assert one_source == 0, "the agency handed in every quarter"


@pytest.mark.browser
@pytest.mark.functional
def test_a_walk_of_finder_head_and_treasurer(
    region: Home, page: Any, person: Callable[..., Any], check_page: Callable[..., None]
) -> None:
    """The family finder looks at the pool and the waits; the borough disputes a line, the agency answers, the treasurer
    works out the formulas."""

    def sign_in(role: str) -> None:
        page.context.clear_cookies()
        sign_in_as(page, person(role).email)

    sign_in("family-finder")
    follow(page.get_by_role("link", name="Adoption").first)
    check_page(page, "adoption")
    follow(page.get_by_role("link", name="The pool"))
    page.get_by_role("heading", name="Children who wait for a family").wait_for()
    check_page(page, "adoption-pool")
    page.goto("/adoption/waiting/")
    page.get_by_label("Compare by").select_option("age")
    follow(page.get_by_role("button", name="Show"))
    check_page(page, "adoption-waiting")
    page.goto("/adoption/lines/new")
    page.get_by_label("Borough", exact=True).select_option(CAMDEN)
    page.get_by_label("Reference").fill("L-17")
    page.get_by_label("Financial year").fill("2024-25")
    page.get_by_label("Placement order").check()
    page.get_by_label("Disputed on").fill("2025-05-06")
    page.get_by_label("The child's number").fill("PRACTICE-A00001-0")
    page.get_by_label("Why it is disputed").fill("The order was made in March.")
    check_page(page, "adoption-line-new")
    follow(page.get_by_role("button", name="Enter"))
    page.get_by_role("heading", name="Line L-17").wait_for()
    check_page(page, "adoption-line")

    sign_in("agency-head")
    for address in ("timeliness/", "families/", "shape/", f"ledger/{CAMDEN}/"):
        page.goto(f"/adoption/{address}")
        check_page(page, f"adoption-{address.split('/')[0]}")

    sign_in("treasurer")
    page.goto(f"/adoption/money/{CAMDEN}/")
    page.get_by_label("Years of activity").fill("2")
    page.get_by_label("Cap", exact=True).fill("105")
    follow(page.get_by_role("button", name="Work out"))
    page.get_by_role("rowheader", name="cap 105% of last year").first.wait_for()
    check_page(page, "adoption-money")
