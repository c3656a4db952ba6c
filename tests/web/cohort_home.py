"""A home with the older cohort of four practice boroughs, and small hand-made frames of early identification."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from worker import CAMDEN

from parentis import lake, practice, workflow
from parentis.archive import Home, hasher
from parentis.returns import write_files
from prepared_homes import prepared

CROYDON = "E09000008"
BOROUGHS = (CAMDEN, CROYDON, "E09000012", "E09000028")
YEARS = ("2023-24", "2024-25")
DAY = date(2025, 3, 31)
NUMBER = "SYN202000001"
"""A child of Camden's that the hand-made frames speak of."""


def cohort_home(factory: pytest.TempPathFactory) -> Path:
    """Filled once for a run; tests only read it."""
    return prepared("cohort-pages", _fill, factory) / "home"


def _fill(folder: Path) -> None:
    for one in practice.region(1, years=YEARS, mistakes=0):
        if one.return_id in {"ssda903", "placements.costs"} and one.submitter in BOROUGHS:
            write_files(one, folder / "files" / one.return_id / one.period / one.submitter)
    home = Home(folder / "home")
    workflow.submit(home, [folder / "files"], who="test", accept=True)
    workflow.build(home, services=["cohort"])
    at = lake.shown(home).filter(pl.col("service") == "cohort")["build_id"][0]
    for name, frame in identification(home).items():
        frame.write_parquet(home.figures / at / "cohort" / "frames" / f"{name}.parquet")


def identification(home: Home) -> dict[str, pl.DataFrame]:
    """The frames of the contract of early identification, of one child of Camden and one of Croydon."""
    hashed, _ = hasher(home, "lake")
    policies = ("model", "refer all", "refer none", "two_moves", "carer_ended")
    calibration = [
        ("time", "all", "everybody", 5_000), ("time", "authority", CAMDEN, 400), ("time", "authority", CROYDON, 700),
        ("left out", "authority", CAMDEN, 400), ("time", "sex", "Girls", 2_300), ("time", "ethnicity", "Black", 1_100),
    ]  # fmt: skip
    found = {
        "risk_headline": pl.DataFrame(
            {"says": ["The rule is as good: nothing is gained."], "claimed": [False], "threshold": [0.1],
             "rule": ["two_moves"], "gain": [0.001], "low": [-0.002], "high": [0.004]}
        ),
        "risk_model": pl.DataFrame({"what": ["Fitted on"], "value": ["2020-21 to 2023-24"]}),
        "risk_bands": pl.DataFrame(
            {"band": ["under 5 %", "5 to 10 %", "10 to 20 %", "20 to 30 %", "30 % or more"],
             "from": [0.0, 0.05, 0.1, 0.2, 0.3], "to": [0.05, 0.1, 0.2, 0.3, 1.0]}
        ),
        "risk_notes": pl.DataFrame({"note": ["Orders that deprive of liberty are not known before 2026-27."]}),
        "risk_terms": pl.DataFrame(
            {"outcome": ["event"], "fact": ["moved"], "title": ["Two placements in a year"],
             "odds": [8.2], "low": [7.0], "high": [9.6]}
        ),
        "risk_calibration": pl.DataFrame(
            [
                {"validation": how, "by": by, "group": group, "n": n, "events": 60, "slope": 1.02, "slope_low": 0.9,
                 "slope_high": 1.14, "intercept": 0.01, "intercept_low": -0.1, "intercept_high": 0.12, "masked": False,
                 "because": None}
                for how, by, group, n in calibration
            ]
        ),
        "risk_calibration_curve": pl.DataFrame(
            {"chance": [0.05, 0.14], "happened": [0.05, 0.15],
             "low": [0.04, 0.12], "high": [0.06, 0.18], "n": [4_000, 900]}
        ),
        "risk_benefit": pl.DataFrame(
            [
                {"threshold": threshold, "policy": policy, "net_benefit": 0.02 - 0.1 * threshold + 0.001 * at,
                 "gain": None if policy == "model" else 0.001, "low": None if policy == "model" else -0.002,
                 "high": None if policy == "model" else 0.004}
                for threshold in (0.05, 0.10, 0.20)
                for at, policy in enumerate(policies)
            ]
        ),
        "risk_capacity": pl.DataFrame(
            [
                {"geography": place, "places": 20, "policy": policy, "found": 8.0, "moved": 31, "at_risk": 400,
                 "masked": False}
                for place in (CAMDEN, CROYDON, "london")
                for policy in ("model", "two_moves", "carer_ended", "by lot")
            ]
        ),
    }  # fmt: skip
    for place, number in ((CAMDEN, NUMBER), (CROYDON, "SYN306000001")):
        child = hashed(pl.Series([number]))[0]
        found[f"risk_children_{place}"] = pl.DataFrame(
            {"child": [child], "day": [DAY], "chance": [0.21], "low": [0.16], "high": [0.27], "band": ["20 to 30 %"]}
        )  # fmt: skip
        found[f"risk_facts_{place}"] = pl.DataFrame(
            {
                "child": [child] * 4, "kind": ["moved", "moved", "moved", "would change"], "place": [1, 2, 3, 1],
                "fact": ["moved", "missing", "age", "moved"],
                "says": ["Two placements in the last 12 months", "Missing three times", "Aged 15",
                         "if there had been no move in the last 12 months"],
                "change": [9.0, 4.0, -1.5, -12.0], "chance": [None, None, None, 0.09],
            }
        )  # fmt: skip
    return found
