"""Names made from publishers' headings."""

import re

_SIGNS = (("%", " percent "), ("&", " and "), ("<", " under "), (">", " over "), ("+", " plus "))


def slug(text: str) -> str:
    """`C&YPExpenditure` → `c_and_ypexpenditure`: lower case, words joined by `_`, signs spelled out."""
    for sign, word in _SIGNS:
        text = text.replace(sign, word)
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")


def unit_of(words: str, otherwise: str = "as published") -> str:
    """The unit in the name of an axis or indicator; `otherwise` if it contains no known unit."""
    plain = words.strip().casefold().replace("_", " ")
    if plain.startswith("%") or "percent" in plain:
        return "%"
    if rate := re.search(r"rate per (1[0,]+)", plain):
        return f"per {int(rate[1].replace(',', '')):,}"
    if plain == "spend":
        return "£"
    if plain == "unit cost":
        return "£ per week"
    if plain.endswith(" months"):
        return "months"
    if re.search(r"\b(number|count|headcount|entries|cases)\b", plain) and "average" not in plain:
        return "count"
    if plain.endswith((" rate", " rate fte", " rate headcount")):
        return "%"
    return otherwise


def alike(text: str) -> str:
    """A value normalised across releases: `at 31 March` becomes `on 31 March`, and case and spaces are ignored."""
    return re.sub(r"\bat 31 march\b", "on 31 march", " ".join(text.casefold().split()))
