"""Facts inferred from a set of looked-after children tables: the collection year, and which children are UASC."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from parentis.returns.cells import RAW, lenient_date
from parentis.returns.ssda903.spec import SPEC

_ENDS = {"Episodes": ("DEC",), "Missing": ("MIS_END",)}
"Events that must fall within the collection year, and so give the best evidence of it."
_STARTS = {"Episodes": ("DECOM",), "Reviews": ("REVIEW",), "Missing": ("MIS_START",), "DoLo": ("DOLO_START",)}


def infer_period(tables: Mapping[str, pl.DataFrame]) -> str | None:
    """The collection year in which most episodes and absences end; if none ends, in which most begin.

    The later of two equally frequent years; None where there are no dates in the years the spec covers.
    """
    for columns in (_ENDS, _STARTS):
        days = [
            tables[table].select(lenient_date(name).alias("day"))
            for table, names in columns.items()
            for name in names
            if table in tables and name in tables[table].columns
        ]
        if not days:
            continue
        first = pl.col("day").dt.offset_by("-3mo").dt.year()
        years = pl.concat(days).drop_nulls().select(first.alias("year"))
        counts = years.group_by("year").len().sort("len", "year", descending=True)
        labels = [f"{year}-{(year + 1) % 100:02d}" for year in counts["year"]]
        if dated := next((label for label in labels if label in SPEC.periods), None):
            return dated
    return None


def complete(tables: Mapping[str, pl.DataFrame]) -> Mapping[str, pl.DataFrame]:
    """Add the Header's UASC flag where only the UASC table gives it: `1` for a child in that table, otherwise `0`.

    Without a UASC table the flag is blank.
    """
    header, uasc = tables.get("Header"), tables.get("UASC")
    if header is None or "UASC" in header.columns:
        return tables
    flag = pl.lit(None, pl.String)
    if uasc is not None:
        seeking = uasc.select(_child()).to_series().drop_nulls()
        flag = pl.when(_child().is_in(seeking.implode())).then(pl.lit("1")).otherwise(pl.lit("0"))
    return {**tables, "Header": header.with_columns(flag.alias("UASC")).select(pl.exclude("file"), "file")}


def align(tables: Mapping[str, pl.DataFrame]) -> tuple[Mapping[str, pl.DataFrame], list[str]]:
    """The tables with leading zeros restored in child numbers, where some tables have lost them.

    A spreadsheet changes 00123 to the number 123. Where one table has one form, another has the other, and none has
    both, they are the same child; a remark reports what was changed.
    """
    written = {
        name: frame["CHILD"].drop_nulls().str.strip_chars().unique()
        for name, frame in tables.items()
        if "CHILD" in frame.columns
    }
    if not any(numbers.str.contains(r"^0\d").any() for numbers in written.values()):
        return tables, []
    of_each = pl.concat([pl.DataFrame({"table": name, "child": numbers}) for name, numbers in written.items()])
    numbers = of_each.filter(pl.col("child").str.contains(r"^\d+$")).with_columns(
        bare=pl.col("child").str.strip_chars_start("0")
    )
    both = numbers.group_by("table", "bare").len().filter(pl.col("len") > 1)["bare"].unique()
    forms = numbers.unique(["child", "bare"]).group_by("bare").agg(forms="child")
    pairs = forms.filter(pl.col("forms").list.len() > 1, ~pl.col("bare").is_in(both.implode()))["forms"].to_list()
    meant = {form: max(forms, key=len) for forms in pairs for form in forms if len(set(map(len, forms))) == len(forms)}
    aligned, said = dict(tables), []
    for name, found in written.items():
        lost = [number for number in found if meant.get(number, number) != number]
        if lost:
            aligned[name] = tables[name].with_columns(pl.col("CHILD").str.strip_chars().replace(meant))
            said.append(
                f"{name}: {len(lost):,} child numbers lack leading zeros that other tables have: read with them"
            )
    return aligned, said


def workers(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Each child's social worker: that of the open episode, otherwise that of the latest episode."""
    episodes = tables.get("SWEpisodes", pl.DataFrame(schema={"CHILD": pl.String(), "SW_ID": pl.String()}))
    order = [name for name in ("SW_DEC", "SW_DECOM") if name in episodes.columns]
    named = episodes.filter(pl.col("CHILD").is_not_null() & pl.col("SW_ID").is_not_null())
    if order:  # an open episode has no SW_DEC: `nulls_last` puts it, or else the latest end, last
        named = named.sort(order, nulls_last=[name == "SW_DEC" for name in order], maintain_order=True)
    last = named.unique("CHILD", keep="last", maintain_order=True)
    return last.select(child=pl.col("CHILD"), worker=pl.col("SW_ID").cast(pl.String))


def misdated(tables: Mapping[str, pl.DataFrame], end: date) -> dict[str, str]:
    """The typed tables that cannot belong to the year to `end`, with the reason.

    A return has no data on the days after its year, so a table with half of its start dates there belongs to another
    year; the year of a table without readable dates cannot be known. Rules report single errors.
    """
    found = {}
    for table, (column,) in _STARTS.items():
        if table not in tables or column not in tables[table].columns:
            continue
        days = tables[table][column]
        written = days.len() - tables[table][column + RAW].null_count()
        later = int((days > end).sum() or 0)
        if written and days.null_count() == days.len():
            found[table] = f"no date of its {column} can be read"
        elif later and 2 * later >= days.len() - days.null_count():
            found[table] = f"{later:,} of its {written:,} rows begin after {end.day} {end:%B %Y}"
    return found


def _child() -> pl.Expr:
    return pl.col("CHILD").str.strip_chars().str.to_uppercase().str.replace(r"\.0+$", "")
