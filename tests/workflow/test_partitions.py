"""Checked folder by folder, in one process, several, or on a cluster, a tree gives what one plan gives."""

from pathlib import Path

import polars as pl
import pytest

from parentis import workflow
from parentis.archive import Home
from parentis.errors import UnreadableFileError

CAMDEN, BARNET = "E09000007", "E09000003"
COLUMNS = ["period", "authority", "rule", "table", "row", "child", "fields", "values"]


@pytest.fixture
def tree(tmp_path, children) -> Path:
    root = tmp_path / "tree"
    for period, spelling in (("2023-24", "2023-24"), ("2024-25", "2024-2025")):
        for authority, name in ((CAMDEN, "Camden"), (BARNET, BARNET)):
            folder = root / "ssda903" / spelling / name
            folder.mkdir(parents=True)
            for path in children(period=period, authority=authority, first=f"INVENTED{authority[-1]}"):
                path.rename(folder / path.name)
    return root


def findings(folder: Path) -> list[tuple[object, ...]]:
    frames = [pl.read_parquet(path) for path in sorted(folder.glob("*.parquet"))]
    assert len(frames) == 4
    return sorted(pl.concat(frames).select(COLUMNS).rows(), key=str)


def one_plan(tmp_path: Path, tree: Path) -> list[tuple[object, ...]]:
    outcomes = workflow.submit(Home(tmp_path / "home"), [tree], who="ann", accept=True)
    together = [
        one.checked.findings.with_columns(period=pl.lit(one.period), authority=pl.lit(one.submitter)).select(COLUMNS)
        for one in outcomes
    ]
    return sorted(pl.concat(together).rows(), key=str)


@pytest.mark.integration
@pytest.mark.parametrize("workers", [1, 2])
def test_partitions_find_what_one_plan_finds(tmp_path, tree, workers):
    out = tmp_path / "out"
    summary = workflow.check_partitions(tree, out, return_id="ssda903", workers=workers)
    assert findings(out) == one_plan(tmp_path, tree)
    assert summary["count"].sum() == len(findings(out)) > 0
    assert pl.read_csv(out / "summary.csv", infer_schema=False).height == summary.height


@pytest.mark.integration
def test_a_cluster_finds_the_same(tmp_path, tree, spark_master):
    here = workflow.check_partitions(tree, tmp_path / "here", return_id="ssda903", workers=1)
    there = workflow.check_partitions(tree, tmp_path / "there", return_id="ssda903", on=spark_master)
    assert there.equals(here)
    assert findings(tmp_path / "there") == findings(tmp_path / "here")


@pytest.mark.integration
def test_a_folder_that_cannot_be_read_stops_no_other(tmp_path, tree):
    for path in (tree / "ssda903" / "2024-2025" / "Camden").glob("*.csv"):
        path.write_bytes(b"")  # one empty file beside others would not stop its own folder either
    summary = workflow.check_partitions(tree, tmp_path / "out", return_id="ssda903", workers=1)
    (failed,) = summary.filter(pl.col("status") == "not checked").rows(named=True)
    assert (failed["period"], failed["authority"]) == ("2024-25", CAMDEN)
    assert "empty" in failed["reason"]
    assert len(list((tmp_path / "out").glob("*.parquet"))) == 3


@pytest.mark.unit
def test_a_folder_without_partitions_says_what_is_wanted(tmp_path):
    (tmp_path / "here").mkdir()
    with pytest.raises(UnreadableFileError, match="2024-25/Camden"):
        workflow.check_partitions(tmp_path, tmp_path / "out", return_id="ssda903")
