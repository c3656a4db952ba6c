"""Placements bought in the practice region, with prices from a known formula.

Prices follow the formula of `log_price`, so estimates from the censuses can be compared with it. NLCEP's children have
the highest needs: its plain mean is the highest and its like-for-like price the lowest. SLCP began in the third year
and lowered its members' prices; NEL began in the fourth and changed nothing. All providers, homes and children are
invented.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from parentis.practice.calendar import day_number
from parentis.practice.randomness import pick, stream
from parentis.practice.targets import london, looked_after

CENSUSES: Final = tuple(date(year, 3, 31) for year in range(2021, 2026))
INDEX: Final = (1.0, 1.031, 1.077, 1.107, 1.197)
BOUGHT: Final = 0.52
"Share of looked-after children whose placement is bought from others."

PARTNERS: Final = {
    "WLA": "Barnet|Brent|Ealing|Harrow|Hillingdon|Hounslow|Hammersmith and Fulham|Kensington and Chelsea|Westminster",
    "SLCP": "Bexley|Croydon|Greenwich|Lewisham|Merton|Sutton",
    "NLCEP": "Camden|Enfield|Hackney|Haringey|Islington",
    "NEL": "City of London|Barking and Dagenham|Havering|Newham|Redbridge|Tower Hamlets|Waltham Forest",
}
JOINED: Final = {"WLA": date(2014, 1, 1), "SLCP": date(2022, 4, 1), "NLCEP": date(2016, 1, 1), "NEL": date(2023, 4, 1)}
LEADS: Final = {"WLA": "Ealing", "SLCP": "Croydon", "NLCEP": "Islington", "NEL": "Havering"}
PLACE_LEVEL: Final = {"": 0.0, "WLA": 0.0, "SLCP": 0.02, "NLCEP": -0.08, "NEL": 0.04}
"Price level (log) of the boroughs of each partnership, before and after it began."
EFFECT: Final = {"SLCP": -0.09, "NEL": 0.0}
"Change in price (log) when the partnership began."
NEED: Final = (0.0, 0.13, 0.29, 0.52)
NEEDS: Final = {
    "": (0.34, 0.34, 0.22, 0.10), "WLA": (0.38, 0.34, 0.19, 0.09), "SLCP": (0.34, 0.34, 0.21, 0.11),
    "NLCEP": (0.14, 0.27, 0.33, 0.26), "NEL": (0.33, 0.35, 0.21, 0.11),
}  # fmt: skip
TYPES: Final = (
    ("Fostering - Mainstream", 880.0, 0.46), ("Fostering - Enhanced", 1180.0, 0.12),
    ("Fostering - Parent and child", 1500.0, 0.015), ("Residential - Mainstream", 4500.0, 0.14),
    ("Residential - With Education", 4900.0, 0.04), ("Supported Accommodation - Category 1", 1450.0, 0.065),
    ("Supported Accommodation - Category 2", 1100.0, 0.145), ("Supported Accommodation - Category 4", 620.0, 0.01),
    ("Secure Welfare", 7600.0, 0.005),
)  # fmt: skip
"For each type of provision: its name in London's census, pounds a week in the first census, and share of placements."
RESIDENTIAL: Final = (3, 4, 8)
SOURCED: Final = (("Framework", 0.0), ("Block Contract - Local", -0.10), ("Direct Award / Off Framework", 0.16))
BUYS: Final = {"": (0.30, 0.0, 0.70), "WLA": (0.62, 0.10, 0.28), "SLCP": (0.55, 0.08, 0.37),
               "NLCEP": (0.52, 0.14, 0.34), "NEL": (0.50, 0.10, 0.40)}  # fmt: skip
PER_YEAR_OF_AGE, SOLO, DOLS, EDUCATION, PER_MILE = 0.01, 0.35, 0.18, 0.08, 0.001
PROVIDER_DEVIATION, NOISE = 0.09, 0.14
PROVIDERS, HOMES = 110, 4
"Number of providers, and of homes of each provider and type."
OWN_BOROUGH: Final = 4.0
"Placements within this many miles are in the child's own borough."
STAYS_ON: Final = 0.45
"Share of the children of one census who are in the same place at the next."
NO_CENSUS: Final = (("Richmond upon Thames", date(2023, 3, 31)),)
"A member that did not submit a census."


@dataclass(frozen=True, slots=True)
class Bought:
    """Placements of every census in columns of equal length. `at` is the authority's index in `london()`, `census`
    the index in `CENSUSES`; days are numbers since 1970; `group` is the partnership's code, even before it began."""

    at: np.ndarray
    census: np.ndarray
    child: np.ndarray
    age: np.ndarray
    kind: np.ndarray
    need: np.ndarray
    sourced: np.ndarray
    provider: np.ndarray
    home: np.ndarray
    start: np.ndarray
    solo: np.ndarray
    dols: np.ndarray
    education: np.ndarray
    miles: np.ndarray
    group: np.ndarray
    begun: np.ndarray
    price: np.ndarray


def groups() -> np.ndarray:
    """The partnership of each authority of `london()`, or ""."""
    of = {name: code for code, names in PARTNERS.items() for name in names.split("|")}
    return np.array([of.get(one.name, "") for one in london()])


def provider_levels(seed: int) -> np.ndarray:
    """Each provider's own price level, as a logarithm."""
    return stream(seed, "commissioning/providers").normal(0.0, PROVIDER_DEVIATION, PROVIDERS)


def bought(seed: int) -> Bought:
    """Simulate every census of the region."""
    rng = stream(seed, "commissioning/placements")
    count = np.rint(looked_after().stock * BOUGHT).astype(np.int64)
    own, parts, number = groups(), [], 0
    before: dict[str, np.ndarray] = {}
    for census in range(len(CENSUSES)):
        many = count[:, census]
        drawn = _drawn(rng, np.repeat(np.arange(len(own)), many), own, census, number)
        number += len(drawn["at"])
        if before:
            drawn = _staying(rng, before, drawn)
        before = drawn
        parts.append(drawn)
    rows = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    names = [one.name for one in london()]
    missing = {(names.index(name), CENSUSES.index(day)) for name, day in NO_CENSUS}
    kept = np.array([pair not in missing for pair in zip(rows["at"], rows["census"], strict=True)])
    rows = {name: column[kept] for name, column in rows.items()}
    group = own[rows["at"]]
    day = np.array([day_number(one) for one in CENSUSES])[rows["census"]]
    begins = {code: day_number(joined) for code, joined in JOINED.items()}
    begun = np.array([begins.get(code, np.iinfo(np.int64).max) for code in own])[rows["at"]] <= day
    rows["sourced"] = _sourced(rng, group, rows["kind"])
    made = Bought(**rows, group=group, begun=begun, price=np.empty(0))
    return Bought(**{**rows, "group": group, "begun": begun, "price": _price(rng, seed, made)})


def _drawn(
    rng: np.random.Generator, at: np.ndarray, own: np.ndarray, census: int, number: int
) -> dict[str, np.ndarray]:
    """Children that came since the census before, `number` of them having been counted."""
    many = len(at)
    shares = np.array([share for *_, share in TYPES])
    kind = rng.choice(len(TYPES), many, p=shares / shares.sum())
    need = pick(rng, np.array([NEEDS[code] for code in own])[at])
    need = np.where(np.isin(kind, RESIDENTIAL), np.maximum(need, rng.integers(0, 3, many)), need)
    local = np.array(sorted(set(own))).searchsorted(own)[at]
    provider = (local * (PROVIDERS // 5) + rng.integers(0, PROVIDERS // 2, many)) % PROVIDERS
    older = np.isin(kind, (5, 6, 7))
    residential = np.isin(kind, RESIDENTIAL)
    return {
        "at": at,
        "census": np.full(many, census),
        "child": number + np.arange(many),
        "age": np.where(older, rng.integers(16, 18, many), np.where(residential, rng.integers(9, 18, many),
                                                                    rng.integers(0, 18, many))),
        "kind": kind,
        "need": need,
        "provider": provider,
        "home": (provider * len(TYPES) + kind) * HOMES + rng.integers(0, HOMES, many),
        "start": day_number(CENSUSES[census]) - rng.integers(5, 330, many),
        "solo": residential & (rng.random(many) < 0.03 + 0.05 * (need == 3)),
        "dols": residential & (rng.random(many) < 0.06 * need),
        "education": residential & ((kind == 4) | (rng.random(many) < 0.10)),
        "miles": np.round(np.clip(rng.gamma(1.2, 14.0, many), 0.3, 250.0), 1),
    }  # fmt: skip


def _staying(
    rng: np.random.Generator, before: dict[str, np.ndarray], drawn: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """A share of an authority's rows are the same placements as in the previous census."""
    made = {name: column.copy() for name, column in drawn.items()}
    for at in np.unique(drawn["at"]):
        old, new = np.flatnonzero(before["at"] == at), np.flatnonzero(drawn["at"] == at)
        stay = old[(rng.random(len(old)) < STAYS_ON) & (before["age"][old] < 17)][: len(new)]
        for name, column in made.items():
            if name not in ("census", "at"):
                column[new[: len(stay)]] = before[name][stay]
        made["age"][new[: len(stay)]] += 1
    return made


def _sourced(rng: np.random.Generator, group: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """How each placement was bought. The mix is the same before and after a partnership began, so that its start does
    not change prices through the mix. Only homes are bought in block."""
    weights = np.array([BUYS[code] for code in group])
    weights[~np.isin(kind, (3, 6)), 1] = 0.0
    return pick(rng, weights)


def _price(rng: np.random.Generator, seed: int, made: Bought) -> np.ndarray:
    """Pounds a week, to the penny."""
    effect = np.array([EFFECT.get(code, 0.0) for code in made.group]) * made.begun
    level = np.array([PLACE_LEVEL[code] for code in made.group])
    log_price = (
        np.log([price for _, price, _ in TYPES])[made.kind]
        + np.log(INDEX)[made.census]
        + np.array(NEED)[made.need]
        + np.array([effect for _, effect in SOURCED])[made.sourced]
        + level
        + effect
        + PER_YEAR_OF_AGE * (made.age - 12)
        + SOLO * made.solo
        + DOLS * made.dols
        + EDUCATION * made.education
        + PER_MILE * made.miles
        + provider_levels(seed)[made.provider]
        + rng.normal(0.0, NOISE, len(made.at))
    )
    return np.round(np.exp(log_price), 2)


def census_table(made: Bought) -> pl.DataFrame:
    """London's census with `at` and `census`, typed as its spec has it."""
    names = np.array([one.name for one in london()])
    solo = np.where(made.solo, "Yes, and is in a solo placement", "No, and is not in a solo placement")
    shared = np.where(np.isin(made.kind, RESIDENTIAL), 0.12 * (made.need >= 2), 0.0)
    health = np.round(made.price * shared, 2)
    block = np.array([
        f"{code}-{kind}" if begun else f"LOCAL-{at}-{kind}"
        for code, begun, at, kind in zip(made.group, made.begun, made.at, made.kind, strict=True)
    ])  # fmt: skip
    hosts = np.where(made.miles < OWN_BOROUGH, made.at, (made.at + 1 + made.home % (len(names) - 1)) % len(names))
    yes = np.array(["No", "Yes"])
    day = pl.Series("census_day", [CENSUSES[at] for at in made.census])
    return pl.DataFrame(
        {
            "at": made.at,
            "census": made.census,
            "Census date": day,
            "Looked after child": np.full(len(made.at), "Looked after child (under 18)"),
            "Placing Authority": names[made.at],
            "Identifier": np.char.add("SYN", made.child.astype(str)),
            "Age": np.minimum(made.age, 17).astype(np.float64),
            "How the placement was sourced": np.array([name for name, _ in SOURCED])[made.sourced],
            "Placement start date": _days(made.start),
            "Organisation": provider_names(made.provider),
            "Provider Company number": company_numbers(made.provider),
            "Host Authority": names[hosts],
            "Establishment registration URN": np.char.add("SYN", made.home.astype(str)),
            "Primary registration type": np.full(len(made.at), "Ofsted"),
            "Type of provision": np.array([name for name, *_ in TYPES])[made.kind],
            "UASC": yes[0 * made.kind],
            "Total weekly cost": made.price,
            "Contribution from Social Care": np.round(made.price - health, 2),
            "Contribution from Education": np.zeros(len(made.at)),
            "Contribution from Health": health,
            "Does this placement cost include additional packages": yes[0 * made.kind],
            "Deprivation of Liberty Safeguards in place": np.where(made.dols, "DoLS (current)", "No"),
            "Does this CYP require a solo placement": solo,
            "Partnership": np.where(made.begun, made.group, ""),
            "Need band": made.need,
            "Need band rule": np.full(len(made.at), "score"),
            "Staffing ratio": np.where(made.solo, 2.0, 1.0),
            "Education included": yes[made.education.astype(int)],
            "Therapy included": yes[(made.need == 3).astype(int)],
            "Price basis": np.full(len(made.at), "place"),
            "Block id": np.where(made.sourced == 1, block, ""),
            "Miles from home": made.miles,
        }
    ).with_columns(pl.col("Partnership", "Block id").replace("", None))


def _days(numbers: np.ndarray) -> pl.Series:
    return pl.Series(numbers.astype(np.int32)).cast(pl.Date)


def provider_names(number: np.ndarray) -> np.ndarray:
    """Names such as `Practice Care 12 Ltd`, which are clearly invented."""
    return np.char.add(np.char.add("Practice Care ", (number + 1).astype(str)), " Ltd")


def company_numbers(number: np.ndarray) -> np.ndarray:
    """Numbers in a form that no company has: they begin with `ZZ`."""
    return np.char.add("ZZ", np.char.zfill((number + 1).astype(str), 6))
