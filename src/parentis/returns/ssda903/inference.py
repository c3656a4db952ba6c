"""What a set of looked-after children tables says as a whole: its collection year, and who is UASC."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from parentis.returns.cells import RAW, lenient_date
from parentis.returns.ssda903.spec import SPEC

_ENDS = {"Episodes": ("DEC",), "Missing": ("MIS_END",)}
"Events that must fall within the collection year, so that they date the return best."
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
    """With the Header's UASC flag, where only the UASC table says who is: `1` for a child in it, else `0`.

    Without a UASC table nobody has said, and the flag is blank."""
    header, uasc = tables.get("Header"), tables.get("UASC")
    if header is None or "UASC" in header.columns:
        return tables
    flag = pl.lit(None, pl.String)
    if uasc is not None:
        seeking = uasc.select(_child()).to_series().drop_nulls()
        flag = pl.when(_child().is_in(seeking.implode())).then(pl.lit("1")).otherwise(pl.lit("0"))
    return {**tables, "Header": header.with_columns(flag.alias("UASC")).select(pl.exclude("file"), "file")}


def align(tables: Mapping[str, pl.DataFrame]) -> tuple[Mapping[str, pl.DataFrame], list[str]]:
    """The tables with each child's number as it is with its leading zeros, where some of them have lost these.

    A spreadsheet takes 00123 for the number 123. Where one table has the one and another the other, and none has both,
    they are the same child; what was read otherwise than written is said.
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
    """Each child's social worker: that of the episode still open, else of the one that began last."""
    episodes = tables.get("SWEpisodes", pl.DataFrame(schema={"CHILD": pl.String(), "SW_ID": pl.String()}))
    order = [name for name in ("SW_DEC", "SW_DECOM") if name in episodes.columns]
    named = episodes.filter(pl.col("CHILD").is_not_null() & pl.col("SW_ID").is_not_null())
    if order:  # an open episode has no SW_DEC: nulls last puts it, or the greatest, at the end
        named = named.sort(order, nulls_last=[name == "SW_DEC" for name in order], maintain_order=True)
    last = named.unique("CHILD", keep="last", maintain_order=True)
    return last.select(child=pl.col("CHILD"), worker=pl.col("SW_ID").cast(pl.String))


def misdated(tables: Mapping[str, pl.DataFrame], end: date) -> dict[str, str]:
    """Of typed tables that should be of the year to `end`: those that cannot be, and why.

    A return knows nothing of the days after its year, so a table half of whose beginnings lie there is another year's;
    of one in which no date can be read nobody can tell. Single slips are the rules' business.
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
