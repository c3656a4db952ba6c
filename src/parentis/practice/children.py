"""The tables of a return other than episodes: one function per table, each giving `child` and the spec's columns.

`DOB` and `SEX` are placeholders that the caller fills. Days are numbers until then.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from parentis.practice.calendar import FAR, anniversary, april
from parentis.practice.legal import Legal
from parentis.practice.older_children import OlderChildren
from parentis.practice.population import Care, Population
from parentis.practice.randomness import pick, stream
from parentis.practice.targets import london

DATES = (
    "DOB", "DECOM", "DEC", "MC_DOB", "REVIEW", "DUC", "DATE_INT", "DATE_MATCH", "DATE_PLACED",
    "DATE_PLACED_CEASED", "DATE_PERM", "MIS_START", "MIS_END", "SW_DECOM", "SW_DEC", "DOLO_START", "DOLO_END",
)  # fmt: skip

MOTHER_SHARE = 0.03
"Share of girls in care at 16 who have a child by then or soon after."

REVIEW_DAYS = (25, 110)
REVIEW_EVERY = 175
VIEWS = {"PN1": 55, "PN2": 3, "PN3": 4, "PN4": 5, "PN5": 6, "PN6": 15, "PN7": 12}

ADOPTERS = (("2", "MF", "L11", 70), ("2", "MF", "L2", 8), ("1", "F1", "L0", 10), ("1", "M1", "L0", 2),
            ("2", "MM", "L12", 6), ("2", "FF", "L12", 4))  # fmt: skip
WORKER_DAYS = 420
"Mean time a child has the same social worker."
KNOWN_DAYS = 366
"Days with a social worker before care begins: the return covers the whole year in which care begins."
WORKER_REASONS = {"LEFTRL": 35, "MANAGE": 20, "TSPROC": 25, "ORGRST": 12, "ABSENC": 6, "OTHERS": 2}
ACTIVITIES = {"F1": 7, "F2": 26, "P2": 4, "F4": 13, "P4": 8, "F5": 3, "G4": 8, "G5": 23, "G6": 5}
ROOMS = {
    "B1": 10,
    "C1": 2,
    "D1": 28,
    "E1": 3,
    "K1": 6,
    "U1": 28,
    "V2": 1,
    "W2": 1,
    "X2": 2,
    "Y1": 3,
    "Z1": 12,
}
PERMANENCE = {"P1": 10, "P2": 45, "P3": 30}
RETURNING_FROM_PERMANENCE = 0.02


@dataclass(frozen=True)
class Year:
    """A collection year and what was known at its end."""

    year: int
    begin: int
    end: int
    "Exclusive: 1 April."
    people: Population
    law: Legal
    episodes: pl.DataFrame
    "Episodes that overlap the year, with `child`, `period`, `start`, `end`, `known_end` and the codes."
    older: OlderChildren

    @cached_property
    def here(self) -> np.ndarray:
        """Indices of the children with an episode in the year that is not a short break."""
        return self.episodes.filter(pl.col("LS") != "V4")["child"].unique().sort().to_numpy()

    @cached_property
    def periods(self) -> np.ndarray:
        """Indices of their periods of care that overlap the year."""
        return self.episodes.filter(pl.col("LS") != "V4")["period"].unique().sort().to_numpy()

    def rng(self, seed: int, name: str) -> np.random.Generator:
        return stream(seed, f"{name} {self.year}")


def header(seed: int, at: Year) -> pl.DataFrame:
    """Everyone with an episode in the year, and the care leavers."""
    children = at.people.children
    leaver = leavers(seed, at)["child"].to_numpy()
    shown = np.union1d(at.episodes["child"].unique().to_numpy(), leaver)
    born = children.born[shown]
    # School pupils: children who turned four by the August before last have a pupil number.
    pupil = anniversary(born, 4) <= april(at.year - 1) + 152
    dfe = np.array([one.dfe for one in london()])[children.authority[shown]]
    digits = np.char.add(np.char.add(dfe, "9"), np.char.zfill(shown.astype(str), 8))
    mother, mc_dob = _mothers(seed, at, shown)
    full = np.isin(shown, at.here)
    asked = full & children.girl[shown]
    return pl.DataFrame(
        {
            "child": shown,
            "SEX": "",
            "DOB": 0,
            "ETHNIC": children.ethnic[shown],
            "UPN": np.where(pupil, np.char.add(_check_letter(digits), digits), "UN1"),
            "MOTHER": np.where(asked, np.where(mother, "1", "0"), ""),
            "MC_DOB": np.where(asked & mother, mc_dob, -1),
            "UASC": np.where(np.isin(shown, _unaccompanied(at)), "1", "0"),
        }
    ).with_columns(pl.col("MOTHER").replace("", None), pl.col("MC_DOB").replace(-1, None))


def _mothers(seed: int, at: Year, shown: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether each is known as a mother by the year's end, and the day her child was born."""
    children = at.people.children
    size = len(children.born)
    rng = stream(seed, "mothers")  # the stream has no year, so that a mother remains one in all returns
    chosen = rng.random(size) < MOTHER_SHARE
    day = children.born + ((15.8 + 1.9 * rng.random(size)) * 365.25).astype(np.int64)
    last = np.zeros(size, dtype=np.int64)
    np.maximum.at(last, at.people.care.child, at.people.care.end)
    known = (chosen & children.girl & (day < np.minimum(at.end, last)))[shown]
    return known, day[shown]


def _check_letter(digits: np.ndarray) -> np.ndarray:
    """The letter that makes twelve digits a unique pupil number: weights 2 to 13, modulo 23."""
    numbers = np.array([list(text) for text in digits.tolist()], dtype=int).reshape(len(digits), -1)
    return np.array(list("ABCDEFGHJKLMNPQRTUVWXYZ"))[(numbers * np.arange(2, numbers.shape[1] + 2)).sum(axis=1) % 23]


def _unaccompanied(at: Year) -> np.ndarray:
    return at.here[at.people.children.unaccompanied[at.here]]


def unaccompanied(seed: int, at: Year) -> pl.DataFrame:
    """Unaccompanied children: the status ceases at 18 at the latest, as every return reports."""
    child = _unaccompanied(at)
    return pl.DataFrame({"child": child, "SEX": "", "DOB": 0, "DUC": anniversary(at.people.children.born[child], 18)})


def reviews(seed: int, at: Year) -> pl.DataFrame:
    """Reviews: within 20 working days of coming into care, within three months of that, then every six months."""
    rng = at.rng(seed, "reviews")
    care = at.people.care
    start = care.start[at.periods]
    until = np.minimum(care.end[at.periods], at.end)
    first = np.maximum(at.begin - start - REVIEW_DAYS[1], 0) // REVIEW_EVERY
    columns = [start + days for days in REVIEW_DAYS]
    columns += [start + REVIEW_DAYS[1] + REVIEW_EVERY * (first + number) for number in range(4)]
    day = np.concatenate(columns)
    period = np.tile(np.arange(len(start)), len(columns))
    kept = (day >= at.begin) & (day < until[period])
    found = pl.DataFrame({"child": care.child[at.periods][period[kept]], "DOB": 0, "REVIEW": day[kept]}).unique(
        ["child", "REVIEW"], maintain_order=True
    )
    child = found["child"].to_numpy()
    view = np.array(list(VIEWS))[pick(rng, np.tile(list(VIEWS.values()), (found.height, 1)))]
    little = found["REVIEW"].to_numpy() < anniversary(at.people.children.born[child], 4)
    return found.with_columns(REVIEW_CODE=pl.Series(np.where(little, "PN0", view))).sort("child", "REVIEW")


def health(seed: int, at: Year) -> pl.DataFrame:
    """Health checks of children looked after for the whole year, 1 April to 31 March."""
    rng = at.rng(seed, "health")
    care = at.people.care
    whole = at.periods[(care.start[at.periods] <= at.begin) & (care.end[at.periods] >= at.end - 1)]
    child = care.child[whole]
    born = at.people.children.born[child]
    size = len(child)
    asked = (anniversary(born, 4) < at.end) & (anniversary(born, 17) >= at.begin)
    scored = rng.random(size) < 0.78
    why = np.array(["SDQ2", "SDQ4", "SDQ5"])[rng.integers(0, 3, size)]
    problem = (rng.random(size) < 0.04) & (born < at.end - 11 * 366)
    received = rng.random(size) < 0.5

    def flag(chance: float, where: np.ndarray | None = None) -> np.ndarray:
        drawn = np.where(rng.random(size) < chance, "1", "0")
        return drawn if where is None else np.where(where, drawn, "")

    return (
        pl.DataFrame(
            {
                "child": child,
                "DOB": 0,
                "SDQ_SCORE": np.where(asked & scored, np.clip(rng.normal(14, 6, size), 0, 40).astype(int), -1),
                "SDQ_REASON": np.where(asked & ~scored, why, ""),
                "CONVICTED": flag(0.02, anniversary(born, 10) < at.end),
                "HEALTH_CHECK": flag(0.9, anniversary(born, 5) >= at.end),
                "IMMUNISATIONS": flag(0.84),
                "TEETH_CHECK": flag(0.8),
                "HEALTH_ASSESSMENT": flag(0.92),
                "SUBSTANCE_MISUSE": np.where(problem, "1", "0"),
                "INTERVENTION_RECEIVED": np.where(problem, np.where(received, "1", "0"), ""),
                "INTERVENTION_OFFERED": np.where(problem & ~received, flag(0.8), ""),
            }
        )
        .with_columns(pl.col(pl.String).replace("", None), pl.col("SDQ_SCORE").replace(-1, None))
        .sort("child")
    )


def leavers(seed: int, at: Year) -> pl.DataFrame:
    """Care leavers with a birthday from 17 to 21 in the year, of those whose last episode was in the year before.

    Older leavers are left out, because their episodes are before the first return. So are mothers and unaccompanied
    children who left before 18, for whom the rules of this year's and last year's returns conflict."""
    rng = at.rng(seed, "leavers")
    care, children = at.people.care, at.people.children
    period = np.flatnonzero(
        (care.end >= april(at.year - 1) + 95)
        & (care.end < at.begin)
        & (care.start < care.end - 100)
        & (care.end > anniversary(children.born, 16)[care.child] + 100)
        & ~np.isin(care.ending, ["E2", "E3", "E11", "E12"])
        & ~children.respite[care.child]
        & ~(children.unaccompanied[care.child] & (care.end < anniversary(children.born, 18)[care.child]))
        & ~_mothers(seed, at, care.child)[0]
    )
    child = np.setdiff1d(care.child[period], at.episodes["child"].unique().to_numpy())
    born = children.born[child]
    turned = at.year - (born.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970)
    turned = np.where(anniversary_of(born, turned) < at.begin, turned + 1, turned)
    child = child[(turned >= 18) & (turned <= 21) & (anniversary_of(born, turned) < at.end)]
    size = len(child)
    touch = np.where(rng.random(size) < 0.94, "YES", "NO")
    activity = np.array(list(ACTIVITIES))[pick(rng, np.tile(list(ACTIVITIES.values()), (size, 1)))]
    room = np.array(list(ROOMS))[pick(rng, np.tile(list(ROOMS.values()), (size, 1)))]
    return pl.DataFrame(
        {
            "child": child,
            "DOB": 0,
            "IN_TOUCH": touch,
            "ACTIV": np.where(touch == "YES", activity, "0"),
            "ACCOM": np.where(touch == "YES", room, "0"),
        }
    )


def anniversary_of(days: np.ndarray, years: np.ndarray) -> np.ndarray:
    """`calendar.anniversary`, with a number of years for each day."""
    month = days.astype("datetime64[D]").astype("datetime64[M]")
    past_first = days - month.astype("datetime64[D]").astype(np.int64)
    return (month + 12 * years).astype("datetime64[D]").astype(np.int64) + past_first


def _decisions(seed: int, at: Year) -> pl.DataFrame:
    """Decisions for adoption in force in the year: `child`, `period`, `decided`."""
    care, law = at.people.care, at.law
    rng = stream(seed, "decisions")  # the date of a decision is the same in every return
    decided = np.maximum(law.placement_order - rng.integers(5, 40, len(care.start)), care.start)
    standing = at.periods[
        (law.placement_order[at.periods] < FAR) & (decided[at.periods] < np.minimum(at.end, care.end[at.periods]))
    ]
    return pl.DataFrame({"child": care.child[standing], "period": standing, "decided": decided[standing]})


def placed_for_adoption(seed: int, at: Year) -> pl.DataFrame:
    """Decisions that a child should be placed for adoption, in every return while the child is in care."""
    none = {
        "DATE_PLACED_CEASED": pl.lit(None, dtype=pl.Int64),
        "REASON_PLACED_CEASED": pl.lit(None, dtype=pl.String),
    }
    return _decisions(seed, at).select("child", pl.lit(0).alias("DOB"), DATE_PLACED="decided", **none).sort("child")


def adopted(seed: int, at: Year) -> pl.DataFrame:
    """Children adopted in the year: decision, match between decision and placement, and who adopted them."""
    rng = at.rng(seed, "adopted")
    last = at.episodes.filter(
        pl.col("REC").is_in(["E11", "E12"]), pl.col("known_end").is_not_null(), pl.col("PLACE").is_in(["A5", "A6"])
    ).select("period", "start", "PLACE")
    # After placement with adopters nothing changes until the adoption, so there is one episode, even across years.
    found = _decisions(seed, at).join(last, on="period").sort("child")
    number = pick(rng, np.tile([share for *_, share in ADOPTERS], (found.height, 1)))
    between = (found["start"].to_numpy() - found["decided"].to_numpy()) * rng.random(found.height)
    match = found["decided"].to_numpy() + np.maximum(between, 0).astype(np.int64)
    return pl.DataFrame(
        {
            "child": found["child"],
            "DOB": 0,
            "DATE_INT": found["decided"],
            "DATE_MATCH": match,
            "FOSTER_CARE": np.where(found["PLACE"].to_numpy() == "A5", "1", "0"),
            "NB_ADOPTR": np.array([row[0] for row in ADOPTERS])[number],
            "SEX_ADOPTR": np.array([row[1] for row in ADOPTERS])[number],
            "LS_ADOPTR": np.array([row[2] for row in ADOPTERS])[number],
        },
        schema_overrides={"DOB": pl.Int64},
    )


def previous_permanence(seed: int, at: Year) -> pl.DataFrame:
    """Children who started to be looked after in the year, and whether they had left care for good before."""
    rng = at.rng(seed, "permanence")
    starts = at.episodes.filter(pl.col("RNE") == "S", pl.col("start") >= at.begin)
    first = starts.group_by("child").agg(pl.col("start").min()).sort("child")
    child, start = first["child"].to_numpy(), first["start"].to_numpy()
    born = at.people.children.born[child]
    alone = at.people.children.unaccompanied[child]
    before = (rng.random(len(child)) < RETURNING_FROM_PERMANENCE) & (start - born > 1500) & ~alone
    order = born + 300 + ((start - born - 400) * rng.random(len(child))).astype(np.int64)
    option = np.array(list(PERMANENCE))[pick(rng, np.tile(list(PERMANENCE.values()), (len(child), 1)))]
    dfe = np.array([one.dfe for one in london()])[at.people.children.authority[child]]
    return pl.DataFrame(
        {
            "child": child,
            "DOB": 0,
            "PREV_PERM": np.where(before, option, "Z1"),
            "LA_PERM": np.where(before, dfe, ""),
            "DATE_PERM": np.where(before, order, -1),
        },
        schema_overrides={"DOB": pl.Int64},
    ).with_columns(pl.col("LA_PERM").replace("", None), pl.col("DATE_PERM").replace(-1, None))


def missing(seed: int, at: Year) -> pl.DataFrame:
    """Times missing or away of the year: none across the end of a month, so none across the end of a year."""
    return (
        at.older.missing.filter(pl.col("start") >= at.begin, pl.col("start") < at.end)
        .select("child", pl.lit(0, dtype=pl.Int64).alias("DOB"), MISSING="kind", MIS_START="start", MIS_END="end")
        .sort("child", "MIS_START")
    )


def orders(seed: int, at: Year) -> pl.DataFrame:
    """Orders that deprive of liberty and touch the year; the end is blank if the order ran on 31 March."""
    end = pl.col("end")
    return (
        at.older.orders.filter(pl.col("start") < at.end, end >= at.begin)
        .select(
            "child",
            pl.lit(0, dtype=pl.Int64).alias("DOB"),
            DOLO_START="start",
            DOLO_END=pl.when(end < at.end).then(end),
        )
        .sort("child", "DOLO_START")
    )


def workers(seed: int, at: Year) -> pl.DataFrame:
    """Successive social workers in the year, from a year before care, birth, or the end of the last period of care. For
    a child looked after at its end, the return requires the whole year (SW12STG2), including the part before care."""
    rng = stream(seed, "workers")  # the stream has no year, because the next return must agree
    care = at.people.care
    size = len(care.start)
    rows: list[tuple[np.ndarray, ...]] = []
    begun = np.maximum.reduce([care.start - KNOWN_DAYS, at.people.children.born[care.child], _end_of_last(care)])
    while (begun < np.minimum(care.end, at.end)).any() and len(rows) < 40:
        until = begun + 20 + rng.exponential(WORKER_DAYS, size).astype(np.int64)
        number = rng.integers(1, 900, size)
        reason = np.array(list(WORKER_REASONS))[pick(rng, np.tile(list(WORKER_REASONS.values()), (size, 1)))]
        rows.append((begun, until, number, reason if rows else np.full(size, "FCONTA")))
        begun = until
    begun, until, number, reason = (np.concatenate(column) for column in zip(*rows, strict=True))
    period = np.tile(np.arange(size), len(rows))
    touches = np.isin(period, at.periods)
    touches &= (begun < np.minimum(at.end, care.end[period])) & (until >= at.begin)
    period, begun, until = period[touches], begun[touches], until[touches]
    dfe = np.array([one.dfe for one in london()])[at.people.children.authority[care.child[period]]]
    return (
        pl.DataFrame(
            {
                "child": care.child[period],
                "DOB": 0,
                "SW_ID": np.char.add(np.char.add("XX", dfe), np.char.zfill(number[touches].astype(str), 3)),
                "SW_DECOM": begun,
                "SW_DEC": np.where(until < np.minimum(at.end, care.end[period]), until, -1),
                "SW_REASON": reason[touches],
            },
            schema_overrides={"DOB": pl.Int64},
        )
        .with_columns(pl.col("SW_DEC").replace(-1, None))
        .unique(["child", "SW_DECOM"], maintain_order=True)
        .sort("child", "SW_DECOM")
    )


def _end_of_last(care: Care) -> np.ndarray:
    """For each period of care, the day on which the child's previous one ended; far in the past if it is the first."""
    times = pl.DataFrame({"child": care.child, "start": care.start, "end": care.end})
    last = pl.col("end").shift(1).over("child", order_by="start").fill_null(-FAR)
    return times.select(last).to_series().to_numpy()
