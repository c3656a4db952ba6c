"""Episodes: rules on their sequence, and on their total length."""

import polars as pl

from parentis.returns.rules import Marks
from parentis.returns.ssda903.rules.expressions import TEMPORARY, blank, col, compact, differ, filled, is_in, raw, yes
from parentis.returns.ssda903.rules.facts import Facts
from parentis.returns.ssda903.rules.rule_set import rule

LEFT_CARE = (
    *("E2", "E3", "E4A", "E4B", "E5", "E6", "E7", "E8", "E9", "E11", "E12", "E13", "E14", "E15", "E16", "E17"),
    *("E41", "E45", "E46", "E47", "E48"),
)
PLACEMENT = ("PLACE", "PL_POST", "URN", "PLACE_PROVIDER")
BLANKS = "Two blanks are the same: a placement or status that is blank on both rows has not changed."


def _status_changed() -> pl.Expr:
    return differ("LS", "before_LS")


def _placement_changed() -> pl.Expr:
    return pl.any_horizontal([differ(name, f"before_{name}") for name in PLACEMENT])


@rule(
    "142",
    "A new episode has started, but the previous episode has not ended.",
    fields="DEC REC",
    tables="Episodes",
    note="A row without a readable start is left out of the order; the original takes it for the child's last.",
)
def ended_before_the_next(y: Facts) -> Marks:
    unfinished = col("DEC").is_null() | blank("REC")
    return col("DECOM").is_not_null() & col("child").is_not_null() & ~col("is_last_dated") & unfinished


@rule(
    "199",
    "Episode information shows child has been previously adopted from care. [NOTE: This only tests the "
    "current and previous year data loaded into the tool]",
    fields="CHILD",
    tables="Episodes",
    optional="Episodes_last",
    caveat="It sees only the returns that were given.",
    note="An episode that began on the day of the adopted one is taken for the same.",
)
def not_adopted_before(y: Facts) -> Marks:
    known = ["adopted_first", *(["adopted_first_last"] if y.knows("adopted_first_last") else [])]
    return col("DECOM") > pl.min_horizontal(known)


@rule(
    "225",
    "Reason for placement change must be recorded.",
    fields="REASON_PLACE_CHANGE",
    tables="Episodes",
)
def change_of_placement_has_a_reason(y: Facts) -> Marks:
    moved = is_in("after_RNE", "P", "B", "T", "U") & ~is_in("after_PLACE", *TEMPORARY)
    return is_in("REC", "X1") & blank("REASON_PLACE_CHANGE") & ~is_in("PLACE", *TEMPORARY) & moved


@rule(
    "226",
    "Reason for placement change is not required.",
    fields="REASON_PLACE_CHANGE PLACE",
    tables="Episodes",
    changed=("2025-26",),
)
def temporary_change_has_none(y: Facts) -> Marks:
    reason = filled("REASON_PLACE_CHANGE") | col("before_REASON_PLACE_CHANGE__raw").is_not_null()
    return is_in("PLACE", *TEMPORARY) & reason


@rule(
    "383",
    "A child in a temporary placement must subsequently return to his/her normal placement.",
    fields="PLACE RNE PL_POST",
    tables="Episodes",
    changed=("2025-26",),
    note="Postcodes are compared without spaces and in any case; the original compares them as typed.",
)
def returns_to_the_placement_before(y: Facts) -> Marks:
    two_before = col("has_before").shift(1).fill_null(value=False) & col("has_before")
    same = yes(col("PLACE") == col("PLACE").shift(2))
    if y.period >= "2025-26":
        same &= yes(compact("PL_POST") == compact("PL_POST").shift(2))
    return is_in("before_PLACE", *TEMPORARY) & two_before & ~(is_in("RNE", "P") & same)


@rule(
    "388",
    "Reason episode ceased is coded new episode begins, but there is no continuation episode.",
    fields="REC",
    tables="Episodes",
)
def continues_as_it_says(y: Facts) -> Marks:
    following = y.t("Episodes").filter(col("child").is_not_null()).sort("child", "DECOM", nulls_last=False,
                                                                       maintain_order=True)  # fmt: skip
    has_next = (col("child") == col("child").shift(-1)).fill_null(value=False)
    on_the_day = yes(col("DECOM").shift(-1) == col("DEC"))
    continues = is_in("REC", "X1")
    wrong = (continues & ~(has_next & on_the_day)) | (filled("REC") & ~continues & has_next & on_the_day)
    marked = following.with_columns(wrong=wrong & col("DEC").is_not_null()).filter(col("wrong"))
    return {"Episodes": marked.select("at")}


@rule(
    "431",
    "The reason for new episode is started to be looked after, but the previous episode ended on the same day.",
    fields="RNE DECOM",
    tables="Episodes",
)
def does_not_restart_at_once(y: Facts) -> Marks:
    return is_in("RNE", "S") & (col("before_DEC") >= col("DECOM"))


@rule(
    "432",
    "The child ceased to be looked after at the end of the previous episode but the reason for the new "
    "episode is not started to be looked after.",
    fields="RNE",
    tables="Episodes",
)
def restarts_after_leaving(y: Facts) -> Marks:
    return ~is_in("RNE", "S") & is_in("before_REC", *LEFT_CARE)


@rule(
    "433",
    "The reason for new episode suggests that this is a continuation episode, but the episode does not "
    "start on the same day as the last episode finished.",
    fields="RNE DECOM",
    tables="Episodes",
    note="Dates are compared as dates; text that cannot be read is compared as it stands.",
)
def continues_on_the_day(y: Facts) -> Marks:
    """Of episodes that begin on the same day, the one that ends first comes first."""
    in_order = (
        y.t("Episodes")
        .filter(col("child").is_not_null())
        .sort("child", "DECOM", "DEC", nulls_last=True, maintain_order=True)
    )
    has_before = (col("child") == col("child").shift(1)).fill_null(value=False)
    readable = col("DECOM").is_not_null() & col("DEC").shift(1).is_not_null()
    as_text = raw("DECOM") == raw("DEC").shift(1)
    on_the_day = yes(pl.when(readable).then(col("DECOM") == col("DEC").shift(1)).otherwise(as_text))
    marked = in_order.with_columns(wrong=is_in("RNE", "P", "L", "T", "U", "B") & has_before & ~on_the_day)
    return {"Episodes": marked.filter(col("wrong")).select("at")}


@rule(
    "434",
    "Reason for new episode is that child's legal status has changed but not the placement, but this is"
    " not reflected in the episode data.",
    fields="RNE LS PLACE PL_POST URN PLACE_PROVIDER",
    tables="Episodes",
    note=BLANKS,
)
def only_the_status_changed(y: Facts) -> Marks:
    return is_in("RNE", "L") & col("has_before") & (~_status_changed() | _placement_changed())


@rule(
    "435",
    "Reason for new episode is that child’s placement has changed but not the legal status, but this is"
    " not reflected in the episode data recorded.",
    fields="LS PLACE PL_POST URN PLACE_PROVIDER",
    tables="Episodes",
    note=BLANKS,
)
def only_the_placement_changed(y: Facts) -> Marks:
    return is_in("RNE", "P", "T") & col("has_before") & (_status_changed() | ~_placement_changed())


@rule(
    "436",
    "Reason for new episode is that both child’s placement and legal status have changed, but this is "
    "not reflected in the episode data.",
    fields="RNE LS PLACE PL_POST URN PLACE_PROVIDER",
    tables="Episodes",
)
def both_changed(y: Facts) -> Marks:
    return is_in("RNE", "U", "B") & col("has_before") & (~_status_changed() | ~_placement_changed())


@rule(
    "437",
    "Reason episode ceased is child has died or is aged 18 or over but there are further episodes.",
    fields="REC",
    tables="Episodes",
)
def nothing_after_death_or_18(y: Facts) -> Marks:
    return is_in("REC", "E2", "E15") & col("DECOM").is_not_null() & col("has_after")


@rule(
    "501",
    "A new episode has started before the end date of the previous episode.",
    fields="DECOM DEC",
    tables="Episodes",
)
def starts_after_the_one_before(y: Facts) -> Marks:
    return col("DECOM") < col("before_DEC")


@rule(
    "504",
    "The category of need code differs from that reported at start of current period of being looked after",
    fields="CIN",
    tables="Episodes",
    note=BLANKS,
)
def need_does_not_change(y: Facts) -> Marks:
    continues = is_in("before_REC", "X1") & (col("before_DEC") == col("DECOM"))
    return continues & differ("CIN", "before_CIN")


def _stays(y: Facts, status: str) -> pl.LazyFrame:
    """Unbroken stays under one legal status: `stay` is their number, `days` the days of each row.

    A blank DEC counts as the end of the year; an unreadable DEC adds no days and does not end the stay.
    """
    until = pl.when(blank("DEC")).then(pl.lit(y.end)).otherwise(col("DEC"))
    same_child = (col("child") == col("child").shift(1)).fill_null(value=False)
    gap = yes(col("DECOM") > col("until").shift(1))
    return (
        y.t("Episodes")
        .filter(is_in("LS", status) & col("DECOM").is_not_null() & col("child").is_not_null())
        .with_columns(until=until)
        .with_columns(stay=(~same_child | gap).cast(pl.UInt32).cum_sum())
        .with_columns(days=(col("until") - col("DECOM")).dt.total_days())
    )


def _too_long(y: Facts, status: str, limit: int) -> Marks:
    """By the span of the stay, from its first day to its last."""
    span = (col("until").max() - col("DECOM").min()).dt.total_days().over("stay")
    return {"Episodes": _stays(y, status).filter(span > limit).select("at")}


def _too_many_days(y: Facts, status: str, limit: int) -> Marks:
    """By the sum of the days of its rows."""
    return {"Episodes": _stays(y, status).filter(col("days").sum().over("stay") > limit).select("at")}


UNBROKEN = (
    "Only rows of this status that follow without a gap are one stay; the original bridges gaps filled by another."
)


@rule(
    "361",
    "Police protection legal status lasted longer than maximum 72 hours allowed in the Children Act 1989.",
    fields="DECOM LS DEC",
    tables="Episodes",
    note=UNBROKEN,
)
def police_protection_up_to_72_hours(y: Facts) -> Marks:
    return _too_long(y, "L1", 3)


@rule(
    "362",
    "Emergency protection order (EPO) lasted longer than 21 days",
    fields="DECOM LS DEC",
    tables="Episodes",
    note=UNBROKEN,
)
def emergency_order_up_to_21_days(y: Facts) -> Marks:
    return _too_long(y, "L2", 21)


@rule(
    "363",
    "Child assessment order (CAO) lasted longer than 7 days allowed in the Children Act 1989.",
    fields="LS DECOM DEC",
    tables="Episodes",
    note="Rows are taken in order of date; the original sorts them and then does not use the result.",
)
def assessment_order_up_to_7_days(y: Facts) -> Marks:
    return _too_many_days(y, "L3", 7)


@rule(
    "364",
    "Sections 41-46 of Police and Criminal Evidence (PACE; 1984) severely limits the time a child can "
    "be detained in custody in Local Authority (LA) accommodation.",
    fields="LS DECOM DEC",
    tables="Episodes",
    note="Rows are taken in order of date; the original sorts them and then does not use the result.",
)
def detention_up_to_21_days(y: Facts) -> Marks:
    return _too_many_days(y, "J2", 21)


@rule(
    "365",
    "Any individual short- term respite placement must not exceed 17 days.",
    fields="LS DECOM DEC",
    tables="Episodes",
)
def respite_up_to_17_days(y: Facts) -> Marks:
    until = pl.when(blank("DEC")).then(pl.lit(y.end)).otherwise(col("DEC"))
    return is_in("LS", "V3") & (until > col("DECOM").dt.offset_by("17d"))


@rule(
    "367",
    "The maximum amount of respite care allowable is 75 days in any 12-month period.",
    fields="LS DECOM DEC",
    tables="Episodes",
    note="The twelve months are the collection year.",
)
def respite_up_to_75_days(y: Facts) -> Marks:
    until = pl.when(blank("DEC")).then(pl.lit(y.end)).otherwise(pl.min_horizontal(col("DEC"), pl.lit(y.end)))
    until = pl.when(filled("DEC") & col("DEC").is_null()).then(None).otherwise(until)
    days = (until - pl.max_horizontal(col("DECOM"), pl.lit(y.start))).dt.total_days()
    counted = (
        y.t("Episodes")
        .filter(is_in("LS", "V3") & col("DECOM").is_not_null() & col("child").is_not_null())
        .with_columns(days=days)
        .filter(col("days") > 0)
    )
    return {"Episodes": counted.filter(col("days").sum().over("child") > 75).select("at")}
