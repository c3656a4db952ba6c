"""Compares the figure store's files with the hashes that the register holds for each build."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import polars as pl

from parentis import lake
from parentis.archive import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDifference:
    """A file of a build that has changed since it was made. `service` is empty for files of all services."""

    service: str
    what: str


def builds(events: pl.DataFrame) -> dict[str, list[Mapping[str, Any]]]:
    """The files of each build, in order, each with `name`, `sha256`, `size`."""
    made = events.filter(pl.col("event") == "shown").sort("sequence")
    return {row["why"]: row["files"] or [] for row in made.select("why", "files").iter_rows(named=True)}


def whole_counts(home: Home, events: pl.DataFrame) -> pl.DataFrame | None:
    """The counts of people in all builds, stored with the last build, if its file is unchanged and nothing was erased
    since. The next build is guarded against them."""
    erased = events.filter(pl.col("event") == "erased")["sequence"].max() or 0
    for build_id, files in reversed(builds(events.filter(pl.col("sequence") > erased)).items()):
        path = home.figures / build_id / lake.COUNTS
        known = {one["name"]: one["sha256"] for one in files}.get(lake.COUNTS)
        if known is not None and path.is_file() and sha256(data := path.read_bytes()).hexdigest() == known:
            return pl.read_parquet(data)
    return None


def differences(home: Home, events: pl.DataFrame) -> Iterator[FileDifference]:
    """Every file of the builds shown that has changed since it was made."""
    known = builds(events)
    for row in lake.shown(home).iter_rows(named=True):
        files = known.get(row["build_id"])
        if files is None:
            if known:  # a home whose builds are all older has no hashes to compare
                yield FileDifference(service=row["service"], what="the build that is shown is not on the register")
            continue
        yield from _of_files(home, row["build_id"], row["service"], files)
        later = list(known)[list(known).index(row["build_id"]) + 1 :]
        if any(one["name"].startswith(f"{row['service']}/") for build_id in later for one in known[build_id]):
            yield FileDifference(service=row["service"], what="an earlier build is shown than the last that was made")
    last = next(reversed(known), None)
    if last is not None and last in set(lake.shown(home)["build_id"]):
        yield from _of_files(home, last, "", known[last])


def _of_files(home: Home, build_id: str, service: str, files: list[Mapping[str, Any]]) -> Iterator[FileDifference]:
    for one in files:
        if one["name"].partition("/")[0] != service if service else "/" in one["name"]:
            continue
        path = home.figures / build_id / one["name"]
        if not path.is_file():
            yield FileDifference(service=service, what=f"{one['name']} is not there")
        elif sha256(path.read_bytes()).hexdigest() != one["sha256"]:
            yield FileDifference(service=service, what=f"{one['name']} is not as it was made")
