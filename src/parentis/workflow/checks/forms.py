"""Converts a return to another file format, for systems that accept only that format."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from parentis import remedies
from parentis.errors import SpecificationError
from parentis.returns import convert, read
from parentis.returns.conversion import Form


@dataclass(frozen=True, slots=True)
class WrittenForm:
    """The files written, and the messages from reading: sentences, each after its severity."""

    paths: tuple[Path, ...]
    said: tuple[str, ...]
    complete: bool
    "Whether every row is in it as it was, and nothing was read amiss."


def convert_files(
    paths: Sequence[Path | str], form: Form, out: Path, *, return_id: str | None = None, period: str | None = None
) -> WrittenForm:
    """Read one return, and write it as `form` into the folder `out`. Existing files are left unchanged.

    Raises `SpecificationError` for files of several returns or years, and if a file would be overwritten.
    """
    readings = read(paths, return_id=return_id, period=period)
    if len(readings) > 1:
        found = ", ".join(f"{one.return_id} {one.period or 'of no known year'}" for one in readings)
        raise SpecificationError(
            expected="files of one return and one year", found=found, where="The files given",
            do="Give those of one at a time.",
        )  # fmt: skip
    (reading,) = readings
    made = convert(reading, form)
    out.mkdir(parents=True, exist_ok=True)
    if there := [name for name in made.files if (out / name).exists()]:
        raise SpecificationError(
            expected="a folder without files of these names", found=", ".join(there), where=str(out),
            do=remedies.NEW_FOLDER,
        )  # fmt: skip
    for name, raw in made.files.items():
        (out / name).write_bytes(raw)
    wrong = [problem for problem in reading.problems if problem.severity == "error"]
    said = (*(one.sentence for one in reading.problems), *(f"error: {one}" for one in made.lost))
    return WrittenForm(tuple(out / name for name in made.files), said, not wrong and not made.lost)
