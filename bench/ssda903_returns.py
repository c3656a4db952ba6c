"""Two consecutive years of the looked-after children return for any number of children, as CSV files.

`python bench/ssda903_returns.py 10000 DIR` writes DIR/this and DIR/last: twelve tables' worth of rows, about thirteen
a child over both years, with an error in about one cell of a hundred. Invented throughout.
"""

import sys
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

PLACES = ["U4", "U5", "U6", "U1", "K2", "K1", "R3", "P1", "A5", "K3"]
STATUSES = ["C2", "C1", "V2", "E1"]
ERRORS = 0.01


def write(children: int, folder: Path, seed: int = 903) -> None:
    """CSV files of this year (2025-26) and last."""
    chance = np.random.default_rng(seed)
    names = np.array([f"B{n:07d}" for n in range(children)])
    births = days(chance.integers(ordinal(2006, 1), ordinal(2022, 1), children))
    for part, year in (("this", 2025), ("last", 2024)):
        target = folder / part
        target.mkdir(parents=True, exist_ok=True)
        for table, frame in tables(chance, names, births, year).items():
            spoiled(chance, frame).write_csv(target / f"{table}.csv")


def ordinal(year: int, month: int) -> int:
    return (date(year, month, 1) - date(1970, 1, 1)).days


def days(numbers: np.ndarray) -> pl.Series:
    return pl.Series(numbers.astype(np.int32)).cast(pl.Date)


def spoiled(chance: np.random.Generator, frame: pl.DataFrame) -> pl.DataFrame:
    """Dates as dd/mm/yyyy text, and one cell of a hundred blank or nonsense, CHILD apart."""
    text = frame.with_columns(pl.col(pl.Date).dt.strftime("%d/%m/%Y"))
    wrong = [
        pl.when(pl.Series(chance.random(frame.height) < ERRORS)).then(pl.lit("X?")).otherwise(pl.col(name)).alias(name)
        for name in text.columns
        if name != "CHILD"
    ]
    return text.with_columns(wrong)


def tables(chance: np.random.Generator, names: np.ndarray, births: pl.Series, year: int) -> dict[str, pl.DataFrame]:
    count, start = len(names), ordinal(year, 4)
    child = pl.DataFrame({"CHILD": names, "DOB": births})

    def some(share: float) -> pl.DataFrame:
        return child.filter(pl.Series(chance.random(count) < share))

    def pick(options: list[str], size: int) -> pl.Series:
        return pl.Series(np.array(options)[chance.integers(0, len(options), size)])

    def day(size: int, first: int = 0, last: int = 360) -> pl.Series:
        return days(start + chance.integers(first, last, size))

    header = child.select(
        "CHILD",
        pick(["M", "F"], count).alias("SEX"),
        "DOB",
        pick(["WBRI", "BAFR", "MWBC"], count).alias("ETHNIC"),
        pl.Series([f"A{n:012d}" for n in range(count)]).alias("UPN"),
        pl.lit(None, pl.String).alias("MOTHER"),
        pl.lit(None, pl.Date).alias("MC_DOB"),
    )
    owner = np.repeat(np.arange(count), chance.integers(1, 4, count))
    size = len(owner)
    first = np.r_[True, owner[1:] != owner[:-1]]
    begun = start + np.where(first, -chance.integers(1, 900, size), chance.integers(20, 150, size))
    begun = np.where(first, begun, begun + np.r_[0, ~first[:-1]] * 150)
    last = np.r_[first[1:], True]
    episodes = pl.DataFrame(
        {
            "CHILD": names[owner],
            "DECOM": days(begun),
            "RNE": np.where(first, "S", "P"),
            "LS": pick(STATUSES, count).gather(owner),
            "CIN": pick(["N1", "N5"], count).gather(owner),
            "PLACE": pick(PLACES, size),
            "PLACE_PROVIDER": pick(["PR1", "PR4"], size),
            "DEC": days(np.r_[begun[1:], 0]),
            "REC": np.where(last, "", "X1"),
            "REASON_PLACE_CHANGE": np.where(last, "", "CARPL"),
            "HOME_POST": "AB1 1AA",
            "PL_POST": pick(["AB1 2BB", "CD1 1CC"], size),
            "URN": pick(["SC1", "SC2", "SC4"], size),
        }
    ).with_columns(
        pl.when(pl.Series(~last)).then("DEC"),
        *(pl.col(c).replace("", None) for c in ("REC", "REASON_PLACE_CHANGE")),
    )
    reviews = pl.concat([some(0.8), some(0.7)])
    oc2, oc3, missing, workers = some(0.6), some(0.15), some(0.12), some(0.9)
    ad1, placed, perm, uasc = some(0.03), some(0.06), some(0.1), some(0.08)
    flags = ["CONVICTED", "HEALTH_CHECK", "IMMUNISATIONS", "TEETH_CHECK", "HEALTH_ASSESSMENT", "SUBSTANCE_MISUSE"]
    return {
        "header": header,
        "episodes": episodes,
        "reviews": reviews.with_columns(REVIEW=day(reviews.height), REVIEW_CODE=pick(["PN1", "PN3"], reviews.height)),
        "uasc": uasc.with_columns(SEX=pl.lit("M"), DUC=pl.lit(None, pl.Date)),
        "oc2": oc2.with_columns(
            SDQ_SCORE=pick(["3", "12", "20"], oc2.height),
            SDQ_REASON=pl.lit(None, pl.String),
            **{name: pl.lit("1") for name in flags},
            INTERVENTION_RECEIVED=pl.lit("1"),
            INTERVENTION_OFFERED=pl.lit(None, pl.String),
        ),
        "oc3": oc3.with_columns(
            IN_TOUCH=pl.lit("YES"), ACTIV=pick(["F1", "G5"], oc3.height), ACCOM=pick(["B1", "U1"], oc3.height)
        ),
        "ad1": ad1.with_columns(
            DATE_INT=day(ad1.height, 0, 100),
            DATE_MATCH=day(ad1.height, 101, 200),
            FOSTER_CARE=pl.lit("0"),
            NB_ADOPTR=pl.lit("2"),
            SEX_ADOPTR=pl.lit("MF"),
            LS_ADOPTR=pl.lit("L11"),
        ),
        "placed_for_adoption": placed.with_columns(
            DATE_PLACED=day(placed.height),
            DATE_PLACED_CEASED=pl.lit(None, pl.Date),
            REASON_PLACED_CEASED=pl.lit(None, pl.String),
        ),
        "prev_perm": perm.with_columns(
            PREV_PERM=pick(["Z1", "P1"], perm.height), LA_PERM=pl.lit("202"), DATE_PERM=day(perm.height, -2000, -900)
        ),
        "missing": missing.with_columns(
            MISSING=pl.lit("M"), MIS_START=day(missing.height, 0, 200), MIS_END=day(missing.height, 200, 360)
        ),
        "sw_episodes": workers.with_columns(
            SW_ID=pick(["SW123", "XX456"], workers.height),
            SW_DECOM=day(workers.height, -300, 0),
            SW_DEC=pl.lit(None, pl.Date),
            SW_REASON=pick(["MANAGE", "OTHERS"], workers.height),
        ),
    }


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
