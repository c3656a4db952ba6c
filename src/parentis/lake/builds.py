"""The figure store: the output of services. A build is a folder; appending one row makes it the build shown.

    figures/<build_id>/<service>/figures.parquet, provenance.parquet, inputs.parquet,
                                   measures.parquet, frames/<name>.parquet
    figures/<build_id>/guard.parquet    which figures are hidden, decided for all services together
    figures/<build_id>/counts.parquet   the counts of people of this and all builds before it (figures.STOOD)
    figures/shown                  Delta table: which build each service's readers see, the latest row wins

A reader sees all of a build or none of it. Some earlier builds are kept, for reads in progress and for a figure's
history. The register holds the hash of each file in the `shown` event of its build.
"""

import hashlib
import io
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import polars as pl

from parentis import remedies
from parentis.archive import OF_NO_SUBMISSION, Event, Home, StoredFile, append, delta_tables, make_folder, write_file
from parentis.errors import NotFoundError
from parentis.figures import HIDDEN, CountedFigures, Figures, Measure, Provenance, ProvenanceInputs
from parentis.lake.measures import measures_frame, measures_of
from parentis.version import code_version

SHOWN = pl.Schema(
    {
        "number": pl.Int64(),  # 1, 2, 3 … over all builds
        "service": pl.String(),
        "build_id": pl.String(),
        "at": pl.Datetime("us", "UTC"),
        "sequence": pl.Int64(),  # of the register: the state it was built from
        "code_version": pl.String(),
        "figures": pl.Int64(),
    }
)

KEPT_BUILDS = 5
"Of each service: what a figure was is told as far back as they reach."
SHOWN_TABLE = "shown"
WHO = "build"
"Who is named in the register for a build: it is made by a command, from what people decided."
GUARD = "guard.parquet"
COUNTS = "counts.parquet"
_FIGURE = Figures.primary_key()

# Made when needed: a frame made at import would start Polars' threads, and a forked process cannot use them.
_STORED: Mapping[str, Callable[[], pl.DataFrame]] = {
    "figures": CountedFigures.create_empty,
    "provenance": Provenance.create_empty,
    "inputs": ProvenanceInputs.create_empty,
    "measures": lambda: measures_frame(()),
}
"""The frames that every build of a service has, empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What one service made: frames of the schemas `CountedFigures`, `Provenance` and `ProvenanceInputs`, its measures
    (as `measures_frame` gives them), and others."""

    figures: pl.DataFrame
    provenance: pl.DataFrame
    inputs: pl.DataFrame
    measures: pl.DataFrame
    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict)


def show(
    home: Home,
    built: Mapping[str, Built],
    guarded: pl.DataFrame,
    counts: pl.DataFrame,
    *,
    sequence: int,
    keep: int = KEPT_BUILDS,
) -> str:
    """Store the services' output and show all of it at once, under the caller's lock. Returns the build's id.

    `guarded` are the figures of every service that will show some, as returned by `figures.guard`; `counts` are the
    counts of this and every earlier build, as returned by `figures.with_release`. Services not in `built` keep their
    current build. `keep` builds of each service stay on disk.
    """
    build_id = uuid4().hex
    files = [file for service, made in built.items() for file in _stored(home, build_id, service, made)]
    if built:
        hidden = guarded.filter(pl.any_horizontal(HIDDEN)).select(*_FIGURE, *HIDDEN)
        files.append(_write(home, build_id, GUARD, hidden))
        files.append(_write(home, build_id, COUNTS, counts))
        # Recorded in the register before anybody sees it, so that later changes to its files are detected.
        append(home, [Event(event="shown", submission_id=OF_NO_SUBMISSION, who=WHO, why=build_id, files=tuple(files))])
    before = shown_history(home)
    number = before["number"].max() or 0
    at = datetime.now(UTC)
    rows = [
        {"number": int(str(number)) + 1, "service": service, "build_id": build_id, "at": at, "sequence": sequence,
         "code_version": code_version(), "figures": made.figures.height}
        for service, made in built.items()
    ]  # fmt: skip
    if rows:
        delta_tables.write(home.figures / SHOWN_TABLE, pl.DataFrame(rows, schema=SHOWN), mode="append")
    _clear_old(home, keep)
    return build_id


def _stored(home: Home, build_id: str, service: str, made: Built) -> Iterator[StoredFile]:
    """Writes a service's frames."""
    frames = {name: getattr(made, name) for name in _STORED}
    frames |= {f"frames/{name}": frame for name, frame in made.frames.items()}
    make_folder(home.figures / build_id / service / "frames")
    for name, frame in frames.items():
        yield _write(home, build_id, f"{service}/{name}.parquet", frame)


def _write(home: Home, build_id: str, name: str, frame: pl.DataFrame) -> StoredFile:
    """Writes a file of a build to disk, readable by its owner alone. Returns its hash."""
    written = io.BytesIO()
    frame.write_parquet(written)
    data = written.getvalue()
    write_file(home.figures / build_id / name, data)
    return StoredFile(name=name, sha256=hashlib.sha256(data).hexdigest(), size=len(data))


def shown_history(home: Home) -> pl.DataFrame:
    """Every build that was ever shown, as `SHOWN`, in order. Raises DamageError."""
    path = home.figures / SHOWN_TABLE
    if not delta_tables.exists(path):
        return pl.DataFrame(schema=SHOWN)
    return delta_tables.read(path).select(*SHOWN).sort("number", "service")


def shown(home: Home) -> pl.DataFrame:
    """The build each service shows, one row per service, as `SHOWN`."""
    return shown_history(home).group_by("service", maintain_order=True).last().select(*SHOWN).sort("service")


def _clear_old(home: Home, keep: int) -> None:
    recent = shown_history(home).group_by("service", maintain_order=True).agg(pl.col("build_id").tail(keep))
    wanted = {SHOWN_TABLE, *recent["build_id"].explode().to_list()}
    for path in home.figures.iterdir():
        if path.name not in wanted:
            shutil.rmtree(path)


def _of_all(home: Home, name: str, without: Collection[str] = ()) -> pl.LazyFrame:
    paths = [
        home.figures / row["build_id"] / row["service"] / f"{name}.parquet"
        for row in shown(home).iter_rows(named=True)
        if row["service"] not in without
    ]
    if not paths:
        return _STORED[name]().lazy()
    if name != "figures":
        return pl.scan_parquet(paths)
    # a build made before figures carried their counts has two columns fewer
    return pl.concat([_STORED[name]().lazy(), *(pl.scan_parquet(path) for path in paths)], how="diagonal")


def read_figures(home: Home, *, without: Collection[str] = ()) -> pl.LazyFrame:
    """Every figure that is shown, as `CountedFigures`; not those of the services `without`."""
    return _of_all(home, "figures", without)


def read_guarded(home: Home) -> pl.LazyFrame | None:
    """Every figure that is shown, as returned by `figures.guard`; None for builds made before it was stored."""
    history = shown_history(home)
    path = home.figures / history["build_id"][-1] / GUARD if history.height else None
    if path is None or not path.is_file():
        return None
    marks = (pl.col(name).fill_null(value=False) for name in HIDDEN)
    return read_figures(home).join(pl.scan_parquet(path), on=_FIGURE, how="left").with_columns(*marks)


def read_counts(home: Home) -> pl.DataFrame | None:
    """The counts of people of every build so far, as `figures.STOOD`; None for builds made before they were stored."""
    history = shown_history(home)
    path = home.figures / history["build_id"][-1] / COUNTS if history.height else None
    return pl.read_parquet(path) if path is not None and path.is_file() else None


def read_provenance(home: Home) -> pl.LazyFrame:
    return _of_all(home, "provenance")


def read_inputs(home: Home) -> pl.LazyFrame:
    return _of_all(home, "inputs")


def read_measures(home: Home) -> tuple[Measure, ...]:
    """Every measure of the services that show figures, as declared when the build was made."""
    return measures_of(_of_all(home, "measures").collect())


def read_frame(home: Home, service: str, name: str) -> pl.LazyFrame:
    """A service's other output, by name."""
    at = shown(home).filter(pl.col("service") == service)
    path = home.figures / at["build_id"][0] / service / "frames" / f"{name}.parquet" if at.height else None
    if path is None or not path.is_file():
        raise NotFoundError(
            expected="an output that a service keeps",
            found=f"no '{name}' of {service}",
            where="figure store",
            do=remedies.BUILD,
        )
    return pl.scan_parquet(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierBuild:
    """An earlier build of one service, as far as its files are kept."""

    folder: Path
    service: str
    at: datetime

    def figures(self) -> pl.LazyFrame:
        """The build's figures, as `read_guarded` returns those shown now; without `HIDDEN` if it was not stored."""
        held = pl.scan_parquet(self.folder / self.service / "figures.parquet")
        guard = self.folder / GUARD
        if not guard.is_file():
            return held
        marks = (pl.col(name).fill_null(value=False) for name in HIDDEN)
        return held.join(pl.scan_parquet(guard), on=_FIGURE, how="left").with_columns(*marks)

    def provenance(self, provenance_id: str) -> dict[str, object]:
        return self._of("provenance", provenance_id).row(0, named=True)

    def inputs(self, provenance_id: str) -> pl.DataFrame:
        return self._of("inputs", provenance_id)

    def _of(self, name: str, provenance_id: str) -> pl.DataFrame:
        path = self.folder / self.service / f"{name}.parquet"
        return pl.scan_parquet(path).filter(pl.col("provenance_id") == provenance_id).collect()


def earlier_builds(home: Home, service: str) -> list[EarlierBuild]:
    """The earlier builds of a service whose files are kept, latest first."""
    history = shown_history(home).filter(pl.col("service") == service).sort("number", descending=True)
    rows = list(history.iter_rows(named=True))[1:]
    found = (EarlierBuild(folder=home.figures / row["build_id"], service=service, at=row["at"]) for row in rows)
    return [one for one in found if (one.folder / service / "figures.parquet").is_file()]
