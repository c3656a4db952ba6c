"""The practice region from files to pack, a large workbook, one return, and the command line's first answer."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from measuring import Clock, benchmark

SHARED = Path(os.environ.get("PARENTIS_SHARED", Path(__file__).parents[2] / "shared")) / "data"


@benchmark("practice region: check, submit, accept, build, pack", seconds=60, mebibytes=3000)
def practice_region(clock: Clock) -> None:
    from parentis import workflow
    from parentis.archive import Home
    from parentis.figures import Viewer

    with tempfile.TemporaryDirectory() as folder:
        files, home = Path(folder, "files"), Home(Path(folder, "home"))
        workflow.practice(files, seed=1)
        with clock.timing():
            outcomes = workflow.submit(home, [files], who="bench", accept=True)
            workflow.build(home)
            workflow.pack(home, "spending-review", out=Path(folder, "pack"), viewer=Viewer.members())
        accepted = sum(outcome.status == "accepted" for outcome in outcomes)
        clock.note("submissions accepted", f"{accepted} of {len(outcomes)}")


@benchmark("RO3 2024-25 (ods, about 500 columns) to rows", seconds=5)
def ro3(clock: Clock) -> None:
    from parentis import returns

    with clock.timing():
        readings = returns.read([SHARED / "finance" / "RO3_2024-25_data_by_LA.ods"])
    clock.note("rows", f"{sum(t.height for t in readings[0].tables.values()):,}")


@benchmark("check of one 500-child SSDA903 return", seconds=1)
def check_one(clock: Clock) -> None:
    from parentis import workflow

    with tempfile.TemporaryDirectory() as folder:
        workflow.practice(Path(folder), seed=1)
        returns = sorted(Path(folder, "ssda903", "2024-25").iterdir())
        # The borough nearest to 500 rows of Header.
        sizes = {path: sum(1 for _ in next(path.glob("*_Header_*")).open()) for path in returns}
        chosen = min(sizes, key=lambda path: abs(sizes[path] - 500))
        workflow.check_files([returns[0]])  # imports and the first plan are not counted
        with clock.timing():
            checked = workflow.check_files([chosen])
        clock.note("children", str(sizes[chosen] - 1))
        clock.note("findings", str(sum(one.findings.height for one in checked)))


@benchmark("parentis --help", seconds=0.3)
def first_answer(clock: Clock) -> None:
    command = [sys.executable, "-m", "parentis", "--help"]
    subprocess.run(command, capture_output=True, check=True)
    with clock.timing():
        subprocess.run(command, capture_output=True, check=True)
