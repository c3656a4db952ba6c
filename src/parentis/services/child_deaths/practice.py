"""Two years of practice notifications and reviews for London's six footprints, at published scale, with two planted
truths: a cluster of deaths (two boroughs, three months, four times as many), and a footprint that notifies faster
from a certain day. Every child is invented."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import polars as pl

from parentis.errors import DeclarationError
from parentis.region import bank_holidays, footprints, members
from parentis.region.reference import rows
from parentis.returns import ReturnData
from parentis.returns.child_deaths import PARTNERSHIPS, codes_of
from parentis.services.child_deaths.expected import RATES, boroughs, by_need
from parentis.services.child_deaths.streams import SEASON

FIRST_DAY, LAST_DAY = date(2024, 4, 1), date(2026, 3, 31)
CLUSTER: Final = ("E09000025", "E09000030")
"Newham and Tower Hamlets."
CLUSTER_FROM, CLUSTER_TO, CLUSTER_TIMES = date(2025, 12, 1), date(2026, 2, 28), 4.0
FASTER: Final = "cdr-swl"
FASTER_FROM: Final = date(2025, 10, 1)
USUAL_DELAY, FAST_DELAY = 5.0, 1.5
"Mean working days from death to notification."
AGE_SHARES: Final = {"0-27d": 0.43, "28-364d": 0.18, "1-4y": 0.13, "5-9y": 0.08, "10-14y": 0.08, "15-17y": 0.10}
"61 % infants (NCMD, year to March 2025); the rest divided by us."
AGE_DAYS: Final = {
    "0-27d": (0, 27), "28-364d": (28, 360), "1-4y": (370, 1800), "5-9y": (1840, 3600), "10-14y": (3670, 5400),
    "15-17y": (5490, 6550),
}  # fmt: skip
CATEGORIES: Final = {
    "0-27d": (0.01, 0, 0.01, 0.01, 0.02, 0.02, 0.28, 0.60, 0.03, 0.02),
    "28-364d": (0.03, 0, 0.03, 0.02, 0.10, 0.07, 0.35, 0.13, 0.10, 0.17),
    "1-4y": (0.05, 0, 0.13, 0.14, 0.14, 0.12, 0.22, 0.03, 0.12, 0.05),
    "5-9y": (0.04, 0, 0.12, 0.25, 0.15, 0.15, 0.20, 0.01, 0.08, 0),
    "10-14y": (0.05, 0.08, 0.15, 0.22, 0.14, 0.14, 0.15, 0, 0.07, 0),
    "15-17y": (0.10, 0.22, 0.22, 0.14, 0.11, 0.10, 0.08, 0, 0.03, 0),
}
ETHNICITIES: Final = {"A": 0.24, "B": 0.22, "M": 0.10, "O": 0.08, "W": 0.32, "N": 0.04}
JAR_CHANCE: Final = {"1": "suspicious", "2": "external", "3": "external", "10": "sudden"}
MODIFIABLE: Final = 0.48
"Of reviews (NCMD, November 2025)."
FACTOR_CODES: Final = tuple(one.code for one in codes_of("factor"))
LESSONS: Final = (
    ("C1", "Parents hear about safe sleep once, before birth, and not when routines change.",
     "Speak of safe sleep at every contact to six months.", "Health visiting"),
    ("D3", "Services that knew a family did not know of one another.", "Hold a shared list of who is involved.",
     "Integrated care board"),
    ("B1", "Smoking at home was asked about and not followed up.", "Refer at the first contact, and ask again.",
     "Maternity services"),
    ("D2", "Signs of serious infection were read as a virus at a second visit.", "A second visit is seen by a senior.",
     "Acute trusts"),
    ("C3", "Children crossed where there was no crossing near the school gate.", "Survey routes to school.",
     "Highways"),
    ("A4", "A young person waited between two mental health services.", "No discharge before the next has met them.",
     "Mental health trusts"),
)  # fmt: skip


def returns(seed: int) -> Iterator[ReturnData]:
    """Notifications, reports, reviews, factors and actions of both years."""
    random = np.random.Generator(np.random.Philox(key=np.array([seed, 4_016], dtype=np.uint64)))
    cases = [one for one in _cases(random) if one["RECEIVED"] <= LAST_DAY]
    for label in ("2024-25", "2025-26"):
        some = [one for one in cases if one["year"] == label]
        reviewed = [one for one in some if one["PANEL"] is not None]
        made = {
            "notifications": (pl.DataFrame([_notification(one) for one in some], infer_schema_length=None)),
            "reports": _frame([row for one in some for row in one["reports"]]),
            "reviews": _frame([_review(one) for one in reviewed]),
            "factors": _frame([row for one in reviewed for row in one["factors"]]),
        }
        for name, frame in made.items():
            yield ReturnData(
                return_id=f"child_deaths.{name}", submitter=PARTNERSHIPS, period=label, tables={name: frame}
            )
        yield ReturnData(
            return_id="child_deaths.actions", submitter=PARTNERSHIPS, period=label,
            tables={"actions": _actions(random, label)},
        )  # fmt: skip


def _frame(rows_of: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows_of, infer_schema_length=None)


def _cases(random: np.random.Generator) -> list[dict[str, Any]]:
    children = {row["authority"]: float(row["2024"]) for row in rows("population_0_17") if row["2024"]}
    facts = {one.authority: one for one in boroughs()}
    yearly = by_need(
        {each: children[each] for each in facts}, RATES["2024"], infants={k: v.infants for k, v in facts.items()},
        imd_scores={k: v.imd_score for k, v in facts.items()},
    )  # fmt: skip
    home = {a: one.id for one in footprints() if one.kind == "cdr" for a in members(one.id, FIRST_DAY)}
    found, days = [], (LAST_DAY - FIRST_DAY).days + 1
    for number in range(days):
        day = FIRST_DAY + timedelta(days=number)
        for authority, rate in yearly.items():
            planted = CLUSTER_TIMES if authority in CLUSTER and CLUSTER_FROM <= day <= CLUSTER_TO else 1.0
            found += [(day, authority)] * random.poisson(rate / 365.25 * SEASON[day.month - 1] * planted)
    return [_case(random, at, day, authority, home[authority]) for at, (day, authority) in enumerate(found, 1)]


def _case(random: np.random.Generator, number: int, died: date, authority: str, home: str) -> dict[str, Any]:
    age = str(random.choice(list(AGE_SHARES), p=list(AGE_SHARES.values())))
    low, high = AGE_DAYS[age]
    category = str(random.choice(10, p=np.array(CATEGORIES[age]) / sum(CATEGORIES[age])) + 1)
    fast = home == FASTER and died >= FASTER_FROM
    received = _told(random, died, FAST_DELAY if fast else USUAL_DELAY)
    jar = JAR_CHANCE.get(category, "none") if random.random() < 0.92 else "none"
    under_one = age in ("0-27d", "28-364d")
    met = died + timedelta(days=int(random.choice([1, 2, 3, 4, 6], p=[0.3, 0.3, 0.2, 0.1, 0.1])))
    meeting, panel, stop, stopped = _review_dates(random, received, category)
    case = f"SYN-{number:05}"
    modifiable = bool(random.random() < MODIFIABLE)
    ethnicity = str(random.choice(list(ETHNICITIES), p=list(ETHNICITIES.values())))
    return {
        "CASE": case, "FOOTPRINT": home, "NHS_NUMBER": _nhs(number), "NHS_REASON": None, "OUTCOME": "live",
        "BORN": died - timedelta(days=int(random.integers(low, high + 1))), "DIED": died, "AGE": age,
        "PLACE": str(random.choice(["hospital-neonatal", "hospital-other", "home", "hospice", "public", "other"],
                                   p=[0.6, 0.25, 0.1, 0.03, 0.01, 0.01] if age == "0-27d"
                                   else [0.0, 0.6, 0.2, 0.1, 0.07, 0.03])),
        "RESIDENCE": authority, "SECTOR": None, "SEX": "M" if random.random() < 0.56 else "F", "ETHNICITY": ethnicity,
        "GESTATION": int(random.integers(23, 42)) if under_one else None,
        "BIRTH_WEIGHT": int(random.integers(5, 42)) * 100 if under_one else None,
        "LOOKED_AFTER": "Y" if random.random() < 0.02 else "N",
        "PROTECTION_PLAN": "Y" if random.random() < 0.03 else "N", "ASYLUM": "Y" if random.random() < 0.01 else "N",
        "JAR": jar, "LIKELY": category if random.random() < 0.93 else None,
        "CORONER": "Y" if jar != "none" or random.random() < 0.2 else "N",
        "NOTIFIER": str(random.choice(["hospital", "ambulance", "gp", "coroner", "police"],
                                      p=[0.8, 0.06, 0.04, 0.06, 0.04])),
        "RECEIVED": received, "WITHDRAWN": None,
        "JAR_MET": met if jar != "none" else None,
        "POLICE_ATTENDED": None if jar == "none" else ("Y" if random.random() < 0.88 else "N"),
        "HOME_VISIT": met if jar != "none" and random.random() < 0.6 else None,
        "year": f"{_year(died)}-{(_year(died) + 1) % 100:02}", "MEETING": meeting, "PANEL": panel, "STOP": stop,
        "STOPPED_DAYS": stopped, "CATEGORY": category, "MODIFIABLE": "Y" if modifiable else "N",
        "ETHNICITY_FOUND": ethnicity if random.random() < 0.8 else str(random.choice(list(ETHNICITIES))),
        "factors": _factors(random, case, home, authority, category, modifiable=modifiable),
        "reports": [
            {"CASE": case, "FOOTPRINT": home, "RESIDENCE": authority, "AGENCY": agency, "ASKED": received,
             "REPORTED": received + timedelta(days=int(random.integers(5, 60))) if random.random() < 0.9 else None}
            for agency in ("hospital", "gp", "social-care")
        ],
    }  # fmt: skip


def _year(day: date) -> int:
    return day.year - (day.month < 4)


def _told(random: np.random.Generator, died: date, mean: float) -> date:
    """Day of notification: a geometric number of working days after death, for one in twenty much later."""
    wait = int(random.geometric(1 / (mean + 1)) - 1) if random.random() > 0.04 else int(random.integers(15, 60))
    day = died
    while wait > 0 or day.weekday() > 4 or day in bank_holidays(day.year):
        if wait == 0 and day == died and random.random() < 0.4:
            break  # some are notified at the weekend too
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in bank_holidays(day.year):
            wait = max(0, wait - 1)
    return day


def _review_dates(
    random: np.random.Generator, received: date, category: str
) -> tuple[date | None, date | None, str | None, int | None]:
    held = category in ("1", "2", "3", "10") and random.random() < 0.6
    stop = str(random.choice(["inquest", "prosecution", "post-mortem", "safety-investigation"])) if held else None
    stopped = int(random.integers(60, 300)) if held else 0
    meeting = received + timedelta(days=int(random.integers(60, 130)) + stopped)
    panel = meeting + timedelta(days=int(random.integers(30, 70)))
    if panel > LAST_DAY:
        return (meeting if meeting <= LAST_DAY else None), None, stop, stopped or None
    return meeting, panel, stop, stopped or None


def _factors(
    random: np.random.Generator, case: str, home: str, authority: str, category: str, *, modifiable: bool
) -> list[dict[str, Any]]:
    likely = {
        "10": ("C1", "B1", "B7"), "3": ("C3", "D4"), "2": ("A4", "D1", "B4"), "9": ("D2", "B8"),
        "8": ("A1", "B1", "A6"),
    }  # fmt: skip
    chosen = {code for code in likely.get(category, ("A2", "A3", "D3")) if random.random() < 0.55}
    chosen |= {str(random.choice(FACTOR_CODES))} if random.random() < 0.4 or (modifiable and not chosen) else set()
    return [
        {"CASE": case, "FOOTPRINT": home, "RESIDENCE": authority, "DOMAIN": code[0], "FACTOR": code,
         "RELEVANCE": str(random.choice(["1", "2"])), "OLD_RELEVANCE": None,
         "MODIFIABLE": "Y" if modifiable and code[0] != "A" else "N"}
        for code in sorted(chosen)
    ]  # fmt: skip


def _notification(one: dict[str, Any]) -> dict[str, Any]:
    from parentis.returns import the_return

    spec = the_return("child_deaths.notifications").spec.at(one["year"])
    return {column.name: one.get(column.name) for column in spec.tables["notifications"].columns}


def _review(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "CASE": one["CASE"], "FOOTPRINT": one["FOOTPRINT"], "RESIDENCE": one["RESIDENCE"], "MEETING": one["MEETING"],
        "PANEL": one["PANEL"], "CATEGORY": one["CATEGORY"], "EXPECTED": "N", "MODIFIABLE": one["MODIFIABLE"],
        "ETHNICITY": one["ETHNICITY_FOUND"], "STOP": one["STOP"], "STOPPED_DAYS": one["STOPPED_DAYS"],
        "BEREAVEMENT": "Y",
    }  # fmt: skip


def _actions(random: np.random.Generator, label: str) -> pl.DataFrame:
    begun = date(int(label[:4]), 6, 1)
    made = []
    for number, (factor, lesson, action, owner) in enumerate(LESSONS):
        for place in (one.id for one in footprints() if one.kind == "cdr"):
            if random.random() < 0.5:
                continue
            agreed = begun + timedelta(days=int(random.integers(0, 250)))
            closed = agreed + timedelta(days=int(random.integers(60, 200)))
            done = closed <= LAST_DAY and random.random() < 0.7
            again = closed + timedelta(days=365)
            checked = done and again <= LAST_DAY
            made.append({
                "ACTION_ID": f"SYN-{label}-{place}-{number}", "FOOTPRINT": place, "FACTOR": factor, "SHARED": "Y",
                "LESSON": lesson, "ACTION": action, "OWNER": owner, "AGREED": agreed,
                "DUE": agreed + timedelta(days=180), "CLOSED": closed if done else None,
                "EVIDENCE": "Y" if done else None, "RECHECKED": again if checked else None,
                "HELD": ("Y" if random.random() < 0.7 else "N") if checked else None,
            })  # fmt: skip
    return _frame(made)


def _nhs(number: int) -> str:
    """An NHS number that nobody has: numbers from 999 are never issued."""
    for spare in range(11):
        nine = f"999{(number * 11 + spare):06}"
        check = (11 - sum(int(digit) * (10 - at) for at, digit in enumerate(nine)) % 11) % 11
        if check < 10:
            return f"{nine}{check}"
    raise DeclarationError("eleven numbers in a row have no check digit: the sum is wrong")
