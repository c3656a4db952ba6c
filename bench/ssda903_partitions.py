"""Checking the looked-after children return of a hundred authorities, folder by folder: a million children."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measuring import Clock, benchmark

GENERATOR = Path(__file__)
THIS, LAST = "2025-26", "2024-25"
OF_EACH, AUTHORITIES = 10_000, 100


def generate(children: int, authorities: int, root: Path) -> None:
    """`root`/period/authority/*.csv, each authority's children its own."""
    from parentis.region import authorities as every
    from ssda903_returns import write

    for number, authority in enumerate(every()[:authorities]):
        folder = root / "made"
        write(children, folder, seed=number)
        for made, period in (("this", THIS), ("last", LAST)):
            target = root / period / authority.gss
            target.parent.mkdir(parents=True, exist_ok=True)
            (folder / made).rename(target)
        folder.rmdir()


@benchmark("ssda903 check, by partitions, 1,000,000 children", mebibytes=4096)
def check_by_partitions(clock: Clock) -> None:
    from parentis import workflow

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "returns"
        subprocess.run([sys.executable, str(GENERATOR), str(OF_EACH), str(AUTHORITIES), str(root)], check=True)
        begun = time.perf_counter()
        with clock.timing():
            summary = workflow.check_partitions(
                root, Path(folder) / "findings", return_id="ssda903", period=THIS, workers=2
            )
        seconds = time.perf_counter() - begun
    clock.note("children a second", f"{OF_EACH * AUTHORITIES / seconds:,.0f}")
    clock.note("findings", f"{summary['count'].sum():,}")
    clock.note("folders not checked", f"{(summary['status'] == 'not checked').sum()}")
    clock.note("processes", "2; memory is that of the larger")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    generate(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
