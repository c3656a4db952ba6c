"""OC2: health and offending of children looked after for the whole year. Ages are from the DOB on the OC2 row."""

import polars as pl

from parentis.returns.rules import Marks
from parentis.returns.ssda903.rules.children import FIRST_FOUR, HEALTH
from parentis.returns.ssda903.rules.expressions import (
    all_filled,
    any_blank,
    any_filled,
    blank,
    col,
    filled,
    invalid,
    is_in,
    number,
    years,
    yes,
)
from parentis.returns.ssda903.rules.facts import Facts
from parentis.returns.ssda903.rules.rule_set import rule


def continuously() -> pl.Expr:
    return yes(col("continuously"))


@rule(
    "157",
    "Child is aged 4 years or over at the beginning of the year or 16 years or under at the end of the "
    "year and Strengths and Difficulties Questionnaire (SDQ) 1 has been recorded as the reason for no "
    "Strengths and Difficulties Questionnaire (SDQ) score.",
    fields="SDQ_REASON DOB",
    tables="Episodes OC2",
    note=("Aged 16 or under at the end of the year means before the 17th birthday; the original stops at the 16th."),
)
def sdq1_is_for_other_ages(y: Facts) -> Marks:
    aged = (years("DOB", 4) <= y.start) & (years("DOB", 17) > y.end)
    return {"OC2": continuously() & aged & blank("SDQ_SCORE") & is_in("SDQ_REASON", "SDQ1")}


@rule(
    "158",
    "If a child has been recorded as receiving an intervention for their substance misuse problem, then"
    " the additional item on whether an intervention was offered should be left blank.",
    fields="INTERVENTION_RECEIVED INTERVENTION_OFFERED",
    tables="OC2",
)
def received_needs_no_offer(y: Facts) -> Marks:
    return is_in("INTERVENTION_RECEIVED", "1") & filled("INTERVENTION_OFFERED")


@rule(
    "159",
    "If a child has been recorded as not receiving an intervention for their substance misuse problem, "
    "then the additional item on whether an intervention was offered should be completed as well.",
    fields="SUBSTANCE_MISUSE INTERVENTION_RECEIVED INTERVENTION_OFFERED",
    tables="OC2",
)
def not_received_needs_an_offer(y: Facts) -> Marks:
    misuse = is_in("SUBSTANCE_MISUSE", "1")
    return misuse & is_in("INTERVENTION_RECEIVED", "0") & blank("INTERVENTION_OFFERED")


@rule(
    "180",
    "Data entry for the strengths and difficulties questionnaire (SDQ) score is invalid.",
    fields="SDQ_SCORE",
    tables="OC2",
)
def score_is_valid(y: Facts) -> Marks:
    score = number("SDQ_SCORE")
    return filled("SDQ_SCORE") & ~yes(score.is_between(0, 40) & (score == score.floor()))


@rule(
    "181",
    "Data items relating to children looked after continuously for 12 months should be completed with a 0 or 1.",
    fields=(
        "CONVICTED HEALTH_CHECK IMMUNISATIONS TEETH_CHECK HEALTH_ASSESSMENT SUBSTANCE_MISUSE "
        "INTERVENTION_RECEIVED INTERVENTION_OFFERED"
    ),
    tables="OC2",
)
def items_are_0_or_1(y: Facts) -> Marks:
    return pl.any_horizontal([invalid(name, ("0", "1")) for name in HEALTH])


@rule(
    "182",
    "Data entries on immunisations, teeth checks, health assessments and substance misuse problem "
    "identified should be completed or all OC2 fields should be left blank.",
    fields=(
        "IMMUNISATIONS TEETH_CHECK HEALTH_ASSESSMENT SUBSTANCE_MISUSE CONVICTED HEALTH_CHECK "
        "INTERVENTION_RECEIVED INTERVENTION_OFFERED"
    ),
    tables="OC2",
    note=(
        "Any partly completed row is marked, as the message says; the original overlooks rows with only "
        "some of the first four."
    ),
)
def the_four_are_complete(y: Facts) -> Marks:
    return any_blank(*FIRST_FOUR) & any_filled(*HEALTH)


@rule(
    "185",
    "Child has not been looked after continuously for at least 12 months at 31 March but a Strengths "
    "and Difficulties (SDQ) score has been completed.",
    fields="SDQ_SCORE",
    tables="Episodes OC2",
)
def score_needs_a_year_in_care(y: Facts) -> Marks:
    return {"OC2": filled("SDQ_SCORE") & ~continuously()}


@rule(
    "186",
    "Children aged 4 or over at the start of the year and children aged under 17 at the end of the year"
    " and who have been looked after for at least 12 months continuously should have a Strengths and "
    "Difficulties (SDQ) score completed.",
    fields="SDQ_SCORE",
    tables="Episodes OC2",
)
def score_is_given_from_4_to_16(y: Facts) -> Marks:
    aged = (years("DOB", 4) <= y.start) & (years("DOB", 17) > y.end)
    return {"OC2": continuously() & aged & blank("SDQ_SCORE") & blank("SDQ_REASON")}


@rule(
    "188",
    "Child is aged under 4 years at the end of the year, but a Strengths and Difficulties (SDQ) score "
    "or a reason for no SDQ score has been completed.",
    fields="SDQ_SCORE SDQ_REASON",
    tables="OC2",
)
def no_score_under_4(y: Facts) -> Marks:
    return (years("DOB", 4) > y.end) & any_filled("SDQ_SCORE", "SDQ_REASON")


@rule(
    "189",
    "Child is aged 17 years or over at the beginning of the year, but an Strengths and Difficulties "
    "(SDQ) score or a reason for no Strengths and Difficulties (SDQ) score has been completed.",
    fields="DOB SDQ_SCORE SDQ_REASON",
    tables="OC2",
    note="A 17th birthday on 1 April counts as 17 at the beginning of the year, as the message says.",
)
def no_score_from_17(y: Facts) -> Marks:
    return (years("DOB", 17) <= y.start) & any_filled("SDQ_SCORE", "SDQ_REASON")


@rule(
    "190",
    "Child has not been looked after continuously for at least 12 months at 31 March but one or more "
    "data items relating to children looked after for 12 months have been completed.",
    fields=(
        "CONVICTED HEALTH_CHECK IMMUNISATIONS TEETH_CHECK HEALTH_ASSESSMENT SUBSTANCE_MISUSE "
        "INTERVENTION_RECEIVED INTERVENTION_OFFERED"
    ),
    tables="Episodes OC2",
)
def items_need_a_year_in_care(y: Facts) -> Marks:
    return {"OC2": ~continuously() & any_filled(*HEALTH)}


@rule(
    "191",
    "Child has been looked after continuously for at least 12 months at 31 March but one or more data "
    "items relating to children looked after for 12 months have been left blank.",
    fields="IMMUNISATIONS TEETH_CHECK HEALTH_ASSESSMENT SUBSTANCE_MISUSE CHILD",
    tables="Episodes OC2",
)
def a_year_in_care_needs_items(y: Facts) -> Marks:
    missing = continuously() & ~yes(col("in_oc2")) & col("is_first")
    return {"OC2": continuously() & any_blank(*FIRST_FOUR), "Episodes": missing}


@rule(
    "192",
    "Child has been identified as having a substance misuse problem but the additional item on whether "
    "an intervention was received has been left blank.",
    fields="SUBSTANCE_MISUSE INTERVENTION_RECEIVED",
    tables="OC2",
)
def misuse_needs_an_answer(y: Facts) -> Marks:
    return is_in("SUBSTANCE_MISUSE", "1") & blank("INTERVENTION_RECEIVED")


@rule(
    "193",
    "Child not identified as having a substance misuse problem but at least one of the two additional "
    "items on whether an intervention were offered and received have been completed.",
    fields="SUBSTANCE_MISUSE INTERVENTION_RECEIVED INTERVENTION_OFFERED",
    tables="OC2",
)
def no_misuse_needs_none(y: Facts) -> Marks:
    none = blank("SUBSTANCE_MISUSE") | is_in("SUBSTANCE_MISUSE", "0")
    return none & any_filled("INTERVENTION_RECEIVED", "INTERVENTION_OFFERED")


@rule(
    "196",
    "Strengths and Difficulties (SDQ) reason is not a valid code.",
    fields="SDQ_REASON",
    tables="OC2",
)
def reason_is_valid(y: Facts) -> Marks:
    return invalid("SDQ_REASON", y.codes("OC2", "SDQ_REASON"))


@rule(
    "197a",
    "Reason for no Strengths and Difficulties (SDQ) score is not required if Strengths and Difficulties"
    " Questionnaire score is filled in.",
    fields="SDQ_SCORE SDQ_REASON",
    tables="OC2",
)
def score_or_reason(y: Facts) -> Marks:
    return all_filled("SDQ_SCORE", "SDQ_REASON")


@rule(
    "197B",
    "SDQ score or reason for no SDQ should be reported for 4- or 17-year-olds.",
    fields="SDQ_REASON DOB",
    tables="Episodes OC2",
)
def score_or_reason_at_4_and_17(y: Facts) -> Marks:
    turned = pl.any_horizontal([years("DOB", age).is_between(y.start, y.end) for age in (4, 17)])
    return {"OC2": continuously() & blank("SDQ_SCORE") & blank("SDQ_REASON") & turned}


@rule(
    "198",
    "Child has not been looked after continuously for at least 12 months at 31 March but a reason for "
    "no Strengths and Difficulties (SDQ) score has been completed.",
    fields="SDQ_REASON",
    tables="Episodes OC2",
)
def reason_needs_a_year_in_care(y: Facts) -> Marks:
    return {"OC2": filled("SDQ_REASON") & ~continuously()}


@rule(
    "542",
    "A child aged under 10 at 31 March should not have conviction information completed.",
    fields="CONVICTED",
    tables="OC2",
)
def no_conviction_under_10(y: Facts) -> Marks:
    return filled("CONVICTED") & (years("DOB", 10) > y.end)


@rule(
    "543",
    "Child is aged 10 or over at 31 March and has been looked after continuously for 12 months yet "
    "conviction information has not been completed.",
    fields="DOB CONVICTED",
    tables="Episodes OC2",
    note="A 10th birthday on 31 March counts as 10, as the message says.",
)
def conviction_is_given_from_10(y: Facts) -> Marks:
    return {"OC2": continuously() & blank("CONVICTED") & (years("DOB", 10) <= y.end)}


@rule(
    "544",
    "Any child who has conviction information completed must also have immunisation, teeth check, "
    "health assessment and substance misuse problem identified fields completed.",
    fields="CONVICTED IMMUNISATIONS TEETH_CHECK HEALTH_ASSESSMENT SUBSTANCE_MISUSE",
    tables="OC2",
    note="A completed 0 counts as completed, as the message says; the original looks only at 1.",
)
def conviction_needs_the_four(y: Facts) -> Marks:
    return filled("CONVICTED") & any_blank(*FIRST_FOUR)


@rule(
    "545",
    "Child is aged under 5 at 31 March and has been looked after continuously for 12 months yet health "
    "promotion information has not been completed.",
    fields="DOB HEALTH_CHECK",
    tables="Episodes OC2",
)
def health_check_is_given_under_5(y: Facts) -> Marks:
    return {"OC2": continuously() & blank("HEALTH_CHECK") & (years("DOB", 5) > y.end)}


@rule(
    "546",
    "Children aged 5 or over at 31 March should not have health promotion information completed.",
    fields="DOB HEALTH_CHECK",
    tables="Episodes OC2",
)
def no_health_check_from_5(y: Facts) -> Marks:
    return {"OC2": continuously() & filled("HEALTH_CHECK") & (years("DOB", 5) <= y.end)}


@rule(
    "547",
    "Any child who has health promotion information completed must also have immunisation, teeth check,"
    " health assessment and substance misuse problem identified fields completed.",
    fields="HEALTH_CHECK IMMUNISATIONS TEETH_CHECK HEALTH_ASSESSMENT SUBSTANCE_MISUSE",
    tables="OC2",
    note="A completed 0 counts as completed, as the message says; the original looks only at 1.",
)
def health_check_needs_the_four(y: Facts) -> Marks:
    return filled("HEALTH_CHECK") & any_blank(*FIRST_FOUR)
