"""Practice claim registers: data on unaccompanied children that the looked-after return does not contain.

The children are those of the practice SSDA903 returns; care leavers from before the first return are added, so that
the ratio of leavers to children is as in London. References begin with SYN, unlike any of the Home Office.
"""

from dataclasses import dataclass, fields

import numpy as np
import polars as pl

from parentis.practice.calendar import FAR, anniversary, april
from parentis.practice.population import Population
from parentis.practice.randomness import stream
from parentis.practice.targets import FIRST_RETURN, london, looked_after

TRANSFERRED_IN = 0.10
"Share that came under the National Transfer Scheme."
SENT_BY = np.array(["Kent", "port", "Portsmouth"])
SENT_TO = np.array(["Surrey", "Hertfordshire", "Essex"])
ELIGIBLE, LATE = 0.985, 0.25
"Share found eligible, and share of arrivals in a year who are not decided by its end."
IN_EDUCATION = 0.45
"Share of care leavers who are in education or training for as long as they are supported."
SUPPORT_YEARS = (1.0, 3.0), (3.0, 6.5)
"Shortest and longest support after 18, in years: out of education, and in education."
OLDER = 1.6
"Care leavers from before the first return, for each unaccompanied child on 31 March 2020."
LEAST_NIGHTS = 91
"Fewest nights in care before 18 for leaving care support."
OLD_NUMBERS = 900_000
"Numbers of older care leavers begin here, above those of all simulated children."
TAKEN_OVER, ADULT = "E3", "E15"
"Reasons for leaving care: another authority took over; an age assessment found an adult."


@dataclass(frozen=True, slots=True)
class UascCohort:
    """Unaccompanied children and care leavers; arrays of shape (people,), days are FAR where the event never
    happens.
    """

    number: np.ndarray
    "The digits behind `SYN` and the authority's number in the SSDA903 return."
    authority: np.ndarray
    born: np.ndarray
    came: np.ndarray
    "First day in this authority's care."
    left: np.ndarray
    ending: np.ndarray
    "The reason why care ended; '' if it continues."
    arrived: np.ndarray
    moved: np.ndarray
    "Came under the National Transfer Scheme."
    eligible: np.ndarray
    late: np.ndarray
    education: np.ndarray
    until: np.ndarray
    "Exclusive end of leaving care support; 0 for a person who gets none."


def uasc_cohort(seed: int, people: Population) -> UascCohort:
    """Everyone in a claim register of any year, with the simulated children first."""
    children, care = people.children, people.care
    who = np.flatnonzero(children.unaccompanied)
    came = np.full(len(children.born), FAR)
    left = np.zeros(len(children.born), dtype=np.int64)
    np.minimum.at(came, care.child, care.start)
    np.maximum.at(left, care.child, care.end)
    ending = np.full(len(children.born), "", dtype=care.ending.dtype)
    last = care.end == left[care.child]
    ending[care.child[last]] = care.ending[last]
    eighteen = anniversary(children.born[who], 18)
    rng = stream(seed, "unaccompanied")
    moved = rng.random(len(who)) < TRANSFERRED_IN
    here = np.minimum(left[who], eighteen)
    leaver = (here == eighteen) & (here - came[who] >= LEAST_NIGHTS)
    education, until = _support(rng, eighteen)
    known = UascCohort(
        number=who,
        authority=children.authority[who],
        born=children.born[who],
        came=came[who],
        left=here,
        ending=np.where(left[who] >= eighteen, "", ending[who]),
        arrived=came[who] - np.where(moved, rng.integers(10, 60, len(who)), rng.integers(0, 4, len(who))),
        moved=moved,
        eligible=rng.random(len(who)) < ELIGIBLE,
        late=rng.random(len(who)) < LATE,
        education=education,
        until=np.where(leaver, until, 0),
    )
    older = _older(seed)
    both = {one.name: (getattr(known, one.name), getattr(older, one.name)) for one in fields(UascCohort)}
    return UascCohort(**{name: np.concatenate(parts) for name, parts in both.items()})


def _support(rng: np.random.Generator, eighteen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether each person is in education after 18, and the end of support, which is at most 21 if not."""
    education = rng.random(len(eighteen)) < IN_EDUCATION
    low, high = np.array(SUPPORT_YEARS)[education.astype(int)].T
    return education, eighteen + ((low + rng.random(len(eighteen)) * (high - low)) * 365.25).astype(np.int64)


def _older(seed: int) -> UascCohort:
    """Care leavers who turned 18 in the five years before the first return."""
    rng = stream(seed, "older care leavers")
    authority = np.repeat(np.arange(len(london())), np.rint(OLDER * looked_after().unaccompanied_2020).astype(int))
    size = len(authority)
    eighteen = april(FIRST_RETURN) - 1 - rng.integers(0, 5 * 365, size)
    born = anniversary(eighteen, -18)
    eighteen = anniversary(born, 18)
    came = eighteen - rng.integers(100, 900, size)
    education, until = _support(rng, eighteen)
    return UascCohort(
        number=OLD_NUMBERS + np.arange(size),
        authority=authority,
        born=born,
        came=came,
        left=eighteen,
        ending=np.full(size, ""),
        arrived=came - rng.integers(0, 4, size),
        moved=np.zeros(size, dtype=bool),
        eligible=np.ones(size, dtype=bool),
        late=np.zeros(size, dtype=bool),
        education=education,
        until=until,
    )


def chosen(people: UascCohort, which: np.ndarray) -> UascCohort:
    """Those at the indices `which`."""
    return UascCohort(**{one.name: getattr(people, one.name)[which] for one in fields(UascCohort)})


def register(seed: int, people: UascCohort, year: int) -> dict[str, pl.DataFrame]:
    """The register of the year that starts in April of `year`, as it was known when that ended: the spec's columns,
    and `at`, the index of the authority."""
    begin, end = april(year), april(year + 1)
    eighteen = anniversary(people.born, 18)
    cared_for = (people.came < end) & (people.left > begin)
    supported = (eighteen < end) & (people.until > begin)
    shown = np.flatnonzero(cared_for | supported)
    one = chosen(people, shown)
    rng = stream(seed, "where transferred")  # the stream has no year, because the origin of a transfer must not change
    size = len(people.born)
    sent_by, sent_to = (names[rng.integers(0, len(names), size)][shown] for names in (SENT_BY, SENT_TO))
    out = (one.ending == TAKEN_OVER) & (one.left < end)
    adult = (one.ending == ADULT) & (one.left < end)
    pending = one.late & (one.came >= begin) & one.eligible
    children = _numbered(one).with_columns(
        HO_REF=pl.Series([f"SYNZ{number:07}" for number in one.number]),
        DOB=_date(one.born),
        ARRIVED=_date(one.arrived),
        TRANSFER_IN=_date(one.came, one.moved),
        TRANSFER_FROM=_text(sent_by, one.moved),
        TRANSFER_OUT=_date(one.left, out),
        TRANSFER_TO=_text(sent_to, out),
        ELIGIBILITY=pl.Series(np.select([~one.eligible, pending], ["NO", "PENDING"], "YES")),
        REASON=_text(np.full(len(shown), "FAMILY"), ~one.eligible),
        CEASED=_date(one.left, adult),
    )
    periods = np.flatnonzero((one.until > begin) & (anniversary(one.born, 18) < end) & one.eligible)
    leavers = _numbered(one)[periods].with_columns(
        LEAVER_FROM=_date(anniversary(one.born, 18)[periods]),
        LEAVER_TO=_date(one.until[periods], one.until[periods] < end),
        IN_EDUCATION=pl.Series(np.where(one.education[periods], "1", "0")),
    )
    return {"children": children, "leavers": leavers}


def _numbered(people: UascCohort) -> pl.DataFrame:
    dfe = np.array([one.dfe for one in london()])[people.authority]
    numbers = [f"SYN{authority}{number:06}" for authority, number in zip(dfe, people.number, strict=True)]
    return pl.DataFrame({"at": people.authority, "CHILD": pl.Series(numbers, dtype=pl.String)})


def _date(days: np.ndarray, known: np.ndarray | None = None) -> pl.Series:
    """Day numbers as dates, blank where not `known`."""
    dates = pl.Series(days).cast(pl.Int32).cast(pl.Date) if known is None else _date(np.where(known, days, 0))
    return dates if known is None else pl.select(pl.when(pl.Series(known)).then(dates)).to_series()


def _text(words: np.ndarray, known: np.ndarray) -> pl.Series:
    return pl.select(pl.when(pl.Series(known)).then(pl.Series(words))).to_series()
