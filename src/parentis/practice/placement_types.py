"""Types of placement: their mix by age and route, and the draw of the next one."""

from collections.abc import Mapping

import numpy as np

from parentis.practice.legal import Legal
from parentis.practice.population import UNACCOMPANIED, Population
from parentis.practice.randomness import pick

TYPES = ("U6", "U3", "K2", "H5", "P2", "P1", "R1", "R2", "R3", "R5", "S1", "K1", "Z1", "A6", "A5")
AT = {code: number for number, code in enumerate(TYPES)}

# Weights by age band at the start of the placement. Calibrated so that the mix on 31 March is near DfE's for
# London: of 9,290 in 2025, fostering 6,330, homes 940, semi-independent 1,150, with parents 300,
# other residential 220, adoption 150, other 200.
MIX: Mapping[str, Mapping[str, float]] = {
    "under 10": {"U6": 64, "U3": 15, "P1": 12, "R3": 4, "R2": 0.6, "K2": 2.5, "Z1": 4},
    "10 to 15": {"U6": 53, "U3": 10, "K2": 21, "P1": 8, "Z1": 9, "K1": 1.2, "S1": 0.3, "R2": 0.8, "R1": 4},
    "16 and over": {"U6": 24, "U3": 4, "K2": 18, "H5": 36, "P2": 2.5, "P1": 4, "Z1": 11, "R5": 4, "K1": 1, "R1": 5,
                    "R2": 0.6},
    "alone under 16": {"U6": 90, "U3": 3, "K2": 5, "Z1": 2},
    "alone": {"U6": 46, "H5": 48, "P2": 2, "K2": 1.5, "Z1": 2.5},
    "remand": {"R5": 45, "K1": 15, "U6": 20, "K2": 20},
}  # fmt: skip
SETTLED = {"H5": 0.85, "P2": 0.7, "U3": 0.25, "P1": 0.2}
"Probability that the next placement has the same type, before the mix is applied."


def next_type(
    rng: np.random.Generator,
    people: Population,
    law: Legal,
    which: np.ndarray,
    day: np.ndarray,
    last: np.ndarray,
    *,
    never: tuple[str, ...] = (),
) -> np.ndarray:
    """The type (index into `TYPES`) of the placements of the periods `which` that begin on `day`; `last`: the type
    before, −1 if none; `never`: types that are not drawn, unless `last` is one."""
    care, children = people.care, people.children
    age = (day - children.born[care.child[which]]) / 365.25
    route = care.route[which]
    # Age 16 is tested by date, because the code is allowed only from the birthday on.
    older = age >= 16.01
    band = np.select(
        [route == 2, (route == UNACCOMPANIED) & older, route == UNACCOMPANIED, older, age >= 10],
        [5, 4, 3, 2, 1],
        0,
    )
    weights = np.array([[MIX[name].get(code, 0.0) for code in TYPES] for name in MIX])[band]
    ordered = day >= law.order[which]
    weights[~ordered, AT["P1"]] = 0.0
    weights[:, [AT[code] for code in never]] = 0.0
    drawn = pick(rng, weights)
    again = np.array([SETTLED.get(code, 0.0) for code in TYPES])[last] * (last >= 0)
    return np.where(rng.random(len(which)) < again, last, drawn)
