"""Separation of two years' files in one folder by their dates, so that neither is treated as a part of the other."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import polars as pl

Infer = Callable[[Mapping[str, pl.DataFrame]], str | None]


def years_of(files: Sequence[Mapping[str, pl.DataFrame]], infer: Infer, key: str) -> list[str | None] | None:
    """The period of each file, where files of one table have different periods; None where they belong to one return.

    `files`: tables by file name. In an export in parts each child (`key`) is in one part, and a few are in two; files
    of two years share many children, with different dates.
    """
    counts = Counter(name for tables in files for name in tables)
    repeated = {name for name, count in counts.items() if count > 1}
    if not repeated:
        return None
    periods = [infer(tables) for tables in files]
    for name in repeated:
        holders = [at for at, tables in enumerate(files) if name in tables and periods[at]]
        for one in holders:
            for other in holders:
                if one < other and periods[one] != periods[other] and _mostly_shared(files, name, key, one, other):
                    return periods
    return None


def _mostly_shared(files: Sequence[Mapping[str, pl.DataFrame]], name: str, key: str, one: int, other: int) -> bool:
    first, second = (set(files[at][name][key].drop_nulls()) if key in files[at][name] else set() for at in (one, other))
    return bool(first and second) and 2 * len(first & second) >= min(len(first), len(second))
