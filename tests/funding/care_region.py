"""A small invented region with everything that the forecast starts from: children, prices, budgets and high needs."""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl
from funding_tables import table

from parentis.services.funding.forecast.compute import FORECAST_NEEDS

BOROUGHS = tuple(f"E09{number:06}" for number in range(2, 14))
"Twelve authorities, so that the region may be looked at without its largest four."
YEARS = ("2019-20", "2020-21", "2021-22", "2022-23", "2023-24", "2024-25")
PLACES = (("U4", "PR1"), ("U4", "PR4"), ("K2", "PR4"))
STAY, EVERY = 260, 30


def care_region(boroughs: Sequence[str] = BOROUGHS, *, years: Sequence[str] = YEARS) -> dict[str, pl.DataFrame]:
    """Tables as the lake has them; numbers rise from borough to borough and a little from year to year."""
    made = {need: pl.DataFrame() for need in FORECAST_NEEDS}
    return {**made, **_children(boroughs, years), **_money(boroughs, years)}


def _children(boroughs: Sequence[str], years: Sequence[str]) -> dict[str, pl.DataFrame]:
    episodes, header = [], []
    for at, borough in enumerate(boroughs):
        for number in range(12 * len(years)):
            begun = date(int(years[0][:4]), 4, 1) + timedelta(days=EVERY * number + at)
            over = begun + timedelta(days=STAY + 7 * (number % 9))
            child, (place, provider) = f"{borough}-{number}", PLACES[(number + at) % len(PLACES)]
            for year in years:
                first, last = date(int(year[:4]), 4, 1), date(int(year[:4]) + 1, 3, 31)
                if begun > last or over < first:
                    continue
                ended = over if over <= last else None
                told = {"authority": borough, "period": year, "CHILD": child}
                episodes.append(
                    {**told, "DECOM": begun, "RNE": "S", "LS": "C2", "CIN": "N1", "PLACE": place, "DEC": ended,
                     "PLACE_PROVIDER": provider, "REC": "E4A" if ended else None}
                )  # fmt: skip
                header.append({**told, "SEX": "1", "DOB": date(begun.year - 3 - number % 13, 6, 1), "ETHNIC": "WBRI"})
    beside = {"load_id": "l", "sequence": 1, "provisional": False}
    dates = {"DECOM": pl.Date, "DEC": pl.Date, "DOB": pl.Date}
    frames = {}
    for name, rows in (("Episodes", episodes), ("Header", header)):
        frame = pl.DataFrame(rows, schema_overrides={key: of for key, of in dates.items() if key in rows[0]})
        frames[f"ssda903/{name}"] = frame.with_row_index("row").with_columns(
            **{key: pl.lit(value) for key, value in beside.items()},
            **{key: pl.lit(None, pl.String) for key in ("REASON_PLACE_CHANGE", "PL_POST", "URN")},
        )
    text = dict.fromkeys(("authority", "period", "load_id", "CHILD"), pl.String)
    schema = {**text, "row": pl.UInt32, "sequence": pl.Int64, "DUC": pl.Date}
    return {**frames, "ssda903/UASC": pl.DataFrame(schema=schema)}


def _money(boroughs: Sequence[str], years: Sequence[str]) -> dict[str, pl.DataFrame]:
    lines, high, activity = [], [], []
    for at, borough in enumerate(boroughs):
        for step, year in enumerate(years):
            size = (20 + 3 * at) * 1_000_000 * 1.04**step * (1 + 0.01 * ((step + at) % 3))
            lines += [
                f"{borough} | {year} | Q4 | csc | {0.93 * size:.0f} | {0.95 * size:.0f} | {size:.0f}",
                f"{borough} | {year} | Q4 | asc | {size:.0f} | {size:.0f} | {1.01 * size:.0f}",
                f"{borough} | {year} | Q4 | csc.looked_after | | {0.4 * size:.0f} | {0.4 * size:.0f}",
            ]
            high.append(f"{borough} | {year} | Q4 | {0.5 * size:.0f} | 0 | {0.55 * size:.0f} | {-0.05 * size:.0f}")
            activity += [
                f"{borough} | {year} | Q{quarter} | {group} | {weeks} | {weeks * pounds * 1.03**step:.0f}"
                for quarter in range(1, 5)
                for group, weeks, pounds in (("foster_own", 40, 450), ("residential_external", 30, 4_500))
            ]
    texts = {
        "lines": "authority | period | QUARTER | SERVICE_LINE | ORIGINAL_BUDGET | REVISED_BUDGET | OUTTURN\n"
        + "\n".join(lines),
        "high_needs": "authority | period | QUARTER | ALLOCATION_AFTER_DEDUCTIONS | TRANSFERS_IN | SPEND | "
        "BROUGHT_FORWARD\n" + "\n".join(high),
        "activity": "authority | period | QUARTER | PLACEMENT_GROUP | CHILD_WEEKS | SPEND\n" + "\n".join(activity),
    }
    return {f"finance.monitoring/{name}": table(f"finance.monitoring/{name}", text) for name, text in texts.items()}
