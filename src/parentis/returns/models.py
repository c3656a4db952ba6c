"""Data models: a return as the other packages see it, and the result of reading its files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import polars as pl

from parentis.errors import DeclarationError, UserError
from parentis.references import Ref
from parentis.returns.findings import Checked
from parentis.returns.problems import Problem, Recognised, Severity
from parentis.returns.spec import Spec

if TYPE_CHECKING:
    from datetime import date

    from parentis.returns.content import Content

PeriodKind = Literal["collection-year", "financial-year", "quarter", "year", "day", "span"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Files of one return and period, as text.

    `tables` hold every cell as it was written (`pl.String`, null where blank), under the spec's column
    names, with `row` (UInt32, 0-based order within the submitted table) first and `file` last. Columns the
    spec does not know are left out and named in `problems`.
    """

    return_id: str
    part: str
    period: str | None
    tables: Mapping[str, pl.DataFrame]
    taken: tuple[Recognised, ...]
    problems: tuple[Problem, ...] = ()
    ignored_columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def form(self) -> Literal["xml", "csv", "xlsx"]:
        """The form in which the return was received; `xlsx` means every kind of table whose dates are not text."""
        endings = {taken.file.casefold().rpartition(".")[2] for taken in self.taken}
        if "xml" in endings:
            return "xml"
        return "csv" if endings & {"csv", "txt", "tsv"} else "xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """A file of which nothing was used, with the reason: `warning` if it belongs to no return, `error` if it is
    damaged."""

    file: str
    error: UserError
    severity: Severity
    why: str

    @property
    def problem(self) -> Problem:
        return Problem(file=self.file, where="", message=f"not used: {self.why}", severity=self.severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The content of files: readings, and the files that are in none of them."""

    readings: tuple[Reading, ...]
    unused: tuple[Unused, ...]
    members: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    "The bytes of each file that was opened, members of zips by themselves, by name."


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The result of a reader that left something out or found something unusual: the tables, and its problems."""

    tables: Mapping[str, pl.DataFrame]
    problems: tuple[Problem, ...] = ()
    rows: int | None = None
    "Rows below the headings, without blank ones."
    kept: int | None = None
    "Those of the rows that are in the tables: `rows` minus `kept` is the sum of the problems' rows."
    words: str = ""
    "The name of the data set, where only its content gives it; otherwise the name from recognition is used."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One format of a return's files. Readers are tried in order; the first that recognises the content reads it."""

    name: str
    recognise: "Callable[[Content], Recognised | None]"
    read: "Callable[[Content, Recognised], Mapping[str, pl.DataFrame] | Tables]"
    "Text tables with the spec's column names; `row` and `file` are added by the caller. `Tables` adds problems."


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlForm:
    """How a return is written in XML."""

    write: "Callable[[Mapping[str, pl.DataFrame]], bytes]"
    "From text tables."
    as_said: "Callable[[Mapping[str, pl.DataFrame]], Mapping[str, pl.DataFrame]]"
    "The tables as they are after a round trip, where the form states once what several tables repeat."


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A kind of data that is submitted. Each package under `returns` declares its own in `RETURNS`."""

    spec: Spec
    submitter: Literal["authority", "publisher"]
    publisher: str = ""
    "Short name of the body that publishes it: `MHCLG`. Only for publishers' returns."
    made_here: bool = False
    "A publisher's return that the site makes from its own records; it is in no list of publications."
    period_kind: PeriodKind
    earlier_period: "Callable[[str, str], str | None] | None" = None
    """For a part and period under which the return was accepted before its periods were defined as now: the period to
    use where its files do not give a better one; None where the definition has not changed. Such submissions are read
    again under the new period (`workflow.processing.earlier_periods`)."""
    readers: tuple[Reader, ...] = ()
    "Special readers; a return without one is read by its spec's headings."
    xml: Ref | None = None
    "Its `XmlForm`, if it also has an XML form."
    infer_period: "Callable[[Mapping[str, pl.DataFrame]], str | None] | None" = None
    "From the text tables of files in one folder: their period, or None if they do not state it."
    complete: "Callable[[Mapping[str, pl.DataFrame]], Mapping[str, pl.DataFrame]] | None" = None
    "Adds to the text tables the values that one form of the return does not state."
    check: Callable[..., Checked] | None = None
    "Its own rules: `(reading, typed, spec)`; every return is also checked against its spec."
    check_together: Callable[..., Checked] | None = None
    """Its own rules over several authorities in one plan, in place of `check`: `(tables, *, collection_year,
    absent, last_year, last_year_absent)`, typed tables with `authority`; findings name the authority."""
    rules: Ref | None = None
    "Returns its own rules, if they are declared one by one."
    changes_of: Ref | None = None
    "From a rule's code: pairs of the period in which it changed and what changed."
    workers: "Callable[[Mapping[str, pl.DataFrame]], pl.DataFrame] | None" = None
    "From the typed tables: the worker of each child, `child` and `worker`, one row per child."
    exported: bool = False
    """It is exported from authorities' systems, table by table: the effects of exports on cells are undone
    (`corrections`), a table in several files is joined, one without headings is recognised by its cells, and years in
    one folder are separated."""
    align: "Callable[[Mapping[str, pl.DataFrame]], tuple[Mapping[str, pl.DataFrame], Sequence[str]]] | None" = None
    "From the text tables of one return: the tables made consistent where one is written differently, and the problems."
    misdated: "Callable[[Mapping[str, pl.DataFrame], date], Mapping[str, str]] | None" = None
    "From typed tables that should belong to the year to a day: those that cannot, with the reason."
    known_to: "Callable[[Mapping[str, pl.DataFrame], str], date | None] | None" = None
    "From typed tables of a period: the last day they cover, if they were extracted before its end."
    first_rules: str = ""
    "The first period with rules of its own; earlier ones are checked by these."
    sign_offs: tuple[str, ...] = ()
    "Roles that must sign before its figures are final."
    audience: Literal["own", "members", "published"] = "own"
    keep_years: int | None = None
    """How many years after the end of its period a submission is kept, then erased (`parentis retention`). None only
    if it is published or never stored: an authority's own return without a term is an error in its declaration."""
    handed_to: str = ""
    "If it must never be stored in archive or lake: where to send it instead, in words. Its submission is refused."

    def __post_init__(self) -> None:
        if self.audience != "published" and not self.handed_to and self.keep_years is None:
            raise DeclarationError(f"{self.spec.id} says nothing of how long it is kept: give it keep_years")

    @property
    def id(self) -> str:
        return self.spec.id
