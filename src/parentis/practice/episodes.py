"""Episodes: placements combined with legal statuses, with the codes that a return requires for each change."""

import numpy as np
import polars as pl

from parentis.practice.legal import Legal
from parentis.practice.older_risk import RESIDENTIAL
from parentis.practice.placements import HORIZON, Placements
from parentis.practice.population import Population
from parentis.practice.randomness import pick, stream
from parentis.practice.targets import london

# Why placements change, apart from changes of code only. DfE, London, year to 31 March 2025.
REASONS = {"CARPL": 2240, "OTHER": 1500, "CREQB": 610, "CREQO": 340, "CHILD": 230, "STAND": 90, "LAREQ": 50,
           "CLOSE": 40, "ALLEG": 30, "APPRR": 10}  # fmt: skip

BEHAVIOUR = "CREQB"

UNREGISTERED = ("P1", "R1", "R2", "R5", "Z1", "H5", "P2")
"Placement types whose provider has no number of its own …"
NO_NUMBER = "XXXXXXX"
"… and what stands for it."

WIDTH = 1 << 18
"Greater than any day number, so that a (row, day) pair can be coded as one sortable number."

KIN = ("U1", "U2", "U3")
FOSTER = (*KIN, "U4", "U5", "U6")

UNUSED_LETTERS = np.array(list("CIKMOV"))
"Letters that no real postcode has in its last two places: practice postcodes are well formed but match no address."
HOME_LETTERS, PLACEMENT_LETTERS = UNUSED_LETTERS[:3], UNUSED_LETTERS[3:]
"The one before the last: no child is placed where it lived before."

OUTWARD = {
    "Barking and Dagenham": "RM10", "Barnet": "N12", "Bexley": "DA7", "Brent": "HA9", "Bromley": "BR1",
    "Camden": "NW1", "City of London": "EC2V", "Croydon": "CR0", "Ealing": "W5", "Enfield": "EN1",
    "Greenwich": "SE18", "Hackney": "E8", "Hammersmith and Fulham": "W6", "Haringey": "N22", "Harrow": "HA1",
    "Havering": "RM1", "Hillingdon": "UB8", "Hounslow": "TW3", "Islington": "N1", "Kensington and Chelsea": "W8",
    "Kingston upon Thames": "KT1", "Lambeth": "SW2", "Lewisham": "SE6", "Merton": "SM4", "Newham": "E13",
    "Redbridge": "IG1", "Richmond upon Thames": "TW1", "Southwark": "SE1", "Sutton": "SM1", "Tower Hamlets": "E14",
    "Waltham Forest": "E17", "Wandsworth": "SW18", "Westminster": "SW1E",
}  # fmt: skip
"One postcode district in each authority …"
FAR_OFF = ("CT9", "ME7", "BN2", "NN1", "CM1", "LU1", "SS1", "IP1", "PE1", "RG1", "B1", "M1")
"… and some that are more than twenty miles from all or most of London."
FAR_SHARE = {"home": 0.5, "other": 0.24}
"""Shares of places outside the area and bought from others that are far off. DfE, London: of new placements of 2024-25,
14 % were over twenty miles away and out of the authority."""


def episodes(seed: int, people: Population, law: Legal, homes: Placements) -> pl.DataFrame:
    """Every episode up to the horizon: the spec's columns, `child` and `period` (indices), `start` and `end` (day
    numbers). Ends after the horizon are not known to any return."""
    rng = stream(seed, "episodes")
    care, children = people.care, people.children
    first = np.flatnonzero(children.respite[care.child] & (care.start < HORIZON))
    changes = [(homes.period, homes.day), (law.period, law.day), (first, care.start[first])]
    key = np.unique(np.concatenate([period * WIDTH + day for period, day in changes]))
    period, start = key // WIDTH, key % WIDTH
    known = (start < HORIZON) & (start < care.end[period])
    key, period, start = key[known], period[known], start[known]
    begins = np.r_[True, period[1:] != period[:-1]]
    ends_care = np.r_[begins[1:], True]
    end = np.where(ends_care, care.end[period], np.r_[start[1:], 0])

    respite = children.respite[care.child[period]]
    at_home = np.searchsorted(homes.period * WIDTH + homes.day, key, side="right") - 1
    at_law = np.searchsorted(law.period * WIDTH + law.day, key, side="right") - 1
    place = np.where(respite, "K2", homes.place[at_home])
    moved = homes.period[at_home] * WIDTH + homes.day[at_home] == key
    recast = law.period[at_law] * WIDTH + law.day[at_law] == key
    same_carer = homes.same_carer[at_home]
    change = np.select(
        [begins, moved & recast & same_carer, moved & recast, moved & same_carer, moved],
        ["S", "U", "B", "T", "P"],
        "L",
    )
    moves_next = np.r_[np.isin(change[1:], ["P", "B", "T", "U"]), False] & ~ends_care
    code_only = np.r_[np.isin(change[1:], ["T", "U"]), False]
    reasons = _reasons(rng, np.r_[homes.behaviour[at_home][1:], -1])
    reasons = np.where(code_only, "PLACE", np.where(np.r_[place[1:] == "R5", False], "CUSTOD", reasons))

    ending = np.where(ends_care, _exact(care.ending[period], place), "X1")
    alone = children.unaccompanied[care.child[period]]
    authority = children.authority[care.child[period]]
    post, urn = _addresses(rng, people, homes)
    return pl.DataFrame(
        {
            "child": care.child[period],
            "period": period,
            "start": start,
            "end": end,
            "RNE": change,
            "LS": law.status[at_law],
            "CIN": care.need[period],
            "PLACE": place,
            "PLACE_PROVIDER": np.where(respite, "PR4", np.where(place == "Z1", "", homes.provider[at_home])),
            "REC": ending,
            "REASON_PLACE_CHANGE": np.where(moves_next, reasons, ""),
            "HOME_POST": np.where(respite | alone, "", _postcodes(rng, authority, care.child[period], HOME_LETTERS)),
            "PL_POST": np.where(respite, "", post[at_home]),
            "URN": np.where(respite, "", np.where(np.isin(place, UNREGISTERED), NO_NUMBER, urn[at_home])),
        }
    ).with_columns(pl.col(pl.String).replace("", None))


def _reasons(rng: np.random.Generator, behaviour: np.ndarray) -> np.ndarray:
    """A reason for each change; `behaviour` as in `Placements`, of the placement that follows."""
    names, weights = np.array(list(REASONS)), np.tile(list(REASONS.values()), (len(behaviour), 1)).astype(float)
    weights[behaviour == 0, names == BEHAVIOUR] = 0.0
    return np.where(behaviour == 1, BEHAVIOUR, names[pick(rng, weights)])


def _exact(ending: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Special guardianship by whom: relatives who fostered (E45), other foster carers (E46), relatives who did
    not (E47)."""
    guardian = np.select([np.isin(place, KIN), np.isin(place, FOSTER)], ["E45", "E46"], "E47")
    return np.where(ending == "E4x", guardian, ending)


def _addresses(rng: np.random.Generator, people: Population, homes: Placements) -> tuple[np.ndarray, np.ndarray]:
    """Postcode and provider number of each placement row; one pair for each home."""
    own = people.children.authority[people.care.child[homes.period]]
    # The authority's own provision and half of the rest are within its area; fostering is more widely spread.
    elsewhere = rng.integers(0, len(london()), len(own))
    inside = (homes.provider == "PR1") & ~np.isin(homes.place, FOSTER) | (rng.random(len(own)) < 0.35)
    where = np.where(inside, own, elsewhere)
    share = np.where(np.isin(homes.place, RESIDENTIAL), FAR_SHARE["home"], FAR_SHARE["other"])
    far = ~inside & (homes.provider != "PR1") & (rng.random(len(own)) < share)
    where = np.where(far, len(london()) + rng.integers(0, len(FAR_OFF), len(own)), where)
    post = _postcodes(rng, where, homes.home, PLACEMENT_LETTERS)
    agency = np.where(homes.provider == "PR1", own, 100 + rng.integers(0, 400, len(own)))
    urn = np.char.add("99", np.char.zfill(agency.astype(str), 5))
    # The first row of a home determines all its rows.
    row = np.full(int(homes.home.max()) + 1 if len(homes.home) else 0, -1)
    row[homes.home[::-1]] = np.arange(len(own))[::-1]
    return post[row[homes.home]], urn[row[homes.home]]


def _postcodes(rng: np.random.Generator, authority: np.ndarray, owner: np.ndarray, letters: np.ndarray) -> np.ndarray:
    """A well-formed postcode without an address for each owner's number, in the authority's district; numbers after the
    last authority's stand for `FAR_OFF`."""
    outward = np.array([*(OUTWARD[one.name] for one in london()), *FAR_OFF])
    shuffled = (owner * 2654435761 + int(rng.integers(0, 1 << 31))) % (1 << 32)
    unit = np.char.add(letters[shuffled // 10 % 3], UNUSED_LETTERS[shuffled // 30 % 6])
    inward = np.char.add((shuffled % 10).astype(str), unit)
    return np.char.add(np.char.add(outward[authority], " "), inward)
