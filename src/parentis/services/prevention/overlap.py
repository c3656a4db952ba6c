"""Claims on saved nights, for the portfolio: of each child's month, which programmes could have saved it.

The ledger splits a child's nights of a month and group between the programmes that had a part in them. Claims give the
same split back: the nights that all of them could have saved, then those of all but the one with the least part, and so
on. Claims therefore add up to the ledger's union, and each programme's part of them to its share.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import polars as pl

from parentis.services.prevention.portfolio import Claim

CELL: Final = ("child", "month_end", "group")
SMALLEST: Final = 1e-9


def cell_claims(shares: Mapping[str, float]) -> dict[frozenset[str], float]:
    """Amounts that any one of a set of programmes is enough for, from each one's share of a cell (all of one sign).

    By hand: shares 3 and 5 of 8 are 6 that either could save and 2 that only the second could; 6 / 2 = 3 and
    6 / 2 + 2 = 5."""
    found: dict[frozenset[str], float] = {}
    order = sorted((name for name in shares if shares[name]), key=lambda name: abs(shares[name]))
    before = 0.0
    for at, name in enumerate(order):
        rest = order[at:]
        amount = (shares[name] - before) * len(rest)
        if abs(amount) > SMALLEST:
            found[frozenset(rest)] = amount
        before = shares[name]
    return found


def claims_of_draw(rows: pl.DataFrame, price: pl.DataFrame) -> dict[tuple[frozenset[str], str], float]:
    """Pounds by set of programmes and authority, from the ledger's rows of one draw.

    `rows`: `child, authority, month_end, group, programme, shares` (of 2,520 to a night); `price`: pounds of a night by
    `authority, group, month_end`, discounted already."""
    priced = rows.join(price, on=["authority", "group", "month_end"], how="left").with_columns(
        pounds=pl.col("shares") * pl.col("price").fill_null(0.0) / 2520
    )
    found: dict[tuple[frozenset[str], str], float] = {}
    cells = priced.group_by(*CELL, "authority").agg("programme", "pounds")
    for authority, names, pounds in cells.select("authority", "programme", "pounds").iter_rows():
        for who, amount in cell_claims(dict(zip(names, pounds, strict=True))).items():
            found[who, authority] = found.get((who, authority), 0.0) + amount
    return found


def claims(drawn: Sequence[Mapping[tuple[frozenset[str], str], float]]) -> tuple[tuple[Claim, ...], np.ndarray]:
    """Claims with their mean over the draws, every programme at its only scale, and each draw's pounds,
    (draws, claims)."""
    sets = sorted({who for one in drawn for who, _ in one}, key=lambda who: (len(who), sorted(who)))
    by_draw = np.array([[sum(v for (w, _), v in one.items() if w == who) for who in sets] for one in drawn])
    made = []
    for at, who in enumerate(sets):
        places: dict[str, float] = {}
        for one in drawn:
            for (each, authority), value in one.items():
                if each == who:
                    places[authority] = places.get(authority, 0.0) + value / len(drawn)
        items = frozenset((name, 0) for name in who)
        made.append(Claim(items=items, pounds=float(by_draw[:, at].mean()), boroughs=places))
    return tuple(made), by_draw.reshape(len(drawn), len(sets))
