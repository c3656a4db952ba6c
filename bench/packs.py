"""Every format of the Spending Review pack of the practice region: pages, PDF, Word, workbook, charts, data, hashes."""

import tempfile
from pathlib import Path

from measuring import Clock, benchmark


@benchmark("Spending Review pack of the practice region, every format", seconds=20, mebibytes=2000)
def spending_review(clock: Clock) -> None:
    from parentis import workflow
    from parentis.archive import Home
    from parentis.figures import Viewer

    with tempfile.TemporaryDirectory() as folder:
        files, home = Path(folder, "files"), Home(Path(folder, "home"))
        workflow.practice(files, seed=1)
        workflow.submit(home, [files], who="bench", accept=True)
        workflow.build(home)
        with clock.timing():
            written = workflow.pack(home, "spending-review", out=Path(folder, "pack"), viewer=Viewer.members())
        clock.note("files", str(len(written)))
        clock.note("MB of PDF", f"{(Path(folder, 'pack') / 'spending-review.pdf').stat().st_size / 1e6:.1f}")
