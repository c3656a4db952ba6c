"""Parts of a figure's method that pages gather: whose prices it is in, whose count of residents it is divided by, and
whose rates of grant it is reckoned at.

A method is words parted by `; `. These parts are written and found again here, so that every table, tile and
workbook can say once what all its figures share.
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
    """Every such part of `methods`, once each, prices first."""
    texts = list(dict.fromkeys(methods))
    found = [
        match[0] for pattern in (_PRICES, _RESIDENTS, _RATES) for text in texts for match in pattern.finditer(text)
    ]
    return tuple(dict.fromkeys(found))
