"""`parentis check` as an analyst runs it: looking things up, comparing with the last check, folder by folder."""

import json
from pathlib import Path

import pytest
from conftest_types import Run

from parentis.errors import NotFoundError, UnreadableFileError

HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n{child},{sex},01/02/2010,WBRI,A123456789012,,\n"
EPISODES = (
    "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
    "{child},01/05/2024,S,C2,N1,K2,PR1,,,,ZZ1 1ZZ,ZZ1 1ZZ,SC9\n"
)
WORKERS = "CHILD,SW_ID,SW_DECOM,SW_DEC,SW_REASON\n{child},WORKER7,01/05/2024,,MANAGE\n"
PROVIDERS = "URN,REG_END,PLACE_CODES,PROVIDER_CODES,LA_CODE_INFERRED,POSTCODE\nSC1,,K2,PR1,202,ZZ1 1ZZ\n"
POSTCODES = "pcd,oseast1m,osnrth1m,laua\nZZ1 1ZZ,530000,180000,E09000007\n"


def write(folder: Path, child: str = "SYN1", sex: str = "9") -> Path:
    folder.mkdir(parents=True)
    for name, text in (("header", HEADER), ("episodes", EPISODES), ("sw_episodes", WORKERS)):
        (folder / f"{name}.csv").write_text(text.format(child=child, sex=sex))
    return folder


@pytest.mark.functional
def test_registers_switch_their_rules_on(parentis: Run, tmp_path: Path) -> None:
    folder = write(tmp_path / "return")
    (tmp_path / "providers.csv").write_text(PROVIDERS)
    (tmp_path / "postcodes.csv").write_text(POSTCODES)
    ran = parentis(
        "check", folder, "--collection-year", "2024-25", "--authority", "Camden", "--format", "json",
        "--providers", tmp_path / "providers.csv", "--postcodes", tmp_path / "postcodes.csv",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert set(told) == {"return", "collection_year", "files", "problems", "rules", "findings"}
    assert told["rules"]["1008"] == {"status": "run", "reason": None, "count": 1}  # SC9 is not registered
    assert told["rules"]["169"] == {"status": "run", "reason": None, "count": 0}  # the postcode has an authority


@pytest.mark.functional
def test_what_changed_since_the_last_check(parentis: Run, tmp_path: Path) -> None:
    common = ("--collection-year", "2024-25", "--rules", "101")
    before = write(tmp_path / "before")
    assert parentis("check", before, *common, "--out", tmp_path / "first").returncode == 0
    (earlier,) = (tmp_path / "first").glob("*.json")
    assert json.loads(earlier.read_text())["worklist"][0]["worker"] == "WORKER7"
    after = write(tmp_path / "after", sex="M")
    ran = parentis("check", after, *common, "--since", earlier, "--out", tmp_path / "second")
    assert "0 new, 1 gone, 0 unchanged" in ran.stderr
    (latest,) = (tmp_path / "second").glob("*.json")
    assert json.loads(latest.read_text())["changes"]["gone"] == 1
    assert parentis("check", after, *common, "--since", after / "header.csv").returncode == (
        UnreadableFileError.exit_code
    )
    nowhere = parentis("check", after, *common, "--since", tmp_path / "nowhere.json")
    assert nowhere.returncode == 2
    assert "Traceback" not in nowhere.stderr


@pytest.mark.functional
def test_folder_by_folder(parentis: Run, tmp_path: Path) -> None:
    for authority, child in (("Camden", "SYN1"), ("Barnet", "SYN2")):
        write(tmp_path / "returns" / "2024-25" / authority, child)
    asked = ("--workers", "1", "--rules", "101", "--format", "json")
    ran = parentis("check", tmp_path / "returns", *asked, "--out", tmp_path / "out")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == [{"period": "2024-25", "rule": "101", "returns": 2, "findings": 2}]
    assert len(list((tmp_path / "out").glob("2024-25-E09*.parquet"))) == 2
    refused = parentis("check", tmp_path / "returns", *asked)
    assert refused.returncode == NotFoundError.exit_code
    assert "--out" in refused.stderr
