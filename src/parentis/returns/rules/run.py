"""Run a rule set over prepared tables: one plan, one status per rule, and findings without a loop over rows."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import polars as pl
from polars.exceptions import ColumnNotFoundError

from parentis.returns.findings import FINDINGS, STATUSES, Checked, no_findings
from parentis.returns.rules.rule_set import WITHOUT, Need, Rule, RuleSet

AT = "at"
_MISSING_COLUMN = re.compile(r'"([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Tables prepared for a rule set.

    `tables`: by name, with `row` (UInt32), `CHILD` (as written) and, where several authorities are checked together,
    `authority`; and any other columns that the return's rules read. The return chooses the row order: rules refer to
    rows by position. `facts` is passed to every rule. `shown` gives, for a table and field, the column with the value
    as written. `explain` gives the reason when a column is absent.
    """

    period: str
    tables: Mapping[str, pl.DataFrame]
    facts: Any
    per_child: pl.DataFrame = field(default_factory=pl.DataFrame)
    "One row per child, in the order of the numbers in each table's column `child` (null: no child)."
    has: frozenset[Need] = frozenset()
    shown: Callable[[str, str], str] = lambda _table, field_name: field_name
    explain: Callable[[str], str] = lambda column: f"column {column} is not there"
    absent: Mapping[str, str] = field(default_factory=dict)
    "Reasons why tables are absent, where there is a better one than `no such table was given`."
    withheld: Mapping[str, str] = field(default_factory=dict)
    "Rules that must not run although they could, with the reason."


@dataclass(frozen=True, slots=True)
class Selection:
    """The rules to run: all, or the requested codes."""

    codes: frozenset[str] | None = None

    def takes(self, rule: Rule) -> bool:
        return self.codes is None or rule.code in self.codes


@dataclass(slots=True)
class _Plan:
    """Expressions and frames of the rules that can run, and why the others cannot."""

    conditions: dict[str, dict[str, pl.Expr]] = field(default_factory=dict)  # table → rule → expression
    frames: dict[tuple[str, str], pl.LazyFrame] = field(default_factory=dict)  # (rule, table) → positions
    reasons: dict[str, str] = field(default_factory=dict)


def run(book: RuleSet, prepared: Prepared, *, selection: Selection | None = None) -> Checked:
    """Check `prepared` by the rules of `book`. Every selected rule ends as run, or as not run with a reason."""
    chosen = [rule for rule in book if (selection or Selection()).takes(rule)]
    plan = _compile(chosen, prepared)
    marked = _evaluate(plan, prepared)
    for code in plan.reasons:
        for table in prepared.tables:
            marked.pop((code, table), None)
    findings = _findings(marked, book, prepared)
    return Checked(
        return_id=book.return_id,
        part="",
        period=prepared.period,
        findings=findings,
        statuses=_statuses(chosen, plan.reasons, findings),
    )


def _compile(rules: Iterable[Rule], prepared: Prepared) -> _Plan:
    plan = _Plan()
    of_child = frozenset(prepared.per_child.columns)
    columns = {name: of_child | frozenset(frame.columns) for name, frame in prepared.tables.items()}
    for rule in rules:
        reason = _cannot_run(rule, prepared)
        if reason is None:
            try:
                reason = _add(plan, rule, columns, prepared)
            except ColumnNotFoundError as error:
                reason = prepared.explain(_name_of_missing(error))
            except Exception as error:  # an error in one rule must not stop the others; tests fail on this reason
                reason = f"internal error ({type(error).__name__})"
        if reason is not None:
            plan.reasons[rule.code] = reason
    return plan


def _cannot_run(rule: Rule, prepared: Prepared) -> str | None:
    if not rule.applies(prepared.period):
        span = " ".join(filter(None, (rule.first and f"from {rule.first}", rule.last and f"to {rule.last}")))
        return f"it applies {span}, not in {prepared.period}"
    if rule.code in prepared.withheld:
        return prepared.withheld[rule.code]
    for need in sorted(rule.needs - prepared.has):
        return WITHOUT[need]
    for table in rule.tables:
        if table not in prepared.tables:
            return prepared.absent.get(table, f"no {table} table was given")
    for group in rule.either:
        if not set(group) & set(prepared.tables):
            reasons = dict.fromkeys(prepared.absent.get(table, f"no {table} table was given") for table in group)
            return " and ".join(reasons)
    return None


def _add(plan: _Plan, rule: Rule, columns: Mapping[str, frozenset[str]], prepared: Prepared) -> str | None:
    """Add a rule to the plan, or return the column that it lacks. A rule is added in full or not at all."""
    given = rule.evaluate(prepared.facts)
    marks = {rule.tables[0]: given} if isinstance(given, pl.Expr) else given
    for table, mark in marks.items():
        if isinstance(mark, pl.Expr):
            missing = sorted(set(mark.meta.root_names()) - columns[table])
            if missing:
                return prepared.explain(missing[0])
        else:
            mark.collect_schema()  # a missing column is found here, before any row is read
    for table, mark in marks.items():
        if isinstance(mark, pl.Expr):
            plan.conditions.setdefault(table, {})[rule.code] = mark
        else:
            plan.frames[(rule.code, table)] = mark
    return None


def _name_of_missing(error: ColumnNotFoundError) -> str:
    found = _MISSING_COLUMN.search(str(error))
    return found.group(1) if found else "it needs"


def _evaluate(plan: _Plan, prepared: Prepared) -> dict[tuple[str, str], pl.Series]:
    """Positions of the marked rows by (rule, table); rules that fail are taken out of the plan one by one."""
    marked: dict[tuple[str, str], pl.Series] = {}
    for table, conditions in plan.conditions.items():
        frame = _with_facts(prepared.tables[table], conditions.values(), prepared.per_child)
        for code, yes in _conditions(frame, conditions, plan.reasons).items():
            marked[(code, table)] = yes
    return marked | _frames(plan)


def _conditions(
    frame: pl.DataFrame, conditions: Mapping[str, pl.Expr], reasons: dict[str, str]
) -> dict[str, pl.Series]:
    names = {code: expr.alias(code) for code, expr in conditions.items()}
    try:
        # `with_columns` and not `select`: an expression without columns must still have the table's height
        answers = frame.lazy().with_columns(**names).select(list(names)).collect().get_columns()
    except Exception:
        answers = []
        for code, expr in names.items():
            try:
                answers.append(frame.lazy().with_columns(expr).select(code).collect().to_series())
            except Exception as error:
                reasons[code] = f"internal error ({type(error).__name__})"
    return _where_true(pl.DataFrame(answers))


def _where_true(answers: pl.DataFrame) -> dict[str, pl.Series]:
    """Positions of the true values of each column, found in one pass."""
    if not answers.width:
        return {}
    positions = answers.select(pl.all().arg_true().implode())
    return {name: positions[name][0] for name in answers.columns}


def _frames(plan: _Plan) -> dict[tuple[str, str], pl.Series]:
    wanted = {key: frame.select(pl.col(AT)) for key, frame in plan.frames.items()}
    try:
        collected = dict(zip(wanted, pl.collect_all(list(wanted.values())), strict=True))
    except Exception:
        collected = {}
        for key, frame in wanted.items():
            try:
                collected[key] = frame.collect()
            except Exception as error:
                plan.reasons[key[0]] = f"internal error ({type(error).__name__})"
    # all in one query, because a query per rule would take longer than its rows
    keys = list(collected)
    together = pl.concat(
        [frame.select(pl.lit(n, pl.UInt32).alias("key"), AT) for n, frame in enumerate(collected.values())]
        or [pl.DataFrame(schema={"key": pl.UInt32, AT: pl.UInt32})]
    )
    marked = together.drop_nulls().unique().sort("key", AT).group_by("key", maintain_order=True).agg(AT)
    found = dict.fromkeys(keys, pl.Series(AT, dtype=pl.UInt32))
    return found | {keys[key]: positions for key, positions in zip(marked["key"], marked[AT], strict=True)}


Key: TypeAlias = tuple[str, str]
"""Key of the marked rows: rule and table."""


def _findings(marked: Mapping[Key, pl.Series], book: RuleSet, prepared: Prepared) -> pl.DataFrame:
    """The marked rows in the order of `findings.gather`: one query per table, however many rules marked it."""
    parts = {key: positions for key, positions in marked.items() if positions.len()}
    if not parts:
        return no_findings()
    told: dict[Key, list[pl.Series]] = {}
    for table in dict.fromkeys(table for _, table in parts):
        told |= _told(table, {key: positions for key, positions in parts.items() if key[1] == table}, book, prepared)
    order = sorted(parts, key=lambda key: (key[0], key[1].removesuffix("_last"), key[1]))
    heads = pl.DataFrame(
        {
            "rule": [code for code, _ in order],
            "table": [table.removesuffix("_last") for _, table in order],
            "fields": [list(_shown(book[code], table, prepared)) for code, table in order],
            "count": [parts[key].len() for key in order],
        },
        schema_overrides={"fields": pl.List(pl.String)},
    )
    lists = {name: pl.concat([told[key][n] for key in order]) for n, name in enumerate(_TOLD)}
    rows = pl.DataFrame({name: series.explode() for name, series in lists.items()})
    repeated = heads.select(pl.col("rule", "table", "fields").repeat_by("count").explode())
    return repeated.hstack(rows).select(pl.col(name).cast(kind) for name, kind in FINDINGS.items())


_TOLD = ("row", "authority", "child", "values")


def _told(
    table: str, positions: Mapping[Key, pl.Series], book: RuleSet, prepared: Prepared
) -> dict[Key, list[pl.Series]]:
    """By rule and table, the columns `_TOLD` of the marked rows: each a series of one list, in order of row number."""
    frame = prepared.tables[table]
    in_order = frame["row"].is_sorted()
    asked: list[pl.Expr] = []
    for number, ((code, _), found) in enumerate(positions.items()):
        at = pl.lit(found) if in_order else pl.lit(found).gather(pl.col("row").gather(pl.lit(found)).arg_sort())
        columns = dict.fromkeys(_shown(book[code], table, prepared).values())
        # a row of last year's file has no number in this year's: the finding is about its absence
        row = pl.lit(None, pl.UInt32) if table.endswith("_last") else pl.col("row")
        authority = pl.col("authority") if "authority" in frame.columns else pl.lit(None, pl.String)
        values = pl.concat_list([pl.col(column).gather(at).cast(pl.String) for column in columns])
        told = (_of_each(row, at), _of_each(authority, at), pl.col("CHILD").gather(at), values)
        asked += [expr.implode().alias(f"{name} {number}") for name, expr in zip(_TOLD, told, strict=True)]
    answers = frame.lazy().select(asked).collect()
    return {
        key: [answers.get_column(f"{name} {number}").alias(name) for name in _TOLD]
        for number, key in enumerate(positions)
    }


def _of_each(value: pl.Expr, at: pl.Expr) -> pl.Expr:
    """`value` at the positions; a value that is equal for all rows is repeated for each position."""
    return value.gather(at) if value.meta.root_names() else value.repeat_by(at.len()).explode()


def _shown(rule: Rule, table: str, prepared: Prepared) -> dict[str, str]:
    """The rule's fields that the table has, and the column that holds each as it was written."""
    columns = {name: prepared.shown(table, name) for name in rule.fields}
    there = prepared.tables[table].columns
    return {name: column for name, column in columns.items() if column in there} or {"CHILD": "CHILD"}


def _statuses(rules: Iterable[Rule], reasons: Mapping[str, str], findings: pl.DataFrame) -> pl.DataFrame:
    counts = dict(findings.group_by("rule").len().iter_rows())
    return pl.DataFrame(
        [
            (
                rule.code,
                rule.message,
                rule.severity,
                "not run" if rule.code in reasons else "run",
                reasons.get(rule.code) or rule.caveat or None,
                counts.get(rule.code, 0),
            )
            for rule in rules
        ],
        schema=STATUSES,
        orient="row",
    )


def attach(frame: pl.DataFrame, facts: Iterable[str], per_child: pl.DataFrame) -> pl.DataFrame:
    """`frame` with the named columns of `per_child` joined by `child`; null where there is no child."""
    wanted = [name for name in dict.fromkeys(facts) if name in per_child.columns and name not in frame.columns]
    if not wanted:
        return frame
    return frame.hstack([per_child[name].gather(frame["child"]) for name in wanted])


def _with_facts(frame: pl.DataFrame, conditions: Iterable[pl.Expr], per_child: pl.DataFrame) -> pl.DataFrame:
    return attach(frame, (name for condition in conditions for name in condition.meta.root_names()), per_child)
