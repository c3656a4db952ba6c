"""Three years of practice referrals at London's published scale, and the vacancies of the providers asked. All
children and homes are invented.

Secure referrals arrive by `practice_truth`, a fifth of them are in no log, and a child gets a bed where a usable one
is free: about half are refused, while four in ten registered places are empty.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import polars as pl

from parentis.region import members, population_0_17
from parentis.returns import ReturnData
from parentis.returns.places import DESK
from parentis.services.places.practice_truth import TRUTH

FIRST_YEAR, YEARS = 2022, 3
FIRST, LAST = date(FIRST_YEAR, 4, 1), date(FIRST_YEAR + YEARS, 3, 31)
DAYS: Final = (LAST - FIRST).days + 1
WARM_UP: Final = 365
"Days simulated before the first day, so that occupancy has reached its usual level."
JUSTICE_SHARE: Final = 22 / 70
"Remand referrals for each welfare one: of 92 rows of K1, 22 were remands (practice region, 2024-25)."
OTHERS: Final = {"therapeutic": 70.0, "supported": 160.0, "step-down": 20.0}
"Referrals a year for other kinds of place."
OTHER_STAY: Final = {"therapeutic": 240.0, "supported": 210.0, "step-down": 120.0}
OTHER_PLACED: Final = {"therapeutic": 0.55, "supported": 0.8, "step-down": 0.6}
PRICES: Final = {"secure": 10_500.0, "therapeutic": 8_200.0, "step-down": 5_600.0, "supported": 1_150.0}
"Pounds a week: secure as published in 2022; the others invented."
REASONS: Final = ("no-bed", "staffing", "mix", "risk", "age-sex", "price", "distance", "other")
REASON_SHARES: Final = {
    "secure": (0.26, 0.27, 0.24, 0.15, 0.03, 0.01, 0.02, 0.02),
    "therapeutic": (0.25, 0.15, 0.28, 0.20, 0.04, 0.04, 0.02, 0.02),
    "step-down": (0.40, 0.10, 0.25, 0.15, 0.04, 0.02, 0.02, 0.02),
    "supported": (0.35, 0.05, 0.18, 0.20, 0.08, 0.10, 0.02, 0.02),
}
SILENT: Final = 0.18
"Share of requests that are never answered."
ETHNICITIES, ETHNIC_SHARES = ("A", "B", "M", "O", "W", "N"), (0.10, 0.34, 0.16, 0.05, 0.31, 0.04)
RISKS: Final = ("absconding", "self-harm", "violence", "exploitation", "gang", "sexual", "fire", "health")
RISK_CHANCE: Final = (0.7, 0.45, 0.4, 0.4, 0.2, 0.08, 0.06, 0.25)
REGIONS: Final = ("North East", "North West", "Yorkshire and The Humber", "East Midlands", "West Midlands",
                  "East of England", "South East", "South West")  # fmt: skip
HOMES: Final = {"secure": 14, "therapeutic": 18, "step-down": 4, "supported": 60}
CATEGORIES: Final = ("self-contained", "shared-ring-fenced", "shared-mixed", "private-residence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A home of the practice region."""

    urn: str
    provider: str
    kind: str
    category: str | None
    authority: str
    region: str
    registered: int
    approved: int
    sex: str
    ages: tuple[int, int]
    not_risks: str
    price: float


def practice(seed: int) -> Iterator[ReturnData]:
    """The referral log and the vacancies of each of the three years."""
    rng = np.random.Generator(np.random.Philox(seed + 19))
    boroughs = _boroughs()
    homes = _homes(rng, boroughs)
    referrals, asks = _log(rng, boroughs, homes)
    for year in range(FIRST_YEAR, FIRST_YEAR + YEARS):
        starts, ends = date(year, 4, 1), date(year + 1, 3, 31)
        label = f"{year}-{str(year + 1)[2:]}"
        own = referrals.filter(pl.col("REFERRED").is_between(starts, ends))
        yield ReturnData(
            return_id="places.referrals",
            submitter=DESK,
            period=label,
            tables={
                "referrals": _known_by(own, ends),
                "asks": asks.filter(pl.col("REFERRAL").is_in(own["REFERRAL"].implode())),
            },
        )
        yield ReturnData(
            return_id="places.vacancies",
            submitter=DESK,
            period=label,
            tables={"vacancies": _vacancies(rng, homes, starts)},
        )


def _boroughs() -> tuple[tuple[str, ...], np.ndarray]:
    """London's authorities, and each one's share of referrals: by its number of children, with variation."""
    codes = members("london", LAST)
    people = population_0_17()
    latest = people.filter(pl.col("year") == people["year"].max())
    held = dict(latest.select("authority", "population").iter_rows())
    weight = np.array([float(held.get(code, 0)) for code in codes])
    weight *= np.random.Generator(np.random.Philox(7)).gamma(4.0, 0.25, len(codes))
    return tuple(codes), weight / weight.sum()


def _homes(rng: np.random.Generator, boroughs: tuple[tuple[str, ...], np.ndarray]) -> tuple[Home, ...]:
    codes, found = boroughs[0], []
    for kind, number in HOMES.items():
        for at in range(number):
            away = kind == "secure" or (kind == "therapeutic" and at % 3 == 0)
            size = int({"secure": 16, "therapeutic": 4, "step-down": 4, "supported": 6}[kind] + rng.integers(-1, 3))
            low, high = (10, 17) if kind == "secure" else (16, 17) if kind == "supported" else (11, 17)
            found.append(
                Home(
                    urn=f"SYN{kind[:2].upper()}{at:03}", provider=f"SYNP{kind[:2].upper()}{at // 3:02}", kind=kind,
                    category=str(CATEGORIES[at % 4]) if kind == "supported" else None,
                    authority="E10000019" if away else str(codes[int(rng.integers(len(codes)))]),
                    region=REGIONS[at % len(REGIONS)] if away else "London", registered=size,
                    approved=max(1, size - int(rng.integers(0, 2))), sex=("B", "F", "M", "B")[at % 4], ages=(low, high),
                    not_risks=("", "fire", "sexual", "fire sexual")[at % 4],
                    price=float(np.round(PRICES[kind] * rng.lognormal(0.0, 0.15), -1)),
                )
            )  # fmt: skip
    return tuple(found)


def _arrivals(rng: np.random.Generator, a_year: float, bunching: float) -> list[int]:
    """Days of arrival from the warm-up on, 0 being the first day of the log; the rate varies from week to week."""
    found: list[int] = []
    for week in range(-WARM_UP, DAYS, 7):
        rate = a_year / 365.0 * 7 * (rng.gamma(1 / bunching, bunching) if bunching else 1.0)
        found.extend(int(week + rng.integers(7)) for _ in range(rng.poisson(rate)))
    return sorted(day for day in found if day < DAYS)


def _stay(rng: np.random.Generator) -> int:
    """Nights in secure accommodation: 72 hours, a first order of three months, or another length."""
    name = rng.choice(list(TRUTH.stay), p=[share for share, _ in TRUTH.stay.values()])
    mean = TRUTH.stay[str(name)][1]
    return max(1, int(mean) if name != "other" else round(float(rng.gamma(1.2, mean / 1.2))))


def _log(
    rng: np.random.Generator, boroughs: tuple[tuple[str, ...], np.ndarray], homes: tuple[Home, ...]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    of_kind = {kind: [one for one in homes if one.kind == kind] for kind in HOMES}
    rows: list[dict[str, Any]] = []
    asks: list[dict[str, Any]] = []
    busy: list[int] = []
    for day in _arrivals(rng, TRUTH.arrivals, TRUTH.bunching):
        busy = [until for until in busy if until > day]
        stay, placed = _stay(rng), len(busy) < TRUTH.beds
        if placed:
            busy.append(day + stay)
        recorded = rng.random() < TRUTH.recorded
        if day >= 0 and recorded:
            _add(rng, rows, asks, boroughs, of_kind["secure"], "secure", day, stay if placed else None)
    for day in _arrivals(rng, TRUTH.arrivals * TRUTH.recorded * JUSTICE_SHARE, 0.0):
        if day >= 0:
            _add(rng, rows, asks, boroughs, of_kind["secure"], "secure", day, int(rng.integers(20, 120)), justice=True)
    for kind, a_year in OTHERS.items():
        for day in _arrivals(rng, a_year, 0.2):
            if day >= 0:
                there = rng.random() < OTHER_PLACED[kind]
                nights = max(2, round(float(rng.gamma(1.3, OTHER_STAY[kind] / 1.3)))) if there else None
                _add(rng, rows, asks, boroughs, of_kind[kind], kind, day, nights)
    return _frame("referrals", rows), _frame("asks", asks)


def _frame(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    from parentis.returns import the_return

    spec = the_return("places.referrals").spec.latest.tables[table]
    return pl.DataFrame(rows, schema={column.name: column.dtype for column in spec.columns}, strict=False)


def _add(
    rng: np.random.Generator, rows: list[dict[str, Any]], asks: list[dict[str, Any]],
    boroughs: tuple[tuple[str, ...], np.ndarray], homes: list[Home], kind: str, day: int, nights: int | None, *,
    justice: bool = False,
) -> None:  # fmt: skip
    """A referral and its requests to providers. `nights`: length of stay, None where no place was found."""
    referred, number = FIRST + timedelta(days=day), len(rows) + 1
    supported = kind == "supported"
    age = float(rng.uniform(16.1, 17.7) if supported else rng.triangular(11.0, 15.6, 17.6))
    sex = "F" if rng.random() < (0.35 if supported else TRUTH.girls) else "M"
    risks = " ".join(risk for risk, chance in zip(RISKS, RISK_CHANCE, strict=True)
                     if rng.random() < (chance / 3 if supported else chance))  # fmt: skip
    chosen, hours = None, 0.0
    wanted = [one for one in homes if one.sex in ("B", sex)]
    most = int(rng.integers(2, min(len(wanted), 11 if kind == "secure" else 6) + 1))
    order = [wanted[int(at)] for at in rng.permutation(len(wanted))[:most]]
    for at, home in enumerate(order):
        last = nights is not None and at == len(order) - 1
        waited = float(np.round(rng.gamma(1.5, 12.0 if kind == "secure" else 18.0), 1))
        ask: dict[str, Any] = {"REFERRAL": f"SYN-R{number:05}", "URN": home.urn, "PROVIDER": home.provider,
               "ASKED_AFTER": float(np.round(rng.gamma(1.0, 3.0) + 2.0 * at, 1))}  # fmt: skip
        if last:
            chosen, hours = home, ask["ASKED_AFTER"] + waited
            price = float(np.round(home.price * rng.lognormal(0.05, 0.06), -1))
            asks.append(ask | {"ANSWERED_AFTER": waited, "ANSWERED": _after(referred, hours), "ANSWER": "offer",
                               "OFFERED_PRICE": price, "ACCEPTED": "Y"})  # fmt: skip
        elif rng.random() < SILENT:
            asks.append(ask | {"ANSWER": "none", "REASON": "no-answer"})
        else:
            reason = str(rng.choice(REASONS, p=REASON_SHARES[kind]))
            asks.append(ask | {"ANSWERED_AFTER": waited, "ANSWER": "decline", "REASON": reason,
                               "ANSWERED": _after(referred, ask["ASKED_AFTER"] + waited)})  # fmt: skip
    start = _after(referred, hours)
    row: dict[str, Any] = {
        "REFERRAL": f"SYN-R{number:05}", "CHILD_KEY": f"SYN-C{number:05}",
        "LA": str(rng.choice(boroughs[0], p=boroughs[1])), "BORN": referred - timedelta(days=int(age * 365.25)),
        "SEX": sex, "ETHNICITY": str(rng.choice(ETHNICITIES, p=ETHNIC_SHARES)), "KIND": kind,
        "BASIS": _basis(rng, kind, justice=justice), "BASIS_ON": referred, "RISKS": risks or None,
        "REFERRED": referred, "NEED_BY": referred + timedelta(days=int(rng.integers(0, 4))),
        "RADIUS": int(rng.choice([30, 50, 80])) if supported else None, "TOGETHER": 1, "APART": 0,
    }  # fmt: skip
    if chosen is not None and nights is not None:
        delay = int(rng.gamma(1.0, 12.0)) if rng.random() < 0.3 else 0
        row |= {"OUTCOME": "placed", "CLOSED": start, "PLACED_WITH": chosen.urn, "START": start,
                "READY": start + timedelta(days=max(0, nights - delay)), "END": start + timedelta(days=nights),
                "PRICE": asks[-1]["OFFERED_PRICE"]}  # fmt: skip
    else:
        gone = "elsewhere" if rng.random() < TRUTH.refused_elsewhere else "lost"
        row |= {"OUTCOME": gone, "CLOSED": referred + timedelta(days=int(rng.gamma(2.0, 6.0)) + 1)}
    rows.append(row)


def _after(day: date, hours: float) -> date:
    return day + timedelta(days=int((hours + 12.0) // 24))


def _basis(rng: np.random.Generator, kind: str, *, justice: bool) -> str:
    if justice:
        return "remand"
    of = {"secure": (("s25-72h", 0.35), ("s25-order", 0.65)), "therapeutic": (("dol", 0.7), ("s31", 0.3)),
          "step-down": (("s31", 0.6), ("s20", 0.4)), "supported": (("s20", 0.8), ("s31", 0.2))}[kind]  # fmt: skip
    return str(rng.choice([name for name, _ in of], p=[share for _, share in of]))


def _known_by(referrals: pl.DataFrame, ends: date) -> pl.DataFrame:
    """The log as it stood on the last day of its year: later ends are not in it."""
    later = pl.col("CLOSED") > ends
    return referrals.with_columns(
        OUTCOME=pl.when(later).then(pl.lit("open")).otherwise("OUTCOME"),
        **{name: pl.when(pl.col(name) <= ends).then(name) for name in ("CLOSED", "READY", "END")},
        **{name: pl.when(~later).then(name) for name in ("PLACED_WITH", "START", "PRICE")},
    )


def _vacancies(rng: np.random.Generator, homes: tuple[Home, ...], starts: date) -> pl.DataFrame:
    """Each home on the last day of each quarter. Of secure homes' approved places, six in ten are taken."""
    from parentis.returns import the_return

    rows = []
    for quarter in range(4):
        day = starts + timedelta(days=91 * (quarter + 1) - 1)
        for one in homes:
            staffed = int(rng.binomial(one.approved, 0.72 if one.kind == "secure" else 0.9))
            taken = int(rng.binomial(staffed, 0.83 if one.kind == "secure" else 0.85))
            rows.append(
                {
                    "URN": one.urn, "PROVIDER": one.provider, "KIND": one.kind, "CATEGORY": one.category,
                    "LA": one.authority, "REGION": one.region, "DAY": day, "REGISTERED": one.registered,
                    "APPROVED": one.approved, "STAFFED": staffed, "TAKEN": taken, "SEX": one.sex,
                    "AGE_FROM": one.ages[0], "AGE_TO": one.ages[1], "NOT_RISKS": one.not_risks or None,
                    "SCHOOL": "Y" if one.kind in ("secure", "therapeutic") else "N",
                    "HOURS": float(rng.choice([5, 10, 15, 35])) if one.kind == "supported" else None,
                    "FRAMEWORK_PRICE": one.price,
                    "PRICE": float(np.round(one.price * rng.lognormal(0.05, 0.06), -1)),
                    "VOID_NIGHTS": int(rng.integers(0, 28 * max(1, staffed - taken) + 1)) if staffed > taken else 0,
                }
            )  # fmt: skip
    spec = the_return("places.vacancies").spec.latest.tables["vacancies"]
    return pl.DataFrame(rows, schema={column.name: column.dtype for column in spec.columns}, strict=False)
