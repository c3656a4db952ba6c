"""Rules on where a child is placed, from the grid references and authorities of postcodes."""

from collections.abc import Iterable, Mapping

import polars as pl

from parentis.returns.rules import Marks, Need
from parentis.returns.ssda903.rules.expressions import (
    FOR_ADOPTION,
    FOSTER,
    RESPITE,
    any_blank,
    any_filled,
    col,
    compact,
    differ,
    filled,
    is_in,
    respite,
    yes,
)
from parentis.returns.ssda903.rules.facts import Facts
from parentis.returns.ssda903.rules.rule_set import rule

FEW = 60
"Postcode prefixes (`NW`, `E1`), of about 190 in all: for more than this many the whole directory is read."
METRES_PER_MILE = 1609.344
FARTHEST = 350.0
NOT_KNOWN = 999.9
OUTSIDE_ENGLAND = ("WAL", "SCO", "NIR", "CON", "NUK")
FLAGGED = "Header|Header_last|UASC|UASC_last"
"Tables that identify unaccompanied asylum-seeking children."


_POSTS = ("HOME_POST", "PL_POST")


def with_places(
    tables: Mapping[str, pl.DataFrame], postcodes: pl.DataFrame | pl.LazyFrame, whose: pl.Expr | None
) -> dict[str, pl.DataFrame]:
    """The tables, with place columns added to the episodes of both years. Postcodes are looked up once."""
    episodes = {
        name: tables[name]
        for name in ("Episodes", "Episodes_last")
        if name in tables and set(_POSTS) <= set(tables[name].columns)
    }
    if not episodes:
        return dict(tables)
    known = _known(episodes.values(), postcodes)
    return {**tables, **{name: _placed(frame, known, whose) for name, frame in episodes.items()}}


def _known(episodes: Iterable[pl.DataFrame], postcodes: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Postcodes that occur in the episodes: `postcode`, `east`, `north`, `la` and `found`."""
    asked = pl.concat([frame.select(postcode=compact(name)) for frame in episodes for name in _POSTS]).unique()
    # A sorted directory is read only at the requested postcodes.
    begins = asked["postcode"].str.head(2).drop_nulls().unique().sort().to_list()
    within = [pl.col("postcode").is_between(pl.lit(begin), pl.lit(f"{begin}~")) for begin in begins]
    return (
        postcodes.lazy()
        .filter(pl.any_horizontal(within) if 0 < len(within) <= FEW else pl.lit(value=True))
        .select("postcode", "east", "north", la="authority")
        .join(asked.lazy().drop_nulls(), on="postcode", how="semi")
        .unique("postcode", maintain_order=False)
        .with_columns(found=pl.lit(value=True))
        .collect()
    )


def _placed(episodes: pl.DataFrame, known: pl.DataFrame, whose: pl.Expr | None) -> pl.DataFrame:
    """Episodes with `PL_LA`, `PL_DISTANCE` (miles, one decimal), `home_found`, `place_found` and, if the authority of
    the return is known, `PL_LOCATION`. They are derived from HOME_POST and PL_POST; an unknown postcode gives
    null."""
    found = episodes.with_columns(_home=compact("HOME_POST"), _place=compact("PL_POST"))
    for side in ("_home", "_place"):
        renamed = known.rename({name: f"{side}_{name}" for name in ("east", "north", "la", "found")})
        found = found.join(renamed, left_on=side, right_on="postcode", how="left", maintain_order="left")
    east, north = (pl.col(f"_home_{axis}").cast(pl.Float64) - pl.col(f"_place_{axis}") for axis in ("east", "north"))
    located = found.with_columns(
        PL_LA=pl.col("_place_la"),
        PL_DISTANCE=((east.pow(2) + north.pow(2)).sqrt() / METRES_PER_MILE).round(1),
        home_found=pl.col("_home_found").fill_null(value=False),
        place_found=pl.col("_place_found").fill_null(value=False),
    )
    if whose is not None:
        inside = pl.col("PL_LA").eq_missing(whose) & pl.col("PL_LA").is_not_null()
        where = pl.when(inside).then(pl.lit("IN")).otherwise(pl.lit("OUT"))
        located = located.with_columns(PL_LOCATION=pl.when("place_found").then(where))
    return located.drop(pl.selectors.matches("^_(home|place)"))


@rule(
    "164",
    "Distance is not valid. Please check a valid postcode has been entered. [NOTE: This check will "
    "result in false positives for children formerly UASC not identified as such in loaded data]",
    fields="PL_DISTANCE",
    tables="Episodes",
    either=FLAGGED,
    needs=(Need.POSTCODES,),
    severity="query",
    caveat="It sees only the returns that were given.",
)
def distance_is_valid(y: Facts) -> Marks:
    return {"Episodes": ~col("ever_uasc") & ~yes_or_blank(col("PL_DISTANCE").is_between(0.0, NOT_KNOWN))}


def yes_or_blank(expr: pl.Expr) -> pl.Expr:
    """The condition, with unknown as true."""
    return expr.fill_null(value=True)


@rule(
    "169",
    "Local Authority (LA) of placement is not valid or is missing. Please check a valid postcode has been entered.",
    fields="PL_LA",
    tables="Episodes",
    needs=(Need.POSTCODES,),
)
def authority_of_placement_is_known(y: Facts) -> Marks:
    return ~respite() & col("PL_LA").is_null()


@rule(
    "179",
    "Placement location code is not a valid code.",
    fields="PL_LOCATION",
    tables="Episodes",
    needs=(Need.POSTCODES,),
)
def location_is_known(y: Facts) -> Marks:
    return ~respite() & ~col("place_found")


@rule(
    "392a",
    "Child is looked after but no distance is recorded. [NOTE: This check may result in false positives"
    " for children formerly UASC]",
    fields="PL_DISTANCE",
    tables="Episodes",
    either=FLAGGED,
    needs=(Need.POSTCODES,),
    severity="query",
    caveat="It sees only the returns that were given.",
)
def distance_is_known(y: Facts) -> Marks:
    return {"Episodes": ~yes(col("ever_uasc")) & ~respite() & col("PL_DISTANCE").is_null()}


@rule(
    "392b",
    "Child is looked after but no postcodes are recorded. [NOTE: This check may result in false "
    "positives for children formerly UASC, particularly if current & prior year UASC data not loaded]",
    fields="HOME_POST PL_POST",
    tables="Episodes",
    optional="Header Header_last UASC UASC_last",
    severity="query",
    caveat="It sees only the returns that were given.",
)
def postcodes_are_given(y: Facts) -> Marks:
    exempt = yes(col("ever_uasc")) if y.knows("ever_uasc") else pl.lit(value=False)
    return {"Episodes": ~exempt & ~respite() & any_blank("HOME_POST", "PL_POST")}


@rule(
    "392c",
    "Postcode(s) provided are invalid.",
    fields="HOME_POST PL_POST",
    tables="Episodes",
    needs=(Need.POSTCODES,),
)
def postcodes_exist(y: Facts) -> Marks:
    return (filled("HOME_POST") & ~col("home_found")) | (filled("PL_POST") & ~col("place_found"))


@rule(
    "392d",
    "Home and placement postcodes should not be same unless the placement type is P1.",
    fields="HOME_POST PL_POST PLACE",
    tables="Episodes",
    note="Postcodes are compared without spaces, so that one spaced in two ways is seen to be the same.",
)
def home_is_not_the_placement(y: Facts) -> Marks:
    return yes(compact("HOME_POST") == compact("PL_POST")) & ~is_in("PLACE", "P1")


@rule(
    "398",
    "Distance field completed but child looked after under legal status V3 or V4.",
    fields="LS HOME_POST PL_POST",
    tables="Episodes",
)
def respite_has_no_distance(y: Facts) -> Marks:
    return is_in("LS", *RESPITE) & any_filled("HOME_POST", "PL_POST")


@rule(
    "406",
    "Child is Unaccompanied Asylum-Seeking Child (UASC) or was formerly UASC. Distance should be blank."
    " [NOTE: This check will result in false negatives for children formerly UASC not identified as "
    "such in loaded data]",
    fields="PL_DISTANCE",
    tables="Episodes",
    either=FLAGGED,
    needs=(Need.POSTCODES,),
    caveat="It sees only the returns that were given.",
)
def uasc_has_no_distance(y: Facts) -> Marks:
    return {"Episodes": col("ever_uasc") & col("PL_DISTANCE").is_not_null()}


@rule(
    "411",
    "Placement location code disagrees with LA of placement.",
    fields="PL_LOCATION",
    tables="Episodes",
    needs=(Need.POSTCODES, Need.AUTHORITY),
)
def inside_means_own_authority(y: Facts) -> Marks:
    return is_in("PL_LOCATION", "IN") & differ(col("PL_LA"), y.whose)


@rule(
    "420",
    "LA of placement completed but child is looked after under legal status V3 or V4.",
    fields="PL_LA",
    tables="Episodes",
    needs=(Need.POSTCODES,),
)
def respite_has_no_authority_of_placement(y: Facts) -> Marks:
    return is_in("LS", *RESPITE) & col("PL_LA").is_not_null()


@rule(
    "454",
    "Placement is more than 350 miles from home.",
    fields="PL_DISTANCE",
    tables="Episodes",
    needs=(Need.POSTCODES,),
    first="2025-26",
    severity="query",
)
def placement_is_not_too_far(y: Facts) -> Marks:
    return (col("PL_DISTANCE") > FARTHEST) & (col("PL_DISTANCE") != NOT_KNOWN)


@rule(
    "1015",
    "Placement provider is own provision but child not placed in own LA.",
    fields="PL_LA",
    tables="Episodes",
    needs=(Need.POSTCODES, Need.AUTHORITY),
    changed=("2025-26",),
    note="From 2025-26 supported accommodation (K3) may be anywhere, as fostering and adoption may; the message "
    "does not say so.",
)
def own_provision_is_at_home(y: Facts) -> Marks:
    elsewhere = differ(col("PL_LA"), y.whose)
    anywhere = (*FOR_ADOPTION, *FOSTER, *(("K3",) if y.period >= "2025-26" else ()))
    placed = filled("PLACE") & ~is_in("PLACE", *anywhere)
    return is_in("PLACE_PROVIDER", "PR1") & filled("LS") & ~respite() & placed & elsewhere
