"""What the model makes of bad and awkward input: a sentence or a stated fallback, never a silent number."""

import csv
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from demand_tables import tables_of

from parentis.errors import NotFoundError
from parentis.services.demand import COMMISSIONING, FOUR, Capacity, Mix, Rate, Scenario, fit, groups_named, simulate
from parentis.services.demand.commands import forecast
from parentis.services.demand.estimation.extracts import as_yearly
from parentis.services.demand.estimation.histories import Histories
from parentis.services.demand.estimation.model import fit_histories


def year_of(year: int, children: int = 40, leave_after: int = 200) -> list[tuple]:
    """Every ninth day a child comes; each leaves after `leave_after` days, or is still there at the year's end."""
    period, rows = f"{year}-{(year + 1) % 100:02}", []
    for at in range(children):
        start = date.fromordinal(date(year, 4, 1).toordinal() + 9 * at)
        end = date.fromordinal(start.toordinal() + leave_after)
        gone = end <= date(year + 1, 3, 31)
        rows.append((period, f"{year}c{at}", start, "U4" if at % 2 else "K2", "PR1", end if gone else None,
                     "E4A" if gone else "X1", "C2"))  # fmt: skip
        if not gone:
            later = f"{year + 1}-{(year + 2) % 100:02}"
            rows.append((later, f"{year}c{at}", start, "U4" if at % 2 else "K2", "PR1", end, "E4A", "C2"))
    return rows


def years(first: int, last: int) -> list[tuple]:
    return [row for year in range(first, last + 1) for row in year_of(year) if row[0] <= f"{last}-99"]


@pytest.mark.spec
def test_groups_follow_place_and_provider() -> None:
    frame = pl.DataFrame(
        {
            "place": ["U4", "U4", "U1", "K1", "H5", "Z1", None],
            "provider": ["PR1", "PR4", "PR1", "PR4", "PR4", "PR1", None],
        }
    )
    names = [COMMISSIONING.names[at] for at in frame.select(COMMISSIONING.of()).to_series()]
    assert names == ["fostering in-house", "fostering independent", "kinship", "secure", "supported", "other", "other"]
    assert FOUR.names == ("fostering", "residential", "supported", "other")


@pytest.mark.spec
def test_groups_can_be_written_out() -> None:
    groups = groups_named("own=U4/PR1; bought=U4 K2")
    frame = pl.DataFrame({"place": ["U4", "U4", "K2", "P1"], "provider": ["PR1", "PR4", "PR4", "PR0"]})
    assert frame.select(groups.of()).to_series().to_list() == [0, 1, 1, 2]
    with pytest.raises(NotFoundError):
        groups_named("nonsense")


@pytest.mark.unit
def test_a_missing_year_is_said_and_not_counted_as_empty() -> None:
    rows = [row for row in years(2019, 2022) if row[0] != "2020-21"]
    model = fit(tables_of(rows), groups=FOUR)
    assert any("missing" in note for note in model.notes)
    assert 25 < simulate(model, months=12, replicates=60).total("entries").sum(axis=1).mean() < 60


@pytest.mark.unit
def test_children_without_a_date_of_birth_get_the_median_age_and_are_counted() -> None:
    rows = years(2021, 2022)
    header = [("2021-22", row[1], None if at % 4 == 0 else date(2011, 5, 5)) for at, row in enumerate(rows)]
    model = fit(tables_of(rows, header), groups=FOUR)
    assert any("no date of birth" in note for note in model.notes)
    assert (model.stock.birth > -18 * 366).all()


@pytest.mark.unit
def test_an_extract_of_many_years_is_the_same_as_its_yearly_returns() -> None:
    rows = years(2019, 2022)
    yearly = tables_of(rows)
    last = {(row[1], row[2]): row for row in rows}
    extract = tables_of([("2022-23", *row[1:]) for row in last.values()])
    cut = date(2022, 3, 31)
    one, many = (fit(as_yearly(each), groups=FOUR, cut=cut) for each in (extract, yearly))
    assert len(one.stock.key) == len(many.stock.key)
    assert (one.entries.counts.sum(), one.exits.mean.round(6).tolist()) == (
        many.entries.counts.sum(),
        many.exits.mean.round(6).tolist(),
    )


@pytest.mark.unit
def test_rates_up_and_down_do_what_they_say(known: Histories) -> None:
    model = fit_histories(known)
    base = simulate(model, months=12, replicates=60)
    fewer = simulate(model, Scenario("", (Rate(kind="entry", factor=0.5),)), months=12, replicates=60)
    more = simulate(model, Scenario("", (Rate(kind="exit", factor=1.5),)), months=12, replicates=60)
    none = simulate(model, Scenario("", (Rate(kind="exit", factor=1.0),)), months=12, replicates=60)
    assert fewer.total("entries").sum() == pytest.approx(base.total("entries").sum() / 2, rel=0.05)
    assert (fewer.total() <= base.total()).all()
    assert more.total()[:, -1].mean() < base.total()[:, -1].mean() - 5
    assert (none.stock == base.stock).all()


@pytest.mark.unit
def test_a_change_that_starts_later_changes_nothing_before(known: Histories) -> None:
    model = fit_histories(known)
    october = date(2024, 10, 1)
    faster = Rate(kind="exit", factor=3.0, start=october, ramp_months=2)
    elsewhere = Mix(source="residential", target="fostering", share=1.0, start=october)
    later = Scenario("", (faster, elsewhere))
    base, changed = simulate(model, months=12, replicates=30), simulate(model, later, months=12, replicates=30)
    assert (base.stock[..., :6] == changed.stock[..., :6]).all()
    assert (changed.region("stock")[:, 1, -1] < base.region("stock")[:, 1, -1]).mean() > 0.9


@pytest.mark.unit
def test_a_limit_nobody_meets_changes_nothing_and_a_full_group_overflows(known: Histories) -> None:
    model = fit_histories(known)
    base = simulate(model, months=12, replicates=10)
    loose = simulate(
        model, Scenario("", (Capacity(state="residential", places=10_000, overflow="other"),)), months=12, replicates=10
    )
    assert (loose.stock == base.stock).all()
    now = int((model.stock.state == 1).sum())
    tight = simulate(
        model,
        Scenario("", (Capacity(state="residential", places=now // 2, overflow="other"),)),
        months=12,
        replicates=10,
    )
    # Below the stock at the cut: nobody is moved out, nobody comes in, until it has fallen.
    residential = tight.region()[:, 1]
    assert ((np.diff(residential, axis=1) <= 0) | (residential[:, 1:] <= now // 2)).all()
    assert (tight.total() > 0).all()
    assert tight.region()[:, 3, -1].mean() > base.region()[:, 3, -1].mean()


@pytest.mark.unit
def test_scenarios_are_saved_and_mistakes_in_them_told() -> None:
    whole = Scenario("s", (Rate(kind="exit", factor=1.2, to=("adopted",), start=date(2025, 1, 1)),
                           Capacity(state="secure", places=24, overflow="other")))  # fmt: skip
    assert Scenario.from_json(whole.to_json()) == whole
    with pytest.raises(NotFoundError):
        Scenario.from_json('{"name": "x", "changes": [{"type": "magic"}]}')


@pytest.mark.unit
def test_an_unknown_state_in_a_scenario_is_told(known: Histories) -> None:
    with pytest.raises(NotFoundError, match="castle"):
        simulate(
            fit_histories(known),
            Scenario("", (Rate(kind="exit", factor=1, states=("castle",)),)),
            months=1,
            replicates=1,
        )


def _write(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    with (folder / name).open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.integration
@pytest.mark.parametrize("layout", ["yearly files", "columns LA and YEAR", "one extract"])
def test_raw_returns_in_any_layout_give_the_same_forecast(layout: str, tmp_path: Path) -> None:
    from parentis import workflow

    cells = [
        {"YEAR": row[0][:4], "LA": "Camden", "CHILD": row[1], "DECOM": f"{row[2]:%d/%m/%Y}",
         "RNE": "S", "LS": row[7], "CIN": "N1", "PLACE": row[3],
         "PLACE_PROVIDER": row[4], "DEC": f"{row[5]:%d/%m/%Y}" if row[5] else "", "REC": row[6],
         "REASON_PLACE_CHANGE": "", "HOME_POST": "", "PL_POST": "", "URN": ""}
        for row in years(2019, 2022)
    ]  # fmt: skip
    told = [{"YEAR": one["YEAR"], "LA": "Camden", "CHILD": one["CHILD"], "SEX": "1", "DOB": "05/06/2011",
             "ETHNIC": "WBRI", "UPN": "", "MOTHER": "", "MC_DOB": ""} for one in cells]  # fmt: skip
    if layout == "columns LA and YEAR":
        _write(tmp_path, "episodes.csv", cells)
        _write(tmp_path, "header.csv", told)
    else:
        plain = [{k: v for k, v in one.items() if k not in ("LA", "YEAR")} | {"y": one["YEAR"]} for one in cells]
        heads = [{k: v for k, v in one.items() if k not in ("LA", "YEAR")} | {"y": one["YEAR"]} for one in told]
        if layout == "one extract":
            plain = [one | {"y": "2022"} for one in {(o["CHILD"], o["DECOM"]): o for o in plain}.values()]
            heads = [one | {"y": "2022"} for one in {o["CHILD"]: o for o in heads}.values()]
        for year in sorted({one["y"] for one in plain}):
            for name, rows in (("episodes", plain), ("header", heads)):
                _write(
                    tmp_path,
                    f"{year}-{name}.csv",
                    [{k: v for k, v in o.items() if k != "y"} for o in rows if o["y"] == year],
                )
    needs = ("ssda903/Episodes", "ssda903/Header", "ssda903/UASC")
    tables = workflow.tables_from_files([tmp_path], needs)
    found = forecast(tables, cut="2022-03-31", months=3, replicates=40).document
    assert list(found) == ["fostering", "residential", "supported", "other", "total"]
    assert list(found["total"]) == ["2022-04-30", "2022-05-31", "2022-06-30"]
    assert list(found["total"]["2022-04-30"]) == ["mean", "sd", "p2_5", "p10", "p50", "p90", "p97_5"]
    assert found["total"]["2022-04-30"]["mean"] == pytest.approx(22, abs=2.5)
