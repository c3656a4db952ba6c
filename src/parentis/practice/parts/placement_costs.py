"""What the placements of one year cost: every placement of the practice return of that year, under the child's number.

Prices are near those of the practice budget monitoring in 2024-25, so that the two sources agree.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from parentis.practice.calendar import april, label
from parentis.practice.parts import Part, World, by_authority
from parentis.practice.randomness import stream
from parentis.practice.targets import LAST_RETURN, london
from parentis.returns import ReturnData

PRICES: Mapping[str, tuple[float, float]] = {
    "U1": (50.0, 0.15), "U3": (50.0, 0.15), "U4": (100.0, 0.30), "U6": (103.0, 0.30), "K2": (870.0, 0.38),
    "K3": (150.0, 0.35), "K1": (1075.0, 0.12), "S1": (520.0, 0.30), "R1": (610.0, 0.35), "R3": (480.0, 0.25),
    "Z1": (220.0, 0.90),
}  # fmt: skip
"Price per night by type of placement, and its spread between placements (log scale); other types are not paid for."
AGENCY = {"PR4": 1.3}
"Factor on fostering bought from others; the authority's own is cheaper by as much."
BETWEEN = 0.08
"Spread of authorities' prices on the log scale."
CONTRIBUTING = 0.12
"Share of children's homes placements to which health or education contributes a quarter of the price."
EHCP_SHARE = {"home": 0.5, "other": 0.2}


def returns(world: World, wanted: frozenset[str]) -> Iterator[ReturnData]:
    """`placements.costs` of every authority for the last year."""
    if label(LAST_RETURN) in wanted:
        yield from by_authority("placements.costs", label(LAST_RETURN), {"placements": _placements(world)})


def _placements(world: World) -> pl.DataFrame:
    begin, end = april(LAST_RETURN), april(LAST_RETURN + 1)
    people = world.children.people.children
    starts = pl.col("RNE").is_in(["S", "P", "B"])
    # A change of law or of code only is the same placement at the same price.
    held = (
        world.children.episodes.filter(pl.col("LS") != "V4")
        .with_columns(number=starts.cum_sum().over("period", order_by="start"))
        .group_by("child", "period", "number", maintain_order=True)
        .agg(
            pl.col("start").min(),
            pl.col("end").max(),
            pl.col("PLACE", "PLACE_PROVIDER", "LS").last(),
        )
        .filter(pl.col("start") < end, pl.col("end") > begin, pl.col("PLACE").is_in(list(PRICES)))
        .sort("child", "start")
    )
    rng = stream(world.seed, "placement costs")
    child, size = held["child"].to_numpy(), held.height
    at = people.authority[child]
    place, provider = held["PLACE"].to_numpy(), held["PLACE_PROVIDER"].fill_null("PR4").to_numpy()
    price = np.array([PRICES[code][0] for code in place])
    spread = np.array([PRICES[code][1] for code in place])
    fostered = np.char.startswith(place.astype(str), "U")
    price = price * np.where(fostered, np.where(provider == "PR4", AGENCY["PR4"], 1 / AGENCY["PR4"]), 1.0)
    price = price * np.exp(rng.normal(0, BETWEEN, len(london())))[at]
    price = price * np.exp(spread * rng.standard_normal(size) - spread**2 / 2)
    first, last = held["start"].to_numpy(), held["end"].to_numpy()
    nights = np.minimum(last, end) - np.maximum(first, begin)
    cost = np.round(nights * price, 2)
    home = place == "K2"
    helped = home & (rng.random(size) < CONTRIBUTING)
    health = np.where(helped & (rng.random(size) < 0.5), np.round(cost / 4, 2), 0.0)
    education = np.where(helped & (health == 0), np.round(cost / 4, 2), 0.0)
    # A child has a plan or not, whatever its placements.
    plan = stream(world.seed, "plans").random(len(people.born))[child] < np.where(
        home, EHCP_SHARE["home"], EHCP_SHARE["other"]
    )
    dfe = np.array([one.dfe for one in london()])[at]
    return pl.DataFrame(
        {
            "at": at,
            "Child ID": np.char.add(np.char.add("SYN", dfe), np.char.zfill(child.astype(str), 6)),
            "Does the child have an EHCP": np.where(plan, "Yes", "No"),
            "Is the child UASC": np.where(people.unaccompanied[child], "Yes", "No"),
            "Legal status": held["LS"],
            "Placement start date": pl.Series(first.astype(np.int32)).cast(pl.Date),
            "Placement end date": pl.select(
                pl.when(pl.Series(last < end)).then(pl.Series(last.astype(np.int32)).cast(pl.Date))
            ).to_series(),
            "Placement type": place,
            "Provider type": provider,
            "Procurement platform": np.where(home, "Spot", "Framework"),
            "Total committed cost accrued in FY to date": cost,
            "Contribution from social care provider/s": np.round(cost - health - education, 2),
            "Contribution from health provider/s": health,
            "Contribution from education provider/s": education,
        }
    ).sort("at", "Child ID", "Placement start date")


PART = Part(id="placement_costs", title="what placements cost", years=(label(LAST_RETURN),), returns=returns)
