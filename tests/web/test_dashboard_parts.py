"""The parts of a page of figures: where it begins, what a number links to, who counts as having answered."""

from dataclasses import dataclass, field
from typing import Any

import polars as pl
import pytest

from parentis.evidence import Cell
from parentis.web.dashboards import pages, response

CAMDEN, CROYDON, BRENT, HACKNEY = "E09000007", "E09000008", "E09000005", "E09000012"


def cell(**given: Any) -> Cell:
    about = {"measure": "m", "geography": CAMDEN, "geography_name": "Camden", "period": "2024-25", "breakdown": ""}
    return Cell(**(about | {"value": 3.0, "provenance_id": "abc"} | given))


@pytest.mark.unit
def test_a_number_leads_to_its_sources_and_what_is_not_there_leads_nowhere() -> None:
    link = pages.linked("3", cell())
    assert 'href="/figures/origins/abc/?m=' in link
    assert ">3</a>" in link
    hidden = cell(value=None, suppressed="c", provenance_id="")
    assert pages.linked("[c]", hidden) == '<span class="pa-absent">[c]</span>'
    assert "&lt;b&gt;" in pages.linked("<b>", cell()), "text is never markup"


@pytest.mark.unit
@pytest.mark.parametrize(
    ("provisional", "marked", "shown"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_a_provisional_number_is_marked_where_not_every_one_is(provisional: bool, marked: bool, shown: bool) -> None:
    assert ("pa-provisional" in pages.linked("3", cell(provisional=provisional), marked=marked)) is shown


@dataclass
class Organisation:
    authority: str
    kind: str = "authority"


@dataclass
class Held:
    authority: str
    role: str = "analyst"
    organisation: Organisation = field(init=False)

    def __post_init__(self) -> None:
        self.organisation = Organisation(self.authority)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("held", "place"),
    [
        ([Held(CAMDEN)], CAMDEN),
        ([Held(CAMDEN), Held(CAMDEN, "director")], CAMDEN),
        ([Held(CAMDEN), Held(CROYDON)], pages.REGION),
        ([Held("")], pages.REGION),
        ([Held(CAMDEN, "administrator")], pages.REGION),  # gives access, and reads no figures
        ([Held(CAMDEN, "administrator"), Held(CROYDON)], CROYDON),
        ([], pages.REGION),
    ],
)
def test_pages_begin_with_ones_own_authority_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, held: list[Held], place: str
) -> None:
    monkeypatch.setattr(pages, "memberships", lambda person: held)
    assert pages.own_place(None) == place


def submissions(*rows: tuple[str, str, str]) -> pl.DataFrame:
    """`(submitter, period, status)` of monitoring, the latest first."""
    return pl.DataFrame(
        [
            {"return_id": "finance.monitoring", "part": "", "submitter": submitter, "period": period, "status": status,
             "provisional": False, "errors": 0, "submission_id": f"{at}"}
            for at, (submitter, period, status) in enumerate(rows)
        ]
    )  # fmt: skip


SENT = submissions(
    (CAMDEN, "2024-25", "rejected"),
    (CAMDEN, "2024-25", "accepted"),
    (CROYDON, "2024-25", "checked"),
    (CROYDON, "2024-25", "accepted"),
    (BRENT, "2024-25", "rejected"),
    (HACKNEY, "2023-24", "accepted"),
)


@pytest.mark.unit
def test_each_authority_counts_once_by_its_latest_submission_of_the_latest_period(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(response, "of_authorities", lambda authorities: SENT)
    [rate] = response._rates(None, frozenset({CAMDEN, CROYDON, BRENT, HACKNEY}))  # type: ignore[arg-type]
    assert (rate.return_id, rate.period) == ("finance.monitoring", "2024-25")
    assert (rate.accepted, rate.waiting, rate.missing, rate.asked) == (1, 1, 2, 4)


@pytest.mark.unit
def test_the_table_of_response_names_the_submission_behind_each_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response, "of_authorities", lambda authorities: SENT)
    found: Any = response._table(None, frozenset({CAMDEN, CROYDON, BRENT}), "finance.monitoring")  # type: ignore[arg-type]
    assert found["periods"] == ["2024-25", "2023-24"]
    said = {name: [(one["text"], one.get("id")) for one in cells] for name, cells in found["rows"]}
    assert said == {
        "Brent": [("missing", None), ("missing", None)],
        "Camden": [("accepted", "1"), ("missing", None)],
        "Croydon": [("waiting", "2"), ("missing", None)],
    }


@pytest.mark.unit
def test_an_accepted_return_that_is_not_signed_is_provisional() -> None:
    row: dict[str, object] = {"status": "accepted", "provisional": True, "errors": 2, "submission_id": "x"}
    assert response._cell(row) == {"text": "provisional", "colour": "blue", "errors": 2, "id": "x"}
    assert response._cell(row | {"provisional": False})["text"] == "accepted"
