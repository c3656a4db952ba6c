"""Bands in which other boroughs see a borough's numbers of children and payments, in place of exact numbers."""

from typing import Final

EDGES: Final = (0, 4, 10, 25)
"Lower ends of the bands of children; the first is 0 to 3, so that it does not disclose whether there was a child."
STEP: Final = 250_000_00
"Width of a band of payments, in pence."


def band_of(count: int) -> str:
    """`0–3`, `4–9`, `10–24` or `25+` children."""
    if count < 0:
        raise ValueError("children are counted from 0")
    at = max(index for index, edge in enumerate(EDGES) if count >= edge)
    return f"{EDGES[at]}–{EDGES[at + 1] - 1}" if at + 1 < len(EDGES) else f"{EDGES[at]}+"


def money_band(pence: float) -> str:
    """`£250,000 to £500,000`: the band of a quarter of a million pounds that contains a payment."""
    low = int(max(pence, 0) // STEP) * STEP // 100
    return f"£{low:,} to £{low + STEP // 100:,}"
