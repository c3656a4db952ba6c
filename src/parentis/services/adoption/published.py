"""The publisher's quarterly figures of adoption, with our own disclosure control applied before anybody sees them.

The workbook prints unrounded means, from which the number of children can be worked out, and prints means of fewer
children than its own note allows. Here a mean is in whole days, and is shown only where its count of children is
printed and is eleven or more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from parentis.region import match_authorities

FEWEST_BEHIND_A_MEAN: Final = 11
CHILDREN, FAMILIES = "children", "families"

TOTALS: Final = {
    "ALL LOCAL AUTHORITIES IN ENGLAND": "england",
    "ALL LOCAL AUTHORITIES AND REGIONAL ADOPTION AGENCIES IN ENGLAND": "england",
    "LONDON": "london",
    "INNER LONDON": "inner-london",
    "OUTER LONDON": "outer-london",
}
"The workbook's totals that have a geography code here."
AGENCIES: Final = {"RAA19": "raa-south", "RAA20": "raa-east", "RAA21": "raa-west", "RAA22": "raa-north"}
"Its codes of London's agencies. Their membership is as printed: Greenwich joined the south after its row was named."


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A column of the workbook that is a measure. `heading` is the text above it."""

    name: str
    title: str
    heading: str
    subject: str = CHILDREN
    stock: bool = False
    "A count on the last day rather than of the year."
    mean_of: str = ""
    "For a mean, the measure that counts the children behind it."


_WAITING, _THROUGH, _BY = "Children waiting: ", "Progress through the adoption process: ", "Placement Providers: "
CELLS: Final = (
    Cell(
        name="waiting",
        title="Children with a decision, not yet placed",
        stock=True,
        heading=f"{_WAITING}with a best interest decision but not yet placed as",
    ),
    Cell(
        name="waiting_order",
        title="Children with a placement order, not yet placed",
        stock=True,
        heading=f"{_WAITING}with a placement order but not yet placed as",
    ),
    Cell(
        name="waiting_18",
        title="Of them, 18 months or more since the order",
        stock=True,
        heading=f"{_WAITING}that have been waiting to be placed for longer than 18 months since placement order as",
    ),
    Cell(
        name="waiting_minority",
        title="Of children waiting with an order, of an ethnic minority",
        stock=True,
        heading="Characteristics of children waiting: Number of children waiting to be placed with a placement order "
        "at 31 Mar 2023 who are: Ethnic minority (excluding White minorities)",
    ),
    Cell(
        name="decisions", title="Decisions that a child should be placed", heading=f"{_THROUGH}Number of ADM decisions"
    ),
    Cell(name="orders", title="Placement orders", heading=f"{_THROUGH}Number of placement orders granted"),
    Cell(
        name="matched", title="Children matched", heading=f"{_THROUGH}Number of children matched with adoptive families"
    ),
    Cell(name="placed", title="Children placed", heading=f"{_THROUGH}Number of children placed with adoptive families"),
    Cell(name="adopted", title="Children adopted", heading=f"{_THROUGH}Number of children adopted"),
    Cell(
        name="reversed",
        title="Decisions reversed",
        heading=f"{_THROUGH}Number of decisions that a child should no longer be placed for adoption",
    ),
    Cell(
        name="placed_own",
        title="Placed by the authority's own provision",
        heading=f"{_BY}Number of children placed under their own provision (i.e. by the local authority)",
    ),
    Cell(
        name="placed_other",
        title="Placed by another authority's or agency's provision",
        heading=f"{_BY}Number of children placed by another local authority provision (includes regional adoption "
        "agencies)",
    ),
    Cell(
        name="placed_voluntary",
        title="Placed by a voluntary agency",
        heading=f"{_BY}Number of children placed by voluntary adoption agencies",
    ),
    Cell(
        name="a10",
        title="A10: days from care to moving in, foster carers' adoptions adjusted",
        mean_of="adopted",
        heading="Child timeliness for children who have been adopted: Average number of days between a child "
        "entering care "
        "and moving in with its adoptive family, adjusted for foster carer adoptions (scorecard indicator A10)",
    ),
    Cell(
        name="a2",
        title="A2: days from placement order to match",
        mean_of="matched",
        heading="Child timeliness for children who have been adopted: Average time between an LA receiving court "
        "authority "
        "to place a child and the LA deciding on a match to an adoptive family (scorecard indicator A2)",
    ),
    Cell(
        name="registered", title="Families registered", subject=FAMILIES, heading=f"{_THROUGH}Number of registrations"
    ),
    Cell(name="approved", title="Families approved", subject=FAMILIES, heading=f"{_THROUGH}Number of approvals"),
    Cell(
        name="families_waiting",
        title="Approved families waiting for a match",
        subject=FAMILIES,
        stock=True,
        heading="Prospective adopters waiting: Number of approved adoptive families waiting to be matched with "
        "children",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A per cent of two printed counts. They are rounded to the nearest ten, so the share is known within bounds."""

    name: str
    title: str
    part: str
    whole: str
    stock: bool = False


SHARES: Final = (
    Share(name="reversed_share", title="Decisions reversed, of decisions", part="reversed", whole="decisions"),
    Share(
        name="waiting_18_share", title="18 months or more since the order, of those who wait", part="waiting_18",
        whole="waiting_order", stock=True,
    ),
    Share(
        name="minority_share", title="Of an ethnic minority, of those who wait with an order", part="waiting_minority",
        whole="waiting_order", stock=True,
    ),
)  # fmt: skip
"Of regions and agencies, whose counts are rounded; an authority's own are not, and are too few for a share."


def published(values: pl.DataFrame) -> pl.DataFrame:
    """`measure, geography, period, value, suppressed, on_day` of the workbook's places that have a geography code
    here.

    Counts are as printed. Of two rows for one place and measure (a resubmitted workbook) the later one counts.
    """
    named = _placed(values).filter(pl.col("geography").is_not_null())
    parts = [_cell(named, cell) for cell in CELLS]
    found = (
        pl.concat(parts).sort("sequence").unique(["measure", "geography", "period"], keep="last", maintain_order=True)
    )
    counts = _guarded(found).with_columns(low=pl.lit(None, pl.Float64), high=pl.lit(None, pl.Float64))
    columns = ("measure", "geography", "period", "value", "low", "high", "suppressed", "on_day", "load_id", "row")
    return pl.concat([counts.select(columns), *(_share(found, share, columns) for share in SHARES)])


def _share(found: pl.DataFrame, share: Share, columns: Sequence[str]) -> pl.DataFrame:
    places = [*TOTALS.values(), *AGENCIES.values()]
    keys = ("geography", "period")
    part = found.filter(pl.col("measure") == share.part, pl.col("geography").is_in(places), pl.col("value") > 0)
    whole = found.filter(pl.col("measure") == share.whole, pl.col("value") >= FEWEST_BEHIND_A_MEAN)
    both = part.join(whole.select(*keys, whole="value"), on=keys)
    bounds = [share_of_rounded(one, of) for one, of in both.select("value", "whole").iter_rows()]
    per_cent = {name: [100.0 * one[at] for one in bounds] for at, name in enumerate(("value", "low", "high"))}
    shares = both.with_columns(pl.Series(name, values, pl.Float64) for name, values in per_cent.items())
    return shares.with_columns(
        measure=pl.lit(share.name), on_day=pl.lit(share.stock), suppressed=pl.lit(None, pl.String)
    ).select(columns)


def _placed(values: pl.DataFrame) -> pl.DataFrame:
    by_code = match_authorities(values.drop("authority", strict=False), "CODE")
    total = pl.col("AGENCY").replace_strict(TOTALS, default=None, return_dtype=pl.String)
    agency = pl.col("CODE").replace_strict(AGENCIES, default=None, return_dtype=pl.String)
    own = pl.when(pl.col("CODE").str.contains(r"^\d{3}$")).then(pl.col("authority"))
    return by_code.with_columns(geography=pl.coalesce(total, agency, own))


def _cell(named: pl.DataFrame, cell: Cell) -> pl.DataFrame:
    last = "at 31 Mar" if cell.stock else "Q1-Q4"
    return named.filter(
        pl.col("SUBJECT") == cell.subject,
        pl.col("HEADING") == cell.heading,
        pl.col("WHEN").fill_null("").str.starts_with(last) | (pl.col("WHEN").fill_null("") == ""),
    ).select(
        "geography",
        "period",
        "load_id",
        "row",
        "sequence",
        measure=pl.lit(cell.name),
        value="VALUE",
        suppressed=pl.col("SIGN").replace_strict(
            {"c": "c", "..": "x", ".": "z", "-": "z"}, default=None, return_dtype=pl.String
        ),
        on_day=pl.lit(cell.stock),
        mean_of=pl.lit(cell.mean_of),
    )


def _guarded(found: pl.DataFrame) -> pl.DataFrame:
    """Means in whole days, suppressed where the count behind them is not printed or is too small."""
    behind = found.select("geography", "period", mean_of="measure", behind="value")
    joined = found.join(behind, on=["geography", "period", "mean_of"], how="left")
    mean = pl.col("mean_of") != ""
    hidden = mean & ~(pl.col("behind") >= FEWEST_BEHIND_A_MEAN).fill_null(value=False) & pl.col("value").is_not_null()
    return joined.with_columns(
        value=pl.when(hidden).then(None).when(mean).then(pl.col("value").round(0)).otherwise(pl.col("value")),
        suppressed=pl.when(hidden).then(pl.lit("c")).otherwise(pl.col("suppressed")),
    )


def share_of_rounded(part: float, whole: float, nearest: float = 10.0) -> tuple[float, float, float]:
    """A share of two counts that were rounded to the nearest ten: the share, and the least and most it can be (0 to 1).

    27 % of 70 in 260 is anything from 24 to 29 %.
    """
    half = nearest / 2.0
    return part / whole, max(part - half, 0.0) / (whole + half), min((part + half) / (whole - half), 1.0)


def membership(values: pl.DataFrame) -> Mapping[str, str]:
    """Each authority's agency as the workbook prints it: ONS code → the agency's name."""
    printed = match_authorities(values.filter(pl.col("SEE").is_not_null()).drop("authority", strict=False), "CODE")
    found = printed.filter(pl.col("authority").is_not_null()).select("authority", "SEE").unique()
    return dict(found.iter_rows())
