"""The reference page of each return, generated from its spec.

`python -m parentis.returns.reference docs/returns` writes them all.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from parentis.region import parse_period
from parentis.returns.catalogue import returns
from parentis.returns.cell_text import HOLDS
from parentis.returns.models import Return
from parentis.returns.spec import (
    AddColumn,
    AddTable,
    Change,
    Column,
    DropColumn,
    DropTable,
    Recode,
    Retention,
    Spec,
    Table,
)

KEPT = {
    Retention.KEEP: "as it is",
    Retention.HASH: "as a keyed hash",
    Retention.SECTOR: "postcode sector",
    Retention.MONTH: "first of the month",
    Retention.DROP: "not kept",
}


def page(declared: Return) -> str:
    """The page in Markdown."""
    spec = declared.spec
    lines = [
        f"# {spec.title}",
        "",
        f"Return id `{spec.id}`. Submitted by {_submitter(declared)}.",
        _covers(spec),
        *([f"Source: {spec.source}"] if spec.source else []),
    ]
    if declared.keep_years:
        lines.append(f"Kept for {declared.keep_years} years after the end of its period, then erased.")
    if declared.sign_offs:
        lines.append(f"Provisional until signed off by: {', '.join(declared.sign_offs)}.")
    lines += [
        "",
        "The column *Lake* shows what is stored; *Region* shows what readers outside the authority see. "
        "A column marked **key** must be there for the table to be read at all.",
    ]
    for table in spec.union().values():
        lines += _table(table)
    if spec.changes:
        lines += ["", "## What changed when", "", "| From | Change | Why |", "|---|---|---|"]
        lines += [f"| {change.year} | {_change(change)} | {_cell(change.why)} |" for change in spec.changes]
    coded = list(_coded(spec))
    if coded:
        lines += [
            "",
            "## Code lists",
            "",
            "As in the first period of the column; later changes are above.",
        ]
    for heading, column in coded:
        lines += ["", f"### {heading}", "", "| Code | Meaning |", "|---|---|"]
        lines += [f"| `{code.code}` | {_cell(code.label)} |" for code in column.codes]
    return "\n".join(lines) + "\n"


def write_pages(directory: Path) -> list[Path]:
    """Write the page of every return; returns the paths."""
    directory.mkdir(parents=True, exist_ok=True)
    paths = []
    for declared in returns().values():
        path = directory / f"{declared.id}.md"
        path.write_text(page(declared), encoding="utf-8")
        paths.append(path)
    return paths


def _submitter(declared: Return) -> str:
    return "an authority" if declared.submitter == "authority" else f"{declared.publisher}, as a published file"


def _covers(spec: Spec) -> str:
    if not spec.periods:
        return "The same in every period."
    if spec.dated:
        editions = ", ".join(f"{parse_period(first).start:%B %Y}" for first in spec.periods)
        return f"By the day it is of. Editions: {editions}."
    return f"Covers {spec.periods[0]} to {spec.periods[-1]}."


def _table(table: Table) -> Iterable[str]:
    yield from ("", f"## {table.name}", "", table.meaning)
    if table.unique:
        yield from ("", f"One row for each {' and '.join(f'`{name}`' for name in table.unique)}.")
    yield from ("", "| Column | Holds | Meaning | Also called | Lake | Region |", "|---|---|---|---|---|---|")
    for c in table.columns:
        also = ", ".join(f"`{alias}`" for alias in c.aliases)
        name = f"`{c.name}`" + (" **key**" if c.key else "")
        region = KEPT[c.regional] if c.regional else ""
        holds = HOLDS[c.kind] + (f" ({c.unit})" if c.unit else "")
        yield f"| {name} | {holds} | {_cell(c.meaning)} | {also} | {KEPT[c.retention]} | {region} |"


def _change(change: Change) -> str:
    match change:
        case AddTable():
            return f"table {change.table.name} added"
        case DropTable():
            return f"table {change.table} dropped"
        case AddColumn():
            return f"column {change.table}.{change.column.name} added"
        case DropColumn():
            return f"column {change.table}.{change.column} dropped"
        case Recode():
            added = [f"adds {', '.join(f'`{code.code}`' for code in change.add)}"] if change.add else []
            removed = [f"drops {', '.join(f'`{code}`' for code in change.remove)}"] if change.remove else []
            return f"{change.table}.{change.column} {' and '.join(added + removed)}"


def _coded(spec: Spec) -> Iterable[tuple[str, Column]]:
    """Each code list once, under the first column that uses it."""
    seen: dict[tuple[str, ...], list[str]] = {}
    columns: dict[tuple[str, ...], Column] = {}
    for table in spec.union().values():
        for column in table.columns:
            if column.codes:
                key = tuple(code.code for code in column.codes)
                seen.setdefault(key, []).append(f"{table.name}.{column.name}")
                columns.setdefault(key, column)
    return ((", ".join(names), columns[key]) for key, names in seen.items())


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    write_pages(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/returns"))
