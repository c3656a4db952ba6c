"""A small return as a council exports it, to be spoiled in one way at a time."""

from collections.abc import Sequence
from pathlib import Path

from parentis import workflow
from parentis.returns import Checked

HEADINGS = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"
EPISODES = (
    "X1,12/05/2026,S,C2,N1,U4,PR1,,,,ZZ1 1ZZ,ZZ1 2ZZ,SC000001",
    "X2,03/09/2026,S,V2,N1,K2,PR4,,,,ZZ1 1ZZ,ZZ5 2ZZ,SC000002",
    "X3,25/10/2026,S,C2,N1,U6,PR1,,,,ZZ1 1ZZ,ZZ5 3ZZ,SC000003",
)
HEADER = (
    "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB",
    "X1,M,01/06/2012,WBRI,A202000000001,,",
    "X2,F,15/02/2010,WBRI,A202000000002,0,",
    "X3,M,15/02/2011,WBRI,A202000000003,,",
)
YEAR = "2026-27"


def write(folder: Path, episodes: str | Sequence[str] = EPISODES, headings: str = HEADINGS, **others: str) -> Path:
    """`episodes.csv`, `header.csv`, and files by stem; text is written as it is, rows under the headings."""
    folder.mkdir(parents=True, exist_ok=True)
    text = episodes if isinstance(episodes, str) else "\n".join([headings, *episodes]) + "\n"
    files = {"header": "\n".join(HEADER) + "\n", "episodes": text} | others
    for stem, content in files.items():
        (folder / f"{stem}.csv").write_text(content, encoding="utf-8")
    return folder


def check(folder: Path, period: str | None = YEAR, **more: object) -> Checked:
    (checked,) = workflow.check_files([folder], period=period, **more)  # type: ignore[arg-type]
    return checked


def found(checked: Checked) -> list[tuple[str, int | None]]:
    return checked.findings.select("rule", "row").rows()


def said(checked: Checked, severity: str) -> list[str]:
    return [one.message for one in checked.problems if one.severity == severity]
