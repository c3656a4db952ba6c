"""Missing children, and deprivation of liberty orders: periods of time compared with the episodes."""

import polars as pl

from parentis.returns.rules import Marks
from parentis.returns.ssda903.rules.expressions import blank, both, col, filled, is_in, raw, years, yes
from parentis.returns.ssda903.rules.facts import Facts
from parentis.returns.ssda903.rules.rule_set import rule

SUITABLE = ("K2", "Z12", "Z13")
NOT_ALLOWED = ("K1", "P1", "R5", "K3")
NOT_BEFORE_BIRTH = "A start on the day of birth is not before it, as the message says."


def _care(y: Facts) -> pl.LazyFrame:
    """One row for each period of care: `child`, `care_start`, `care_end` (null: open)."""
    periods = y.t("Episodes").filter(col("care_start").is_not_null()).select("child", "care_start", "care_end")
    return periods.unique(maintain_order=False)


def _outside_care(y: Facts, table: str, start: str, end: str) -> Marks:
    """Periods that are not within any period of care of the child."""
    ended = col(end)
    open_wrong = ended.is_null() & (col("care_end").is_not_null() | (col(start) < col("care_start")))
    fails = yes(open_wrong) | yes(ended > col("care_end")) | yes(ended < col("care_start"))
    rows = y.t(table).filter(col(start).is_not_null())
    judged = y.pairs(rows, _care(y)).group_by("at").agg(fails=fails.all())
    return {table: judged.filter("fails").select("at")}


@rule(
    "564",
    "Child was missing or away from placement without authorisation and the date started is blank.",
    fields="MISSING MIS_START",
    tables="Missing",
)
def start_is_given(y: Facts) -> Marks:
    return is_in("MISSING", "M", "A") & blank("MIS_START")


@rule(
    "565",
    "The date that the child started to be missing or away from placement without authorisation has "
    "been completed but whether the child was missing or away from placement without authorisation has "
    "not been completed.",
    fields="MISSING MIS_START",
    tables="Missing",
)
def kind_is_given_with_start(y: Facts) -> Marks:
    return filled("MIS_START") & blank("MISSING")


@rule(
    "566",
    "The date that the child's episode of being missing or away from placement without authorisation "
    "ended has been completed but whether the child was missing or away without authorisation has not "
    "been completed.",
    fields="MISSING MIS_END",
    tables="Missing",
)
def kind_is_given_with_end(y: Facts) -> Marks:
    return filled("MIS_END") & blank("MISSING")


@rule(
    "567",
    "The date that the missing episode or episode that the child was away from placement without "
    "authorisation ended is before the date that it started.",
    fields="MIS_START MIS_END",
    tables="Missing",
)
def ends_after_it_starts(y: Facts) -> Marks:
    return col("MIS_START") > col("MIS_END")


@rule(
    "570",
    "The date that the child started to be missing or away from placement without authorisation is "
    "after the end of the collection year.",
    fields="MIS_START",
    tables="Missing",
)
def starts_in_time(y: Facts) -> Marks:
    return col("MIS_START") > y.end


@rule(
    "571",
    "The date that the child ceased to be missing or away from placement without authorisation is "
    "before the start or after the end of the collection year.",
    fields="MIS_END",
    tables="Missing",
)
def ends_in_the_year(y: Facts) -> Marks:
    return (col("MIS_END") < y.start) | (col("MIS_END") > y.end)


@rule(
    "574",
    "A new missing/away from placement without authorisation period cannot start when the previous "
    "missing/away from placement without authorisation period is still open. Missing/away from "
    "placement without authorisation periods should also not overlap.",
    fields="MIS_START MIS_END",
    tables="Missing",
)
def absences_do_not_overlap(y: Facts) -> Marks:
    before = col("before_MIS_END")
    return col("has_before") & (before.is_null() | yes(before > col("MIS_START")))


@rule(
    "575",
    "If the placement from which the child goes missing/away from placement without authorisation ends,"
    " the missing/away from placement without authorisation period in the missing module must also have"
    " an end date.",
    fields="MIS_END",
    tables="Episodes Missing",
)
def absence_ends_with_the_placement(y: Facts) -> Marks:
    pairs = y.pairs(y.t("Missing").filter(blank("MIS_END")), y.t("Episodes"))
    return {"Missing": pairs.filter(col("MIS_START").is_between(col("DECOM"), col("DEC"))).select("at")}


@rule(
    "576",
    "There is an open missing/away from placement without authorisation period in last year’s return "
    "and there is no corresponding period recorded at the start of this year.",
    fields="CHILD",
    tables="Missing Missing_last",
    note=(
        "Any absence of this year that starts on the day matches, and a child without one is marked too "
        "(with no row of this year's, for there is none), as the message says."
    ),
)
def open_absence_goes_on(y: Facts) -> Marks:
    still = y.t("Missing_last").filter(blank("MIS_END") & col("MIS_START").is_not_null())
    now = y.t("Missing").filter(col("child").is_not_null())
    unmatched = still.join(now.select("child", "MIS_START"), on=["child", "MIS_START"], how="anti")
    earliest = now.sort("child", "MIS_START", "row", nulls_last=True).unique(
        subset="child", keep="first", maintain_order=True
    )
    return {
        "Missing": y.pairs(earliest, unmatched).select("at"),
        "Missing_last": unmatched.join(now, on="child", how="anti").select("at"),
    }


@rule(
    "577",
    "Child ceased to be looked after but there is a missing/away from placement without authorisation "
    "period without an end date.",
    fields="MIS_END",
    tables="Episodes Missing",
)
def absence_ends_with_care(y: Facts) -> Marks:
    return _outside_care(y, "Missing", "MIS_START", "MIS_END")


@rule(
    "578",
    "The date that the child started to be missing is after the child ceased to be looked after.",
    fields="MIS_START",
    tables="Episodes Missing",
)
def absence_starts_in_care(y: Facts) -> Marks:
    rows = y.t("Missing").filter(col("MIS_START").is_not_null())
    fails = yes(col("MIS_START") < col("care_start")) | yes(col("MIS_START") > col("care_end"))
    judged = y.pairs(rows, _care(y)).group_by("at").agg(fails=fails.all())
    return {"Missing": judged.filter("fails").select("at")}


@rule(
    "580",
    "Child is missing when cease being looked after but reason episode ceased not ‘E8’.",
    fields="REC",
    tables="Episodes Missing",
)
def missing_at_18(y: Facts) -> Marks:
    pairs = y.pairs(y.t("Episodes").filter(~is_in("REC", "E8")), y.t("Missing"))
    at_18 = years("DOB", 18)
    return {"Episodes": pairs.filter((at_18 == col("MIS_END")) & (at_18 == col("DEC"))).select("at")}


@rule(
    "581",
    "Child is missing but has not yet started to be looked after.",
    fields="MIS_START",
    tables="Episodes Missing",
)
def missing_while_in_care(y: Facts) -> Marks:
    within = yes(col("DECOM") <= col("MIS_START")) & yes(col("DEC").is_null() | (col("MIS_START") <= col("DEC")))
    judged = y.pairs(y.t("Missing"), y.t("Episodes")).group_by("at").agg(held=within.any())
    return {"Missing": judged.filter(~col("held")).select("at")}


@rule(
    "586",
    "Dates of missing periods are before child’s date of birth.",
    fields="MIS_START",
    tables="Missing",
    note=NOT_BEFORE_BIRTH,
)
def born_before_missing(y: Facts) -> Marks:
    return col("MIS_START") < col("DOB")


@rule(
    "700",
    "DoLO start date is not a valid date.",
    fields="DOLO_START",
    tables="DoLo",
    first="2026-27",
)
def order_start_is_a_date(y: Facts) -> Marks:
    return blank("DOLO_START") | y.unreadable("DOLO_START")


@rule(
    "701",
    "DoLO end date is not a valid date.",
    fields="DOLO_END",
    tables="DoLo",
    first="2026-27",
)
def order_end_is_a_date(y: Facts) -> Marks:
    return y.unreadable("DOLO_END")


@rule(
    "702",
    "DoLO ends before it starts.",
    fields="DOLO_START DOLO_END",
    tables="DoLo",
    first="2026-27",
    note="The condition has an order of one day marked too, though the message says before.",
)
def order_ends_after_it_starts(y: Facts) -> Marks:
    return col("DOLO_END") <= col("DOLO_START")


@rule(
    "703",
    "DoLO starts after the collection year.",
    fields="DOLO_START",
    tables="DoLo",
    first="2026-27",
)
def order_starts_in_time(y: Facts) -> Marks:
    return col("DOLO_START") > y.end


@rule(
    "704",
    "DoLO ends outside the collection year.",
    fields="DOLO_END",
    tables="DoLo",
    first="2026-27",
)
def order_ends_in_the_year(y: Facts) -> Marks:
    return (col("DOLO_END") < y.start) | (col("DOLO_END") > y.end)


@rule(
    "705",
    "DoLO starts while an earlier DoLO is still open.",
    fields="DOLO_START DOLO_END",
    tables="DoLo",
    first="2026-27",
)
def orders_do_not_overlap(y: Facts) -> Marks:
    before = col("before_DOLO_END")
    return col("has_before") & (before.is_null() | yes(col("DOLO_START") < before))


@rule(
    "706",
    "DoLO open at the end of last year has no matching DoLO this year.",
    fields="DOLO_START",
    tables="DoLo DoLo_last",
    first="2026-27",
    note=(
        "The order that goes unmatched is last year's, so the finding names the child and no row of this "
        "year's table; starts are compared as dates."
    ),
)
def open_order_goes_on(y: Facts) -> Marks:
    still = y.t("DoLo_last").filter(blank("DOLO_END") & filled("DOLO_START"))
    now = y.t("DoLo").filter(col("child").is_not_null())
    as_date = still.join(now.select("child", "DOLO_START"), on=["child", "DOLO_START"], how="semi").select("at")
    as_text = still.join(
        now.select("child", written=raw("DOLO_START")),
        left_on=["child", "DOLO_START__raw"],
        right_on=["child", "written"],
        how="semi",
    ).select("at")
    return {"DoLo_last": still.join(pl.concat([as_date, as_text]), on="at", how="anti").select("at")}


@rule(
    "707",
    "Child has left care but a DoLO has no end date.",
    fields="DOLO_END",
    tables="DoLo Episodes",
    first="2026-27",
)
def order_ends_with_care(y: Facts) -> Marks:
    return _outside_care(y, "DoLo", "DOLO_START", "DOLO_END")


@rule(
    "708",
    "DoLO dates are before the date of birth.",
    fields="DOLO_START",
    tables="DoLo",
    first="2026-27",
    note="The condition has a start on the day of birth marked too, though the message says before.",
)
def born_before_the_order(y: Facts) -> Marks:
    return col("DOLO_START") <= col("DOB")


def _placed_under_order(y: Facts) -> pl.LazyFrame:
    """Closed orders beside each episode they overlap; touching days overlap."""
    closed = y.t("DoLo").filter(filled("DOLO_START") & filled("DOLO_END"))
    begun = col("DEC").is_null() | (col("DOLO_START") <= col("DEC"))
    return y.pairs(closed, y.t("Episodes")).filter(yes(begun) & (col("DOLO_END") >= col("DECOM")))


@rule(
    "709",
    "Child with a DoLO is in an unexpected placement type.",
    fields="DOLO_START PLACE",
    tables="DoLo Episodes",
    first="2026-27",
    note="The placement is read from PLACE; the original reads a column that the return does not have.",
)
def order_fits_the_placement(y: Facts) -> Marks:
    return both(_placed_under_order(y).filter(~is_in("PLACE", *SUITABLE)), "DoLo", "Episodes")


@rule(
    "710",
    "Child with a DoLO is in a placement type that is not allowed.",
    fields="DOLO_START PLACE",
    tables="DoLo Episodes",
    first="2026-27",
    note="The placement is read from PLACE; the original reads a column that the return does not have.",
)
def order_allows_the_placement(y: Facts) -> Marks:
    return both(_placed_under_order(y).filter(is_in("PLACE", *NOT_ALLOWED)), "DoLo", "Episodes")
