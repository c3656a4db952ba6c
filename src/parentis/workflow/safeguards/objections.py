"""Objections to accepting a file, which then waits until somebody accepts it with a written reason.

There are objections to a file of another authority, with hardly any of this authority's children, that would remove
much of the stored data, or that is in no known publication.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import polars as pl

from parentis import archive, lake, region
from parentis.archive import Home
from parentis.errors import PeriodError
from parentis.returns import Retention, Return, Table, the_return
from parentis.workflow.intake.contents import Ready
from parentis.workflow.safeguards.publications import known_publications, unlisted

USUALLY_KNOWN = 0.5
"""Of the children of a year's return, at least this share were in the return of the year before. In the year to March
2023 it was seven in ten of England's: some 82,000 were looked after as it began, 33,000 came (DfE, Children looked
after in England including adoption)."""
TOO_UNLIKELY = 0.001
"How unlikely so few known children must be, if `USUALLY_KNOWN` holds, before it is said that they are strangers."
MOSTLY = 0.5
"The share of children, or rows, by which a file is said to be another authority's."
FEWEST_ROWS = 5
"Rows or children that a file must have before it is compared with other authorities'."
LARGE_LOSS = 20
"Rows of a table: losing so many, and more than half of them, is a large loss; so is losing two tables whole."
ALSO_WORDS = frozenset({"reading"})
"Names of authorities that are common words too: in a file's name they mean nothing."


@dataclass(frozen=True, slots=True, kw_only=True)
class Resemblance:
    """Whose children a file's are. `known` of its `children` were in the return that this authority handed in for
    `period`, '' where it handed in none; `other` is the authority, if any, whose return knew more of them."""

    children: int
    known: int = 0
    period: str = ""
    other: str = ""
    known_to_other: int = 0


@dataclass(slots=True)
class Objections:
    """The stored data with which files are compared; made once per run."""

    home: Home
    _known: dict[tuple[str, str], pl.DataFrame] = field(default_factory=dict)
    "By return and period: `(authority, child)`, children as the lake's keyed hashes."
    _rows: dict[str, pl.DataFrame] = field(default_factory=dict)
    "By return and table: what is held of every authority, for returns without children."
    _register: pl.DataFrame | None = None

    def to(self, ready: Ready, *, besides: str = "") -> tuple[str, ...]:
        """Sentences, none where nothing speaks against it. `besides`: the submission's own id, where it is held."""
        declared = the_return(ready.found.reading.return_id)
        if declared.submitter == "publisher":
            listed = None if declared.made_here else known_publications(self.home)
            found = [unlisted(ready.found.files, listed)] if listed is not None else []
        else:
            found = [self._of_another(ready, declared, besides), *self._losses(ready, besides)]
        return tuple(filter(None, found))

    def resemblance(self, ready: Ready) -> Resemblance | None:
        """Which authority the children belong to; None for a return without children."""
        children = self._children(ready)
        if children is None:
            return None
        own, (return_id, _, submitter, period) = children.len(), ready.found.key
        try:
            before = region.parse_period(period).previous.label
        except PeriodError:
            return Resemblance(children=own)
        known = self._known_children(return_id, before)
        shared = known.filter(pl.col("child").is_in(children.implode())).group_by("authority").len().sort("len")
        by_authority = dict(shared.iter_rows())
        mine = by_authority.pop(submitter, 0)
        other, most = max(by_authority.items(), key=lambda one: one[1], default=("", 0))
        handed_in = not known.filter(pl.col("authority") == submitter).is_empty()
        return Resemblance(
            children=own, known=mine, period=before if handed_in else "",
            other=other if most > mine else "", known_to_other=most if most > mine else 0,
        )  # fmt: skip

    def _of_another(self, ready: Ready, declared: Return, besides: str) -> str:
        if reason := _named_for_another(ready) or self._same_bytes(ready, besides):
            return reason
        alike = self.resemblance(ready)
        if alike is None:
            return self._rows_of_another(ready, declared)
        if alike.other and alike.known_to_other >= MOSTLY * alike.children and alike.children >= FEWEST_ROWS:
            return (
                f"it looks like {_name(alike.other)}'s: {alike.known_to_other:,} of its {alike.children:,} children "
                f"were in the return that {_name(alike.other)} handed in for the year before, {alike.known:,} in "
                f"{_name(ready.found.submitter)}'s"
            )
        if alike.period and improbable(alike.known, alike.children):
            return (
                f"it does not look like {_name(ready.found.submitter)}'s: of its {alike.children:,} children "
                f"{alike.known:,} were in its return for {alike.period}, {alike.children - alike.known:,} were not"
            )
        return ""

    def _losses(self, ready: Ready, besides: str) -> list[str]:
        held = self._current.filter(
            *(pl.col(name) == value for name, value in zip(archive.KEY, ready.found.key, strict=True)),
            pl.col("submission_id") != besides,
        )
        if held.is_empty():
            return []
        before = {count["table"]: count["rows"] for count in held["counts"].to_list()[0] or ()}
        return losses(before, dict(ready.counts))

    def _same_bytes(self, ready: Ready, besides: str) -> str:
        hashes = {file.sha256 for file in ready.found.files if _rows_in(file.name, ready) >= FEWEST_ROWS}
        others = self._current.filter(
            pl.col("return_id") == ready.found.reading.return_id,
            pl.col("submitter") != ready.found.submitter,
            pl.col("submission_id") != besides,
        )
        for submitter, files in others.select("submitter", "files").iter_rows():
            same = [file["name"] for file in files or () if file["sha256"] in hashes]
            if same:
                return f"{', '.join(same)}: the very bytes that {_name(submitter)} handed in"
        return ""

    def _rows_of_another(self, ready: Ready, declared: Return) -> str:
        """For returns without children: rows that are, cell for cell, those that another authority handed in."""
        spec = declared.spec.at(ready.found.period)
        for name, frame in ready.typed.tables.items():
            columns = _compared(spec.tables[name], frame)
            if frame.height < FEWEST_ROWS or not columns:
                continue
            table = f"{declared.id}/{name}"
            if table not in self._rows:
                self._rows[table] = lake.read(self.home, table).collect()
            others = self._rows[table].filter(pl.col("submitter") != ready.found.submitter)
            own = frame.select(columns).unique()
            shared = own.join(others.select("submitter", *columns).unique(), on=columns, nulls_equal=True)
            rows = shared.group_by("submitter").len().sort("len", "submitter").rows()
            if rows and rows[-1][1] > MOSTLY * own.height:
                return f"it looks like {_name(rows[-1][0])}'s: {rows[-1][1]:,} of its rows are those it handed in"
        return ""

    @property
    def _current(self) -> pl.DataFrame:
        if self._register is None:
            self._register = archive.state(archive.events(self.home), sign_offs={}).filter("current")
        return self._register

    def _children(self, ready: Ready) -> pl.Series | None:
        hash_series, _ = archive.hasher(self.home, "lake")
        spec = the_return(ready.found.reading.return_id).spec.at(ready.found.period)
        found = [
            ready.typed.tables[name][column].cast(pl.String)
            for name, column in child_columns(spec.tables).items()
            if name in ready.typed.tables and column in ready.typed.tables[name].columns
        ]
        return hash_series(pl.concat(found).drop_nulls().unique()) if found else None

    def _known_children(self, return_id: str, period: str) -> pl.DataFrame:
        if (return_id, period) not in self._known:
            tables = child_columns(the_return(return_id).spec.union())
            rows = [
                lake.read(self.home, f"{return_id}/{name}")
                .filter(pl.col("period") == period)
                .select(authority="submitter", child=column)
                for name, column in tables.items()
            ]
            self._known[return_id, period] = pl.concat(rows).unique().collect()
        return self._known[return_id, period]


def child_columns(tables: Mapping[str, Table]) -> dict[str, str]:
    """The column of each table that says which child a row is about: its key that is kept as a hash."""
    return {
        table.name: column.name
        for table in tables.values()
        for column in table.columns
        if column.key and column.retention is Retention.HASH
    }


def losses(before: Mapping[str, int], now: Mapping[str, int]) -> list[str]:
    """Sentences on large losses of rows, by table."""
    gone = [name for name, rows in before.items() if rows and not now.get(name)]
    told = []
    if len(gone) > 1 or any(before[name] >= LARGE_LOSS for name in gone):
        rows = sum(before[name] for name in gone)
        told.append(f"nothing comes for {', '.join(gone)}, of which {rows:,} rows are held")
    for name, was in before.items():
        is_ = now.get(name, 0)
        if is_ and was - is_ >= LARGE_LOSS and is_ < was / 2:
            told.append(f"{name} falls from {was:,} rows to {is_:,}")
    return told


def improbable(known: int, children: int) -> bool:
    """Whether so few known children are more than chance, if each is known with `USUALLY_KNOWN`."""
    from scipy.stats import binom

    return bool(binom.cdf(known, children, USUALLY_KNOWN) < TOO_UNLIKELY)


def _rows_in(name: str, ready: Ready) -> int:
    """Rows that were read of a file, or of what lies in it: a nil return is alike everywhere."""
    taken = ready.found.reading.taken
    return sum(one.kept or 0 for one in taken if one.file == name or one.file.startswith(f"{name}/"))


def _compared(table: Table, frame: pl.DataFrame) -> list[str]:
    """Columns of a table that are kept as they are written."""
    return [one.name for one in table.columns if one.retention is Retention.KEEP and one.name in frame.columns]


def _named_for_another(ready: Ready) -> str:
    """A file's or folder's name that names other authorities but not this one."""
    for file in ready.found.files:
        named = _authorities_in(file.name)
        if named and ready.found.submitter not in named:
            return f"{file.name} is named for {' and '.join(sorted(_name(gss) for gss in named))}"
    return ""


@cache
def _names() -> tuple[tuple[re.Pattern[str], str], ...]:
    found: dict[str, str] = {}
    for one in region.authorities():
        for name in (one.gss, *one.past_codes, one.name):
            words = " ".join(re.findall(r"[a-z0-9]+", name.casefold()))
            if words not in ALSO_WORDS:
                found.setdefault(words, one.gss)
    return tuple((re.compile(rf"(?<![a-z0-9]){words}(?![a-z0-9])"), gss) for words, gss in found.items())


def _authorities_in(path: str) -> set[str]:
    """Whose names or codes stand in it; of a name within a longer one, the longer."""
    text = " ".join(re.findall(r"[a-z0-9]+", path.casefold()))
    found = [(match.span(), gss) for pattern, gss in _names() for match in pattern.finditer(text)]
    return {
        gss for (start, end), gss in found
        if not any(a <= start and end <= b and b - a > end - start for (a, b), _ in found)
    }  # fmt: skip


def _name(gss: str) -> str:
    return region.authority(gss).name
