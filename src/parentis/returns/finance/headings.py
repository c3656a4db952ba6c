"""Headings of a wide finance sheet: which line and which measure each column of figures holds.

A measure is read, never assumed: from the column's heading, or from a statement about all columns of the sheet (`Net
current expenditure (£ thousand)` above a budget). A column whose measure neither states is left out and reported,
because an amount under a wrong measure is worse than none.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from parentis.returns.finance.lines import service_line

MEASURES: Mapping[str, tuple[str, str]] = {
    "employees": ("employees", "Employees (C1)"),
    "running": ("running expenses?", "Running expenses (C2)"),
    "gross": ("total expenditure", "Total expenditure (C3 = C1 + C2)"),
    "fees": ("sales,? fees (?:and|&) charges", "Sales, fees and charges (C4)"),
    "other_income": ("other income", "Other income (C5)"),
    "income": ("total income", "Total income (C6 = C4 + C5)"),
    "net": ("net current expenditure", "Net current expenditure (C7 = C3 - C6)"),
    "memorandum": ("agency staff (?:cost )?memorandum item", "A memorandum item, outside the sum"),
}
"Each measure: its words at the end of a column's heading → the measure."

BY_CODE: Mapping[str, str] = {
    "1": "employees", "2": "running", "3": "gross", "4": "fees", "5": "other_income", "6": "income", "7": "net",
}  # fmt: skip
"The forms' own column numbers: `(C7 = C3 - C6)` is the net."

_WORDS = "|".join(f"(?P<{key}>{pattern})" for key, (pattern, _) in MEASURES.items())
_TAIL = re.compile(rf"^(?P<label>.*?)[\s\-–:]*\b(?:{_WORDS})\s*\d{{0,3}}$", re.IGNORECASE)
# In a sheet that was a spreadsheet table, repeated headings have a counter after the bracket.
_CODE = re.compile(r"\(\s*C(?P<code>\d+)\b[^)]*\)\s*\d{0,3}$", re.IGNORECASE)
_ASIDE = re.compile(r"\[[^\]]*\]|£\s*(?:thousand|million|000s?)", re.IGNORECASE)
_UNIT = re.compile(r"[\s(\[]*£\s*(?:thousand|million|000s?)[\s)\]]*$", re.IGNORECASE)
_INNER_NAME = re.compile(r"[A-Z][A-Za-z0-9]*(?:-[a-z0-9]+)+|C\d+R\d+|Row_no|Col_no")
"Names that publishers' programs put in hidden rows: `RSX-csc-empl`, `C1R330`."
_OF_WHICH = re.compile(r"^\W*of which\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LineColumn:
    """One column of figures: its position, line and measure."""

    at: int
    number: str
    label: str
    measure: str
    service_line: str | None


@dataclass(frozen=True, slots=True)
class Named:
    """The content of a heading: the line's label (`""` where it is in a row above), and the measure, None where it
    has none."""

    label: str
    measure: str | None
    coded: bool = False
    "Whether it contains a column number, known or not, and so names a measure."


def read_columns(
    return_id: str, headings: Sequence[str], above: Sequence[Sequence[str]], places: Sequence[int], *, only: str | None
) -> tuple[tuple[LineColumn, ...], tuple[str, ...]]:
    """The columns at `places`, and the headings of those whose line or measure is not stated.

    `above` are the rows over the headings, cell by cell. `only` is the one measure of a form that has one column a
    line; it is used where neither the headings nor the rows above name measures.
    """
    named = {at: name(headings[at]) for at in places}
    stated = stated_measure(above)
    if stated is None and not any(one.coded or one.measure for one in named.values()):
        stated = only
    numbers = line_numbers(above, places)
    labels = _labels_above(named, numbers, above)
    columns: list[LineColumn] = []
    unknown: list[str] = []
    for at, one in named.items():
        label, measure = one.label, one.measure
        if stated is not None and not one.coded and (measure is None or not label):
            # With one column per line the heading is the line, even if it is `Net current expenditure`.
            label, measure = " ".join(headings[at].split()), stated
        label = label or labels.get(at, "") or _label_of_number(numbers.get(at, ""), numbers, named)
        if measure is None or not label:
            unknown.append(" ".join(headings[at].split()))
        else:
            number = numbers.get(at, "")
            columns.append(LineColumn(at, number, label, measure, service_line(return_id, label, number)))
    return tuple(columns), tuple(unknown)


def name(heading: str) -> Named:
    """Read one heading by itself. Where its words and its column number disagree, neither is used."""
    text = " ".join(heading.split())
    code = _CODE.search(text)
    words = " ".join(_ASIDE.sub(" ", text[: code.start()] if code else text).split())
    tail = _TAIL.match(words)
    if tail is None:
        return Named(text, None, coded=code is not None)
    measure = next(key for key in MEASURES if tail[key])
    if code is not None and BY_CODE.get(code["code"]) != measure:
        return Named(text, None, coded=True)
    # The subject of a memorandum item stays in its label.
    label = words if measure == "memorandum" else tail["label"].strip()
    return Named(label, measure, coded=code is not None)


def stated_measure(above: Sequence[Sequence[str]]) -> str | None:
    """The measure that a sheet states for all its columns, in a cell above the headings with only a measure and a
    unit."""
    for row in above:
        for cell in row:
            text = " ".join(cell.split())
            if _UNIT.search(text):
                found = name(_UNIT.sub("", text))
                if found.measure is not None and not found.label:
                    return found.measure
    return None


def line_numbers(above: Sequence[Sequence[str]], places: Sequence[int]) -> dict[int, str]:
    """Line numbers by column, from the row above the header that holds them; empty where no row does.

    Rows of column positions (4, 5, 6 …), table numbers (1, 1, 2 …) and measures (1 to 7) may also be above the header.
    """
    for row in reversed(above):
        found = {at: row[at] for at in places if re.fullmatch(r"\d+", row[at])}
        if len(found) < 0.8 * len(places):
            continue
        values = [int(text) for text in found.values()]
        steps = [b - a for a, b in pairwise(values)]
        counting = bool(steps) and sum(step == 1 for step in steps) > 0.9 * len(steps)
        if max(values) > 9 and (not counting or min(values) >= 100):
            return found
    return {}


def _labels_above(
    named: Mapping[int, Named], numbers: Mapping[int, str], above: Sequence[Sequence[str]]
) -> dict[int, str]:
    """Labels of the columns whose headings are only measures: the nearest words above, written once over each line's
    columns. A line's columns end where a measure repeats or the line number changes."""
    bare = {at for at, one in named.items() if one.measure is not None and not one.label}
    for row in reversed(above):
        if not any(_is_label(row[at]) for at in bare):
            continue
        carried: dict[int, str] = {}
        label, seen, number, whole = "", set[str | None](), "", ""
        for at, one in named.items():
            if _is_label(row[at]):
                label, seen = " ".join(row[at].split()), set()
                if _OF_WHICH.match(label):
                    label = f"{whole} {label}"
                else:
                    whole = label
            elif one.measure in seen or numbers.get(at, "") != number:
                label, seen = "", set()
            number = numbers.get(at, "")
            seen |= {one.measure} if one.measure else set()
            if label and at in bare:
                carried[at] = label
        return carried
    return {}


def _label_of_number(number: str, numbers: Mapping[int, str], named: Mapping[int, Named]) -> str:
    """The label of the other columns of the same line, where the publisher omitted it from one; they must agree."""
    found = {one.label for at, one in named.items() if number and numbers.get(at) == number and one.measure} - {""}
    return found.pop() if len(found) == 1 else ""


def _is_label(cell: str) -> bool:
    words = cell.strip()
    return bool(re.search("[A-Za-z]{4}", words)) and not _INNER_NAME.fullmatch(words) and name(words).label != ""
