"""The rules' specification tables: read from tests/rules/specs, run by the tests, printed in the reference page."""

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from parentis.returns import Checked, Reading, type_cells
from parentis.returns.ssda903.rules import RULE_SET, check
from parentis.returns.ssda903.spec import SPEC

SPECS = Path(__file__).parents[1] / "tests" / "rules" / "specs"
YEAR, YEAR_BEFORE = "2025-26", "2024-25"
AUTHORITY = "202"


@dataclass(frozen=True)
class Row:
    """One line of a table. `mark`: `!` must be marked, `.` must not, `!0` a finding without a row."""

    mark: str
    table: str
    child: str | None
    cells: dict[str, str]


@dataclass
class RuleSpec:
    code: str
    year: str
    form: str
    rows: list[Row] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.code} {self.year} {self.form}"


def read_specs() -> list[RuleSpec]:
    """Every table of every file, in order."""
    return [spec for path in sorted(SPECS.glob("*.spec")) for spec in _parsed(path.read_text("utf-8"))]


def _parsed(text: str) -> list[RuleSpec]:
    specs: list[RuleSpec] = []
    for line in text.splitlines():
        match line.split():
            case []:
                continue
            case ["=", code, *how]:
                year = next((word[1:] for word in how if word.startswith("@")), _default_year(code))
                specs.append(RuleSpec(code, year, "xml" if "xml" in how else "csv"))
            case ["#", *_]:
                specs[-1].remarks.append(line.removeprefix("#").strip())
            case [mark, table, child, *cells]:
                pairs = (cell.partition("=") for cell in cells)
                values = {name: value.replace("_", " ") for name, _, value in pairs}
                specs[-1].rows.append(Row(mark, table, None if child == "-" else child.upper(), values))
            case _:
                raise ValueError(f"not a line of a specification table: {line}")
    return specs


def _default_year(code: str) -> str:
    rule = RULE_SET[code]
    if rule.last:
        return rule.last
    return max(YEAR, rule.first)


def run_spec(spec: RuleSpec, rules: list[str] | None = None) -> Checked:
    """Check the table's rows with every aid: last year, postcodes, providers, authority."""
    rule = RULE_SET[spec.code]
    now = _typed(spec, "", spec.year, [*rule.tables])
    before = _typed(spec, "_last", _before(spec.year), [*rule.tables])
    return check(
        now.tables,
        collection_year=spec.year,
        absent=now.absent,
        last_year=before.tables,
        last_year_absent=before.absent,
        postcodes=pl.read_csv(SPECS / "places.csv", schema_overrides={"authority": pl.String}),
        providers=pl.read_csv(SPECS / "providers.csv", infer_schema=False).with_columns(
            pl.col("REG_END").str.to_date()
        ),
        authority=AUTHORITY,
        rules=rules,
        form=spec.form,  # type: ignore[arg-type]
    )


def expected(spec: RuleSpec) -> list[tuple[str, int | None, str | None]]:
    """(table, row, child) of each finding the table asks for."""
    at: dict[str, int] = {}
    found: list[tuple[str, int | None, str | None]] = []
    for row in spec.rows:
        number = at[row.table] = at.get(row.table, -1) + 1
        if row.mark == "!":
            found.append((row.table, number, row.child))
        elif row.mark == "!0":
            found.append((row.table.removesuffix("_last"), None, row.child))
    return sorted(found, key=str)


def _before(year: str) -> str:
    return f"{int(year[:4]) - 1}-{int(year[:4]) % 100:02d}"


def _typed(spec: RuleSpec, suffix: str, year: str, needed: list[str]):  # type: ignore[no-untyped-def]
    """The year's tables the rule needs or the rows name, typed; last year's DoLo as this year's spec has it."""
    year_spec = SPEC.at(max(year, spec.year) if suffix else year)
    named = {row.table for row in spec.rows} | set(needed)
    tables = {}
    for name, table in year_spec.tables.items():
        if name + suffix not in named:
            continue
        rows = [row for row in spec.rows if row.table == name + suffix]
        columns = [c.name for c in table.columns]
        if spec.form == "csv":
            columns = [c for c in columns if c != "UASC"]
        data = {c: [row.child if c == "CHILD" else row.cells.get(c) for row in rows] for c in columns}
        unknown = {cell for row in rows for cell in row.cells} - set(columns)
        if unknown:
            raise ValueError(f"rule {spec.code}: no such columns in {name}: {sorted(unknown)}")
        frame = pl.DataFrame(data, schema=dict.fromkeys(columns, pl.String))
        tables[name] = frame.with_row_index("row").with_columns(file=pl.lit("spec"))
    return type_cells(Reading(return_id="ssda903", part="", period=year, tables=tables, taken=()), year_spec)
