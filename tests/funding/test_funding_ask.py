"""One ask: where each authority starts from, what government agreed with it, and bridges that sum."""

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from funding_tables import BARNET, BRENT, CAMDEN, lines, table
from test_funding_forecast import MILLION, YEARS, money, placed, start

from parentis.services.funding.forecast.agreements import GRANT, SAFETY_VALVE, agreements
from parentis.services.funding.forecast.bridges import _reconciliation, reconciled
from parentis.services.funding.forecast.futures import futures
from parentis.services.funding.forecast.measures import RECONCILED
from parentis.services.funding.forecast.regimes import Policy
from parentis.services.funding.forecast.starting_position import said_basis, starting

YEAR = "2024-25"


@pytest.mark.spec
def test_who_monitors_starts_there_and_who_does_not_starts_on_what_is_published() -> None:
    tables = {
        "finance.monitoring/lines": table(
            "finance.monitoring/lines",
            f"""
            authority | period | QUARTER | SERVICE_LINE | REVISED_BUDGET | OUTTURN
            {BARNET}  | {YEAR} | Q4      | csc          | 100            | 110
            {BRENT}   | {YEAR} | Q4      | csc          | 200            |
            """,
        ),
        "finance.ra/lines": lines("finance.ra/lines", YEAR, f"{BARNET} | csc | 90\n{BRENT} | csc | 180"),
        "finance.rs/lines": lines("finance.rs/lines", YEAR, f"{BARNET} | csc | 95\n{BRENT} | csc | 195"),
    }
    made = starting(tables, (BARNET, BRENT, CAMDEN), YEAR)
    assert made is not None
    assert made.basis == ("monitoring", "RA and RS", "")
    assert made.budget[:2].tolist() == [100, 180]
    assert made.outturn[:2].tolist() == [110, 195]  # never a budget of one basis and an outturn of the other
    assert np.isnan(made.budget[2])
    assert said_basis(made, (0, 1, 2)) == "monitoring of 1, RA and RS of 1"
    assert said_basis(made, (1,)) == "RA and RS"
    behind = made.used.group_by("authority", "table").len().sort("authority", "table").rows()
    assert behind == [
        (BARNET, "finance.monitoring/lines", 2),
        (BRENT, "finance.ra/lines", 1),
        (BRENT, "finance.rs/lines", 1),
    ]


def agreed(grant: str = "", valve: str = "") -> dict[str, pl.DataFrame]:
    found = {}
    if grant:
        found[GRANT] = table(GRANT, f"ONS_CODE | STANDING | AMOUNT | SOURCE | period\n{grant}")
    if valve:
        found[SAFETY_VALVE] = table(SAFETY_VALVE, f"ONS_CODE | FINANCIAL_YEAR | PAYMENT | SOURCE | period\n{valve}")
    return found


@pytest.mark.spec
@pytest.mark.parametrize(
    ("standing", "chance"), [("paid", 1), ("approved", 1), ("applied", 0.8), ("refused", 0), ("none", 0)]
)
def test_how_far_the_grant_has_come_is_its_chance(standing: str, chance: float) -> None:
    found = agreements(agreed(f"{BARNET} | {standing} | | DfE | 2026"), (BARNET, BRENT))
    assert found.chances(0.8).tolist() == [chance, 0.8]


@pytest.mark.spec
def test_a_decided_grant_and_a_schedule_stand_in_the_balance() -> None:
    named = agreed(f"{BARNET} | paid | 5000000 | DfE | 2026", f"{BRENT} | 2027-28 | 3000000 | DfE | 2026")
    begun = start(authorities=(BARNET, BRENT))
    net = np.broadcast_to(np.array([40.0, 20.0])[None, :, None] * MILLION, (20, 2, len(YEARS)))
    policy = Policy(grant_chance=1.0)

    def balance(given: dict[str, pl.DataFrame]) -> np.ndarray:
        told = agreements(given, (BARNET, BRENT))
        return futures(begun, money(net), placed(40, 20), policy, seed=1, numbers=range(20), agreed=told).dsg_balance

    entered, assumed = balance(named), balance({})
    none = balance(agreed(f"{BARNET} | refused | | DfE | 2026\n{BRENT} | refused | | DfE | 2026"))
    at = {year: place for place, year in enumerate(YEARS)}
    # Barnet is paid what was decided, in the year it is paid; Brent has its schedule and no grant.
    assert (entered - none)[:, 0, at["2026-27"] :] == pytest.approx(5 * MILLION)
    assert (entered - none)[:, 1, at["2026-27"]] == pytest.approx(0)
    assert (entered - none)[:, 1, at["2027-28"] :] == pytest.approx(3 * MILLION)
    assert (assumed - none)[:, 1, at["2026-27"]].max() > 0


def seen(nights: list[float], gross: list[float], ours: list[float], modelled: list[float]) -> SimpleNamespace:
    """One authority of two kinds of placement; health and education pay a tenth."""

    def one(values: list[float]) -> np.ndarray:
        return np.array([values], dtype=float)

    return SimpleNamespace(
        monitored_nights=one(nights),
        monitored_gross=one(gross),
        nights_before=one(ours),
        gross_before=one(modelled),
        cost_before=0.9 * one(modelled),
    )


@pytest.mark.spec
def test_placements_as_monitored_lead_to_those_as_modelled() -> None:
    """Monitored: 100 nights at £2 and 50 at £10. By the returns 90 and 60, at the model's £3 and £9."""
    ahead = seen([100, 50], [200, 500], [90, 60], [270, 540])
    steps = _reconciliation(ahead, [0])  # type: ignore[arg-type]
    assert steps == {
        "monitored": 700,
        "nights": -10 * 2 + 10 * 10,
        "prices": 90 * 1 - 60 * 1,
        "modelled": 810,
        "contributions": pytest.approx(-70),
        "used": pytest.approx(630),
    }
    assert steps["monitored"] + steps["nights"] + steps["prices"] == steps["modelled"]
    assert {f"funding.reconciled.{name}" for name in steps} == set(RECONCILED)
    assert reconciled(ahead).tolist() == [pytest.approx(700 / 810)]  # type: ignore[arg-type]


@pytest.mark.unit
def test_futures_start_from_what_was_monitored() -> None:
    """The model's £40m of Barnet's placements were £44m when monitored: a tenth more, and the rest a tenth less."""
    net = np.broadcast_to(np.array([40.0, 20.0])[None, :, None] * MILLION, (5, 2, len(YEARS)))
    found = futures(
        start(), money(net), placed(40, 20), Policy(), seed=1, numbers=range(5), reconciled=np.array([1.1, 1.0])
    )  # fmt: skip
    usual = futures(start(), money(net), placed(40, 20), Policy(), seed=1, numbers=range(5))
    rest, less = (one.csc_spend[:, 0] - pounds * MILLION for one, pounds in ((usual, 40), (found, 44)))
    assert less == pytest.approx(rest * 60 / 64)
    assert found.share_simulated == pytest.approx([44 / 104, 20 / 50])


@pytest.mark.unit
def test_a_year_that_is_not_monitored_is_left_as_modelled() -> None:
    ahead = seen([np.nan, np.nan], [np.nan, np.nan], [90, 60], [270, 540])
    assert reconciled(ahead).tolist() == [1.0]  # type: ignore[arg-type]
