"""The measures' part of the methods page, made from their declarations.

`python -m parentis.services.funding.reference docs/methods/funding.md` writes it into the page; a test fails
while the page is stale.
"""

import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from parentis.errors import NotFoundError
from parentis.figures import Measure
from parentis.services.funding.catalogue import measures

START = "<!-- measures: made by python -m parentis.services.funding.reference; do not edit below -->"
VARIANTS = {".real": "in real terms", ".per_child": "per resident aged 0–17", ".share": "as a share"}


def page(text: str) -> str:
    """`text` with the table of measures after the mark."""
    head, mark, _ = text.partition(START)
    if not mark:
        raise NotFoundError(
            expected=f"the line {START}",
            found="no such line",
            where="the methods page",
            do="Put the line where the table of measures belongs, at the end.",
        )
    return f"{head}{START}\n\n{_tables(measures())}"


def _tables(declared: Iterable[Measure]) -> str:
    by_subject = groupby(sorted(declared, key=_subject), key=_subject)
    return "\n".join(f"### {subject}\n\n{_table(tuple(group))}" for subject, group in by_subject)


def _subject(measure: Measure) -> str:
    return ".".join(measure.id.split(".")[:2])


def _table(group: tuple[Measure, ...]) -> str:
    ids = {one.id for one in group}
    rows = []
    for one in group:
        if any(one.id.endswith(end) and one.id.removesuffix(end) in ids for end in VARIANTS):
            continue
        also = [words for end, words in VARIANTS.items() if one.id + end in ids]
        labels = ", ".join(label for label in (one.gross_net, one.cumulative, one.netted) if label)
        told = f"{one.definition} Also {', '.join(also)}." if also else one.definition
        rows.append(f"| `{one.id}` | {told} | {one.unit} | {labels} | {one.audience.value} |")
    heading = "| Measure | Definition | Unit | Labels | Audience |\n|---|---|---|---|---|"
    return "\n".join([heading, *rows, ""])


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(page(path.read_text(encoding="utf-8")), encoding="utf-8")
