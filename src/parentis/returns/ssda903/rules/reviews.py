"""Reviews, and previous permanence."""

import polars as pl

from parentis.returns.rules import Marks
from parentis.returns.ssda903.rules.expressions import (
    any_filled,
    blank,
    both,
    col,
    filled,
    invalid,
    is_in,
    raw,
    written_in,
    years,
    yes,
)
from parentis.returns.ssda903.rules.facts import Facts
from parentis.returns.ssda903.rules.rule_set import rule

FIRST_COLLECTED = pl.date(2016, 4, 1)
AUTHORITIES = """
    201 202 203 204 205 206 207 208 209 210 211 212 213 301 302 303 304 305 306 307 308 309 310 311 312 313 314 315
    316 317 318 319 320 330 331 332 333 334 335 336 340 341 342 343 344 350 351 352 353 354 355 356 357 358 359 370
    371 372 373 380 381 382 383 384 390 391 392 393 394 420 800 801 802 803 805 806 807 808 810 811 812 813 815 816
    821 822 823 825 826 830 831 835 836 837 840 841 845 846 850 851 852 855 856 857 860 861 865 866 867 868 869 870
    871 872 873 874 876 877 878 879 880 881 882 883 884 885 886 887 888 889 890 891 892 893 894 895 896 908 909 916
    919 921 925 926 928 929 931 933 935 936 937 938 999 WAL SCO NUK NIR
""".split()  # noqa: SIM905 - a table of codes reads better than a list of strings
"As rule 633 lists them, past authorities among them; it does not follow the creation of new ones."


@rule(
    "167",
    "Data entry for participation is invalid or blank.",
    fields="REVIEW_CODE",
    tables="Reviews",
)
def participation_is_valid(y: Facts) -> Marks:
    unlisted = ~written_in("REVIEW_CODE", y.codes("Reviews", "REVIEW_CODE"))
    return (filled("REVIEW") & unlisted) | (blank("REVIEW") & filled("REVIEW_CODE"))


@rule(
    "440",
    "Participation method indicates child was under 4 years old at the time of the review, but date of "
    "birth and review date indicates the child was 4 years old or over.",
    fields="DOB REVIEW REVIEW_CODE",
    tables="Reviews",
    note="A review on the 4th birthday counts as aged 4, as the message says.",
)
def not_too_old_for_pn0(y: Facts) -> Marks:
    return is_in("REVIEW_CODE", "PN0") & (col("REVIEW") >= years("DOB", 4))


@rule(
    "441",
    "Participation method indicates child was 4 years old or over at the time of the review, but the "
    "date of birth and review date indicates the child was under 4 years old.",
    fields="DOB REVIEW REVIEW_CODE",
    tables="Reviews",
)
def old_enough_to_take_part(y: Facts) -> Marks:
    return is_in("REVIEW_CODE", *(f"PN{n}" for n in range(1, 8))) & (col("REVIEW") < years("DOB", 4))


@rule(
    "399",
    "Mother field, review field or participation field are completed but child is looked after under "
    "legal status V3 or V4.",
    fields="MOTHER LS REVIEW REVIEW_CODE",
    tables="Episodes Header Reviews",
)
def respite_needs_no_review(y: Facts) -> Marks:
    mother, review = yes(col("header_MOTHER_filled")), yes(col("review_filled"))
    asked = yes(col("all_respite")) & (mother | review)
    return {
        "Episodes": asked,
        "Header": asked,
        "Reviews": asked & (mother | any_filled("REVIEW", "REVIEW_CODE")),
    }


@rule(
    "630",
    "Information on previous permanence option should be returned.",
    fields="RNE",
    tables="Episodes PrevPerm",
)
def permanence_is_given_on_starting(y: Facts) -> Marks:
    unsaid = ~yes(col("in_perm")) | yes(col("perm_incomplete"))
    return {"Episodes": is_in("RNE", "S") & (col("DECOM") >= y.start) & unsaid}


def order_date() -> pl.Expr:
    """DATE_PERM read as the latest day it can mean; an unknown year (ZZZZ) is read as 2000."""
    parts = raw("DATE_PERM").str.to_uppercase().str.extract_groups(r"^(\d{1,2}|ZZ)/(\d{1,2}|ZZ)/(\d{4}|ZZZZ)$")
    day, month = (parts.struct.field(str(n)) for n in (1, 2))
    year = parts.struct.field("3").replace("ZZZZ", "2000").cast(pl.Int32, strict=False)
    month = month.replace("ZZ", "12").cast(pl.Int8, strict=False)
    first = (year.cast(pl.String) + "-" + month.cast(pl.String) + "-1").str.to_date("%Y-%m-%d", strict=False)
    whole = year.cast(pl.String) + "-" + month.cast(pl.String) + "-" + day
    return pl.when(day == "ZZ").then(first.dt.month_end()).otherwise(whole.str.to_date("%Y-%m-%d", strict=False))


@rule(
    "632",
    "Date of previous permanence order not a valid value. NOTE: This rule may result in false negatives"
    " where the period of care started before the current collection year",
    fields="DATE_PERM DECOM",
    tables="Episodes PrevPerm",
    caveat="It sees only the returns that were given.",
    note=("An unknown day or month is read as the latest it can be; the original reads 05/ZZ/2020 as 4 January 2021."),
)
def permanence_was_before_care(y: Facts) -> Marks:
    told = y.t("PrevPerm").filter(filled("DATE_PERM")).with_columns(ordered=order_date())
    pairs = y.pairs(y.t("Episodes").filter(col("is_first")), told)
    late = col("ordered").is_null() | (col("ordered") >= col("DECOM"))
    return both(pairs.filter(late), "Episodes", "PrevPerm")


@rule(
    "633",
    "Local authority code where previous permanence option was arranged is not a valid value.",
    fields="LA_PERM",
    tables="PrevPerm",
)
def authority_is_valid(y: Facts) -> Marks:
    return invalid("LA_PERM", AUTHORITIES)


@rule(
    "634",
    "There are entries for previous permanence options, but child has not started to be looked after "
    "from 1 April 2016 onwards.",
    fields="LA_PERM PREV_PERM DATE_PERM DECOM",
    tables="Episodes PrevPerm",
    note=(
        "The cut-off is 1 April 2016, when these items were first collected, as the message says; the "
        "original marks every child who started before the current year."
    ),
)
def permanence_only_since_2016(y: Facts) -> Marks:
    early = yes(col("latest_DECOM") < FIRST_COLLECTED)
    return {
        "PrevPerm": early & any_filled("PREV_PERM", "DATE_PERM", "LA_PERM"),
        "Episodes": early & yes(col("perm_filled")),
    }


@rule(
    "635",
    "There are entries for date of order and local authority code where previous permanence option was "
    "arranged but previous permanence code is Z1",
    fields="LA_PERM DATE_PERM PREV_PERM",
    tables="PrevPerm",
    note=(
        "Code Z1 with a date or an authority is marked, as the message says; so is a blank code with them, "
        "which is all the original marks."
    ),
)
def no_details_without_an_option(y: Facts) -> Marks:
    return (blank("PREV_PERM") | is_in("PREV_PERM", "Z1")) & any_filled("LA_PERM", "DATE_PERM")
