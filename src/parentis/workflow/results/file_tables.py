"""Tables in the form services need, read directly from files, for questions that need no home."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from parentis import region
from parentis.errors import SpecificationError, UnknownAuthorityError
from parentis.returns import (
    Content,
    Reading,
    Table,
    open_bytes,
    open_sent,
    raw_files,
    read_contents,
    the_return,
    type_cells,
)

_AUTHORITY_HEADINGS = ("la", "lacode", "laname", "localauthority", "authority")
_YEAR_HEADINGS = ("year", "collectionyear", "period")

NOBODY = "authority"
"Whose return it is, where no column says."


def tables_from_files(paths: Iterable[Path | str], needs: Sequence[str]) -> Mapping[str, pl.DataFrame]:
    """Typed tables of the returns in `paths`, with the columns the lake would add.

    Files may hold one year or many, one authority or many: a column `LA` or `YEAR` tells them apart. Where the needs
    are all of one return, files are read as that; else each is recognised, and what is not needed is left aside.
    Raises `UnreadableFileError` and `SpecificationError` as `returns.read` does.
    """
    ids = {need.partition("/")[0] for need in needs}
    only = min(ids) if len(ids) == 1 else None
    gathered: dict[str, list[pl.DataFrame]] = {need: [] for need in needs}
    by_authority: dict[str, list[Content]] = {}
    for content in open_sent(raw_files(paths)):
        for authority, part in _split(content):
            by_authority.setdefault(authority, []).append(part)
    # A file that names no authority beside others that do (a header of all children, say) is of each of them.
    shared = by_authority.pop("", []) if len(by_authority) > 1 else []
    for authority, contents in sorted(by_authority.items()):
        readings = [one for one in read_contents([*contents, *shared], return_id=only) if one.return_id in ids]
        periods = sorted({one.period for one in readings if one.period})
        for reading in readings:
            for table, frame in _typed(_dated(reading, periods), authority or NOBODY).items():
                if f"{reading.return_id}/{table}" in gathered:
                    gathered[f"{reading.return_id}/{table}"].append(frame)
    return {
        need: pl.concat(frames, how="diagonal_relaxed") if frames else _empty(need) for need, frames in gathered.items()
    }


def _split(content: Content) -> list[tuple[str, Content]]:
    """Parts of a delimited file by authority and year, without these two columns; any other file unchanged."""
    if content.kind != "csv":
        return [("", content)]
    grid = content.grid()
    if grid.height < 2:
        return [("", content)]
    plain = ["".join(c for c in (h or "").lower() if c.isalnum()) for h in grid.row(0)]
    whose = next((i for i, name in enumerate(plain) if name in _AUTHORITY_HEADINGS), None)
    when = next((i for i, name in enumerate(plain) if name in _YEAR_HEADINGS), None)
    keys = [f"column_{i + 1}" for i in (whose, when) if i is not None]
    if not keys:
        return [("", content)]
    headings, rows = grid.head(1).drop(keys), grid.slice(1)
    parts = []
    for key, own in rows.group_by(keys, maintain_order=True):
        said = dict(zip(keys, (str(value or "").strip() for value in key), strict=True))
        authority = _authority(said[f"column_{whose + 1}"]) if whose is not None else ""
        text = io.BytesIO()
        pl.concat([headings, own.drop(keys)]).write_csv(text, include_header=False)
        folder = "/".join((content.folder, *said.values()))
        parts += [(authority, part) for part in open_bytes(content.name, text.getvalue(), folder)]
    return parts


def _authority(text: str) -> str:
    """The ONS code of a known authority; any other text is returned unchanged."""
    try:
        return region.authority(text).gss
    except UnknownAuthorityError:
        return text


def _dated(reading: Reading, periods: Sequence[str]) -> Reading:
    """A table without its own year (a header of all children) is assigned the first year."""
    if reading.period:
        return reading
    if not periods:
        raise SpecificationError(
            expected=f"dates that tell the year of {the_return(reading.return_id).spec.title}",
            found="none",
            where=", ".join(one.file for one in reading.taken),
            do="Put the year into the file's name, as in 2024-25-episodes.csv.",
        )
    return replace(reading, period=periods[0])


def _typed(reading: Reading, authority: str) -> dict[str, pl.DataFrame]:
    spec = the_return(reading.return_id).spec.at(reading.period or "")
    typed = type_cells(reading, spec)
    return {
        name: frame.select("row", *(column.name for column in spec.tables[name].columns)).with_columns(
            authority=pl.lit(authority),
            period=pl.lit(typed.period),
            load_id=pl.lit("files"),
            sequence=pl.lit(0, dtype=pl.Int64),
            provisional=pl.lit(value=True),
        )
        for name, frame in typed.tables.items()
    }


def _empty(need: str) -> pl.DataFrame:
    return_id, _, name = need.partition("/")
    declared: Table = the_return(return_id).spec.union()[name]
    texts = dict.fromkeys(("authority", "period", "load_id", *(c.name for c in declared.columns)), pl.String())
    dates = {c.name: pl.Date() for c in declared.columns if c.kind == "date"}
    return pl.DataFrame(
        schema=texts | dates | {"row": pl.UInt32(), "sequence": pl.Int64(), "provisional": pl.Boolean()}
    )
