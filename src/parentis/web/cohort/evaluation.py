"""How well early identification does beside a manager's rule: sheets of the last build's frames."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import polars as pl

from parentis import evidence
from parentis.figures import NEAREST
from parentis.services.cohort.identification.frames import RULES
from parentis.web.cohort.held import Reader, frame, place_name
from parentis.web.cohort.sheets import Sheet, lines_of, number, span

POLICIES: Final[Mapping[str, str]] = {
    "model": "The model",
    "refer all": "Refer all",
    "refer none": "Refer none",
    "by lot": "By lot",
    **{rule: f"Rule: {words}" for rule, words in RULES.items()},
}
VALIDATIONS: Final[Mapping[str, str]] = {"time": "In a later year", "left out": "With the borough left out"}
BY: Final[Mapping[str, str]] = {
    "all": "All children",
    "authority": "Borough",
    "ethnicity": "Ethnic group",
    "sex": "Sex",
}


def _rows(name: str) -> list[dict[str, Any]]:
    held = frame(name)
    return [] if held is None or held.is_empty() else held.rows(named=True)


def headline() -> dict[str, Any] | None:
    """What the page says first, with the model's gain over the rule in words; None before a build has judged it."""
    row = next(iter(_rows("risk_headline")), None)
    if row is None or row["gain"] is None:
        return row
    gain, low, high = (_per_thousand(row[key]) for key in ("gain", "low", "high"))
    rule = POLICIES.get(row["rule"], row["rule"]).removeprefix("Rule: ")
    return row | {
        "rests_on": f"Acting from a chance of {100 * row['threshold']:.0f} %, the model's net benefit less that of the "
        f"rule “{rule}” is {number(gain, 1)} for 1,000 children (95 % interval {span(low, high, 1)})."
    }


def _group(row: dict[str, Any]) -> str:
    if row["by"] == "all":
        return "All children"
    return place_name(row["group"]) if row["by"] == "authority" else str(row["group"])


def calibration(reader: Reader) -> Sheet:
    """Slope and intercept by borough, ethnic group and sex; other boroughs are shown to the region alone."""
    rows = [
        row
        for row in _rows("risk_calibration")
        if row["by"] != "authority" or not reader.own or row["group"] == reader.own
    ]
    drawn = [row for row in rows if row["slope"] is not None and row["validation"] == "time"]
    return Sheet(
        id="calibration",
        title="Calibration",
        lead="A slope of 1 and an intercept of 0: of children given a chance of one in ten, one in ten comes to it.",
        headings=("Checked", "Of", "Group", "Children", "Slope", "95 % interval", "Intercept", "95 % interval"),
        lines=lines_of(
            rows,
            lambda row: VALIDATIONS.get(row["validation"], row["validation"]),
            lambda row: BY.get(row["by"], row["by"]),
            _group,
            # How many of an authority's children are at risk is exact: it is shown to that authority alone.
            lambda row: number(row["n"]) if row["by"] != "authority" or row["group"] == reader.own else "not shown",
            lambda row: _few(row, "slope"),
            lambda row: span(row["slope_low"], row["slope_high"], 2),
            lambda row: _few(row, "intercept"),
            lambda row: span(row["intercept_low"], row["intercept_high"], 2),
            own=lambda row: bool(reader.own) and row["group"] == reader.own,
        ),
        picture=evidence.interval_chart(
            pl.DataFrame(
                {
                    "name": [
                        f"{BY[row['by']]}: {_group(row)}" if row["by"] != "all" else "All children" for row in drawn
                    ],
                    "own": [row["group"] == reader.own for row in drawn],
                    "low": [float(row["slope_low"]) for row in drawn],
                    "value": [float(row["slope"]) for row in drawn],
                    "high": [float(row["slope_high"]) for row in drawn],
                }
            ),
            "slope",
            1.0,
        )
        if drawn
        else "",
        alternative="Slopes with their intervals; the line is a slope of 1",
    )


def _few(row: dict[str, Any], key: str) -> str:
    return f"{row[key]:.2f}" if row[key] is not None else str(row.get("because") or "too few")


def curve(_reader: Reader) -> Sheet:
    """What was said and what happened, by band of chance."""
    rows = _rows("risk_calibration_curve")
    return Sheet(
        id="curve",
        title="What was said, and what happened",
        lead="Ten groups of London's children at risk in the year that was held back, by the chance that was said.",
        headings=("Said, %", "Happened, %", "95 % interval", "Children"),
        lines=lines_of(
            rows,
            lambda row: number(_percent(row["chance"]), 1),
            lambda row: number(_percent(row["happened"]), 1),
            lambda row: span(_percent(row["low"]), _percent(row["high"]), 1),
            lambda row: number(_near(row["n"])),
            own=lambda _row: False,
        ),
    )


def _near(count: int) -> int:
    return round(count / NEAREST) * NEAREST


def _percent(value: float | None) -> float | None:
    return None if value is None else 100 * value


def benefit(_reader: Reader) -> Sheet:
    """The decision curve: net benefit of the model, the rules, all and none at each threshold."""
    rows = _rows("risk_benefit")
    drawn = [row for row in rows if row["net_benefit"] is not None]
    return Sheet(
        id="benefit",
        title="Net benefit",
        lead="True referrals less false ones, the false weighted by the threshold: the chance from which a manager "
        "would act. Last columns: the model's gain over each way, with its interval; where that holds 0, it is no "
        "better.",
        headings=("Act from, %", "Way", "Net benefit, for 1,000 children", "Model's gain", "95 % interval"),
        lines=lines_of(
            rows,
            lambda row: f"{100 * row['threshold']:.0f}",
            lambda row: POLICIES.get(row["policy"], row["policy"]),
            lambda row: number(_per_thousand(row["net_benefit"]), 1),
            lambda row: number(_per_thousand(row["gain"]), 1, none=""),
            lambda row: span(_per_thousand(row["low"]), _per_thousand(row["high"]), 1),
            own=lambda row: row["policy"] == "model",
        ),
        picture=evidence.lines_chart(
            pl.DataFrame(
                {
                    "at": [f"{100 * row['threshold']:.0f} %" for row in drawn],
                    "series": [POLICIES.get(row["policy"], row["policy"]) for row in drawn],
                    "value": [1000 * float(row["net_benefit"]) for row in drawn],
                    "low": [None] * len(drawn),
                    "high": [None] * len(drawn),
                },
                schema_overrides={"low": pl.Float64, "high": pl.Float64},
            ),
            "for 1,000 children",
        )
        if drawn
        else "",
        alternative="Net benefit of each way by threshold",
    )


def _per_thousand(value: float | None) -> float | None:
    return None if value is None else 1000 * value


def capacity(reader: Reader) -> Sheet:
    """With so many places, how many of the children who come to it would have had one."""
    rows = [row for row in _rows("risk_capacity") if row["geography"] == reader.place]
    return Sheet(
        id="capacity",
        title="With so many places",
        lead="If a service had places for so many children, how many of those who came to it within the year would "
        "have been among them, in the year that was held back.",
        headings=("Places", "Chosen by", "Of those who came to it", "Children at risk"),
        lines=lines_of(
            rows,
            lambda row: number(row["places"]),
            lambda row: POLICIES.get(row["policy"], row["policy"]),
            _found,
            lambda row: number(row["at_risk"]),
            own=lambda row: row["policy"] == "model",
        ),
    )


def _found(row: dict[str, Any]) -> str:
    if row["found"] is None or row["moved"] is None:
        return "fewer than 6"
    return f"{row['found']:.0f} of {row['moved']}"


def terms(_reader: Reader) -> Sheet:
    """What the model is: every term with its odds ratio."""
    return Sheet(
        id="terms",
        title="What the model is",
        lead="Each term multiplies the monthly odds. There is nothing else in it.",
        headings=("Of", "Term", "Odds ratio", "95 % interval"),
        lines=lines_of(
            _rows("risk_terms"),
            lambda row: "coming to it" if row["outcome"] == "event" else "leaving care",
            lambda row: row["title"],
            lambda row: number(row["odds"], 2),
            lambda row: span(row["low"], row["high"], 2),
            own=lambda _row: False,
        ),
    )


def facts() -> list[tuple[str, str]]:
    """What was fitted on what, and tested on what."""
    return [(row["what"], row["value"]) for row in _rows("risk_model")]


def notes() -> list[str]:
    return [row["note"] for row in _rows("risk_notes")]


SHEETS: Final[Mapping[str, Callable[[Reader], Sheet]]] = {
    "benefit": benefit, "calibration": calibration, "curve": curve, "capacity": capacity, "terms": terms,
}  # fmt: skip
