"""Every public file, mutated: no traceback, no silence, bounded memory.

    python bench/reading_fuzz.py [RUNS [SEED]]

By default 20,000 runs. Hypothesis draws which file and which mutations; `tests/returns/file_mutations.py` says what
they are and what must hold. Long tables are cut to their first lines and only small workbooks are taken whole, so that
a run is short. Prints what was found, and ends with 1 where anything was.
"""

import logging
import os
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "returns"))

from file_mutations import judged, mutated  # noqa: E402 - the folder is put on the path just above
from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402
from hypothesis import seed as seeded  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from measuring import peak_mebibytes  # noqa: E402

RUNS = 20_000
LINES, BYTES = 40, 60_000
"Of a text, so many first lines are mutated; other files are taken whole up to so many bytes, and beyond it cut off."
MOST_MEBIBYTES = 1_500
SHOWN = 20


def corpus(shared: Path) -> list[tuple[str, bytes]]:
    """Every file of the shared folder, small."""
    files = [path for path in sorted(shared.rglob("*")) if path.is_file()]
    return [(path.name, _small(path.read_bytes())) for path in files]


def _small(raw: bytes) -> bytes:
    if b"\x00" in raw[:4096] or raw[:2] == b"PK":
        return raw[:BYTES]
    return b"".join(raw[: BYTES * 4].splitlines(keepends=True)[:LINES])


def run(runs: int, seed: int, shared: Path) -> int:
    """Faults found. Prints a line of counts every thousand runs."""
    files = corpus(shared)
    counts: Counter[str] = Counter()
    shown: list[str] = []
    began = time.perf_counter()

    @seeded(seed)
    @settings(
        max_examples=runs, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.integers(0, len(files) - 1), st.integers(0, 2**32 - 1))
    def once(which: int, number: int) -> None:
        counts["runs"] += 1
        name, raw = mutated(*files[which], Random(number), files)
        at = f"{files[which][0]} with {number}"
        try:
            verdict = judged(name, raw)
        except BaseException as error:  # what a person would see as a traceback
            if isinstance(error, KeyboardInterrupt):
                raise
            where = traceback.extract_tb(error.__traceback__)[-1]
            counts["tracebacks"] += 1
            shown.append(f"traceback {type(error).__name__} in {where.name}:{where.lineno}: {at}")
            return
        counts["readings"] += verdict.readings
        counts["files told to be unused"] += verdict.unused
        counts["readers that failed"] += len(verdict.failed)
        counts["silences"] += len(verdict.wrong)
        shown.extend(f"{text}: {at}" for text in (*verdict.failed, *verdict.wrong))
        if counts["runs"] % 1_000 == 0:
            print(f"{time.perf_counter() - began:7.0f} s  {dict(counts)}  peak {peak_mebibytes():.0f} MiB", flush=True)

    once()
    print(f"{len(files)} files, {time.perf_counter() - began:.0f} s, {dict(counts)}, peak {peak_mebibytes():.0f} MiB")
    for line in list(dict.fromkeys(shown))[:SHOWN]:
        print(f"  {line}")
    too_much = peak_mebibytes() > MOST_MEBIBYTES
    if too_much:
        print(f"  more than {MOST_MEBIBYTES} MiB")
    return counts["tracebacks"] + counts["readers that failed"] + counts["silences"] + too_much


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    asked = [int(text) for text in sys.argv[1:]]
    folder = Path(os.environ.get("PARENTIS_SHARED", HERE.parent.parent / "shared"))
    sys.exit(bool(run(asked[0] if asked else RUNS, asked[1] if len(asked) > 1 else 0, folder)))
