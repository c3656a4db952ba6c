"""Practice answers to the cost survey of unaccompanied children: the true costs, and the answers.

Every authority has a true cost; 26 of the 33 answer, each leaves a few headings empty, and answers come in different
units. The grossed-up answers can therefore be compared with the true costs (`truth`). Pounds are made up: placements at
prices near those of practice's placement-cost returns, together with other costs about £210 a night, of which a grant
of £143 would be two thirds and one of £114 about half.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from parentis.practice.calendar import anniversary, april, label
from parentis.practice.monitoring import NOTE
from parentis.practice.randomness import stream
from parentis.practice.ssda903 import Simulated
from parentis.practice.targets import london
from parentis.practice.uasc_cohort import UascCohort

YEARS = (2023, 2024)
"Financial years of the survey, by the calendar year in which they start."
ANSWERING = 26
BLANK = 0.06
"Share of headings left empty by an authority that answers."
BETWEEN, WITHIN = 0.16, 0.22
"Spread of costs on the log scale: between authorities, and of a heading within one."

PLACES: Mapping[str, tuple[tuple[str, ...], float]] = {
    "FOSTER_OWN": (("U1", "U2", "U3", "U4", "U5", "U6"), 72.0),
    "FOSTER_AGENCY": (("U4", "U5", "U6"), 132.0),
    "SUPPORTED": (("H5", "P2", "K3"), 104.0),
    "RESIDENTIAL": (("K1", "K2", "R1", "S1"), 610.0),
}
"Placement codes and pounds a night in them. Fostering is by an agency unless the provider is the authority (PR1)."
A_NIGHT: Mapping[str, float] = {
    "INITIAL": 3.0, "VOIDS": 3.5, "SET_UP": 1.0, "SOCIAL_WORK": 21.0, "ADVISER": 2.0, "REVIEWING": 4.0,
    "SUPERVISING": 5.0, "BROKERAGE": 2.5, "MANAGEMENT": 9.0, "AGE_ASSESSMENT": 2.5, "OUT_OF_HOURS": 1.0,
    "EDUCATION": 6.0, "LEGAL": 5.0, "INTERPRETING": 6.0, "HEALTH": 3.5, "TRAVEL": 2.0, "ALLOWANCES": 5.5,
    "TRAFFICKING": 1.5, "GUARDIANSHIP": 0.5,
}  # fmt: skip
"Pounds for each child-night, wherever the child is placed."
A_WEEK: Mapping[str, float] = {
    "SUPPORTED": 130.0, "ADVISER": 58.0, "MANAGEMENT": 12.0, "EDUCATION": 8.0, "LEGAL": 5.0, "INTERPRETING": 3.0,
    "ALLOWANCES": 40.0, "HOUSING": 55.0, "RIGHTS_EXHAUSTED": 12.0,
}  # fmt: skip
"Pounds for each week of a care leaver."
BY_TIME = ("SOCIAL_WORK", "ADVISER", "REVIEWING", "AGE_ASSESSMENT")
"Headings that some authorities answer with a sample of time, …"
HOURLY = 34.0
PRICED = {"AGE_ASSESSMENT": 2_400.0, "LEGAL": 850.0, "SET_UP": 300.0}
"… and those some answer with a price and a number."
WITH_SAMPLES, WITH_PRICES = 0.3, 0.4
"Shares of authorities that answer in these ways."
CHILD, LEAVER = "CHILD", "LEAVER"


@dataclass(frozen=True, slots=True)
class Volumes:
    """The volumes behind a year's costs; arrays of shape (authorities,)."""

    places: Mapping[str, np.ndarray]
    "Nights by placement heading."
    under_16: np.ndarray
    at_16_17: np.ndarray
    children: np.ndarray
    weeks: np.ndarray
    leavers: np.ndarray

    @property
    def nights(self) -> np.ndarray:
        return self.under_16 + self.at_16_17


def volumes(world: Simulated, people: UascCohort, year: int) -> Volumes:
    """Nights of unaccompanied children and weeks of care leavers in the year that starts in April of `year`."""
    begin, end = april(year), april(year + 1)
    count = len(london())
    born = world.people.children.born
    stays = world.episodes.filter(
        pl.Series(world.people.children.unaccompanied)[world.episodes["child"]],
        pl.col("start") < end,
        pl.col("end") > begin,
    )
    child = stays["child"].to_numpy()
    starts = np.maximum(stays["start"].to_numpy(), begin)
    ends = np.minimum(np.minimum(stays["end"].to_numpy(), end), anniversary(born[child], 18))
    nights = np.maximum(ends - starts, 0)
    young = np.clip(anniversary(born[child], 16) - starts, 0, nights)
    at = world.people.children.authority[child]
    place, own = stays["PLACE"].to_numpy(), stays["PLACE_PROVIDER"].to_numpy() == "PR1"

    def summed(what: np.ndarray) -> np.ndarray:
        return np.bincount(at, weights=what, minlength=count).round().astype(np.int64)

    here = np.unique(child[nights > 0])
    days = np.minimum(people.until, end) - np.maximum(anniversary(people.born, 18), begin)
    supported = (days > 0) & people.eligible
    return Volumes(
        places={
            heading: summed(nights * (np.isin(place, codes) & _provided(heading, own)))
            for heading, (codes, _) in PLACES.items()
        },
        under_16=summed(young),
        at_16_17=summed(nights - young),
        children=np.bincount(world.people.children.authority[here], minlength=count),
        weeks=np.bincount(people.authority[supported], weights=days[supported], minlength=count) / 7,
        leavers=np.bincount(people.authority[supported], minlength=count),
    )


def _provided(heading: str, own: np.ndarray) -> np.ndarray:
    return {"FOSTER_OWN": own, "FOSTER_AGENCY": ~own}.get(heading, np.ones_like(own))


def costs(seed: int, these: Volumes, year: int) -> dict[tuple[str, str], np.ndarray]:
    """True pounds of each authority by group and heading, shape (authorities,)."""
    dear = np.exp(stream(seed, "dear authorities").normal(0, BETWEEN, len(these.nights)))
    rng = stream(seed, f"survey costs {year}")
    priced = (
        {(CHILD, heading): these.places[heading] * price for heading, (_, price) in PLACES.items()}
        | {(CHILD, heading): these.nights * price for heading, price in A_NIGHT.items()}
        | {(LEAVER, heading): these.weeks * price for heading, price in A_WEEK.items()}
    )
    return {
        key: np.round(pounds * dear * np.exp(rng.normal(0, WITHIN, len(dear))), 2) for key, pounds in priced.items()
    }


def truth(seed: int, world: Simulated, people: UascCohort) -> pl.DataFrame:
    """The true costs of every authority, answered or not: `authority, period, group, heading, pounds`."""
    return pl.concat(
        pl.DataFrame(
            {
                "authority": [one.gss for one in london()],
                "period": label(year),
                "group": group.lower(),
                "heading": heading,
                "pounds": pounds,
            }
        )
        for year in YEARS
        for (group, heading), pounds in costs(seed, volumes(world, people, year), year).items()
    )


def surveys(
    seed: int, world: Simulated, people: UascCohort, year: int
) -> Iterator[tuple[int, dict[str, pl.DataFrame]]]:
    """Index of each authority that answers, and its tables."""
    these = volumes(world, people, year)
    true = costs(seed, these, year)
    rng = stream(seed, f"survey answers {year}")
    answering = rng.permutation(len(london()))[:ANSWERING]
    for at in sorted(answering.tolist()):
        yield at, _answers(rng, {key: float(pounds[at]) for key, pounds in true.items()}, these, at, year)


def _answers(
    rng: np.random.Generator, true: Mapping[tuple[str, str], float], these: Volumes, at: int, year: int
) -> dict[str, pl.DataFrame]:
    sampling, pricing = rng.random() < WITH_SAMPLES, rng.random() < WITH_PRICES
    weeks = (april(year + 1) - april(year)) / 7
    rows = [_cost("LODGINGS", CHILD, AMOUNT=0.0, UNIT="TOTAL", METHOD="LEDGER")]
    samples = []
    for (group, heading), pounds in true.items():
        if rng.random() < BLANK:
            rows.append(_cost(heading, group))
        elif sampling and heading in BY_TIME and pounds > 0:
            people = max(1, round(pounds / (HOURLY * weeks * 8)))
            hours = round(pounds / (HOURLY * weeks * people), 4)
            sample = {"HEADING": heading, "GROUP": group, "ROLE": "All posts", "HOURS": hours, "PEOPLE": people}
            samples.append(sample | {"HOURLY_COST": HOURLY, "WEEKS_SAMPLED": 2})
            rows.append(_cost(heading, group, METHOD="TIME_USE"))
        elif pricing and heading in PRICED and pounds > 0:
            items = max(1, round(pounds / PRICED[heading]))
            price = round(pounds / items, 2)
            rows.append(_cost(heading, group, AMOUNT=price, UNIT="PER_ITEM", DENOMINATOR=items, METHOD="ESTIMATE"))
        else:
            rows.append(
                _cost(heading, group, AMOUNT=pounds, UNIT="TOTAL", METHOD="LEDGER", LEDGER_CODE=f"SYN/{heading}")
            )
    counted = {
        "CHILD_NIGHTS": these.nights[at],
        "NIGHTS_UNDER_16": these.under_16[at],
        "NIGHTS_16_17": these.at_16_17[at],
        "CHILDREN": these.children[at],
        "LEAVER_WEEKS": round(float(these.weeks[at]), 1),
        "LEAVERS": these.leavers[at],
    }
    signed = pl.date(year + 1, 7, 1)
    tables = {
        "denominators": pl.DataFrame(
            [{"MEASURE": name, "VALUE": float(n), "NOTE": NOTE} for name, n in counted.items()]
        ),
        "costs": pl.DataFrame(rows, infer_schema_length=None),
        "sign_off": pl.DataFrame({"ROLE": ["DIRECTOR", "SECTION_151"]}).with_columns(SIGNED=signed),
    }
    return tables | ({"staff_time": pl.DataFrame(samples)} if samples else {})


def _cost(heading: str, group: str, **answer: object) -> dict[str, object]:
    blank = dict.fromkeys(("AMOUNT", "UNIT", "DENOMINATOR", "METHOD", "LEDGER_CODE"))
    return {"HEADING": heading, "GROUP": group, **blank, **answer, "NOTE": NOTE}
