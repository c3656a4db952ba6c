"""The checks that follow from any return's spec, whatever its own rules: tables, columns, keys, codes, cells."""

import polars as pl

from parentis.returns.catalogue import the_return
from parentis.returns.cells import MALFORMED, Typed, cell_finding
from parentis.returns.findings import FINDINGS, STATUSES, Checked, gather
from parentis.returns.models import Reading
from parentis.returns.spec import Kind, Table, YearSpec

RULES = {
    "SPEC-TABLE": ("error", "A table that every return must have is not there."),
    "SPEC-YEAR": ("query", "A table that the return of this period does not have; it is not used."),
    "SPEC-COLUMN": ("query", "A column of the table is not there."),
    "SPEC-BLANK": ("error", "The column that tells rows apart is blank."),
    "SPEC-UNIQUE": ("error", "Several rows have the same key."),
    "SPEC-CODE": ("error", "The code is not in the list for this period."),
    MALFORMED: ("error", "The cell could not be understood as the date or number it should be."),
}


def absent_parts(checked: Checked) -> tuple[str, ...]:
    """A sentence for each absent column, and each absent required table, that prevented rules from running: without
    them the outcome cannot be trusted."""
    reasons = checked.statuses.filter(pl.col("status") == "not run").select(
        table=pl.col("reason").str.extract(r"^no (\S+) table was given$"),
        column=pl.col("reason").str.extract(r"^column (\S+(?: of .+)?) was not given$"),
    )
    needed = [name for name, table in the_return(checked.return_id).spec.union().items() if not table.optional]
    lacking = set(checked.findings.filter(pl.col("rule") == "SPEC-TABLE")["table"])
    tables = dict(reasons.drop_nulls("table").group_by("table").len().iter_rows())
    columns = reasons.drop_nulls("column").group_by("column").len().sort("len", "column", descending=[True, False])
    idle = [("table", name, tables.get(name, 0)) for name in needed if name in lacking or name in tables]
    idle += [("column", name, count) for name, count in columns.rows()]
    return tuple(f"{kind} {name} was not given" + _not_run(count) for kind, name, count in idle)


def _not_run(count: int) -> str:
    return f": {count:,} rule{'s' if count != 1 else ''} did not run because of it" if count else ""


def check_spec(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """All breaches of the spec by a reading, as findings, together with `reading.problems`."""
    findings = gather([typed.findings, _tables(reading, spec), *_of_tables(typed, spec)])
    counts = dict(findings.group_by("rule").len().iter_rows())
    return Checked(
        return_id=reading.return_id,
        part=reading.part,
        period=spec.period,
        findings=findings,
        statuses=pl.DataFrame(
            [
                {
                    "rule": code,
                    "message": message,
                    "severity": severity,
                    "status": "run",
                    "count": counts.get(code, 0),
                }
                for code, (severity, message) in RULES.items()
            ],
            schema=STATUSES,
        ),
        problems=reading.problems,
        taken=reading.taken,
    )


def _tables(reading: Reading, spec: YearSpec) -> pl.DataFrame:
    lacking = [name for name, table in spec.tables.items() if not table.optional and name not in reading.tables]
    foreign = [name for name in reading.tables if name not in spec.tables]
    return pl.concat(
        [_about("SPEC-TABLE", name) for name in lacking] + [_about("SPEC-YEAR", name) for name in foreign]
        or [pl.DataFrame(schema=FINDINGS)]
    )


def _about(rule: str, table: str, *fields: str) -> pl.DataFrame:
    """A finding about a table as a whole."""
    return pl.DataFrame([{"rule": rule, "table": table, "fields": list(fields), "values": []}], schema=FINDINGS)


def _of_tables(typed: Typed, spec: YearSpec) -> list[pl.DataFrame]:
    found = []
    for name, frame in typed.tables.items():
        table = spec.tables[name]
        found += [_about("SPEC-COLUMN", name, column) for column in typed.absent.get(name, ())]
        found += _keys(frame, table, typed.absent.get(name, ()))
        found += _codes(frame, table)
    return found


def _keys(frame: pl.DataFrame, table: Table, absent: tuple[str, ...]) -> list[pl.DataFrame]:
    blank = [
        cell_finding(frame, rule="SPEC-BLANK", table=table, fields=(c.name,), where=pl.col(c.name).is_null())
        for c in table.columns
        if c.key
    ]
    if not table.unique or set(table.unique) & set(absent):
        return blank
    # A blank in an optional column is a value like any other: two rows with it have the same key.
    must = [name for name in table.unique if table.column(name).key] or table.unique
    whole = pl.all_horizontal(pl.col(name).is_not_null() for name in must)
    repeated = whole & pl.struct(table.unique).is_duplicated()
    return [*blank, cell_finding(frame, rule="SPEC-UNIQUE", table=table, fields=table.unique, where=repeated)]


def _codes(frame: pl.DataFrame, table: Table) -> list[pl.DataFrame]:
    found = []
    for column in table.columns:
        if column.kind is Kind.CODE:
            unknown = ~pl.col(column.name).is_in([code.code for code in column.codes])
            if frame.select(unknown.any()).item():
                found.append(cell_finding(frame, rule="SPEC-CODE", table=table, fields=(column.name,), where=unknown))
    return found
