"""Runs benchmarks and prints their table: script/bench [NAME PART …]."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from measuring import BENCHMARKS, Clock, peak_mebibytes  # noqa: E402 - the folder is put on the path just above

OWN = {"run", "measuring"}


def main(wanted: list[str]) -> int:
    for path in sorted(HERE.glob("*.py")):
        if path.stem not in OWN:
            importlib.import_module(path.stem)
    if wanted[:1] == ["--one"]:
        return _one(wanted[1])
    chosen = [name for name in BENCHMARKS if not wanted or any(part in name for part in wanted)]
    print(f"{'benchmark':<58} {'seconds':>9} {'limit':>7} {'ratio':>6} {'MiB':>7} {'limit':>7} {'ratio':>6}  notes")
    failed = 0
    for name in chosen:
        ran = subprocess.run([sys.executable, __file__, "--one", name], capture_output=True, text=True, check=False)
        if ran.returncode:
            failed += 1
            print(f"{name:<58} failed: {ran.stderr.strip().splitlines()[-1] if ran.stderr.strip() else ''}")
            continue
        got, limits = json.loads(ran.stdout.splitlines()[-1]), BENCHMARKS[name]
        row = f"{name:<58} {got['seconds']:>9.3f} {_limit(limits.seconds)} {_ratio(got['seconds'], limits.seconds)}"
        row += f" {got['mebibytes']:>7.0f} {_limit(limits.mebibytes)} {_ratio(got['mebibytes'], limits.mebibytes)}"
        print(row + "  " + ", ".join(f"{key} {value}" for key, value in got["notes"].items()), flush=True)
    return 1 if failed else 0


def _one(name: str) -> int:
    clock = Clock()
    BENCHMARKS[name].run(clock)
    print(json.dumps({"seconds": clock.seconds, "mebibytes": peak_mebibytes(), "notes": clock.notes}))
    return 0


def _limit(value: float | None) -> str:
    return f"{'':>7}" if value is None else f"{value:>7g}"


def _ratio(value: float, limit: float | None) -> str:
    return f"{'':>6}" if limit is None else f"{value / limit:>6.2f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
