"""Authorities, and the spellings and codes by which each is known."""

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from parentis.errors import DeclarationError, UnknownAuthorityError
from parentis.region.reference import day, holds, rows

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """An upper-tier council and its area, keyed by its present (or last) ONS code.

    If a code changed while the children's services area stayed (nearly) the same, the earlier code is a past code of
    the same authority, so that its series continues. An abolished council is a separate authority."""

    gss: str
    dfe: str
    "DfE three-digit number, as text."
    name: str
    region_gss: str
    region: str
    kind: str
    "`London borough`, `City of London`, `metropolitan district`, `unitary authority`, `county council`."
    inner_outer: str | None
    "`inner` or `outer`, where the region is so divided, as ONS and DfE print it."
    valid_from: date | None
    "First day; None: before 2012, where these tables begin."
    valid_to: date | None
    "Last day; None: still exists."
    past_codes: tuple[str, ...]
    past_names: tuple[str, ...]
    predecessors: tuple[str, ...]
    "ONS codes of the abolished authorities whose area, or part of it, this one took over."

    def existed(self, on: date) -> bool:
        return holds(self.valid_from, self.valid_to, on)


@cache
def authorities() -> tuple[Authority, ...]:
    """Every English upper-tier authority since 2012, including abolished ones, in order of DfE number."""
    regions = {row["gss"]: row["name"] for row in rows("footprints") if row["members_by"] == "region_gss"}
    codes = _grouped("past_codes", "code")
    names = _grouped("past_names", "name")
    return tuple(
        Authority(
            gss=row["gss"],
            dfe=row["dfe"],
            name=row["name"],
            region_gss=row["region_gss"],
            region=regions[row["region_gss"]],
            kind=row["kind"],
            inner_outer=row["inner_outer"] or None,
            valid_from=day(row["valid_from"]),
            valid_to=day(row["valid_to"]),
            past_codes=codes.get(row["gss"], ()),
            past_names=names.get(row["gss"], ()),
            predecessors=tuple(row["predecessors"].split()),
        )
        for row in rows("authorities")
    )


def authority(text: str | int) -> Authority:
    """The authority with this code, number or name, in any of its spellings.

    Raises UnknownAuthorityError with the nearest names. A name shared by an abolished authority and its
    successor (Dorset) means the successor."""
    found = _find(str(text))
    if found is None:
        known = {one.name.casefold(): one.name for one in authorities()}
        near = difflib.get_close_matches(_plain(str(text)), known, n=4, cutoff=0.5)
        raise UnknownAuthorityError(
            expected="an English upper-tier authority: its name, ONS code or DfE number",
            found=repr(str(text)),
            where="authority",
            do=f"Did you mean {' or '.join(known[name] for name in near)}?"
            if near
            else "Give the name as the council writes it, or its ONS code.",
        )
    return found


def authorities_frame() -> "pl.DataFrame":
    """One row per authority: `authority` (ONS code), `dfe`, `name`, `region_gss`, `region`, `kind`,
    `inner_outer`, `valid_from`, `valid_to`."""
    import polars as pl

    text = ("dfe", "name", "region_gss", "region", "kind", "inner_outer")
    dates = ("valid_from", "valid_to")
    return pl.DataFrame(
        {
            "authority": [one.gss for one in authorities()],
            **{column: [getattr(one, column) for one in authorities()] for column in text + dates},
        },
        schema_overrides={**dict.fromkeys(text, pl.String), **dict.fromkeys(dates, pl.Date)},
    )


def match_authorities(frame: "pl.DataFrame", column: str) -> "pl.DataFrame":
    """`frame` with `authority`, the ONS code of the authority that each text in `column` names; null where none."""
    import polars as pl

    texts = frame.get_column(column).cast(pl.String).unique().drop_nulls().to_list()
    found = {text: one.gss for text in texts if (one := _find(text)) is not None}
    matched = pl.col(column).cast(pl.String).replace_strict(found, default=None, return_dtype=pl.String)
    return frame.with_columns(matched.alias("authority"))


NEARLY = 0.93
"Two names so alike differ in a letter or two. The most alike of different authorities reach 0.91."
SHORTEST = 8
"A shorter name with one wrong letter may be another authority's name."


def nearly(name: str) -> Authority | None:
    """The authority whose name a publisher misspelt. None where no name is close enough, or several are."""
    wanted = _keys(name)[-1]
    if len(wanted) < SHORTEST:
        return None
    alike = {one.gss: one for one in authorities() if any(_alike(wanted, own) for own in (one.name, *one.past_names))}
    return next(iter(alike.values())) if len(alike) == 1 else None


def _alike(wanted: str, own: str) -> bool:
    return any(difflib.SequenceMatcher(None, wanted, key).ratio() >= NEARLY for key in set(_keys(own)))


def _find(text: str) -> Authority | None:
    index = _index()
    return next((index[key] for key in _keys(text) if key in index), None)


@cache
def _index() -> Mapping[str, Authority]:
    """Authority by each of its keys: codes, numbers, names as written, then names without their titles.

    A full name takes precedence over a name without its title, and an existing authority over an abolished one. A name
    without title that is also a footprint's ("London") means the footprint."""
    places = {_plain(row["name"]) for row in rows("footprints")}
    index: dict[str, Authority] = {}
    in_order = sorted(authorities(), key=lambda one: one.valid_to is not None)
    for one in in_order:
        for key in (one.gss, one.dfe, *one.past_codes, one.name, *one.past_names):
            holder = index.setdefault(_plain(key), one)
            if holder is not one:
                raise DeclarationError(f"authorities {holder.gss} and {one.gss} are both called {key!r}")
    for one in in_order:
        for name in (one.name, *one.past_names):
            for key in _keys(name):
                if key not in places:
                    index.setdefault(key, one)
    return index


_PAREN = re.compile(r"\([^)]*\)")
_DECIMAL = re.compile(r"^(\d{3})\.0+$")
_ONE = r"((royal |london |metropolitan )*(borough|district|city|county|council) of (the )?|county )"
_TITLE, _TITLES = (re.compile(rf"^(the )?{_ONE}{times}(?=\w)") for times in ("", "+"))
_OFFICE = re.compile(
    r"(( london| royal| metropolitan)* borough| (city|county|borough) of| council| corporation| city| county"
    r"| ua| cc| mbc)+$"
)


def _plain(text: str) -> str:
    """Lower case, `&` as `and`, no accents or punctuation, single spaces; `201.0` as `201`."""
    text = _DECIMAL.sub(r"\1", text.strip())
    text = unicodedata.normalize("NFKD", text).casefold().replace("&", " and ")
    text = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", re.sub(r"[.'’]", "", text)).split())


def _keys(text: str) -> tuple[str, ...]:
    """Keys to look up, most reliable first: the name as written; without notes in brackets and suffixes (`Bury MBC`);
    without the first title in front (`Royal Borough of`; a title may be part of the name, as in `City of London`);
    without any title."""
    unadorned = _OFFICE.sub("", _plain(_PAREN.sub(" ", text)))
    return _plain(text), unadorned, *(title.sub("", unadorned).removeprefix("the ") for title in (_TITLE, _TITLES))


def _grouped(table: str, column: str) -> dict[str, tuple[str, ...]]:
    by_authority: dict[str, list[str]] = {}
    for row in rows(table):
        by_authority.setdefault(row["authority"], []).append(row[column])
    return {gss: tuple(values) for gss, values in by_authority.items()}
