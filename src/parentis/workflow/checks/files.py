"""Checks files without storing anything, as a return's sender does before handing it in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from parentis import region, remedies
from parentis.errors import SpecificationError
from parentis.returns import (
    Checked,
    Reading,
    Typed,
    YearSpec,
    check_spec,
    merge,
    read,
    reports,
    the_return,
    type_cells,
)
from parentis.workflow.checks.last_year import LastYear, beside_last_year
from parentis.workflow.checks.lookups import Lookups
from parentis.workflow.checks.remarks import with_remarks
from parentis.workflow.worklists import with_workers


def check_files(
    paths: Sequence[Path | str],
    *,
    return_id: str | None = None,
    period: str | None = None,
    authority: str | None = None,
    last_year: Sequence[Path | str] = (),
    lookups: Lookups | None = None,
    rules: Iterable[str] | None = None,
) -> list[Checked]:
    """The findings of each return and period in `paths`, in order of period.

    Args:
        period: overrides what the files suggest.
        last_year: files of the period before the first in `paths`, if their dates are consistent with that; by default
            taken from `paths` if they include it.
        lookups: the postcodes and providers that rules look things up in; none by default.
        rules: only these codes; all, and the spec's own checks, by default.

    Raises a `UserError` that says what is wrong with files that cannot be read.
    """
    codes = frozenset(rules) if rules is not None else None
    readings = sorted(read(paths, return_id=return_id, period=period), key=lambda one: one.period or "")
    given: LastYear | None = None
    if last_year and readings:
        readings[0], given = beside_last_year(readings[0], _spec(readings[0]).period, last_year)
    typed = {_key(one): type_cells(one, _spec(one)) for one in readings}
    gss = region.authority(authority).gss if authority else None
    compared = any(the_return(one.return_id).check_together for one in readings)
    more = {"authority": gss, "rules": codes, **((lookups or Lookups()).frames() if compared else {})}
    checked = []
    for one in readings:
        before = (given if one is readings[0] else None) or _held_before(one, typed)
        checked.append(with_workers(_checked(one, typed[_key(one)], before, codes, more), typed[_key(one)]))
    return checked


def _held_before(reading: Reading, typed: Mapping[tuple[str, str, str], Typed]) -> LastYear | None:
    """The previous year, if the files being checked include it."""
    return_id, part, period = _key(reading)
    if not the_return(return_id).check_together:
        return None
    before = typed.get((return_id, part, region.parse_period(period).previous.label))
    return LastYear(typed=before) if before else None


def report_context(checked: Sequence[Checked], since: Path | None = None) -> list["reports.ReportContext"]:
    """Optional content of each report: changes since an earlier JSON, a worklist, other years of the same return."""
    previous = since.read_bytes() if since else None
    return [
        reports.ReportContext(
            changes=reports.changes(one, previous) if previous is not None else None,
            worklist=reports.worklist(one),
            years=reports.year_on_year([o for o in checked if (o.return_id, o.part) == (one.return_id, one.part)]),
        )
        for one in checked
    ]


def write_reports(checked: Sequence[Checked], out: Path, since: Path | None = None) -> tuple[Path, ...]:
    """Each outcome as HTML, XLSX, CSV and JSON in the folder `out`, with what changed `since` an earlier JSON."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for one, more in zip(checked, report_context(checked, since), strict=True):
        forms = {
            "html": reports.findings_html(one, more),
            "xlsx": reports.findings_xlsx(one, more),
            "csv": reports.findings_csv(one),
            "json": reports.findings_json(one, more),
        }
        name = "-".join(part for part in (one.return_id, one.part, one.period) if part)
        for ending, data in forms.items():
            path = out / f"{name}.{ending}"
            path.write_bytes(data)
            written.append(path)
    return tuple(written)


def _key(reading: Reading) -> tuple[str, str, str]:
    return reading.return_id, reading.part, _spec(reading).period


def _spec(reading: Reading) -> YearSpec:
    declared = the_return(reading.return_id)
    if reading.period is None and declared.spec.periods:
        raise SpecificationError(
            expected=f"files that say their period, or one given for {declared.spec.title}",
            found="neither",
            where=", ".join(taken.file for taken in reading.taken),
            do=remedies.GIVE_COLLECTION_YEAR,
        )
    label = region.parse_period(reading.period).label if reading.period else ""
    return declared.spec.nearest(label) if declared.exported else declared.spec.at(label)


def _checked(
    reading: Reading,
    own: Typed,
    before: LastYear | None,
    codes: frozenset[str] | None,
    more: Mapping[str, object],
) -> Checked:
    declared, spec = the_return(reading.return_id), _spec(reading)
    by_spec = check_spec(reading, own, spec)
    if declared.check_together is not None:
        by_rules = declared.check_together(
            own.tables,
            collection_year=spec.period,
            absent=own.absent,
            form=reading.form,
            **(before.options() if before else {}),
            **more,
        )
        # Problems with the files are reported whichever rules are selected.
        said = replace(by_rules, problems=by_spec.problems, taken=by_spec.taken)
        return with_remarks(said if codes is not None else merge(by_spec, by_rules), own)
    every = merge(by_spec, declared.check(reading, own, spec)) if declared.check is not None else by_spec
    return with_remarks(every if codes is None else _only(every, codes), own)


def _only(checked: Checked, codes: frozenset[str]) -> Checked:
    asked = pl.col("rule").is_in(codes)
    return replace(checked, findings=checked.findings.filter(asked), statuses=checked.statuses.filter(asked))
