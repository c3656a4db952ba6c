"""A publisher's table comes in editions: the later release counts, whatever was handed in later."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from parentis import archive, lake, workflow
from parentis.errors import SubmissionStateError

CAMDEN, BARNET, BRENT = "E09000007", "E09000003", "E09000005"
NAMES = {CAMDEN: "Camden", BARNET: "Barnet", BRENT: "Brent"}


@pytest.fixture
def outturn(tmp_path: Path) -> Callable[..., list[Path]]:
    """Writes RSX 2023-24 with the net of children's social care, in £ thousand, as released on a day."""

    def write(day: str, *, heading: str = "Net Current Expenditure (C7 = C3 - C6)", **amounts: object) -> list[Path]:
        nets = {CAMDEN: amounts.get("camden"), BARNET: amounts.get("barnet"), BRENT: amounts.get("brent")}
        lines = [
            "Worksheet 2: Revenue Outturn (RO) 2023-24: Service Expenditure Summary (RSX) data",
            "Data is reported in £ thousand.",
            f"Last updated: {day}" if day else "An edition without a date",
            f"E-code,ONS Code,Local authority,Notes,Class,Children Social Care - {heading}",
            *(f"E50{code[-2:]},{code},{NAMES[code]},,LB,{net}" for code, net in nets.items()),
        ]
        folder = tmp_path / "in" / "finance.rs" / "2023-24" / f"MHCLG-{len(list((tmp_path / 'in').rglob('*.csv')))}"
        folder.mkdir(parents=True)
        path = folder / "rsx.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        return [path]

    return write


def nets(home: archive.Home, as_of: int | None = None) -> dict[str, Decimal | None]:
    rows = lake.read(home, "finance.rs/lines", as_of=as_of).collect()
    return dict(rows.select("authority", "AMOUNT").iter_rows())


FIRST, SECOND = "14 November 2024", "12 December 2024"


@pytest.mark.integration
@pytest.mark.parametrize("apart", [True, False])
def test_an_older_edition_does_not_replace_a_newer_one(home, tmp_path, outturn, apart) -> None:
    newer = outturn(SECOND, camden=90, barnet=80, brent=70)
    older = outturn(FIRST, camden=50, barnet="[x]", brent=70)
    handed_in = [newer, older] if apart else [[tmp_path / "in"]]
    outcomes = [one for paths in handed_in for one in workflow.submit(home, paths, who="ann")]
    assert [one.status for one in outcomes] == ["accepted", "checked"]
    assert nets(home) == {CAMDEN: 90_000, BARNET: 80_000, BRENT: 70_000}
    said = outcomes[1].sentence
    assert "it came out on 14 November 2024, before the accepted edition of 12 December 2024" in said
    assert "1 amounts differ, 0 are new, 1 are no longer printed and stay as they were" in said
    assert "RSX csc net 240,000 in 3 → 120,000 in 2" in said

    for no_reason in (None, "", "  "):
        with pytest.raises(SubmissionStateError, match="came out on 14 November 2024"):
            workflow.accept(home, outcomes[1].submission_id, who="dee", why=no_reason)
    workflow.accept(home, outcomes[1].submission_id, who="dee", why="The December edition was withdrawn")
    assert nets(home) == {CAMDEN: 50_000, BARNET: 80_000, BRENT: 70_000}
    why = archive.events(home).filter(pl.col("event") == "accepted")["why"][-1]
    assert why.startswith("The December edition was withdrawn. Beside the accepted edition of 12 December 2024:")


@pytest.mark.integration
def test_what_waits_for_a_reason_is_not_taken_up_again_by_the_next_command(home, outturn) -> None:
    workflow.submit(home, outturn(SECOND, camden=90, barnet=80, brent=70), who="ann")
    workflow.submit(home, outturn(FIRST, camden=50, barnet="[x]", brent=70), who="ann", accept=True)
    before = archive.events(home).height
    assert workflow.recover(home) == []
    assert archive.events(home).height == before
    assert nets(home)[CAMDEN] == 90_000


@pytest.mark.integration
def test_an_edition_without_a_day_needs_a_reason_after_one_with(home, outturn) -> None:
    workflow.submit(home, outturn("", camden=10, barnet=20, brent=30), who="ann")
    (dated,) = workflow.submit(home, outturn(FIRST, camden=11, barnet=20, brent=30), who="ann")
    (undated,) = workflow.submit(home, outturn("", camden=12, barnet=20, brent=30), who="ann")
    assert (dated.status, undated.status) == ("accepted", "checked")
    assert "does not say when it came out" in undated.sentence
    assert nets(home)[CAMDEN] == 11_000


@pytest.mark.integration
def test_a_marker_never_replaces_an_amount(home, outturn) -> None:
    (first,) = workflow.submit(home, outturn(FIRST, camden=50, barnet=80, brent="[x]"), who="ann")
    (second,) = workflow.submit(home, outturn(SECOND, camden=90, barnet="[x]", brent=70), who="ann")
    assert second.status == "accepted"
    assert "1 amounts differ, 1 are new, 1 are no longer printed and stay as they were" in second.sentence
    rows = lake.read(home, "finance.rs/lines").collect().sort("authority")
    assert rows.select("authority", "AMOUNT", "submission_id").rows() == [
        (BARNET, Decimal(80_000), first.submission_id),  # traced to the file that printed it
        (BRENT, Decimal(70_000), second.submission_id),
        (CAMDEN, Decimal(90_000), second.submission_id),
    ]
    assert rows["sequence"].n_unique() == 1
    assert nets(home, as_of=4) == {CAMDEN: 50_000, BARNET: 80_000, BRENT: None}

    figures = workflow.build(home, services=["funding"])
    assert figures.figures["funding"] > 0
    barnet = lake.read_figures(home).filter(geography=BARNET, measure="funding.csc.outturn").collect()
    assert barnet["value"].to_list() == [80_000]


@pytest.mark.integration
def test_an_erased_edition_keeps_nothing(home, outturn) -> None:
    (first,) = workflow.submit(home, outturn(FIRST, camden=50, barnet=80, brent=60), who="ann")
    workflow.submit(home, outturn(SECOND, camden=90, barnet="[x]", brent=70), who="ann")
    workflow.erase(home, first.submission_id, who="dee", why="sent by mistake")
    assert nets(home) == {CAMDEN: 90_000, BARNET: None, BRENT: 70_000}


@pytest.mark.integration
def test_a_file_that_was_not_read_whole_waits(home, outturn) -> None:
    paths = outturn(FIRST, camden=1, barnet=2, brent=3)
    text = paths[0].read_text(encoding="utf-8").splitlines()
    text[3] += ",Children Social Care - Commitments (C8)"
    paths[0].write_text("\n".join([*text[:4], *(f"{line},9" for line in text[4:])]), encoding="utf-8")
    (outcome,) = workflow.submit(home, paths, who="ann")
    assert outcome.status == "checked"
    assert "not read whole: 1 columns set aside" in outcome.sentence
    assert workflow.accept(home, outcome.submission_id, who="dee", why="Commitments are of no use").status == "accepted"
