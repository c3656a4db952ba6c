"""Episodes: rules on one row, and on the row with the child's Header."""

import polars as pl

from parentis.returns.rules import Marks
from parentis.returns.ssda903.rules.expressions import (
    ADOPTED,
    FOR_ADOPTION,
    FOSTER,
    TEMPORARY,
    blank,
    both,
    col,
    filled,
    invalid,
    is_in,
    raw,
    respite,
    same_day,
    years,
    yes,
)
from parentis.returns.ssda903.rules.facts import Facts
from parentis.returns.ssda903.rules.rule_set import rule

OTHER_PLACES = ("Z11", "Z12", "Z13", "Z14")
CHILDREN_ACT = pl.date(1991, 10, 14)
"When the Children Act 1989 came into force."
GUARDIANSHIP = ("E45", "E46", "E47", "E48")


def _days_over(limit: int) -> pl.Expr:
    return col("DEC") > col("DECOM").dt.offset_by(f"{limit}d")


def _younger(age: int) -> pl.Expr:
    return col("DECOM") < years("header_DOB", age)


@rule(
    "148",
    "Date episode ceased and reason episode ceased must both be coded, or both left blank.",
    fields="DEC REC",
    tables="Episodes",
)
def end_and_reason_go_together(y: Facts) -> Marks:
    return filled("DEC") != filled("REC")


@rule(
    "178",
    "Placement provider code is not a valid code.",
    fields="PLACE_PROVIDER",
    tables="Episodes",
    changed=("2025-26",),
)
def provider_is_valid(y: Facts) -> Marks:
    places = ("T0", "T1", "T2", "T3", *(OTHER_PLACES if y.period >= "2025-26" else ("Z1",)))
    wrong = invalid("PLACE_PROVIDER", y.codes("Episodes", "PLACE_PROVIDER"))
    return wrong | (filled("PLACE_PROVIDER") & is_in("PLACE", *places))


@rule(
    "213",
    "Placement provider information not required.",
    fields="PLACE_PROVIDER",
    tables="Episodes",
    changed=("2025-26",),
)
def provider_is_not_wanted(y: Facts) -> Marks:
    places = (*TEMPORARY, *OTHER_PLACES) if y.period >= "2025-26" else TEMPORARY
    return is_in("PLACE", *places) & filled("PLACE_PROVIDER")


@rule(
    "526",
    "Child is missing a placement provider code for at least one episode.",
    fields="PLACE PLACE_PROVIDER",
    tables="Episodes",
    changed=("2025-26",),
)
def provider_is_given(y: Facts) -> Marks:
    excused = (*TEMPORARY, *(OTHER_PLACES if y.period >= "2025-26" else ("Z1",)))
    return blank("PLACE_PROVIDER") & ~is_in("PLACE", *excused)


@rule(
    "217",
    "Children who are placed for adoption with current foster carers (placement types A3 or A5) must "
    "have a reason for new episode of S, T or U.",
    fields="PLACE DECOM RNE",
    tables="Episodes",
)
def with_current_carers_from_the_start(y: Facts) -> Marks:
    return is_in("PLACE", "A3", "A5") & (col("DECOM") >= pl.date(2015, 4, 1)) & ~is_in("RNE", "S", "T", "U")


@rule(
    "233",
    "Reason for placement change given for an episode that has not ceased.",
    fields="REASON_PLACE_CHANGE",
    tables="Episodes",
    first="2025-26",
)
def change_reason_needs_an_end(y: Facts) -> Marks:
    return blank("DEC") & filled("REASON_PLACE_CHANGE")


@rule(
    "234",
    "Child under 10 cannot change placement because of custody.",
    fields="REASON_PLACE_CHANGE DOB",
    tables="Episodes Header",
    first="2025-26",
    note=(
        "The reason of the episode before is tested, against the day the next one began, as the rule's text has it; "
        "the original tests the reason of the same episode."
    ),
)
def no_custody_under_10(y: Facts) -> Marks:
    pairs = y.pairs(y.t("Episodes").filter(is_in("before_REASON_PLACE_CHANGE", "CUSTOD")), y.t("Header"))
    return both(pairs.filter(col("DECOM") < years("DOB", 10)), "Episodes", "Header")


@rule(
    "302",
    "First episode starts before child was born.",
    fields="DECOM DOB",
    tables="Episodes Header",
)
def born_before_care(y: Facts) -> Marks:
    pairs = y.pairs(y.t("Episodes").filter(col("is_first")), y.t("Header"))
    return both(pairs.filter(col("DOB") > col("DECOM")), "Episodes", "Header")


@rule(
    "352",
    "Child who started to be looked after was aged 18 or over.",
    fields="DECOM RNE",
    tables="Episodes Header",
)
def started_before_18(y: Facts) -> Marks:
    return {"Episodes": is_in("RNE", "S") & (col("DECOM") >= years("header_DOB", 18))}


@rule(
    "353",
    "No episode submitted can start before 14 October 1991.",
    fields="DECOM",
    tables="Episodes",
)
def not_before_the_children_act(y: Facts) -> Marks:
    return (col("DECOM") < CHILDREN_ACT) | (_of_another_century("DECOM") < CHILDREN_ACT)


def _of_another_century(name: str) -> pl.Expr:
    """A date with a four-digit year that typing rejected as a slip, so the typed cell is null."""
    written = raw(name).str.strip_chars()
    days = written.str.to_date("%d/%m/%Y", strict=False)
    return pl.when(pl.col(name).is_null() & written.str.contains(r"^\d{1,2}/\d{1,2}/\d{4}$")).then(days)


@rule(
    "354",
    "Date episode ceased must be on or before the end of the current collection year.",
    fields="DECOM",
    tables="Episodes",
    note=(
        "The message names the date the episode ceased; the field marked, and tested, is the date it began."
        " Rule 385 tests the other."
    ),
)
def began_before_the_year_ends(y: Facts) -> Marks:
    return col("DECOM") > y.end


@rule(
    "385",
    "Date episode ceased must be on or before the end of the current collection year.",
    fields="DEC",
    tables="Episodes",
)
def ended_before_the_year_ends(y: Facts) -> Marks:
    return col("DEC") > y.end


@rule(
    "355",
    "Episode appears to have lasted for less than 24 hours",
    fields="DECOM DEC",
    tables="Episodes",
    severity="query",
    note="Dates are compared as dates, and two blanks are no short episode.",
)
def lasts_a_day(y: Facts) -> Marks:
    return same_day("DECOM", "DEC")


@rule(
    "356",
    "The date the episode ceased is before the date the same episode started.",
    fields="DECOM",
    tables="Episodes",
)
def ends_after_it_starts(y: Facts) -> Marks:
    return col("DEC") < col("DECOM")


@rule(
    "357",
    "If this is the first episode ever for this child, reason for new episode must be S. Check whether "
    "there is an episode immediately preceding this one, which has been left out. If not the reason for"
    " new episode code must be amended to S.",
    fields="RNE",
    tables="Episodes",
)
def first_episode_starts_care(y: Facts) -> Marks:
    return col("is_first") & (col("DECOM") >= y.start) & ~is_in("RNE", "S")


@rule(
    "358",
    "Child with this legal status should not be under 10.",
    fields="DECOM DOB LS",
    tables="Episodes Header",
    note="A start on the 10th birthday is not under 10, as the message says.",
)
def not_remanded_under_10(y: Facts) -> Marks:
    pairs = y.pairs(y.t("Episodes").filter(is_in("LS", "J1", "J2", "J3")), y.t("Header"))
    return both(pairs.filter(col("DECOM") < years("DOB", 10)), "Episodes", "Header")


@rule(
    "359",
    "Child being looked after following 18th birthday must be accommodated under section 20(5) of the "
    "Children Act 1989 in a community home.",
    fields="DEC LS PLACE",
    tables="Episodes Header",
)
def over_18_in_a_community_home(y: Facts) -> Marks:
    adult = years("header_DOB", 18) < y.end
    return {"Episodes": adult & blank("DEC") & ~(is_in("LS", "V2") & is_in("PLACE", "K2"))}


@rule(
    "366",
    "A child cannot change placement during the course of an individual short-term respite break.",
    fields="RNE",
    tables="Episodes",
)
def respite_is_unbroken(y: Facts) -> Marks:
    return is_in("LS", "V3") & ~is_in("RNE", "S")


@rule(
    "371",
    "Child in supported accomodation not subject to children’s homes regulations should be at least 16.",
    fields="DECOM PLACE",
    tables="Episodes Header",
    changed=(
        "2023-24",
        "2024-25",
    ),
    note="Open episodes are tested too: the message speaks of every child in such a placement.",
)
def supported_accommodation_from_16(y: Facts) -> Marks:
    place, age = ("K3", 16) if y.period >= "2024-25" else ("H5", 16) if y.period >= "2023-24" else ("H5", 14)
    return {"Episodes": is_in("PLACE", place) & _younger(age)}


@rule(
    "372",
    "Child in youth custody or prison should be at least 10.",
    fields="DECOM PLACE",
    tables="Episodes Header",
    note="Open episodes are tested too: the message speaks of every child in such a placement.",
)
def custody_from_10(y: Facts) -> Marks:
    return {"Episodes": is_in("PLACE", "R5") & _younger(10)}


@rule(
    "373",
    "Child placed in a school should be at least 4 years old.",
    fields="DECOM PLACE",
    tables="Episodes Header",
    note="Open episodes are tested too: the message speaks of every child in such a placement.",
)
def school_from_4(y: Facts) -> Marks:
    return {"Episodes": is_in("PLACE", "S1") & _younger(4)}


@rule(
    "374",
    "Child in residential employment should be at least 14 years old.",
    fields="DECOM PLACE",
    tables="Episodes Header",
    note="Open episodes are tested too: the message speaks of every child in such a placement.",
)
def employment_from_14(y: Facts) -> Marks:
    return {"Episodes": is_in("PLACE", "P3") & _younger(14)}


@rule(
    "375",
    "Hospitalisation coded as a temporary placement exceeds six weeks.",
    fields="DECOM PLACE",
    tables="Episodes",
    note="The date of birth plays no part; the original passes over children without one.",
)
def hospital_up_to_six_weeks(y: Facts) -> Marks:
    return is_in("PLACE", "T1") & _days_over(42)


@rule(
    "376",
    "Temporary placements coded as being due to holiday of usual foster carer(s) cannot exceed three weeks.",
    fields="DECOM PLACE",
    tables="Episodes",
    note="The date of birth plays no part; the original passes over children without one.",
)
def carers_holiday_up_to_three_weeks(y: Facts) -> Marks:
    return is_in("PLACE", "T3") & _days_over(21)


@rule(
    "379",
    "Temporary placements for unspecified reason (placement code T4) cannot exceed seven days.",
    fields="DECOM PLACE",
    tables="Episodes",
    note="The date of birth plays no part; the original passes over children without one.",
)
def other_absence_up_to_a_week(y: Facts) -> Marks:
    return is_in("PLACE", "T4") & _days_over(7)


@rule(
    "377",
    "Only two temporary placements coded as being due to holiday of usual foster carer(s) are allowed "
    "in any 12- month period.",
    fields="PLACE",
    tables="Episodes",
    note="The twelve months are the collection year: the original, and we, count all of the return's episodes.",
)
def two_carers_holidays(y: Facts) -> Marks:
    holiday = is_in("PLACE", "T3")
    return holiday & col("child").is_not_null() & (holiday.sum().over("child") > 2)


@rule(
    "378",
    "A child who is placed with parent(s) cannot be looked after under a single period of accommodation"
    " under Section 20 of the Children Act 1989.",
    fields="PLACE LS",
    tables="Episodes",
)
def section_20_is_not_at_home(y: Facts) -> Marks:
    return is_in("PLACE", "P1") & is_in("LS", "V2")


@rule(
    "380",
    "A period of care cannot start with a temporary placement.",
    fields="PLACE RNE",
    tables="Episodes",
)
def care_does_not_start_in_a_temporary_place(y: Facts) -> Marks:
    return is_in("PLACE", *TEMPORARY) & ~is_in("RNE", "P", "B")


@rule(
    "381",
    "A period of care cannot end with a temporary placement.",
    fields="PLACE REC",
    tables="Episodes",
)
def care_does_not_end_in_a_temporary_place(y: Facts) -> Marks:
    return is_in("PLACE", *TEMPORARY) & filled("REC") & ~is_in("REC", "X1")


@rule(
    "382",
    "A child receiving respite care cannot be in a temporary placement.",
    fields="LS PLACE",
    tables="Episodes",
)
def respite_is_not_temporary(y: Facts) -> Marks:
    return respite() & is_in("PLACE", *TEMPORARY)


@rule(
    "384",
    "A child receiving respite care cannot be in a long-term foster placement",
    fields="PLACE LS",
    tables="Episodes",
)
def respite_is_not_long_term(y: Facts) -> Marks:
    return respite() & is_in("PLACE", "U1", "U4")


@rule(
    "386",
    "Reason episode ceased is adopted but child has reached age 18.",
    fields="REC",
    tables="Episodes Header",
)
def adopted_before_18(y: Facts) -> Marks:
    return {"Episodes": is_in("REC", *ADOPTED) & (col("DEC") >= years("header_DOB", 18))}


@rule(
    "387",
    "Reason episode ceased is child moved into independent living arrangement, but the child is aged under 14.",
    fields="REC",
    tables="Episodes Header",
    note="A child whose date of birth is unknown is not marked: nothing shows an age under 14.",
)
def independent_from_14(y: Facts) -> Marks:
    return {"Episodes": is_in("REC", "E5", "E6") & (col("DEC") < years("header_DOB", 14))}


@rule(
    "389",
    "Reason episode ceased is that child transferred to care of adult social care services, but child "
    "is aged under 16.",
    fields="REC",
    tables="Episodes Header",
    note=("A child whose date of birth, or date of leaving, is unknown is not marked: nothing shows an age under 16."),
)
def adult_services_from_16(y: Facts) -> Marks:
    return {"Episodes": is_in("REC", "E7") & (col("DEC") < years("header_DOB", 16))}


@rule(
    "407",
    "Reason episode ceased is Special Guardianship Order, but child has reached age 18.",
    fields="DEC DOB REC",
    tables="Episodes Header",
    note="An 18th birthday on the day of leaving counts as having reached 18, as the message says.",
)
def guardianship_before_18(y: Facts) -> Marks:
    pairs = y.pairs(y.t("Episodes").filter(is_in("REC", *GUARDIANSHIP)), y.t("Header"))
    return both(pairs.filter(col("DEC") >= years("DOB", 18)), "Episodes", "Header")


@rule(
    "460",
    "Reason episode ceased is that child stayed with current carers at age 18 (or above), but child is aged under 18.",
    fields="DEC REC",
    tables="Episodes Header",
)
def stays_put_from_18(y: Facts) -> Marks:
    return {"Episodes": is_in("REC", "E17") & (col("DEC") < years("header_DOB", 18))}


@rule(
    "390",
    "Reason episode ceased is adopted but child has not been previously placed for adoption.",
    fields="PLACE REC",
    tables="Episodes",
    note=(
        "An earlier episode in a placement for adoption is enough, as the message says; the original looks "
        "only at the row itself."
    ),
)
def adopted_after_placement_for_adoption(y: Facts) -> Marks:
    placed = is_in("PLACE", *FOR_ADOPTION)
    so_far = placed.cast(pl.UInt32).cum_sum().over("child") > 0
    return is_in("REC", *ADOPTED) & ~pl.when(col("child").is_null()).then(placed).otherwise(so_far)


@rule(
    "408",
    "Child is placed for adoption with a placement order, but no placement order has been recorded.",
    fields="PLACE LS",
    tables="Episodes",
)
def placement_order_is_recorded(y: Facts) -> Marks:
    return is_in("PLACE", "A5", "A6") & ~is_in("LS", "E1")


@rule(
    "516",
    "The episode data submitted for this child does not show that he/she was with their former foster "
    "carer(s) during the year.If the code in the reason episode ceased is E45 or E46 the child must "
    "have a placement code of U1 to U6.",
    fields="REC PLACE",
    tables="Episodes",
    note=(
        "A foster placement in any of the child's episodes is enough: the message speaks of the year, not of the row."
    ),
)
def was_with_former_carers(y: Facts) -> Marks:
    fostered = yes(col("ever_fostered")) | is_in("PLACE", *FOSTER)
    return is_in("REC", "E45", "E46") & ~fostered


@rule(
    "426",
    "A child receiving respite care cannot be recorded under a legal status of V3 and V4 in the same year.",
    fields="LS",
    tables="Episodes",
)
def one_kind_of_respite(y: Facts) -> Marks:
    return respite() & yes(col("any_V3") & col("any_V4"))


@rule(
    "445",
    "D1 is not a valid code for episodes starting after December 2005.",
    fields="DECOM LS",
    tables="Episodes",
    last="2024-25",
)
def no_freeing_after_2005(y: Facts) -> Marks:
    return is_in("LS", "D1") & (col("DECOM") > pl.date(2005, 12, 31))


@rule(
    "446",
    "E1 is not a valid code for episodes starting before December 2005.",
    fields="LS DECOM",
    tables="Episodes",
)
def no_placement_order_before_2005(y: Facts) -> Marks:
    return is_in("LS", "E1") & (col("DECOM") < pl.date(2005, 12, 1))


@rule(
    "451",
    "Child is still freed for adoption, but freeing orders could not be applied for since 30 December 2005.",
    fields="DEC LS REC",
    tables="Episodes",
    last="2024-25",
)
def no_longer_freed(y: Facts) -> Marks:
    return is_in("LS", "D1") & blank("DEC") & blank("REC")


PROVIDER_WITH_PLACES = {
    "527": ("PR1", ("P1", "R2", "R5")),
    "528": ("PR2", ("P1", "R2", "R5")),
    "529": ("PR3", ("P1", *FOR_ADOPTION, "K1", "K2", *FOSTER)),
    "530": ("PR4", ("P1",)),
    "531": ("PR5", ("P1",)),
}


def _provider_with(code: str) -> pl.Expr:
    provider, places = PROVIDER_WITH_PLACES[code]
    return is_in("PLACE_PROVIDER", provider) & is_in("PLACE", *places)


@rule(
    "527",
    "A placement provider code of PR1 cannot be associated with placements P1, R2 or R5.",
    fields="PLACE PLACE_PROVIDER",
    tables="Episodes",
)
def own_provision(y: Facts) -> Marks:
    return _provider_with("527")


@rule(
    "528",
    "A placement provider code of PR2 cannot be associated with placements P1, R2 or R5.",
    fields="PLACE PLACE_PROVIDER",
    tables="Episodes",
)
def other_authority_provision(y: Facts) -> Marks:
    return _provider_with("528")


@rule(
    "529",
    "Placement provider code of PR3 cannot be associated with placements P1, A3 to A6, K1, K2 and U1 to"
    " U6 as these placements cannot be provided by other public organisations.",
    fields="PLACE PLACE_PROVIDER",
    tables="Episodes",
)
def other_public_provision(y: Facts) -> Marks:
    return _provider_with("529")


@rule(
    "530",
    "A placement provider code of PR4 cannot be associated with placement P1.",
    fields="PLACE PLACE_PROVIDER",
    tables="Episodes",
)
def private_provision(y: Facts) -> Marks:
    return _provider_with("530")


@rule(
    "531",
    "A placement provider code of PR5 cannot be associated with placements P1.",
    fields="PLACE PLACE_PROVIDER",
    tables="Episodes",
)
def voluntary_provision(y: Facts) -> Marks:
    return _provider_with("531")


@rule(
    "550",
    "A placement provider code of PR0 can only be associated with placement P1.",
    fields="PLACE PLACE_PROVIDER",
    tables="Episodes",
)
def parents_provide_only_their_home(y: Facts) -> Marks:
    return is_in("PLACE_PROVIDER", "PR0") & ~is_in("PLACE", "P1")
