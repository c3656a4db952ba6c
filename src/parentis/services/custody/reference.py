"""The part of the methods page that shows the tables, generated from the tables themselves.

`python -m parentis.services.custody.reference docs/methods/custody.md` writes it into the page; a test fails while the
page is out of date.
"""

import csv
import sys
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path

from parentis.errors import NotFoundError
from parentis.services.custody.comparison import LEVELS
from parentis.services.custody.decision_table import FACTS, routing_table
from parentis.services.custody.duty_settings import settings_table
from parentis.services.custody.measures import MEASURES

START = "<!-- tables: made by python -m parentis.services.custody.reference; do not edit below -->"


def page(text: str) -> str:
    """`text` with the tables inserted after the marker."""
    head, mark, _ = text.partition(START)
    if not mark:
        raise NotFoundError(
            expected=f"the line {START}",
            found="no such line",
            where="the methods page",
            do="Put the line where the tables belong, at the end.",
        )
    return f"{head}{START}\n\n" + "\n\n".join(_parts()) + "\n"


def _parts() -> Iterable[str]:
    table = routing_table()
    yield f"## The routing table\n\nVersion `{table.version}`. The first rule that holds decides; a blank holds always."
    yield _table(
        ("Rule", "When", "Then", "What is said", "Because"),
        (
            (
                f"`{rule.id}`",
                "; ".join(
                    f"{fact} {' or '.join(_ordered(rule.conditions[fact], FACTS[fact]))}" for fact in rule.conditions
                ),
                f"to {rule.send_to}"
                + ("; the duty team of the place of detention is asked for help" if rule.helps else "")
                if rule.send_to
                else "desk",
                rule.reason,
                rule.source,
            )
            for rule in table.rules
        ),
    )
    yield "## When a match is sure\n\nThe first row that holds grades a comparison; where none does, there is no match."
    yield _table(
        (*LEVELS, "grade", "why"), ([row[name] for name in (*LEVELS, "grade", "why")] for row in _rows("certainty"))
    )
    yield "## Weights\n\n*m* and *u* are judgement, to be replaced by estimates once a region has linked data."
    yield _table(
        ("field", "level", "m", "u", "why"),
        ([row[name] for name in ("field", "level", "m", "u", "why")] for row in _rows("matching")),
    )
    yield "## Times and ages"
    yield _table(
        ("setting", "value", "what", "source", "certainty"),
        (
            (row["setting"], f"{row['value']} {row['unit']}", row["what"], row["source"], row["certainty"])
            for row in settings_table()
        ),
    )
    yield "## Measures"
    yield _table(
        ("Measure", "Title", "Unit", "Meaning"),
        (
            (f"`{one.id}`", one.title, one.unit, one.definition)
            for one in MEASURES
            if ".week." not in one.id and ".local_" not in one.id
        ),
    )


def _ordered(answers: Iterable[str], order: Sequence[str]) -> list[str]:
    return sorted(answers, key=order.index)


def _rows(name: str) -> list[dict[str, str]]:
    text = (files(__package__) / "tables" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", " or ") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(page(target.read_text(encoding="utf-8")), encoding="utf-8")
