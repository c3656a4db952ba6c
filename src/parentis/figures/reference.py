"""The measures' part of a service's methods page, made from their declarations."""

from collections.abc import Iterable
from itertools import groupby

from parentis.errors import NotFoundError
from parentis.figures.measures import Measure

VARIANTS = {
    ".unflagged": "without authorities that have a comparability flag",
    ".real": "in real terms",
    ".per_child": "per resident aged 0–17",
    ".share": "as a share",
}


def with_measures(text: str, measures: Iterable[Measure], module: str) -> str:
    """The page `text` with the table of measures inserted after the comment that names `module`, its generator.

    Raises NotFoundError where the page has no such comment."""
    start = f"<!-- measures: made by python -m {module}; do not edit below -->"
    head, mark, _ = text.partition(start)
    if not mark:
        raise NotFoundError(
            expected=f"the line {start}",
            found="no such line",
            where="the methods page",
            do="Put the line where the table of measures belongs, at the end.",
        )
    return f"{head}{start}\n\n{_tables(measures)}"


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
