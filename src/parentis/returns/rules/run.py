"""Run a book of rules over prepared tables: one plan, one status per rule, findings without a loop over rows."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from polars.exceptions import ColumnNotFoundError

from parentis.returns.findings import FINDINGS, STATUSES, Checked, gather
from parentis.returns.rules.rule_set import WITHOUT, Need, Rule, RuleSet

AT = "at"
_MISSING_COLUMN = re.compile(r'"([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Tables made ready for a book of rules.

    `tables`: by name, with `row` (UInt32), `CHILD` (as written) and, where several authorities are checked
    together, `authority`; whatever other columns the rules of the return read. Row order is the preparer's: a
    rule speaks of rows by position. `facts` is handed to every rule. `shown` gives, for a table and field, the
    column that holds the value as written. `explain` says what the absence of a column means.
    """

    period: str
    tables: Mapping[str, pl.DataFrame]
    facts: Any
    per_child: pl.DataFrame = field(default_factory=pl.DataFrame)
    "One row per child, in the order of the number that stands in each table's column `child` (null: no child)."
    has: frozenset[Need] = frozenset()
    shown: Callable[[str, str], str] = lambda _table, field_name: field_name
    explain: Callable[[str], str] = lambda column: f"column {column} is not there"
    absent: Mapping[str, str] = field(default_factory=dict)
    "Why a table is not there, for tables whose absence has a better reason than `no such table was given`."


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rules to run: all, or the codes a person asked for."""

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
    """Check `prepared` by `book`. Every selected rule ends as run, or not run with a reason."""
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
            except Exception as error:  # a mistake in one rule must not silence the others; tests fail on this reason
                reason = f"internal error ({type(error).__name__})"
        if reason is not None:
            plan.reasons[rule.code] = reason
    return plan


def _cannot_run(rule: Rule, prepared: Prepared) -> str | None:
    if not rule.applies(prepared.period):
        span = f"from {rule.first} to {rule.last}" if rule.last else f"from {rule.first}"
        return f"it applies {span}, not in {prepared.period}"
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
    """Put a rule into the plan, or say which column it misses. A rule is added whole or not at all."""
    given = rule.evaluate(prepared.facts)
    marks = {rule.tables[0]: given} if isinstance(given, pl.Expr) else given
    for table, mark in marks.items():
        if isinstance(mark, pl.Expr):
            missing = sorted(set(mark.meta.root_names()) - columns[table])
            if missing:
                return prepared.explain(missing[0])
        else:
            mark.collect_schema()  # a column that is not there shows here, before any row is read
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
    """Positions of the trues of each column, found in one pass."""
    if not answers.width:
        return {}
    positions = answers.select(pl.all().arg_true().implode())
    return {name: positions[name][0] for name in answers.columns}


def _frames(plan: _Plan) -> dict[tuple[str, str], pl.Series]:
    wanted = {key: frame.select(pl.col(AT).drop_nulls().unique().sort()) for key, frame in plan.frames.items()}
    try:
        collected = dict(zip(wanted, pl.collect_all(list(wanted.values())), strict=True))
    except Exception:
        collected = {}
        for key, frame in wanted.items():
            try:
                collected[key] = frame.collect()
            except Exception as error:
                plan.reasons[key[0]] = f"internal error ({type(error).__name__})"
    return {key: frame[AT] for key, frame in collected.items()}


def _findings(marked: Mapping[tuple[str, str], pl.Series], book: RuleSet, prepared: Prepared) -> pl.DataFrame:
    parts = []
    for (code, table), positions in marked.items():
        if positions.len():
            parts.append(_rows(book[code], table, prepared.tables[table], positions, prepared))
    return gather(parts)


def _rows(rule: Rule, table: str, frame: pl.DataFrame, positions: pl.Series, prepared: Prepared) -> pl.DataFrame:
    shown = {name: prepared.shown(table, name) for name in rule.fields}
    shown = {name: column for name, column in shown.items() if column in frame.columns} or {"CHILD": "CHILD"}
    of_last_year = table.endswith("_last")
    authority = pl.col("authority") if "authority" in frame.columns else pl.lit(None, dtype=pl.String)
    values = [pl.col(column).cast(pl.String) for column in dict.fromkeys(shown.values())]
    return (
        frame.select("row", "CHILD", *(c for c in ("authority",) if c in frame.columns), *_besides(shown.values()))
        .select(pl.all().gather(positions))
        .select(
            rule=pl.lit(rule.code),
            table=pl.lit(table.removesuffix("_last")),
            # a row of last year's file has no number in this year's: the finding is about its absence
            row=pl.lit(None, dtype=pl.UInt32) if of_last_year else pl.col("row"),
            authority=authority,
            child=pl.col("CHILD"),
            fields=pl.lit(pl.Series([list(shown)], dtype=pl.List(pl.String))).first(),
            values=pl.concat_list(values),
        )
        .cast(FINDINGS)
    )


def _besides(columns: Iterable[str]) -> list[str]:
    return [column for column in dict.fromkeys(columns) if column not in {"row", "CHILD", "authority"}]


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
    """`frame` with the named columns of `per_child` beside each row, by `child`; null where there is no child."""
    wanted = [name for name in dict.fromkeys(facts) if name in per_child.columns and name not in frame.columns]
    if not wanted:
        return frame
    return frame.hstack([per_child[name].gather(frame["child"]) for name in wanted])


def _with_facts(frame: pl.DataFrame, conditions: Iterable[pl.Expr], per_child: pl.DataFrame) -> pl.DataFrame:
    return attach(frame, (name for condition in conditions for name in condition.meta.root_names()), per_child)
