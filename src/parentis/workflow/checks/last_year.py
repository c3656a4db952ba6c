"""Compares with last year's files: which of their tables can be used, and what to report about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from parentis import region
from parentis.returns import Problem, Reading, Typed, read, the_return, type_cells


@dataclass(frozen=True, slots=True, kw_only=True)
class LastYear:
    """The data that rules compare with. `unused` gives the reason for each given table that is not used."""

    typed: Typed
    unused: Mapping[str, str] = field(default_factory=dict)

    def options(self) -> dict[str, object]:
        """Arguments of a return's `check_together`."""
        tables = {name: frame for name, frame in self.typed.as_last_year.items() if name not in self.unused}
        return {"last_year": tables, "last_year_absent": self.typed.absent, "last_year_unused": self.unused}


def beside_last_year(this: Reading, period: str, paths: Sequence[Path | str]) -> tuple[Reading, LastYear | None]:
    """This year's reading, with remarks on last year's files, and last year's tables.

    `paths` are of the year before `period`, unless their dates make that impossible. Values that the two years write
    differently (leading zeros) are read in the same way.
    """
    before = region.parse_period(period).previous
    readings = read(paths, return_id=this.return_id, period=before.label)
    problems = [replace(problem, where=_where(problem.where)) for one in readings for problem in one.problems]
    last = next((one for one in readings if (one.period, one.part) == (before.label, this.part)), None)
    for one in readings:
        if one is not last:
            names = ", ".join(taken.file for taken in one.taken)
            message = f"not used: it is of {one.period}, and the year before {period} is {before.label}"
            problems.append(Problem(file=names, where=_where(""), message=message, severity="error"))
    if last is None:
        return replace(this, problems=(*this.problems, *problems)), None
    this, last, said = _aligned(this, last)
    typed = type_cells(last, the_return(last.return_id).spec.nearest(before.label))
    declared = the_return(last.return_id)
    unused = dict(declared.misdated(typed.as_last_year, before.end)) if declared.misdated else {}
    files = {taken.table: taken.file for taken in last.taken}
    problems += [
        Problem(
            file=files.get(table, ""), where=_where(""), severity="error",
            message=f"{table} is not compared with: {why}. Is it the return of the year before {period}?",
        )
        for table, why in unused.items()
    ]  # fmt: skip
    problems += [Problem(file="", where="", message=message, severity="warning") for message in said]
    return replace(this, problems=(*this.problems, *problems)), LastYear(typed=typed, unused=unused)


def _where(where: str) -> str:
    return f"last year's return, {where}" if where else "last year's return"


def _aligned(this: Reading, last: Reading) -> tuple[Reading, Reading, list[str]]:
    declared = the_return(this.return_id)
    if declared.align is None:
        return this, last, []
    suffix = " of last year"
    both = {**this.tables, **{f"{name}{suffix}": frame for name, frame in last.tables.items()}}
    aligned, said = declared.align(both)
    own = {name: frame for name, frame in aligned.items() if not name.endswith(suffix)}
    earlier = {name.removesuffix(suffix): frame for name, frame in aligned.items() if name.endswith(suffix)}
    return replace(this, tables=own), replace(last, tables=earlier), list(said)
