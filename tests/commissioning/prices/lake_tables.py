"""Lake tables of a made-up London: four partnerships of six boroughs, six censuses, one arrangement that works."""

from datetime import date
from typing import Any, Final

import numpy as np
import polars as pl

from parentis.practice import commissioning as parts
from parentis.practice.commissioning_contracts import contracts
from parentis.practice.targets import london
from parentis.region import members
from parentis.returns import the_return
from parentis.services.commissioning import SERVICE
from parentis.services.commissioning.worlds import World, placements

PARTNERSHIPS: Final = ("P1", "P2", "P3", "P4")
WORKS: Final = -0.12
"What P3's framework does to prices from the third census on, in logarithms."
_LAKE: Final = {
    "authority": pl.String, "period": pl.String, "part": pl.String, "submission_id": pl.String, "load_id": pl.String,
    "row": pl.UInt32, "sequence": pl.Int64, "provisional": pl.Boolean,
}  # fmt: skip


def boroughs() -> list[str]:
    return sorted(members("london", date(2025, 3, 31)))[:30]


def inside() -> dict[str, str]:
    """Borough to partnership: six of each, six of none."""
    return {who: PARTNERSHIPS[at // 6] for at, who in enumerate(boroughs()) if at < 24}


def lake(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, infer_schema_length=None)
    defaults = {
        "part": "",
        "submission_id": f"s-{name}",
        "load_id": f"load {name}",
        "sequence": 1,
        "provisional": False,
    }
    return frame.with_columns(
        *(pl.lit(value).alias(key) for key, value in defaults.items() if key not in frame.columns),
        row=pl.int_range(pl.len()).cast(pl.UInt32),
    )


def empty() -> dict[str, pl.DataFrame]:
    """As the lake gives tables that nobody submitted: with every column of the return."""
    found = {}
    for need in SERVICE.needs:
        home, table = need.split("/")
        columns = next(one for one in the_return(home).spec.tables if one.name == table).columns
        types = {one.name: pl.Date if one.kind == "date" else pl.String for one in columns}
        found[need] = pl.DataFrame(schema={**types, **_LAKE})
    return found


def census(seed: int = 1, count: int = 9000) -> pl.DataFrame:
    """London's edition, as the lake has it."""
    world = World(placements=count)
    rng = np.random.default_rng(seed)
    rows = placements(world, seed)
    own = inside()
    groups = {name: [who for who, of in own.items() if of == name] for name in PARTNERSHIPS}
    outside = [who for who in boroughs() if who not in own]
    who = [
        str(rng.choice(outside)) if rng.random() < 0.2 else str(rng.choice(groups[name]))
        for name in rows["partnership"]
    ]
    # outside a partnership its effect is not there
    effect = np.array([world.effects[name] for name in rows["partnership"]])
    gone = np.array([one in outside for one in who])
    price = rows["weekly_price"].to_numpy() * np.exp(np.where(gone, -effect, 0.0))
    third = np.array([own.get(one) == "P3" for one in who]) & (rows["census"] >= "2022-03-31").to_numpy()
    price = price * np.exp(WORKS * third)
    return lake(
        "census",
        [
            {"authority": at, "period": row["census"], "Identifier": f"child {k}", "Age": float(row["age"]),
             "Type of provision": row["type"], "How the placement was sourced": row["sourced"],
             "Need band": row["need"], "Need band rule": "score", "Organisation": row["provider"],
             "Provider Company number": f"{10_000_000 + int(row['provider'].split()[1])}",
             "Establishment registration URN": f"SC{int(row['home'].split()[1]):06}", "Price basis": "place",
             "Host Authority": at if k % 3 else "E10000003", "Miles from home": float(k % 40),
             "Registration type": "Ofsted", "Placement start date": date(2020, 1, 1),
             "Total weekly cost": round(float(one), 2)}
            for k, (at, row, one) in enumerate(zip(who, rows.iter_rows(named=True), price, strict=True))
        ],
    )  # fmt: skip


def tables(seed: int = 1) -> dict[str, pl.DataFrame]:
    """Everything the service needs."""
    rng = np.random.default_rng(seed)
    lead = {name: next(who for who, of in inside().items() if of == name) for name in PARTNERSHIPS}
    joined = {"P1": date(2015, 4, 1), "P2": date(2015, 4, 1), "P3": date(2015, 4, 1), "P4": date(2015, 4, 1)}
    found = empty()
    found["placements.london/placements"] = census(seed)
    found["commissioning.arrangements/members"] = lake(
        "members",
        [{"authority": lead[of], "period": "2024-25", "PARTNERSHIP": of, "MEMBER": who, "JOINED": joined[of],
          "LEFT": None} for who, of in inside().items()],
    ).with_columns(pl.col("LEFT").cast(pl.Date))  # fmt: skip
    found["commissioning.arrangements/arrangements"] = lake(
        "arrangements",
        [{"authority": lead[of], "period": "2024-25", "ARRANGEMENT": f"{of}-1", "PARTNERSHIP": of,
          "TITLE": f"{of} framework", "FORM": "FRAMEWORK", "AIMS": "fair prices", "ENDS": None, "RUN_COST": 100_000.0,
          "STARTS": {"P1": date(2016, 4, 1), "P3": date(2022, 1, 1)}.get(of, date(2023, 1, 1))} for of in PARTNERSHIPS],
    ).with_columns(pl.col("ENDS").cast(pl.Date))  # fmt: skip
    found["commissioning.blocks/blocks"] = lake(
        "blocks",
        [{"authority": lead[of], "period": "2024-25", "BLOCK": f"{of}-B{k}", "PARTNERSHIP": of,
          "PROVIDER": f"provider {k}", "COMPANY": f"{10_000_000 + k}", "HOME_URN": None,
          "TYPE": "Residential - Mainstream", "PLACES": 8, "STARTS": date(2023, 4, 1), "ENDS": None,
          "NIGHTS_OPEN": 2920, "NIGHTS_USED": 1900 if of == "P4" else 2600, "PRICE": 4700.0, "GUARANTEE": 100.0}
         for of in PARTNERSHIPS for k in range(3)],
    ).with_columns(pl.col("ENDS").cast(pl.Date), pl.col("HOME_URN").cast(pl.String))  # fmt: skip
    answers = ("OFFER", "DECLINE", "SILENCE", "WITHDRAWN")
    found["commissioning.referrals/referrals"] = lake(
        "referrals",
        [{"authority": lead[PARTNERSHIPS[k % 4]], "period": "2024-25", "REFERRAL": f"r{k // 5}",
          "PARTNERSHIP": PARTNERSHIPS[k % 4], "PROVIDER": f"provider {k % 20}", "COMPANY": f"{10_000_000 + k % 20}",
          "TYPE": "Residential - Mainstream", "NEED": int(k % 4), "SENT": date(2024, 5, 1),
          "ANSWER": answers[k % 7 % 4], "ANSWERED": date(2024, 5, 2), "HOURS": float(rng.integers(1, 72)),
          "REASON": "FULL" if k % 7 % 4 == 1 else None, "SILENCE_HOURS": 72, "ACCEPTED": "Y" if k % 14 == 0 else "N",
          "PLACED": date(2024, 5, 9) if k % 14 == 0 else None} for k in range(400)],
    )  # fmt: skip
    found["commissioning.uplifts/uplifts"] = lake(
        "uplifts",
        [{"authority": lead["P1"], "period": "2024-25", "PARTNERSHIP": "P1", "PROVIDER": f"provider {k}",
          "COMPANY": f"{10_000_000 + k}", "TYPE": "Residential - Mainstream", "FROM": date(2024, 4, 1),
          "BEFORE": 4000.0, "ASKED": 8.0, "AGREED": 5.0 if k else None, "AGREED_ON": None, "WEEKS": 100.0,
          "REASON": "PAY", "EVIDENCE": "Y" if k % 2 else "N"} for k in range(6)],
    )  # fmt: skip
    found["commissioning.savings/savings"] = lake(
        "savings",
        [{"authority": lead[of], "period": "2024-25", "SAVING": "S1", "PARTNERSHIP": of, "ARRANGEMENT": f"{of}-1",
          "WHAT": "beds", "KIND": "CASHABLE", "CLAIMED": 250_000.0, "COUNTERFACTUAL": "SPOT", "EVIDENCE": "PAID"}
         for of in ("P1", "P2")],
    )  # fmt: skip
    return found


def practice(seed: int) -> dict[str, pl.DataFrame]:
    """What the practice region hands in, as the lake has it: censuses, members and arrangements."""
    made = empty()
    censuses = parts.census_table(parts.bought(seed))
    who, days = [one.gss for one in london()], [day.isoformat() for day in parts.CENSUSES]
    rows = censuses.with_columns(
        authority=pl.col("at").replace_strict(dict(enumerate(who)), return_dtype=pl.String),
        period=pl.col("census").replace_strict(dict(enumerate(days)), return_dtype=pl.String),
    )
    made["placements.london/placements"] = _as_lake(rows.drop("at", "census"), "census")
    handed_in: dict[str, list[pl.DataFrame]] = {}
    for one in contracts(seed, 2024):
        for name, frame in one.tables.items():
            own = frame.with_columns(authority=pl.lit(one.submitter), period=pl.lit(one.period))
            handed_in.setdefault(f"{one.return_id}/{name}", []).append(own)
    for name in ("commissioning.arrangements/arrangements", "commissioning.arrangements/members"):
        frame = _as_lake(pl.concat(handed_in[name], how="diagonal_relaxed"), name)
        lacking = [pl.lit(None, kind).alias(column) for column, kind in made[name].schema.items()
                   if column not in frame.columns]  # fmt: skip
        made[name] = frame.with_columns(lacking)
    return made


def _as_lake(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    return frame.with_columns(
        load_id=pl.lit(f"load {name}"), row=pl.int_range(pl.len()).cast(pl.UInt32), sequence=pl.lit(1),
        provisional=pl.lit(value=False),
    )  # fmt: skip
