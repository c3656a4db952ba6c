"""Contract returns of partnerships in the practice region: blocks with voids, referrals with and without answers,
uplifts, arrangements, and savings, one of which is claimed twice."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from parentis.practice.calendar import april, label
from parentis.practice.commissioning import (
    INDEX,
    JOINED,
    LEADS,
    PARTNERS,
    PROVIDERS,
    TYPES,
    company_numbers,
    provider_names,
)  # fmt: skip
from parentis.practice.randomness import stream
from parentis.practice.targets import london
from parentis.returns import ReturnData

BLOCKED: Final = {"WLA": (3, 6), "SLCP": (3,), "NLCEP": (3, 6), "NEL": (3,)}
"Types that each buys in block."
PLACES: Final = {"WLA": (12, 20), "SLCP": (8,), "NLCEP": (10, 14), "NEL": (35,)}
VOIDS: Final = {"WLA": 0.09, "SLCP": 0.14, "NLCEP": 0.34, "NEL": 0.22}
"Share of paid nights without a child: NLCEP's block costs half as much again per used night as per place."
FORMS: Final = {"WLA": "DPV", "SLCP": "FRAMEWORK", "NLCEP": "FRAMEWORK", "NEL": "BLOCK"}
RUN_COST: Final = {"WLA": 330_000, "SLCP": 410_000, "NLCEP": 160_000, "NEL": 260_000}
AIMS: Final = {
    "WLA": "One price for the same care, and more of it near home.",
    "SLCP": "One referral form and one framework for six boroughs.",
    "NLCEP": "Block places for children who need most.",
    "NEL": "Thirty-five block places in homes, bought together.",
}
TERM: Final = 72
"Hours after which a missing answer counts as no response."
REFERRALS: Final = 90
"A year and partnership; three to six providers are asked each time."
ANSWERS, CHANCES = ("OFFER", "DECLINE", "SILENCE", "WITHDRAWN"), (0.24, 0.41, 0.28, 0.07)
REASONS: Final = ("FULL", "NEED", "MATCHING", "STAFF", "LOCATION", "PRICE", "NOTICE")
WHY: Final = ("PAY", "COSTS", "RULES", "STAFFING", "NONE")
FROM: Final = 2022
"The year in which the first financial year with contract returns begins."
CLAIMED: Final = {"WLA": 1_500_000, "SLCP": 900_000, "NLCEP": 240_000, "NEL": 780_000}


def contracts(seed: int, year: int) -> Iterator[ReturnData]:
    """The five returns of every partnership that has begun, for the financial year that starts in `year`."""
    leads = {code: next(one.gss for one in london() if one.name == name) for code, name in LEADS.items()}
    for code, lead in leads.items():
        if april(year) < (JOINED[code].toordinal() - date(1970, 1, 1).toordinal()):
            continue
        rng = stream(seed, f"commissioning/{code}/{year}")
        tables = {
            "arrangements": _arrangements(code),
            "blocks": {"blocks": _blocks(seed, code, year)},
            "referrals": {"referrals": _referrals(rng, code, year)},
            "uplifts": {"uplifts": _uplifts(rng, code, year)},
            "savings": {"savings": _savings(code, year)},
        }
        for name, own in tables.items():
            yield ReturnData(return_id=f"commissioning.{name}", submitter=lead, period=label(year), tables=own)


def _arrangements(code: str) -> dict[str, pl.DataFrame]:
    joined = JOINED[code]
    named = [one for one in london() if one.name in PARTNERS[code].split("|")]
    arrangement = {"ARRANGEMENT": f"{code}-1", "PARTNERSHIP": code, "TITLE": f"{code} arrangement", "FORM": FORMS[code],
                   "AIMS": AIMS[code], "STARTS": joined, "RUN_COST": float(RUN_COST[code])}  # fmt: skip
    members = [{"PARTNERSHIP": code, "MEMBER": one.gss, "JOINED": joined} for one in named]
    return {"arrangements": pl.DataFrame([arrangement]), "members": pl.DataFrame(members)}


def _blocks(seed: int, code: str, year: int) -> pl.DataFrame:
    """Block contracts: the same providers every year; voids vary slightly."""
    sellers, rng = stream(seed, f"commissioning/{code}/sellers"), stream(seed, f"commissioning/{code}/voids/{year}")
    rows = []
    for kind, places in zip(BLOCKED[code], PLACES[code], strict=True):
        nights = places * 365
        void = VOIDS[code] + rng.normal(0.0, 0.01)
        seller = int(sellers.integers(0, PROVIDERS))
        price = TYPES[kind][1] * INDEX[year - 2020] * 1.12
        rows.append({
            "BLOCK": f"{code}-{kind}", "PARTNERSHIP": code, "PROVIDER": str(provider_names(np.array([seller]))[0]),
            "COMPANY": str(company_numbers(np.array([seller]))[0]), "TYPE": TYPES[kind][0], "PLACES": places,
            "STARTS": JOINED[code], "NIGHTS_OPEN": nights, "NIGHTS_USED": round(nights * (1 - void)),
            "PRICE": round(price, 2), "GUARANTEE": 100.0,
        })  # fmt: skip
    return pl.DataFrame(rows)


def _referrals(rng: np.random.Generator, code: str, year: int) -> pl.DataFrame:
    asked = rng.integers(3, 7, REFERRALS)
    referral = np.repeat(np.arange(REFERRALS), asked)
    many = len(referral)
    provider = rng.integers(0, PROVIDERS, many)
    slow = (provider % 5 == 0) * 0.25
    draw = rng.random(many)
    edges = np.cumsum(CHANCES)
    answer = np.where(draw < slow, 2, np.minimum(np.searchsorted(edges, rng.random(many)), len(ANSWERS) - 1))
    hours = np.where(answer == 2, float(TERM), np.minimum(rng.gamma(1.4, 17.0, many), TERM - 1.0)).round(1)
    sent = np.repeat(april(year) + rng.integers(0, 360, REFERRALS), asked)
    first = pl.DataFrame({"referral": referral, "offer": answer == 0}).select(
        (pl.col("offer") & (pl.col("offer").cum_sum().over("referral") == 1)).alias("accepted")
    )["accepted"]
    after = sent + (hours // 24).astype(np.int64)
    placed = np.where(first.to_numpy(), after + 2, -1)
    kind = np.repeat(rng.choice((0, 1, 3, 6), REFERRALS, p=(0.35, 0.2, 0.3, 0.15)), asked)
    need = np.repeat(rng.choice(4, REFERRALS, p=(0.25, 0.33, 0.26, 0.16)), asked)
    return pl.DataFrame({
        "REFERRAL": [f"SYN-{code}-{year}-{number}" for number in referral], "PARTNERSHIP": [code] * many,
        "PROVIDER": provider_names(provider), "COMPANY": company_numbers(provider),
        "TYPE": np.array([name for name, *_ in TYPES])[kind], "NEED": need, "SENT": _days(sent),
        "ANSWER": np.array(ANSWERS)[answer],
        "ANSWERED": pl.select(pl.when(pl.Series(answer != 2)).then(_days(after))).to_series(),
        "HOURS": hours,
        "REASON": pl.select(pl.when(pl.Series(answer == 1)).then(pl.Series(rng.choice(REASONS, many)))).to_series(),
        "SILENCE_HOURS": np.full(many, TERM), "ACCEPTED": np.where(first.to_numpy(), "Y", "N"),
        "PLACED": pl.select(pl.when(first).then(_days(placed))).to_series(),
    })  # fmt: skip


def _days(numbers: np.ndarray) -> pl.Series:
    return pl.Series(numbers.astype(np.int32)).cast(pl.Date)


def _uplifts(rng: np.random.Generator, code: str, year: int) -> pl.DataFrame:
    sellers = rng.choice(PROVIDERS, 24, replace=False)
    asked = np.round(rng.gamma(4.0, 1.7, len(sellers)) + 1.0, 1)
    agreed = np.round(asked * rng.beta(4, 3, len(sellers)), 1)
    waits = rng.random(len(sellers)) < (0.25 if year == 2024 else 0.0)
    kind = rng.choice((0, 3, 6), len(sellers), p=(0.4, 0.35, 0.25))
    since = date(year, 4, 1)
    decided = [since + timedelta(days=int(days)) for days in rng.integers(-40, 90, len(sellers))]
    return pl.DataFrame({
        "PARTNERSHIP": [code] * len(sellers), "PROVIDER": provider_names(sellers), "COMPANY": company_numbers(sellers),
        "TYPE": np.array([name for name, *_ in TYPES])[kind], "FROM": [since] * len(sellers),
        "BEFORE": np.round(np.array([price for _, price, _ in TYPES])[kind] * INDEX[year - 2020], 2),
        "ASKED": asked, "AGREED": [None if wait else float(rate) for rate, wait in zip(agreed, waits, strict=True)],
        "AGREED_ON": [None if wait else on for on, wait in zip(decided, waits, strict=True)],
        "WEEKS": np.round(rng.gamma(2.0, 130.0, len(sellers)), 1),
        "REASON": rng.choice(WHY, len(sellers), p=(0.4, 0.25, 0.1, 0.1, 0.15)),
        "EVIDENCE": np.where(rng.random(len(sellers)) < 0.55, "Y", "N"),
    })  # fmt: skip


def _savings(code: str, year: int) -> pl.DataFrame:
    """A cashable and an avoided saving of each partnership; one of WLA's and NLCEP's is the same saving."""
    whole = CLAIMED[code]
    rows = [
        {"SAVING": f"{code}-{year}-1", "KIND": "CASHABLE", "CLAIMED": float(whole), "WHAT": "Prices renegotiated",
         "COUNTERFACTUAL": "LAST_YEAR", "EVIDENCE": "PAID"},
        {"SAVING": f"{code}-{year}-2", "KIND": "AVOIDED", "CLAIMED": whole * 0.6, "WHAT": "Uplifts that were declined",
         "COUNTERFACTUAL": "FORECAST", "EVIDENCE": "MODEL" if code != "NEL" else "NONE"},
    ]  # fmt: skip
    if code in ("WLA", "NLCEP"):
        rows.append({"SAVING": f"LONDON-{year}-1", "KIND": "CASHABLE", "CLAIMED": 200_000.0,
                     "WHAT": "One provider's price for both partnerships", "COUNTERFACTUAL": "OTHERS",
                     "EVIDENCE": "PAID"})  # fmt: skip
    return pl.DataFrame([{**row, "PARTNERSHIP": code, "ARRANGEMENT": f"{code}-1"} for row in rows])
