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
    spells = chance.integers(1, 4, children)
    for part, year in (("this", 2025), ("last", 2024)):
        target = folder / part
        target.mkdir(parents=True, exist_ok=True)
        for table, frame in tables(chance, names, births, spells, year).items():
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


def tables(
    chance: np.random.Generator, names: np.ndarray, births: pl.Series, spells: np.ndarray, year: int
) -> dict[str, pl.DataFrame]:
    """The tables of one year. A child's last episode of one year, open, is its first of the next."""
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
        pl.Series(np.array(["M", "F"])[np.arange(count) % 2]).alias("SEX"),
        "DOB",
        pl.Series(np.array(["WBRI", "BAFR", "MWBC"])[np.arange(count) % 3]).alias("ETHNIC"),
        pl.Series([f"A{n:012d}" for n in range(count)]).alias("UPN"),
        pl.lit(None, pl.String).alias("MOTHER"),
        pl.lit(None, pl.Date).alias("MC_DOB"),
    )
    # episode k of a child began 600 − 150k days before 1 April 2025; a year's return holds those that touch it
    every = 600 - 150 * np.arange(7)
    began = ordinal(2025, 4) - every
    ended = np.r_[began[1:], began[-1] + 900]
    held = [
        (n, k)
        for k in range(len(every))
        if ended[k] >= start and began[k] <= start + 364
        for n in np.flatnonzero(k < spells * 2)
    ]
    held.sort()
    owner, part = np.array(held).T
    last = part == spells[owner] * 2 - 1
    ends = np.where(last | (ended[part] > start + 364), 0, ended[part])
    home = np.array(["PR1", "PR4"])[(owner + part) % 2]
    episodes = pl.DataFrame(
        {
            "CHILD": names[owner],
            "DECOM": days(began[part]),
            "RNE": np.where(part == 0, "S", "P"),
            "LS": np.array(STATUSES)[owner % 4],
            "CIN": np.array(["N1", "N5"])[owner % 2],
            "PLACE": np.array(PLACES)[(owner + part) % len(PLACES)],
            "PLACE_PROVIDER": home,
            "DEC": days(ends),
            "REC": np.where(ends == 0, "", "X1"),
            "REASON_PLACE_CHANGE": np.where(ends == 0, "", "CARPL"),
            "HOME_POST": "AB1 1AA",
            "PL_POST": np.array(["AB1 2BB", "CD1 1CC"])[(owner + part) % 2],
            "URN": np.array(["SC1", "SC3", "SC3"])[(owner + part) % 3],
        }
    ).with_columns(
        pl.when(pl.Series(ends != 0)).then("DEC"),
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
