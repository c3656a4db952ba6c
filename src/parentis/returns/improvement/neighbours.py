"""DfE's statistical neighbours: for each authority ten others, nearest first, with a word for their closeness.

The relation is directed (A may list B although B does not list A) and dated: an edition is valid until the next is
published. Two layouts have been published: `SN_1, SN_1P, …` (2025) and `SN1, SNP, SN2, SNP, …` (2021).
"""

import re
from typing import TYPE_CHECKING

import polars as pl

from parentis.returns.models import Problem, Reader, Recognised, Return, Tables
from parentis.returns.periods import year_in_name
from parentis.returns.spec import Column, Kind, Spec, Table, codes

if TYPE_CHECKING:
    from parentis.returns.content import Content

MANY = 10
CLOSENESS = codes(
    EXTREMELY="Extremely close", VERY="Very close", CLOSE="Close", SOMEWHAT="Somewhat close", NOT="Not close"
)  # fmt: skip
_WORDS = {one.label.casefold(): one.code for one in CLOSENESS}
_NEIGHBOUR, _NUMBER = re.compile(r"^sn_?(\d+)$"), re.compile(r"^(old_la_code|la num|la number)$")

EDGES = Table(
    name="edges",
    authority="LA_NUMBER",
    meaning="One neighbour of one authority",
    unique=("LA_NUMBER", "PLACE"),
    columns=(
        Column(name="LA_NUMBER", kind=Kind.TEXT, key=True, meaning="DfE number of the authority", example="202"),
        Column(name="PLACE", kind=Kind.INTEGER, key=True, meaning="1 is the nearest, 10 the farthest", example="1"),
        Column(name="NEIGHBOUR", kind=Kind.TEXT, key=True, meaning="DfE number of its neighbour", example="205"),
        Column(name="CLOSENESS", kind=Kind.CODE, codes=CLOSENESS, meaning="How close", example="CLOSE"),
    ),
)


def _top(content: "Content") -> list[str]:
    if content.kind != "csv":
        return []
    grid = content.grid(None, rows=1)
    return [(cell or "").strip().lstrip("\ufeff").casefold() for cell in grid.row(0)] if grid.height else []


def _recognise(content: "Content") -> Recognised | None:
    top = _top(content)
    neighbours = {int(match[1]) for cell in top if (match := _NEIGHBOUR.match(cell))}
    if neighbours != set(range(1, MANY + 1)) or not any(_NUMBER.match(cell) for cell in top):
        return None
    return Recognised(
        file=content.name, return_id="improvement.neighbours", part="", table="edges",
        period=year_in_name(content.name)[:4] or None, because="headings SN_1 to SN_10 beside a number of authority",
    )  # fmt: skip


def _read(content: "Content", taken: Recognised) -> Tables:
    top, grid = _top(content), content.grid(None).slice(1)
    own = next(at for at, cell in enumerate(top) if _NUMBER.match(cell))
    parts = []
    for at, cell in enumerate(top):
        if match := _NEIGHBOUR.match(cell):
            parts.append(
                grid.select(
                    LA_NUMBER=pl.nth(own), NEIGHBOUR=pl.nth(at), CLOSENESS=pl.nth(at + 1), PLACE=pl.lit(match[1])
                ).with_row_index("row")
            )
    rows = pl.concat(parts).with_columns(pl.exclude("row").str.strip_chars())
    word = pl.col("CLOSENESS").str.to_lowercase()
    edges = rows.with_columns(
        *(pl.col(name).str.replace(r"\.0$", "") for name in ("LA_NUMBER", "NEIGHBOUR")),
        CLOSENESS=word.replace_strict(_WORDS, default=pl.col("CLOSENESS")),
    ).sort("row", pl.col("PLACE").cast(pl.Int64), maintain_order=True)  # fmt: skip
    whole = edges.filter(pl.col("LA_NUMBER").is_not_null(), pl.col("NEIGHBOUR").is_not_null())
    lost = edges.height - whole.height
    said = f"{lost} neighbours without a number were left out"
    note = Problem(file=content.name, where="edges", message=said, severity="note", rows=lost)
    return Tables(
        tables={"edges": whole.select("LA_NUMBER", "PLACE", "NEIGHBOUR", "CLOSENESS")},
        problems=(note,) if lost else (),
        rows=edges.height,
        kept=whole.height,
    )


NEIGHBOURS = Return(
    spec=Spec(
        id="improvement.neighbours",
        title="Statistical neighbours of authorities",
        tables=(EDGES,),
        source="DfE, children's services statistical neighbour model, gov.uk",
    ),
    submitter="publisher",
    publisher="DfE",
    period_kind="year",
    readers=(Reader(name="Statistical neighbours", recognise=_recognise, read=_read),),
    audience="published",
)
