"""Ofsted's registers of children's homes, supported accommodation and other provision, for use by any service.

The published file lists the providers registered on 31 March. Its headings change from year to year; this module
defines their meaning. Names and addresses of homes are withheld ("REDACTED"), so a home is identified by its number
(URN), and its owner by the name of the organisation, sometimes followed by a company or charity number.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from parentis.region import match_authorities
from parentis.returns.placements.one_form import plain_name
from parentis.returns.recognition import plain

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "NAME": ("Name",),
    "REGION": ("Government Office Region",),
    "OWNER": ("Organisation which owns the provider", "Organisation"),
    "PLACES": ("Places",),
    "PREMISES": ("Supported accommodation premises", "Premises"),
    "REGISTERED": ("Registration date",),
    "STATUS": ("Registration status",),
    "GRADE": ("Overall experiences and progress of children and young people", "Overall effectiveness"),
    "OUTCOME": ("Supported Accommodation outcome",),
    "INSPECTED": ("Latest full inspection date", "Inspection date"),
}
"Column of the register → its headings in the files of 2018 to 2025."
_BY_HEADING = {plain(heading): name for name, headings in HEADINGS.items() for heading in headings}
WITHHELD: Final = "REDACTED"

KINDS: Final[Mapping[str, str]] = {
    "childrenshome": "children's home",
    "residentialspecialschoolregisteredasachildrenshome": "children's home",
    "securechildrenshome": "secure children's home",
    "securetrainingcentre": "secure training centre",
    "supportedaccommodation": "supported accommodation",
    "independentfosteringagency": "fostering agency",
    "residentialfamilycentre": "family centre",
    "residentialspecialschool": "residential school",
    "boardingschool": "residential school",
    "furthereducationcollegewithresidentialaccommodation": "residential school",
}
"Type in the file → kind of provision; all others are `other`."
GRADES: Final[Mapping[str, str]] = {
    "outstanding": "Outstanding",
    "good": "Good",
    "satisfactory": "Requires improvement",
    "adequate": "Requires improvement",
    "requiresimprovement": "Requires improvement",
    "requiresimprovementtobegood": "Requires improvement",
    "inadequate": "Inadequate",
    "consistentlystrongservicedelivery": "Consistently strong",
    "inconsistentqualityofservicedelivery": "Inconsistent",
    "seriousorwidespreadweaknesses": "Serious weaknesses",
}
"Grades of homes; supported accommodation has three outcomes of its own. Earlier grades are mapped to today's."

REGISTER = pl.Schema(
    {
        "urn": pl.String(),
        "as_at": pl.Int64(),  # the year on whose 31 March it was registered
        "type": pl.String(),  # as published
        "kind": pl.String(),  # of `KINDS`
        "sector": pl.String(),  # as published: Private, Voluntary, Local Authority …
        "region": pl.String(),  # as published: London, North West …
        "authority": pl.String(),  # GSS code, null where the name is unknown
        "dfe": pl.String(),  # the authority's DfE number
        "name": pl.String(),  # null where withheld
        "owner": pl.String(),  # as published, without the number after it
        "owner_key": pl.String(),  # company number, else `name:` and the name in plain letters
        "company": pl.String(),  # its number at Companies House, where the file has one
        "places": pl.Int64(),
        "premises": pl.Int64(),  # of supported accommodation
        "grade": pl.String(),  # of `GRADES`; null where not inspected
        "inspected": pl.Date(),
        "registered": pl.Date(),
        "status": pl.String(),  # Active, Suspended
        "ended": pl.Date(),  # from lists that have it
        "load_id": pl.String(),
        "row": pl.UInt32(),
    }
)
_NUMBER: Final = r"\b(\d{8}|[A-Z]{2}\d{6})\b"


def places_of(headings: Sequence[str | None]) -> dict[str, int]:
    """The positions of the columns of `HEADINGS` in a row of headings; of several the first."""
    found: dict[str, int] = {}
    for index, heading in enumerate(headings):
        if name := _BY_HEADING.get(plain(heading)):
            found.setdefault(name, index)
    return found


def register(frame: pl.DataFrame, *, year: int | None = None) -> pl.DataFrame:
    """Rows of `REGISTER`, one per URN, from lake rows of `placements.providers/providers`.

    Args:
        frame: all years' lists one under the other, with the lake's `period` (a year).
        year: the register as at 31 March of it; by default each number as the latest list that has it gives it.
    """
    have = frozenset(frame.columns)

    def text(name: str) -> pl.Expr:
        return (pl.col(name) if name in have else pl.lit(None)).cast(pl.String)

    def typed(name: str, dtype: pl.DataType) -> pl.Expr:
        return (pl.col(name) if name in have else pl.lit(None)).cast(dtype)

    kind, grade = _bare(text("TYPE_AS_PUBLISHED")), _bare(pl.coalesce(text("GRADE"), text("OUTCOME")))
    owner = text("OWNER").str.replace_all(r"\s+", " ").str.strip_chars()
    made = frame.select(
        urn=text("URN").str.to_uppercase().str.replace_all(r"\s", ""),
        as_at=text("period").str.slice(0, 4).cast(pl.Int64, strict=False),
        type=text("TYPE_AS_PUBLISHED"),
        kind=kind.replace_strict(KINDS, default="other", return_dtype=pl.String),
        sector=text("SECTOR_AS_PUBLISHED"),
        region=text("REGION"),
        place=text("AUTHORITY_AS_PUBLISHED"),
        dfe=text("DFE_NUMBER"),
        name=pl.when(text("NAME") != WITHHELD).then(text("NAME").str.replace_all(r"\s+", " ").str.strip_chars()),
        owner=owner.str.replace_all(r"[\s(,]*\b\d{6,8}\b[)\s]*", " ").str.strip_chars(),
        company=owner.str.extract(_NUMBER),
        places=typed("PLACES", pl.Int64()),
        premises=typed("PREMISES", pl.Int64()),
        grade=grade.replace_strict(GRADES, default=None, return_dtype=pl.String),
        inspected=typed("INSPECTED", pl.Date()),
        registered=typed("REGISTERED", pl.Date()),
        status=text("STATUS"),
        ended=typed("REG_END", pl.Date()),
        load_id=text("load_id"),
        row=typed("row", pl.UInt32()),
    ).filter(pl.col("urn").is_not_null())
    if year is not None:
        made = made.filter(pl.col("as_at") == year)
    latest = made.sort("as_at", nulls_last=False, maintain_order=True).unique("urn", keep="last", maintain_order=True)
    known = match_authorities(latest.rename({"place": "AUTHORITY"}), "AUTHORITY")
    keyed = known.with_columns(owner_key=pl.coalesce("company", "name:" + plain_name(pl.col("owner"))))
    return keyed.select(pl.col(name).cast(dtype) for name, dtype in REGISTER.items())


def _bare(words: pl.Expr) -> pl.Expr:
    return words.str.to_lowercase().str.replace_all(r"[^0-9a-z]", "")


def totals(listed: pl.DataFrame, *by: str) -> pl.DataFrame:
    """`by`, `registrations`, `places` and `premises` of rows of `REGISTER`, in the order of `by`."""
    return (
        listed.group_by(*by)
        .agg(registrations=pl.len(), places=pl.col("places").sum(), premises=pl.col("premises").sum())
        .sort(*by, nulls_last=True)
    )


def at_homes(form: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    """Placements (`one_form.FORM`) with the register's columns on their home, as `at_<column>`, and `doubt_of_home`:

    `unlisted`: the number is in no list; `ended`: it ended before the census; `not yet`: registered after it;
    `another owner`: the register's owner is not the census's provider, by company number where both have one;
    `another kind`: a fostering agency's number on a home's placement, or the like. Null where nothing is doubted or
    no number given.
    """
    beside = listed.select(
        pl.col("urn").alias("home_urn"),
        *(
            pl.col(name).alias(f"at_{name}")
            for name in (
                "kind", "region", "authority", "owner", "company", "places", "grade", "registered", "ended", "as_at"
            )
        ),
    )  # fmt: skip
    joined = form.join(beside, on="home_urn", how="left", maintain_order="left")
    fits = {
        "residential": ["children's home", "family centre", "residential school", "other"],
        "supported": ["supported accommodation", "other"],
        "secure": ["secure children's home", "secure training centre"],
        "fostering": ["fostering agency", "other"],
    }
    wrong = pl.any_horizontal(
        (pl.col("family") == family) & ~pl.col("at_kind").is_in(kinds) for family, kinds in fits.items()
    )
    named = plain_name(pl.col("at_owner")) != plain_name(pl.col("provider_name"))
    other = pl.when(pl.col("at_company").is_not_null() & pl.col("company").is_not_null()).then(
        pl.col("at_company") != pl.col("company")
    )
    return joined.with_columns(
        doubt_of_home=pl.when(pl.col("home_urn").is_null())
        .then(None)
        .when(pl.col("at_as_at").is_null())
        .then(pl.lit("unlisted"))
        .when(pl.col("at_ended") <= pl.col("census"))
        .then(pl.lit("ended"))
        .when(pl.col("at_registered") > pl.col("census"))
        .then(pl.lit("not yet"))
        .when(wrong.fill_null(value=False))
        .then(pl.lit("another kind"))
        .when(other.fill_null(named).fill_null(value=False))
        .then(pl.lit("another owner"))
    )
