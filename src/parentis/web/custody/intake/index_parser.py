"""Reading an authority's responsibility index from a file into entries of the enclave. Nothing of it is stored
elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from parentis import region
from parentis.errors import UserError
from parentis.returns import RawFile, Typed, check_spec, merge, read_files, the_return, type_cells
from parentis.returns.custody import AS_OF, STANDINGS
from parentis.services.custody import STATUSES, IndexEntry

RETURN = "custody.index"


class IndexFileError(UserError):
    """An index that cannot be relied on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    as_of: datetime
    entries: tuple[IndexEntry, ...]


def read_index(name: str, data: bytes, *, authority: str, day: str) -> Index:
    """The index in a file's bytes, completely or not at all: a missing child could be taken for another authority's.

    Raises UserError that counts the errors, rule by rule, and shows no row.
    """
    readings = read_files([RawFile(name=name, raw=data)], return_id=RETURN, period=day)
    if len(readings) != 1:
        raise IndexFileError(expected="one index", found=f"{len(readings)}", where=name, do="Upload one file.")
    reading, declared = readings[0], the_return(RETURN)
    spec = declared.spec.at(day)
    typed = type_cells(reading, spec)
    own = [declared.check(reading, typed, spec)] if declared.check else []
    checked = merge(check_spec(reading, typed, spec), *own)
    if checked.errors:
        wrong = checked.findings.group_by("rule").len().sort("rule").iter_rows()
        told = ", ".join(f"{rule}: {count}" for rule, count in wrong)
        raise IndexFileError(
            expected="an index without errors", found=f"{checked.errors} ({told})", where=name,
            do="Check it with `parentis check`, correct it and send it again: the previous index stays in use.",
        )  # fmt: skip
    entries = tuple(_entries(typed, authority))
    if not entries:
        raise IndexFileError(
            expected="the children the authority is responsible for",
            found="none",
            where=name,
            do="Send the whole index.",
        )
    as_of = entries[0].as_of
    if as_of is None:
        raise IndexFileError(
            expected=f"when it was produced, in {AS_OF}", found="nothing", where=name, do="Fill it in."
        )
    return Index(as_of=as_of, entries=entries)


def _entries(typed: Typed, authority: str) -> Iterator[IndexEntry]:
    for row in typed.tables["people"].iter_rows(named=True):
        responsible = row.get("RESPONSIBLE_AUTHORITY")
        yield IndexEntry(
            authority=authority,
            person_ref=row["PERSON_REF"],
            first_name=row["FIRST_NAME"],
            surname=row["SURNAME"],
            other_names=tuple(part.strip() for part in (row.get("OTHER_NAMES") or "").split(";") if part.strip()),
            date_of_birth=row["DATE_OF_BIRTH"],
            sex=row.get("SEX"),
            address=row.get("ADDRESS"),
            postcode=row.get("POSTCODE"),
            statuses=frozenset(
                status for status, column in zip(STATUSES, STANDINGS, strict=True) if row.get(column) == "Y"
            ),
            responsible_authority=region.authority(responsible).gss if responsible else "",
            as_of=datetime.fromisoformat(row[AS_OF]),
        )
