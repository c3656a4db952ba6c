"""Explains one figure: its value and labels, its calculation and inputs, its rows, and its earlier values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from parentis import lake
from parentis.archive import Home
from parentis.errors import NotFoundError
from parentis.figures import HIDDEN, Catalogue, Measure, Viewer, release
from parentis.lake import earlier_builds
from parentis.workflow.results.queries import Origin, catalogue, inputs_seen, provenance_of, released

KEY = ("measure", "geography", "period", "breakdown", "scenario")
CHANGES_NAMED = 6
"Submissions that came or went, named one by one; of more, how many."


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A figure's value in an earlier build: `at` is when it was shown; it also says why the next value differs."""

    at: Any
    value: float | None
    suppressed: str | None
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """`figure` is a row of released figures; `others` how many more were made of the same rows."""

    figure: Mapping[str, Any]
    measure: Measure
    origin: Origin
    others: int
    earlier: tuple[Earlier, ...]

    @property
    def parameters(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = json.loads(str(self.origin.provenance["parameters"]))
        return found


def explain(
    home: Home,
    provenance_id: str,
    viewer: Viewer,
    measure: str = "",
    geography: str = "",
    period: str = "",
    breakdown: str = "",
) -> Explanation:
    """The figure of this key and provenance, as `viewer` may see it; without a key the first that has the provenance.

    NotFoundError where they see none."""
    known = catalogue(home)
    seen = released(home, known, viewer, provenance_id=provenance_id).sort(*KEY)
    wanted = seen
    if measure:
        named = {"measure": measure, "geography": geography, "period": period, "breakdown": breakdown}
        wanted = seen.filter(pl.col(name) == value for name, value in named.items())
    if wanted.is_empty():
        raise NotFoundError(
            expected="the provenance_id of a figure you can see", found="another", where="provenance_id",
            do="Take it from a figure; a build since may have replaced it.",
        )  # fmt: skip
    figure = wanted.row(0, named=True)
    found = provenance_of(home, provenance_id)
    origin = Origin(provenance=found.provenance, inputs=inputs_seen(home, found.inputs, viewer, seen))
    return Explanation(
        figure=figure, measure=known[figure["measure"]], origin=origin, others=seen.height - 1,
        earlier=tuple(_earlier(home, known, viewer, figure, found, str(found.provenance["service"]))),
    )  # fmt: skip


def _earlier(
    home: Home, known: Catalogue, viewer: Viewer, figure: Mapping[str, Any], now: Origin, service: str
) -> Sequence[Earlier]:
    """The earlier builds that are kept, latest first. A reader for several authorities sees those of their own figures
    only, because which figures may be compared was decided for all figures together, not for a single one."""
    if len(viewer.authorities) > 1 and figure["geography"] not in viewer.authorities:
        return []
    told, after, value_after = [], now, figure["value"]
    is_key = [pl.col(name) == figure[name] for name in KEY]
    for build in earlier_builds(home, service):
        held = build.figures().filter(is_key).collect()
        if held.is_empty() or not set(HIDDEN) <= set(held.columns):
            continue
        seen = release(held, known, viewer)
        if seen.is_empty():
            continue
        row = seen.row(0, named=True)
        was = Origin(
            provenance=build.provenance(held["provenance_id"][0]), inputs=build.inputs(held["provenance_id"][0])
        )
        why = _differs(home, was, after) if row["value"] != value_after else ("The value is the same.",)
        told.append(Earlier(at=build.at, value=row["value"], suppressed=row["suppressed"], why=why))
        after, value_after = was, row["value"]
    return told


def _differs(home: Home, before: Origin, after: Origin) -> tuple[str, ...]:
    """Why a figure of `after` may differ from that of `before`: rows, code, parameters."""
    said = []
    loads = [frozenset(one.inputs["load_id"]) for one in (before, after)]
    came, went = len(loads[1] - loads[0]), len(loads[0] - loads[1])
    if came or went:
        said.append(f"Submissions behind it: {came} new, {went} no longer counted.")
    rows = [int(one.inputs["row_count"].sum()) for one in (before, after)]
    if rows[0] != rows[1] and not (came or went):
        said.append("Other rows of the same submissions were used.")
    if before.provenance["code_version"] != after.provenance["code_version"]:
        said.append("The version of Parentis that made it changed.")
    if before.provenance["parameters"] != after.provenance["parameters"]:
        was, is_ = (json.loads(str(one.provenance["parameters"])) for one in (before, after))
        changed = sorted(name for name in {*was, *is_} if was.get(name) != is_.get(name))
        said.append(f"Parameters changed: {', '.join(changed)}.")
    return tuple(said) or ("The submissions behind it, the version and the parameters are the same.",)


MOST_SUMMED = 5_000
"Rows up to which a figure is added up again to say how it was made."


def added_up(home: Home, explanation: Explanation) -> str:
    """How the figure follows from sums of the rows behind it, where it is one or the difference of two.

    '' otherwise, and if the reader may not see some of the rows. The sums are computed here and compared."""
    inputs, value = explanation.origin.inputs, explanation.figure["value"]
    if value is None or inputs.is_empty() or not inputs["open"].all() or inputs["row_count"].sum() > MOST_SUMMED:
        return ""
    sums: dict[str, float] = {}
    for one in inputs.iter_rows(named=True):
        found, _ = rows_behind(
            home, explanation.origin, one["submission_id"], one["table"], explanation.figure["geography"],
            offset=0, most=MOST_SUMMED,
        )  # fmt: skip
        for name, dtype in found.drop("row").schema.items():
            if dtype.is_numeric():
                sums[name] = sums.get(name, 0.0) + float(found[name].sum() or 0)
    rows = f"over {int(inputs['row_count'].sum()):,} rows"
    close = 0.005 + 1e-9 * abs(value)
    for column, total in sums.items():
        if abs(total - value) <= close and total:
            return f"The sum of {column} {rows}: {total:,.2f}."
    for column, total in sums.items():
        for other, less in sums.items():
            if column != other and total and less and abs(total - less - value) <= close:
                return (
                    f"The sum of {column} less the sum of {other}, {rows}: {total:,.2f} − {less:,.2f} = {value:,.2f}."
                )
    return ""


def rows_behind(
    home: Home, origin: Origin, submission_id: str, table: str, geography: str, *, offset: int, most: int
) -> tuple[pl.DataFrame, int]:
    """The rows of one submission's table that a figure was made of, `most` of them from `offset` on, and how many there
    are. Columns are the return's own and `row`. Who may see them is for the caller to ask.

    Where every row of the figure's place was used, those of `geography`; all of them if it has none. NotFoundError
    where the submission is not behind the figure."""
    inputs = origin.inputs.filter(pl.col("submission_id") == submission_id, pl.col("table") == table)
    if inputs.is_empty():
        raise NotFoundError(
            expected="a table behind the figure", found="another", where="origin", do="Follow a link on its page."
        )
    one = inputs.row(0, named=True)
    _, declared = lake.declared(table)
    columns = [column.name for column in declared.columns]
    frame = lake.read(home, table).filter(pl.col("load_id") == one["load_id"])
    if one["rows"] is not None:
        frame = frame.filter(pl.col("row").is_in(one["rows"]))
    found = frame.sort("row").collect()
    own = found.filter(pl.col("authority") == geography)
    found = own if one["rows"] is None and not own.is_empty() else found
    shown = [name for name in columns if name in found.columns]
    return found.slice(offset, most).select("row", *shown), found.height
