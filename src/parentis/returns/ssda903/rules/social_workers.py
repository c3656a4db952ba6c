"""Social worker episodes."""

import polars as pl

from parentis.returns.rules import Marks
from parentis.returns.ssda903.rules.expressions import (
    any_blank,
    blank,
    col,
    differ,
    filled,
    invalid,
    is_in,
    raw,
    respite,
    same_day,
    yes,
)
from parentis.returns.ssda903.rules.facts import Facts
from parentis.returns.ssda903.rules.rule_set import rule

COLLECTED = pl.date(2023, 4, 1)
TOLERANCE = "7d"
LAST_WEEK = "-5d"
SHORTEST = 4
"Characters of a social worker's number, from 2025-26."
PARTIAL = r"^(?:\d{1,2}|ZZ)/(?:\d{1,2}|ZZ)/(?:\d{4}|ZZZZ)$"
ONLY_MESSAGE = "Only the message is published; the condition is ours."


def _unreadable(y: Facts, name: str) -> pl.Expr:
    """Filled, but neither a real date nor one with ZZ for parts that are not known."""
    written = raw(name).str.to_uppercase()
    known = written.str.replace("^ZZ/", "01/").str.replace("/ZZ/", "/01/").str.replace("/ZZZZ$", "/2000")
    real = known.str.to_date("%d/%m/%Y", strict=False).is_not_null()
    partial = written.str.contains(PARTIAL) & written.str.contains("Z")
    return y.unreadable(name) & ~yes(partial & real)


def _last_row() -> pl.Expr:
    """The child's latest dated row."""
    return col("SW_DECOM").is_not_null() & col("child").is_not_null() & col("after_SW_DECOM").is_null()


@rule(
    "SW01STG1",
    "Child looked after on 31 March, but no social worker episode information is reported",
    fields="DEC",
    tables="Episodes SWEpisodes",
    first="2023-24",
    last="2024-25",
    note=ONLY_MESSAGE,
)
def looked_after_has_a_worker(y: Facts) -> Marks:
    on_31_march = (col("DECOM") <= y.end) & (blank("DEC") | (col("DEC") > y.end))
    return {"Episodes": on_31_march & ~respite() & ~yes(col("in_sw"))}


@rule(
    "SW01aSTG1",
    "Social worker episode is incomplete (worker or start).",
    fields="SW_DECOM SW_ID",
    tables="SWEpisodes",
    first="2024-25",
    last="2024-25",
)
def complete_before_2023(y: Facts) -> Marks:
    return col("SW_DECOM").is_null() | ((col("SW_DECOM") < COLLECTED) & blank("SW_ID"))


@rule(
    "SW01bSTG1",
    "Social worker episode is incomplete (worker, start or reason).",
    fields="SW_DECOM SW_ID SW_REASON",
    tables="SWEpisodes",
    first="2024-25",
    last="2024-25",
)
def complete_from_2023(y: Facts) -> Marks:
    return col("SW_DECOM").is_null() | ((col("SW_DECOM") >= COLLECTED) & any_blank("SW_ID", "SW_REASON"))


@rule(
    "SW02STG1",
    "Social worker ID does not begin with the characters ‘SW’ or ‘XX’.",
    fields="SW_ID",
    tables="SWEpisodes",
    first="2023-24",
    changed=("2025-26",),
    note=f"From 2025-26 a number of fewer than {SHORTEST} characters is marked too; the message does not say so.",
)
def number_starts_with_sw_or_xx(y: Facts) -> Marks:
    rest = f".{{{SHORTEST - 2},}}" if y.period >= "2025-26" else ""
    return ~yes(raw("SW_ID").str.to_uppercase().str.contains(f"^(?:SW|XX){rest}"))


@rule(
    "SW03STG1",
    "For each social worker episode, information should be complete.",
    fields="SW_DECOM SW_ID SW_REASON",
    tables="SWEpisodes",
    first="2023-24",
    last="2024-25",
    note=ONLY_MESSAGE,
)
def complete(y: Facts) -> Marks:
    return any_blank("SW_ID", "SW_DECOM", "SW_REASON")


@rule(
    "SW04STG1",
    "Date social worker episode began is not a valid date..",
    fields="SW_DECOM",
    tables="SWEpisodes",
    first="2023-24",
)
def start_is_a_date(y: Facts) -> Marks:
    return _unreadable(y, "SW_DECOM")


@rule(
    "SW05STG1",
    "Date social worker episode began is not a valid date.",
    fields="SW_DEC",
    tables="SWEpisodes",
    first="2023-24",
    note="The message speaks of the start; the field tested is the end. Rule SW04STG1 tests the start.",
)
def end_is_a_date(y: Facts) -> Marks:
    return _unreadable(y, "SW_DEC")


@rule(
    "SW06STG2",
    "Social worker episode data should be within the social worker data reporting year.",
    fields="SW_DECOM",
    tables="SWEpisodes",
    first="2023-24",
)
def starts_in_time(y: Facts) -> Marks:
    return col("SW_DECOM") > y.end


@rule(
    "SW07STG2",
    "Social worker episode end date should be on or after the start of the social worker reporting "
    "period, and should be on or before the collection end date.",
    fields="SW_DEC",
    tables="SWEpisodes",
    first="2023-24",
    changed=("2024-25",),
    note=(
        "From 2024-25 the period begins on 1 April a year before the collection year; the original "
        "subtracts an average year, and so loses that day in leap years."
    ),
)
def ends_in_the_period(y: Facts) -> Marks:
    first = y.last_start if y.period >= "2024-25" else y.start
    return (col("SW_DEC") > y.end) | (col("SW_DEC") < first)


def _unfinished() -> pl.Expr:
    dated = col("SW_DECOM").is_not_null() & col("child").is_not_null()
    return dated & ~_last_row() & col("SW_DEC").is_null()


@rule(
    "SW08STG2",
    "New social worker episode starts before the previous one has ended.",
    fields="SW_DEC",
    tables="SWEpisodes",
    first="2023-24",
    note=("A row without a readable start is left out of the order; the original takes it for the child's latest."),
)
def ended_before_the_next(y: Facts) -> Marks:
    return _unfinished()


@rule(
    "SW108STG2",
    "A new social worker episode has started, but the previous episode has not ended.",
    fields="SW_DEC",
    tables="SWEpisodes",
    first="2023-24",
    last="2024-25",
    note=ONLY_MESSAGE,
)
def ended_before_the_next_too(y: Facts) -> Marks:
    return _unfinished()


@rule(
    "SW09STG2",
    "Social worker episode appears to have lasted for less than 24 hours.",
    fields="SW_DECOM SW_DEC",
    tables="SWEpisodes",
    first="2023-24",
    severity="query",
    note="Dates are compared as dates, however they are written.",
)
def lasts_a_day(y: Facts) -> Marks:
    return same_day("SW_DECOM", "SW_DEC")


@rule(
    "SW10STG2",
    "A new social worker episode has started before the end date of the previous social worker episode.",
    fields="SW_DECOM",
    tables="SWEpisodes",
    first="2023-24",
    changed=("2024-25",),
    note=(
        "Only a start before the previous end is marked, as the message says, with the week's tolerance the"
        " condition gives from 2024-25; the original marks gaps of more than a week too."
    ),
)
def starts_after_the_one_before(y: Facts) -> Marks:
    before = col("before_SW_DEC")
    earliest = before.dt.offset_by(f"-{TOLERANCE}") if y.period >= "2024-25" else before
    early = before.is_null() | (col("SW_DECOM") < earliest)
    return col("has_before") & ~is_in("SW_REASON", "FCONTA") & col("SW_DECOM").is_not_null() & yes(early)


@rule(
    "SW11STG2",
    "Social worker episode has ended before 31 March and no subsequent social worker episode has been provided.",
    fields="SW_DEC",
    tables="SWEpisodes",
    first="2023-24",
    last="2024-25",
    note=ONLY_MESSAGE,
)
def goes_on_to_the_end(y: Facts) -> Marks:
    return _last_row() & (col("SW_DEC") < y.end)


@rule(
    "SW11bSTG2",
    "Social worker episode ends before 31 March with nothing after it.",
    fields="SW_DEC",
    tables="SWEpisodes",
    first="2023-24",
    note=(
        "The child's latest row is marked where it ends in the last days before 31 March, as the message "
        "says; the original marks rows that are followed by another, and 31 March itself."
    ),
)
def goes_on_through_the_last_week(y: Facts) -> Marks:
    alone = col("child").is_not_null() & ~col("has_before") & ~col("has_after")
    late = (col("SW_DEC") >= pl.lit(y.end).dt.offset_by(LAST_WEEK)) & (col("SW_DEC") < y.end)
    return (_last_row() | alone) & late


@rule(
    "SW12STG2",
    "If a child is looked after on 31 March then all social worker episodes for the full previous year "
    "should be reported, even those whilst they were not looked after",
    fields="DECOM DEC RNE REC",
    tables="Episodes SWEpisodes",
    optional="Header",
    first="2023-24",
    changed=("2024-25",),
    note=(
        "The message asks for the whole year of a child looked after on 31 March, the part before care included: "
        "such an episode is marked if no social worker episode had begun by 1 April, or by the day of birth of a "
        "child born later. The original compares unrelated rows."
    ),
)
def the_whole_year_is_told(y: Facts) -> Marks:
    on_31_march = (col("DECOM") <= y.end) & (blank("DEC") | (col("DEC") > y.end))
    born = [col("header_DOB")] if y.knows("header_DOB") else []
    needed = pl.max_horizontal(pl.lit(y.start), *born)
    return {"Episodes": on_31_march & ~respite() & ~yes(col("sw_first") <= needed)}


@rule(
    "SW13STG1",
    "The reason for social worker change is either not valid or has not been entered.",
    fields="SW_REASON",
    tables="SWEpisodes",
    first="2023-24",
    changed=("2024-25",),
)
def reason_is_valid(y: Facts) -> Marks:
    wanted = yes(col("SW_DECOM") >= COLLECTED) if y.period >= "2024-25" else pl.lit(value=True)
    return invalid("SW_REASON", y.codes("SWEpisodes", "SW_REASON")) | (blank("SW_REASON") & wanted)


@rule(
    "SW14STG2",
    "Social worker episode date ceased is blank.",
    fields="SW_DEC",
    tables="SWEpisodes",
    first="2023-24",
    last="2024-25",
    note="Only the message is published; a row is marked if another of the child follows it.",
)
def end_is_given(y: Facts) -> Marks:
    return blank("SW_DEC") & col("after_SW_DECOM").is_not_null()


@rule(
    "SW15STG2",
    "Reason for social worker change is missing.",
    fields="SW_REASON",
    tables="SWEpisodes",
    first="2023-24",
    last="2024-25",
    note=ONLY_MESSAGE,
)
def reason_is_given(y: Facts) -> Marks:
    return blank("SW_REASON")


def _first_differs(y: Facts, name: str) -> Marks:
    first = col("SW_DECOM").is_not_null() & col("child").is_not_null() & ~col("has_before")
    return {"SWEpisodes": first & yes(col("sw_open_last")) & differ(name, f"sw_last_{name.removeprefix('SW_')}")}


@rule(
    "SW16aSTG2",
    "The social worker reason episode changed does not match the open episode at the end of last year.",
    fields="SW_ID",
    tables="SWEpisodes SWEpisodes_last",
    first="2023-24",
    last="2024-25",
    note=ONLY_MESSAGE,
)
def worker_matches(y: Facts) -> Marks:
    return _first_differs(y, "SW_ID")


@rule(
    "SW16bSTG2",
    "The social worker episode start date does not match the open episode at the end of last year.",
    fields="SW_DECOM",
    tables="SWEpisodes SWEpisodes_last",
    first="2023-24",
    last="2024-25",
    note=ONLY_MESSAGE,
)
def start_matches(y: Facts) -> Marks:
    return _first_differs(y, "SW_DECOM")


@rule(
    "SW16cSTG2",
    "The social worker reason episode changed does not match the open episode at the end of last year.",
    fields="SW_REASON",
    tables="SWEpisodes SWEpisodes_last",
    first="2023-24",
    last="2024-25",
    note=ONLY_MESSAGE,
)
def reason_matches(y: Facts) -> Marks:
    return _first_differs(y, "SW_REASON")


@rule(
    "SW17STG2",
    "No social worker episode is open at 31 March.",
    fields="SW_DEC SW_DECOM",
    tables="SWEpisodes",
    first="2025-26",
    note=(
        "A row that ends after 31 March is open on that day, and is not marked; the original marks any "
        "latest row with an end."
    ),
)
def is_open_at_the_end(y: Facts) -> Marks:
    undated = ~col("has_before") & col("child").is_not_null() & col("SW_DECOM").is_null()
    ended = filled("SW_DEC") & ~yes(col("SW_DEC") > y.end)
    return (_last_row() | undated) & ended
