"""Rules on the provider's Ofsted number (URN), compared with the register of providers."""

import polars as pl

from parentis.returns.rules import Marks, Need
from parentis.returns.ssda903.rules.expressions import (
    FOR_ADOPTION,
    FOSTER,
    blank,
    col,
    compact,
    filled,
    is_in,
    respite,
    yes,
)
from parentis.returns.ssda903.rules.facts import Facts
from parentis.returns.ssda903.rules.places import OUTSIDE_ENGLAND
from parentis.returns.ssda903.rules.rule_set import rule

NO_NUMBER = "XXXXXXX"
HIDDEN = "REDACTED"
"The text that Ofsted publishes instead of the postcode of a children's home."
UNREGISTERED = ("P1", "P3", "R1", "R2", "R5", "T0", "T1", "T2", "T3", "T4")
REGISTER = ("URN", "REG_END", "PLACE_CODES", "PROVIDER_CODES", "LA_CODE_INFERRED", "POSTCODE")


def clean_register(providers: pl.DataFrame) -> pl.DataFrame:
    """The register as text in upper case, one row per provider's row, with the columns it has.

    `registered` is true in every row; `hidden`: whether the postcode is withheld.
    """
    text = {
        name: pl.col(name).cast(pl.String).str.strip_chars().str.to_uppercase().str.replace(r"\.0+$", "")
        for name in REGISTER
        if name in providers.columns and name != "REG_END"
    }
    if "REG_END" in providers.columns:
        text["REG_END"] = pl.col("REG_END").cast(pl.Date)
    clean = providers.select(**text, registered=pl.lit(value=True))
    if "POSTCODE" not in clean.columns:
        return clean
    hidden = pl.col("POSTCODE") == HIDDEN
    return clean.with_columns(POSTCODE=pl.when(~hidden).then(compact("POSTCODE")), hidden=hidden)


def other_places(y: Facts) -> tuple[str, ...]:
    """Placement codes of the year that Ofsted does not register, besides those that it never registered."""
    if y.period >= "2025-26":
        return ("Z11", "Z12", "Z13", "Z14")
    if y.period >= "2024-25":
        return ("Z1",)
    return ("P2", "H5", "Z1") if y.period < "2023-24" else ("P2", "Z1")


def _numbered(y: Facts) -> pl.LazyFrame:
    """Episodes with a provider's URN, joined to every row of the register with it."""
    episodes = y.t("Episodes").with_columns(own=y.whose)
    return episodes.filter(col("URN").is_not_null() & (col("URN") != NO_NUMBER)).join(
        y.providers.lazy(), on="URN", how="left"
    )


def _not_among(code: str, codes: str) -> pl.Expr:
    return ~yes(col(codes).str.split(",").list.eval(pl.element().str.strip_chars()).list.contains(col(code)))


def _mark(rows: pl.LazyFrame) -> Marks:
    return {"Episodes": rows.select("at")}


@rule(
    "214",
    "Placement location information not required.",
    fields="PL_POST URN",
    tables="Episodes",
)
def respite_has_no_placement_details(y: Facts) -> Marks:
    return respite() & (filled("PL_POST") | filled("URN"))


@rule(
    "218",
    "Ofsted Unique reference number (URN) is required.",
    fields="URN",
    tables="Episodes",
    needs=(Need.POSTCODES,),
    changed=(
        "2024-25",
        "2025-26",
    ),
)
def number_is_given(y: Facts) -> Marks:
    excused = is_in("PLACE", *UNREGISTERED, *other_places(y)) | is_in("PL_LA", *OUTSIDE_ENGLAND)
    return blank("URN") & ~excused & (blank("DEC") | yes(col("DEC") >= y.start))


@rule(
    "219",
    "The Ofsted Unique reference number (URN) provided for the child's placement does not match the "
    "placement type recorded.",
    fields="URN PLACE",
    tables="Episodes",
    needs=(Need.PROVIDERS,),
)
def number_fits_the_placement(y: Facts) -> Marks:
    return _mark(_numbered(y).filter(_not_among("PLACE", "PLACE_CODES")))


@rule(
    "221",
    "The Ofsted Unique reference number (URN) provided for the child's placement does not match the "
    "placement postcode provided.",
    fields="PL_POST",
    tables="Episodes",
    needs=(Need.PROVIDERS,),
    changed=(
        "2023-24",
        "2024-25",
    ),
)
def number_fits_the_postcode(y: Facts) -> Marks:
    homes = {"2022-23": ("K1", "K2", "R3", "S1"), "2023-24": ("K1", "K2", "H5", "R3", "S1")}
    places = homes.get(max(y.period, "2022-23"), ("K1", "K2", "K3", "R3", "S1"))
    elsewhere = ~yes(compact("PL_POST") == col("POSTCODE")) & ~yes(col("hidden"))
    asked = ~respite() & is_in("PLACE", *places) & filled("PL_POST")
    return _mark(_numbered(y).filter(asked & elsewhere))


@rule(
    "222",
    "Ofsted Unique reference number (URN) should not be recorded for this placement type.",
    fields="URN",
    tables="Episodes",
    changed=(
        "2023-24",
        "2024-25",
        "2025-26",
    ),
)
def number_is_not_wanted(y: Facts) -> Marks:
    return is_in("PLACE", *UNREGISTERED, *other_places(y)) & filled("URN") & ~is_in("URN", NO_NUMBER)


@rule(
    "224",
    "The Ofsted Unique reference number (URN) provided for the child's placement does not match the "
    "placement provider recorded.",
    fields="PLACE_PROVIDER",
    tables="Episodes",
    needs=(Need.PROVIDERS,),
)
def number_fits_the_provider(y: Facts) -> Marks:
    return _mark(_numbered(y).filter(_not_among("PLACE_PROVIDER", "PROVIDER_CODES")))


@rule(
    "227",
    "Ofsted Unique reference number (URN) is not valid for the episode start date.",
    fields="URN DECOM",
    tables="Episodes",
    needs=(Need.PROVIDERS,),
)
def provider_was_open_at_the_start(y: Facts) -> Marks:
    return _mark(_numbered(y).filter(col("DECOM") >= col("REG_END")))


@rule(
    "228",
    "Ofsted Unique reference number (URN) is not valid for the episode end date [NOTE: may give false "
    "positives on open episodes at providers who close during the year]",
    fields="URN DEC",
    tables="Episodes",
    needs=(Need.PROVIDERS,),
    severity="query",
    caveat="It sees only the returns that were given.",
)
def provider_was_open_at_the_end(y: Facts) -> Marks:
    ended = col("DEC").fill_null(y.end)
    return _mark(_numbered(y).filter(ended > col("REG_END")))


@rule(
    "229",
    "Placement provider does not match between the placing authority and the local authority code of "
    "the provider. [NOTE: The provider's LA code is inferred from the its postcode, and may be "
    "inaccurate in some cases.]",
    fields="URN PLACE_PROVIDER",
    tables="Episodes",
    needs=(Need.PROVIDERS, Need.AUTHORITY),
    changed=("2025-26",),
    note="From 2025-26 supported accommodation and placements that Ofsted does not register are left out.",
)
def provider_fits_the_authority(y: Facts) -> Marks:
    own = yes(col("LA_CODE_INFERRED") == col("own"))
    wrong = (is_in("PLACE_PROVIDER", "PR1") & ~own) | (is_in("PLACE_PROVIDER", "PR2") & own)
    if y.period >= "2025-26":
        wrong &= ~is_in("PLACE", "K3", *UNREGISTERED, *other_places(y))
    return _mark(_numbered(y).filter(wrong))


@rule(
    "241",
    "LA of placement is not an LA the provider has premises.",
    fields="URN PL_LA",
    tables="Episodes",
    needs=(Need.PROVIDERS, Need.POSTCODES),
    first="2025-26",
    note=(
        "The published text compares with the authorities of the provider in Ofsted's list, of which there may be "
        "several; the original compares with the authority making the return. A number that is not in the list, or "
        "there without an authority, is left to rule 1008."
    ),
)
def supported_accommodation_is_where_the_provider_is(y: Facts) -> Marks:
    asked = is_in("PLACE", "K3") & col("LA_CODE_INFERRED").is_not_null()
    told = _numbered(y).filter(asked).group_by("at").agg(there=yes(col("LA_CODE_INFERRED") == col("PL_LA")).any())
    return _mark(told.filter(~col("there")))


@rule(
    "242",
    "URN = 'XXXXXXX' can only be used for regional adoption agencies",
    fields="URN PLACE",
    tables="Episodes",
    first="2025-26",
    note="The message speaks of adoption agencies; the condition allows every fostering and adoption placement.",
)
def no_number_only_for_families(y: Facts) -> Marks:
    return is_in("URN", NO_NUMBER) & ~is_in("PLACE", *FOR_ADOPTION, *FOSTER)


@rule(
    "243",
    "Only placements with providers registered with Ofsted should have a URN reported.",
    fields="URN PL_LA",
    tables="Episodes",
    needs=(Need.POSTCODES,),
    first="2025-26",
    note="A placement outside England has no number at all: XXXXXXX is marked too.",
)
def no_number_outside_england(y: Facts) -> Marks:
    return is_in("PL_LA", *OUTSIDE_ENGLAND) & filled("URN")


@rule(
    "1008",
    "Ofsted Unique Reference Number (URN) is not valid.",
    fields="URN",
    tables="Episodes",
    needs=(Need.PROVIDERS,),
)
def number_is_registered(y: Facts) -> Marks:
    return _mark(_numbered(y).filter(~yes(col("registered"))))
