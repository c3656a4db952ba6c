"""What other boroughs see of a borough's few children, and of the money that follows from them: bands, never
numbers."""

from typing import Final

EDGES: Final = (0, 4, 10, 25)
"Where bands of children begin; the first holds 0 to 3, so that nobody learns whether there was a child at all."
STEP: Final = 250_000_00
"Pence of a band of payments."


def band_of(count: int) -> str:
    """`0–3`, `4–9`, `10–24` or `25+` children."""
    if count < 0:
        raise ValueError("children are counted from 0")
    at = max(index for index, edge in enumerate(EDGES) if count >= edge)
    return f"{EDGES[at]}–{EDGES[at + 1] - 1}" if at + 1 < len(EDGES) else f"{EDGES[at]}+"


def money_band(pence: float) -> str:
    """`£250,000 to £500,000`: the quarter of a million pounds in which a payment lies."""
    low = int(max(pence, 0) // STEP) * STEP // 100
    return f"£{low:,} to £{low + STEP // 100:,}"
