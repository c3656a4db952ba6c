"""Other rates of grant: the form, the answer in this process's memory while the same returns are held, its picture."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django import forms

from parentis import evidence, region, workflow
from parentis.archive import Home
from parentis.evidence import Cell, Grid, Heading, Row, Scale
from parentis.figures import ChartKind
from parentis.services import uasc
from parentis.web.cache import VersionedCache, model_mark
from parentis.web.forecasts.answers import model as fitted
from parentis.web.question_pages import QuestionForm

REPLICATES = 100
"Number of simulated futures: small, because the reader waits for the answer."
MILLION = Scale(1_000_000, 1, "£ million")
FIELDS: Mapping[str, tuple[str, str, float]] = {
    "under_16": ("Under 16, usual rate", "Pounds per night.", 1000),
    "under_16_high": ("Under 16, high rate", "Pounds per night, for authorities at or above the threshold.", 1000),
    "older": ("16 and 17, usual rate", "Pounds per night.", 1000),
    "older_high": ("16 and 17, high rate", "Pounds per night.", 1000),
    "leaver": ("Care leavers", "Pounds per week.", 5000),
    "threshold": ("Threshold of the high rate", "Per cent of residents aged 0 to 17.", 10),
    "uprating": ("All rates rise each year by", "Per cent, from the second year.", 20),
}
"Field: label, help, the most that can be given."


class RatesForm(QuestionForm):
    """A schedule of rates; an empty field keeps the current rate."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = asdict(uasc.current())
        for name, (label, help_text, most) in FIELDS.items():
            self.fields[name] = forms.FloatField(
                label=label, help_text=f"{help_text} Now {now[name]:g}.", required=False, min_value=0, max_value=most,
                widget=forms.NumberInput(attrs={"class": "govuk-input--width-5", "step": "any"}),
            )  # fmt: skip

    def given(self) -> dict[str, float]:
        """What was given, as it is kept, without what changes nothing."""
        now = asdict(uasc.current())
        given = {name: value for name, value in self.cleaned_data.items() if value is not None}
        return {name: float(value) for name, value in given.items() if float(value) != now[name]}


def words(rates: Mapping[str, float]) -> str:
    """A schedule in a line: `Care leavers 300; All rates rise each year by 2`."""
    return "; ".join(f"{FIELDS[name][0]} {rates[name]:g}" for name in FIELDS if name in rates) or "No changes"


def _futures(home: Home) -> "uasc.Futures | None":
    model = fitted()
    if model is None:
        return None
    with workflow.submitted_references(home):
        return uasc.futures(workflow.tables(home, uasc.FUTURES_NEEDS), model=model, replicates=REPLICATES)


futures: VersionedCache["uasc.Futures | None"] = VersionedCache(_futures, mark=model_mark, most=1)


def _answer(home: Home, rates: str) -> "uasc.Answer | None":
    ahead = futures()
    if ahead is None:
        return None
    now = uasc.current()
    return uasc.ask(ahead, uasc.changed(now, **json.loads(rates)), now)


_answers: VersionedCache["uasc.Answer | None"] = VersionedCache(_answer, mark=model_mark, most=24)


def answer(rates: Mapping[str, float]) -> "uasc.Answer | None":
    """The grant under these rates; None without accepted looked-after children returns."""
    return _answers(json.dumps(dict(rates), sort_keys=True))


def gains(of: "uasc.Answer", own: str) -> list[dict[str, Any]]:
    """What each authority would be paid more, over all the years; without those, but the reader's own, of so few
    people that it would tell of them."""
    ahead = futures()
    if ahead is None:
        return []
    few = uasc.small(ahead, of.schedule, uasc.current()) - {own}
    known = [row for row in of.gains().iter_rows(named=True) if row["authority"] not in few]
    return [row | {"name": region.authority(row["authority"]).name} for row in known]


def in_thousands(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`yearly` as the page shows it: pounds in thousands, per cent as they are."""

    def shown(name: str, value: Any) -> Any:
        if not isinstance(value, dict) or name.startswith("recovery"):
            return value
        return {part: value[part] / 1000 for part in ("mean", "low", "high")}

    return [{name: shown(name, value) for name, value in row.items()} for row in rows]


def yearly(of: "uasc.Answer", place: str) -> list[dict[str, Any]]:
    """One row a year, and their sum: each quantity as `mean, low, high`; of a place, or of all ('')."""
    frame = of.frame([place] if place else ()).filter(group="both")
    rows = []
    for year in (*of.years, "all"):
        quantities = frame.filter(year=year).rows_by_key("quantity", named=True, unique=True)
        rows.append({"year": "All years" if year == "all" else year, **quantities})
    return rows


def picture(of: "uasc.Answer", place: str) -> str:
    """Cost, and grant by both schedules, over the years, as a data address."""
    rows = yearly(of, place)[:-1]
    names = [(key, title) for key, title in (("cost", "Cost"), ("now", "Current rates"), ("proposed", "Proposed rates"))
             if key in rows[0]]  # fmt: skip
    grid = Grid(
        name="rates",
        title="",
        label="Year",
        headings=tuple(Heading(measure="", title=title, scale=MILLION) for _, title in names),
        rows=tuple(
            Row(label=str(row["year"]), cells=tuple(_cell(row[key], str(row["year"])) for key, _ in names))
            for row in rows
        ),
    )
    svg = evidence.draw(ChartKind.FAN, grid, {})
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def _cell(row: Mapping[str, Any], period: str) -> Cell:
    return Cell(
        measure="", geography="", geography_name="", period=period, breakdown="", value=row["mean"], low=row["low"],
        high=row["high"],
    )  # fmt: skip
