"""Checking the looked-after children return: two years' files to written JSON, by number of children."""

import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from itertools import pairwise
from pathlib import Path

from measuring import Clock, benchmark

GENERATOR = Path(__file__).parent / "ssda903_returns.py"
THIS, LAST = "2025-26", "2024-25"


def _whole_run(clock: Clock, children: int) -> None:
    import polars as pl

    from parentis.returns import read, returns, type_cells
    from parentis.returns.reports import findings_json
    from parentis.returns.ssda903 import SPEC
    from parentis.returns.ssda903.rules import check

    returns()  # imports the declarations of every return
    providers = pl.DataFrame(
        {
            "URN": ["SC1", "SC2", "SC4"],
            "REG_END": [None, date(2025, 9, 30), None],
            "PLACE_CODES": ["K1,K2,U4,U5,U6", "K2", "K2"],
            "PROVIDER_CODES": ["PR1,PR4"] * 3,
            "LA_CODE_INFERRED": ["202"] * 3,
            "POSTCODE": ["AB1 2BB"] * 3,
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        # in a process of its own, so that its memory is not the check's
        subprocess.run([sys.executable, str(GENERATOR), str(children), folder], check=True)
        stages = []

        def past(name: str) -> None:
            stages.append((name, time.perf_counter()))

        with clock.timing():
            past("start")
            now = read([Path(folder) / "this"], return_id="ssda903", period=THIS)[0]
            before = read([Path(folder) / "last"], return_id="ssda903", period=LAST)[0]
            past("read")
            typed, typed_before = type_cells(now, SPEC.at(THIS)), type_cells(before, SPEC.at(LAST))
            past("type")
            checked = check(
                typed.tables,
                collection_year=THIS,
                absent=typed.absent,
                last_year=typed_before.tables,
                last_year_absent=typed_before.absent,
                providers=providers,
                authority="202",
            )
            past("check")
            (Path(folder) / "findings.json").write_bytes(findings_json(checked))
            past("JSON")
    whole = stages[-1][1] - stages[0][1]
    for (_, begun), (name, ended) in pairwise(stages):
        clock.note(name, f"{(ended - begun) / whole:.0%}")
    ran = checked.statuses.filter(pl.col("status") == "run").height
    clock.note("rules a second", f"{ran / (stages[3][1] - stages[2][1]):,.0f}")
    clock.note("rows", f"{sum(t.height for each in (typed, typed_before) for t in each.tables.values()):,}")
    clock.note("findings", f"{checked.findings.height:,}")


@benchmark("ssda903 check, both years, 1,000 children", seconds=0.6)
def check_1_000(clock: Clock) -> None:
    _whole_run(clock, 1_000)


@benchmark("ssda903 check, both years, 10,000 children", seconds=1.5, mebibytes=700)
def check_10_000(clock: Clock) -> None:
    _whole_run(clock, 10_000)


@benchmark("ssda903 check, both years, 100,000 children", seconds=12, mebibytes=4096)
def check_100_000(clock: Clock) -> None:
    _whole_run(clock, 100_000)


def _as_installed(folder: str) -> dict[str, str]:
    """The environment of an installation: compiled to byte-code, in a folder that leaves this one's alone."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return environment | {"PYTHONPYCACHEPREFIX": f"{folder}/bytecode", "PARENTIS_HOME": f"{folder}/home"}


def _process(clock: Clock, children: int) -> None:
    """As a person types it: two years' files, all rules, findings as JSON; the first of three runs compiles."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, str(GENERATOR), str(children), folder], check=True)
        command = [sys.executable, "-m", "parentis", "check", f"{folder}/this", "--last-year", f"{folder}/last",
                   "--collection-year", THIS, "--authority", "Camden", "--format", "json"]  # fmt: skip
        seconds = []
        for _ in range(3):
            with Path(folder, "findings.json").open("wb") as out:
                begun = time.perf_counter()
                subprocess.run(command, stdout=out, stderr=subprocess.DEVNULL, check=True, env=_as_installed(folder))
                seconds.append(time.perf_counter() - begun)
        clock.seconds = min(seconds[1:])
        clock.note("processor", f"{os.times().children_user / 3:.2f} s, the first run included")


@benchmark("ssda903 check, whole process, 500 children", seconds=0.8)
def process_500(clock: Clock) -> None:
    _process(clock, 500)


@benchmark("ssda903 check, whole process, 10,000 children", seconds=1.5)
def process_10_000(clock: Clock) -> None:
    _process(clock, 10_000)


@benchmark("ssda903 check, whole process, 100,000 children", seconds=5, mebibytes=1024)
def process_100_000(clock: Clock) -> None:
    _process(clock, 100_000)


@benchmark("parentis --help, every command, the slowest", seconds=0.25)
def every_help(clock: Clock) -> None:
    from parentis.cli import program

    with tempfile.TemporaryDirectory() as folder:
        slowest: dict[str, float] = {}
        for _ in range(3):
            for name in program().entries:
                begun = time.perf_counter()
                subprocess.run(
                    [sys.executable, "-m", "parentis", name, "--help"],
                    stdout=subprocess.DEVNULL, check=True, env=_as_installed(folder),
                )  # fmt: skip
                slowest[name] = min(time.perf_counter() - begun, slowest.get(name, 1e9))
        name = max(slowest, key=lambda one: slowest[one])
        clock.seconds = slowest[name]
        clock.note("command", name)
