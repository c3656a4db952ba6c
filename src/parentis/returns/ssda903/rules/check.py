"""Check one collection of the looked-after children return, for one authority or several, by all its rules."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import partial
from typing import Literal

import polars as pl

from parentis.errors import NotFoundError, UnknownAuthorityError
from parentis.region import authority as find_authority
from parentis.returns.findings import Checked
from parentis.returns.rules import Need, Prepared, Selection, run
from parentis.returns.ssda903.in_year import known_to
from parentis.returns.ssda903.providers import called
from parentis.returns.ssda903.rules import preparation
from parentis.returns.ssda903.rules.children import left_out, per_child, with_flag
from parentis.returns.ssda903.rules.expressions import RAW
from parentis.returns.ssda903.rules.facts import Facts
from parentis.returns.ssda903.rules.places import with_places
from parentis.returns.ssda903.rules.providers import REGISTER, clean_register
from parentis.returns.ssda903.rules.rule_set import RULE_SET
from parentis.returns.ssda903.spec import PERIODS

Tables = Mapping[str, pl.DataFrame]
Absent = Mapping[str, Iterable[str]]

_DERIVED = ("PL_LA", "PL_LOCATION", "PL_DISTANCE")


def check(
    tables: Tables,
    *,
    collection_year: str,
    absent: Absent | None = None,
    last_year: Tables | None = None,
    last_year_absent: Absent | None = None,
    postcodes: pl.DataFrame | pl.LazyFrame | None = None,
    providers: pl.DataFrame | None = None,
    authority: str | None = None,
    rules: Iterable[str] | None = None,
    form: Literal["csv", "xml", "xlsx"] = "csv",
    last_year_unused: Mapping[str, str] | None = None,
) -> Checked:
    """Findings and the status of every rule of the return.

    `tables` and `last_year` are typed tables (`type_cells`), by name; a column `authority` (GSS code) separates
    several authorities, and children are never matched across them. `absent` names columns that the files did not
    have. `postcodes` has `postcode` (no spaces), `east`, `north` (metres) and `authority` (DfE number, WAL, SCO or
    NIR); `providers` the columns URN, REG_END, PLACE_CODES, PROVIDER_CODES, LA_CODE_INFERRED, POSTCODE. `authority`:
    the authority of the return, where the tables do not give it. `last_year_unused`: the reason why a submitted table
    of last year is not in `last_year`. `rules` are the codes to run; all by default. Collection years before 2022-23
    are checked by the rules of 2022-23.
    """
    prepared = prepared_tables(
        tables,
        collection_year=collection_year,
        absent=absent or {},
        last_year=last_year or {},
        last_year_absent=last_year_absent or {},
        postcodes=postcodes,
        providers=providers,
        authority=authority,
        form=form,
        last_year_unused=last_year_unused or {},
    )
    return run(RULE_SET, prepared, selection=Selection(None if rules is None else known_codes(rules)))


def known_codes(asked: Iterable[str]) -> frozenset[str]:
    """The codes as the rule set has them, whatever their case. Raises `NotFoundError` for an unknown code."""
    by_any_case = {rule.code.upper(): rule.code for rule in RULE_SET}
    found = set()
    for code in asked:
        if code.strip().upper() not in by_any_case:
            near = get_close_matches(code.strip().upper(), by_any_case, n=3)
            raise NotFoundError(
                expected="codes of rules of this return",
                found=f"{code.strip()!r}",
                where="--rules",
                do=f"Near it are {', '.join(by_any_case[match] for match in near)}."
                if near
                else "The reference page lists them all.",
            )
        found.add(by_any_case[code.strip().upper()])
    return frozenset(found)


def prepared_tables(
    tables: Tables,
    *,
    collection_year: str,
    absent: Absent,
    last_year: Tables,
    last_year_absent: Absent,
    postcodes: pl.DataFrame | pl.LazyFrame | None,
    providers: pl.DataFrame | None,
    authority: str | None,
    form: str,
    last_year_unused: Mapping[str, str] | None = None,
) -> Prepared:
    """All data that the rules read, computed once."""
    cleaned = {name: preparation.clean(frame, absent.get(name, ())) for name, frame in tables.items()}
    cleaned |= {
        f"{name}_last": preparation.clean(frame, last_year_absent.get(name, ())) for name, frame in last_year.items()
    }
    numbered, count = preparation.number_children(cleaned)
    whose = whose_return(numbered, authority)
    if postcodes is not None:
        numbered = with_places(numbered, postcodes, whose)
    ordered = {name: preparation.order(name, frame) for name, frame in numbered.items()}
    for name in ("Episodes", "Episodes_last"):
        if name in ordered:
            ordered[name] = preparation.mark_periods_of_care(preparation.mark_first_and_latest(ordered[name]))
    ready = with_flag(ordered, form)
    year = Facts(period=collection_year, form=form, tables=ready, per_child=pl.DataFrame(), partition=())
    children = per_child(ready, count, year.start, year.end, form)
    several = any("authority" in frame.columns for frame in ready.values())
    facts = Facts(
        period=collection_year,
        form=form,
        tables=ready,
        per_child=children,
        partition=("authority",) if several else (),
        providers=clean_register(providers) if providers is not None else pl.DataFrame(),
        whose=whose if whose is not None else pl.lit(None, pl.String),
    )
    given = {
        Need.POSTCODES: postcodes is not None,
        Need.PROVIDERS: providers is not None,
        Need.AUTHORITY: whose is not None,
        Need.XML: form == "xml",
    }
    return Prepared(
        period=collection_year,
        tables=ready,
        facts=facts,
        per_child=children,
        has=frozenset(need for need, there in given.items() if there),
        shown=_shown,
        explain=partial(_explain, left_out(ready, year.start, year.end)),
        absent={
            f"{name}_last": f"last year's {name} was not used: {unused[name]}"
            if name in (unused := last_year_unused or {})
            else _no_last_year(name, last_year)
            for name in _ALL_TABLES
        },
        withheld=_withheld(tables, collection_year),
    )


_ALL_TABLES = (
    "Header", "Episodes", "Reviews", "UASC", "OC2", "OC3", "AD1", "PlacedAdoption", "PrevPerm", "Missing",
    "SWEpisodes", "DoLo",
)  # fmt: skip


NEED_THE_YEAR = (
    *("157", "181", "185", "186", "187", "190", "191", "197B", "198", "543", "545", "546"),  # continuous for 12 months
    *("210", "228", "SW01STG1", "SW11STG2", "SW11bSTG2", "SW12STG2", "SW17STG2"),  # status on 31 March
    *("361", "362", "363", "364", "365", "367"),  # an open episode counts to 31 March
)
"""Rules that assume the year is complete: on an extract made during it they would mark events that are still to
come."""


def _withheld(tables: Tables, period: str) -> Mapping[str, str]:
    told = known_to(tables, period)
    if told is None:
        return {}
    return dict.fromkeys(NEED_THE_YEAR, f"it needs the whole year, and the return tells to {told.day} {told:%B %Y}")


def _no_last_year(name: str, last_year: Tables) -> str:
    return f"last year's return has no {name} table" if last_year else "last year's return was not given"


def whose_return(tables: Tables, authority: str | None) -> pl.Expr | None:
    """An expression for the DfE number of each row's authority; None where it is not known."""
    if authority is not None:
        return pl.lit(_dfe(authority))
    named = [frame["authority"] for frame in tables.values() if "authority" in frame.columns]
    codes = sorted(set(pl.concat(named).drop_nulls().to_list())) if named else []
    if not codes:
        return None
    return pl.col("authority").replace_strict({code: _dfe(code) for code in codes}, default=None)


def _dfe(code: str) -> str:
    try:
        return find_authority(code).dfe
    except UnknownAuthorityError:
        return code


def _shown(_table: str, field: str) -> str:
    return field if field in _DERIVED else field + RAW


_FACT_OF = {
    "flag": "nothing says which children are unaccompanied asylum seekers (neither a UASC column nor a UASC table)",
    "ever_uasc": "nothing says which children are unaccompanied asylum seekers "
    "(neither a UASC column nor a UASC table)",
    "flag_last": "nothing says which children were unaccompanied asylum seekers last year",
}


_OF_LIST = {name: name for name in REGISTER if name != "URN"} | {"hidden": "POSTCODE"}


def _explain(lacking: Mapping[str, str], column: str) -> str:
    """Why a rule that asks for `column` cannot run."""
    if column in _FACT_OF:
        return _FACT_OF[column]
    if column in _OF_LIST:
        return f"the list of providers has no column {called(_OF_LIST[column])}"
    if column in lacking:
        return f"column {lacking[column]} was not given"
    name = column.removesuffix(RAW).removeprefix("before_").removeprefix("after_").removeprefix("header_")
    if name.isupper():
        return f"column {name} was not given"
    return f"a column was not given that it needs (for {name})"


__all__ = ["PERIODS", "check"]
