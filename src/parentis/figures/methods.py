"""Parts of a figure's method that pages show once: the source of its prices, of the population it is divided by, and of
the grant rates used.

A method is text in parts separated by `; `. This module writes these parts and finds them again, so that a table, tile
or workbook can state once what all its figures share.
"""

import re
from collections.abc import Iterable

_PRICES = re.compile(r"in \d{4}-\d{2} prices \((?P<edition>[^()]*(?:\([^()]*\)[^()]*)*)\)")
_RESIDENTS = re.compile(r"divided by residents aged 0–17 \((?P<edition>[^()]*(?:\([^()]*\)[^()]*)*)\)")

_RATES = re.compile(r"at the rates of grant in force \((?P<edition>[^()]*(?:\([^()]*\)[^()]*)*)\)")


def in_prices(price_year: str, edition: str) -> str:
    """`in 2024-25 prices (HM Treasury, GDP deflators, June 2025, as submitted)`."""
    return f"in {price_year} prices ({edition})"


def per_resident(edition: str) -> str:
    """`divided by residents aged 0–17 (ONS, mid-year population estimates …)`."""
    return f"divided by residents aged 0–17 ({edition})"


def at_rates(edition: str) -> str:
    """`at the rates of grant in force (Home Office rates, April 2024, as submitted)`."""
    return f"at the rates of grant in force ({edition})"


def references_said(methods: Iterable[str]) -> tuple[str, ...]:
    """These parts of `methods`, each once, prices first."""
    texts = list(dict.fromkeys(methods))
    found = [
        match[0] for pattern in (_PRICES, _RESIDENTS, _RATES) for text in texts for match in pattern.finditer(text)
    ]
    return tuple(dict.fromkeys(found))
