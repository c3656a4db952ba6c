"""Adoption: AD1 and the decisions in PlacedAdoption, compared with each other and with the episodes."""

import polars as pl

from parentis.returns.rules import Marks
from parentis.returns.ssda903.rules.children import ADOPTION
from parentis.returns.ssda903.rules.expressions import (
    ADOPTED,
    FOR_ADOPTION,
    FOSTER,
    all_filled,
    any_blank,
    any_filled,
    blank,
    both,
    col,
    filled,
    is_in,
    raw,
    respite,
    yes,
)
from parentis.returns.ssda903.rules.facts import Facts
from parentis.returns.ssda903.rules.rule_set import rule

COUPLES = ("MM", "FF", "MF")


def _first(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Each child's first row in order of date, which must be readable."""
    return rows.filter(col("child").is_not_null() & col("DECOM").is_not_null()).unique(
        subset="child", keep="first", maintain_order=True
    )


def _latest(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Each child's row with the greatest DECOM; of several, the first in the file."""
    dated = rows.filter(col("child").is_not_null() & col("DECOM").is_not_null())
    greatest = dated.filter(col("DECOM") == col("DECOM").max().over("child"))
    return greatest.unique(subset="child", keep="first", maintain_order=True)


@rule(
    "117",
    "Date of decision that a child should/should no longer be placed for adoption is beyond the current"
    " collection year or after the child ceased to be looked after.",
    fields="DATE_PLACED_CEASED DATE_PLACED DEC REC DECOM",
    tables="Episodes PlacedAdoption",
)
def decision_is_in_time(y: Facts) -> Marks:
    pairs = y.pairs(_latest(y.t("Episodes").filter(~is_in("REC", "X1"))), y.t("PlacedAdoption"))
    late = [(col(name) > y.end) | yes(col(name) > col("DEC")) for name in ("DATE_PLACED", "DATE_PLACED_CEASED")]
    return both(pairs.filter(pl.any_horizontal(late)), "Episodes", "PlacedAdoption")


@rule(
    "118",
    "Date of decision that a child should no longer be placed for adoption is before the current "
    "collection year or before the date the child started to be looked after.",
    fields="DECOM LS DATE_PLACED_CEASED",
    tables="Episodes PlacedAdoption",
)
def reversal_is_in_time(y: Facts) -> Marks:
    pairs = y.pairs(_first(y.t("Episodes").filter(~respite())), y.t("PlacedAdoption"))
    early = (col("DATE_PLACED_CEASED") < col("DECOM")) | (col("DATE_PLACED_CEASED") < y.start)
    return both(pairs.filter(early), "Episodes", "PlacedAdoption")


@rule(
    "119",
    "If the decision is made that a child should no longer be placed for adoption, then the date of "
    "this decision and the reason why this decision was made must be completed.",
    fields="REASON_PLACED_CEASED DATE_PLACED_CEASED",
    tables="PlacedAdoption",
)
def reversal_has_date_and_reason(y: Facts) -> Marks:
    return filled("DATE_PLACED_CEASED") != filled("REASON_PLACED_CEASED")


@rule(
    "151",
    "All data items relating to a childs adoption must be coded or left blank.",
    fields="DATE_INT DATE_MATCH FOSTER_CARE NB_ADOPTR SEX_ADOPTR LS_ADOPTR",
    tables="AD1",
)
def all_or_nothing(y: Facts) -> Marks:
    return any_filled(*ADOPTION) & ~all_filled(*ADOPTION)


@rule(
    "184",
    "Date of decision that a child should be placed for adoption is before the child was born.",
    fields="DATE_PLACED DOB",
    tables="Header PlacedAdoption",
    note=(
        "The date of birth is the Header's; a child without one is not marked, for nothing shows that the "
        "decision came first."
    ),
)
def decided_after_birth(y: Facts) -> Marks:
    return {"PlacedAdoption": col("DATE_PLACED") < col("header_DOB")}


@rule(
    "331",
    "Date of matching child and adopter(s) should be the same as, or prior to, the date of placement of adoption.",
    fields="DATE_MATCH DECOM REC",
    tables="AD1 Episodes",
)
def matched_before_placed(y: Facts) -> Marks:
    pairs = y.pairs(y.t("AD1"), y.t("Episodes").filter(is_in("REC", *ADOPTED)))
    return both(pairs.filter(col("DATE_MATCH") > col("DECOM")), "AD1", "Episodes")


@rule(
    "333",
    "Date should be placed for adoption must be on or prior to the date of matching child with adopter(s).",
    fields="DATE_INT",
    tables="AD1",
)
def decided_before_matched(y: Facts) -> Marks:
    return col("DATE_MATCH").is_not_null() & (col("DATE_INT").is_null() | (col("DATE_INT") > col("DATE_MATCH")))


@rule(
    "334",
    "Date child started to be looked after in latest period of care must be on or prior to the date "
    "should be placed for adoption.",
    fields="DATE_INT DECOM RNE",
    tables="AD1 Episodes",
)
def in_care_before_decided(y: Facts) -> Marks:
    pairs = y.pairs(_latest(y.t("Episodes").filter(is_in("RNE", "S"))), y.t("AD1"))
    return both(pairs.filter(col("DATE_INT") < col("DECOM")), "Episodes", "AD1")


@rule(
    "335",
    "The current foster value (0) suggests that child is not adopted by current foster carer, but last "
    "placement is A2, A3, or A5. Or the current foster value (1) suggests that child is adopted by "
    "current foster carer, but last placement is A1, A4 or A6.",
    fields="PLACE FOSTER_CARE",
    tables="AD1 Episodes",
)
def carer_fits_the_last_placement(y: Facts) -> Marks:
    pairs = y.pairs(y.t("Episodes").filter(is_in("REC", "E1", *ADOPTED)), y.t("AD1"))
    stranger = is_in("PLACE", "A2", "A3", "A5") & is_in("FOSTER_CARE", "0")
    carer = is_in("PLACE", "A1", "A4", "A6") & is_in("FOSTER_CARE", "1")
    return both(pairs.filter(stranger | carer), "Episodes", "AD1")


@rule(
    "336",
    "Child does not have a foster placement immediately prior to being placed for adoption.",
    fields="PLACE",
    tables="Episodes",
    note="Placements with the current foster carer are A3 and A5; the original tests A3 and A4.",
)
def fostered_before_placed(y: Facts) -> Marks:
    return is_in("PLACE", "A3", "A5") & col("has_before") & ~is_in("before_PLACE", *FOR_ADOPTION, *FOSTER)


@rule(
    "511",
    "If reporting that the number of person(s) adopting the looked after child is two adopters then the"
    " code should only be MM, FF or MF. MM = the adopting couple are both males; FF = the adopting "
    "couple are both females; MF = The adopting couple are male and female.",
    fields="NB_ADOPTR SEX_ADOPTR",
    tables="AD1",
    note="Anything but a couple's code is marked, as the message says; the original marks only M1 and F1.",
)
def two_adopters_are_a_couple(y: Facts) -> Marks:
    return is_in("NB_ADOPTR", "2") & ~is_in("SEX_ADOPTR", *COUPLES)


@rule(
    "514",
    "Data entry on the legal status of adopters shows a single adopter but data entry for the numbers "
    "of adopters shows it as a couple.",
    fields="LS_ADOPTR SEX_ADOPTR",
    tables="AD1",
)
def single_status_is_one_adopter(y: Facts) -> Marks:
    return is_in("LS_ADOPTR", "L0") & ~is_in("SEX_ADOPTR", "M1", "F1")


@rule(
    "517",
    "If reporting legal status of adopters is L3 then the genders of adopters should be coded as MF. MF"
    " = the adopting couple are male and female.",
    fields="LS_ADOPTR SEX_ADOPTR",
    tables="AD1",
)
def l3_is_man_and_woman(y: Facts) -> Marks:
    return is_in("LS_ADOPTR", "L3") & ~is_in("SEX_ADOPTR", "MF")


@rule(
    "518",
    "If reporting legal status of adopters is L4 then the genders of adopters should be coded as MM or "
    "FF. MM = the adopting couple are both males. FF = the adopting couple are both females.",
    fields="LS_ADOPTR SEX_ADOPTR",
    tables="AD1",
)
def l4_is_same_sex(y: Facts) -> Marks:
    return is_in("LS_ADOPTR", "L4") & ~is_in("SEX_ADOPTR", "MM", "FF")


@rule(
    "519",
    "Data entered on the legal status of adopters shows civil partnership couple, but data entered on "
    "genders of adopters does not show it as a couple.",
    fields="LS_ADOPTR SEX_ADOPTR",
    tables="AD1",
)
def l2_is_a_couple(y: Facts) -> Marks:
    return is_in("LS_ADOPTR", "L2") & ~is_in("SEX_ADOPTR", *COUPLES)


@rule(
    "520",
    "Data entry on the legal status of adopters shows different gender married couple but data entry on"
    " genders of adopters shows it as a same gender couple.",
    fields="LS_ADOPTR SEX_ADOPTR",
    tables="AD1",
)
def l11_is_man_and_woman(y: Facts) -> Marks:
    return is_in("LS_ADOPTR", "L11") & ~is_in("SEX_ADOPTR", "MF")


@rule(
    "524",
    "If reporting legal status of adopters is L12 then the genders of adopters should be coded as MM or"
    " FF. MM = the adopting couple are both males. FF = the adopting couple are both females",
    fields="LS_ADOPTR SEX_ADOPTR",
    tables="AD1",
)
def l12_is_same_sex(y: Facts) -> Marks:
    return is_in("LS_ADOPTR", "L12") & ~is_in("SEX_ADOPTR", "MM", "FF")


@rule(
    "521",
    "Date of local authority's decision (LA) that adoption is in the best interests of the child (date "
    "should be placed) must be on or prior to the date the child is placed for adoption.",
    fields="PLACE DECOM DATE_INT",
    tables="AD1 Episodes",
)
def decided_before_placed(y: Facts) -> Marks:
    pairs = y.pairs(y.t("Episodes").filter(is_in("PLACE", *FOR_ADOPTION)), y.t("AD1"))
    return both(pairs.filter(col("DATE_INT") > col("DECOM")), "Episodes", "AD1")


@rule(
    "522",
    "Date of decision that the child should be placed for adoption must be on or before the date that a"
    " child should no longer be placed for adoption.",
    fields="DATE_PLACED DATE_PLACED_CEASED",
    tables="PlacedAdoption",
)
def decided_before_reversed(y: Facts) -> Marks:
    return col("DATE_PLACED_CEASED") < col("DATE_PLACED")


@rule(
    "523",
    "Date of decision that the child should be placed for adoption should be the same date as the "
    "decision that adoption is in the best interest (date should be placed).",
    fields="DATE_PLACED DATE_INT",
    tables="AD1 PlacedAdoption",
)
def one_date_of_decision(y: Facts) -> Marks:
    pairs = y.pairs(y.t("PlacedAdoption"), y.t("AD1"))
    return both(pairs.filter(col("DATE_PLACED") != col("DATE_INT")), "PlacedAdoption", "AD1")


@rule(
    "525",
    "A child for whom the decision to be placed for adoption has been reversed cannot be adopted during the year.",
    fields="DATE_PLACED_CEASED DATE_INT DATE_MATCH FOSTER_CARE NB_ADOPTR SEX_ADOPTR LS_ADOPTR",
    tables="AD1 PlacedAdoption",
)
def reversed_is_not_adopted(y: Facts) -> Marks:
    pairs = y.pairs(
        y.t("PlacedAdoption").filter(filled("DATE_PLACED_CEASED")), y.t("AD1").filter(any_filled(*ADOPTION))
    )
    return both(pairs, "PlacedAdoption", "AD1")


@rule(
    "551",
    "Child has been placed for adoption but there is no date of the decision that the child should be "
    "placed for adoption.",
    fields="DATE_PLACED PLACE",
    tables="Episodes PlacedAdoption",
)
def placed_needs_a_decision(y: Facts) -> Marks:
    undecided = ~yes(col("in_placed")) | yes(col("decision_blank"))
    return {"Episodes": is_in("PLACE", *FOR_ADOPTION) & undecided}


@rule(
    "552",
    "Date of Decision to place a child for adoption should be on or prior to the date that the child "
    "was placed for adoption.",
    fields="DATE_PLACED DECOM",
    tables="Episodes PlacedAdoption",
    note="With several decisions the earliest is compared: a later one, after the placement, is no error.",
)
def decided_before_first_placed(y: Facts) -> Marks:
    decisions = y.t("PlacedAdoption").filter(col("DATE_PLACED").is_not_null() & col("child").is_not_null())
    earliest = decisions.unique(subset="child", keep="first", maintain_order=True)
    pairs = y.pairs(_first(y.t("Episodes").filter(is_in("PLACE", *FOR_ADOPTION))), earliest)
    return both(pairs.filter(col("DECOM") < col("DATE_PLACED")), "Episodes", "PlacedAdoption")


@rule(
    "553",
    "Placement order has been granted but there is no date of decision that the child should be placed for adoption.",
    fields="CHILD DATE_PLACED DATE_PLACED_CEASED REASON_PLACED_CEASED",
    tables="Episodes PlacedAdoption",
    note=(
        "A row without a date of decision is no decision, as the message says; the original is content with any row."
    ),
)
def placement_order_needs_a_decision(y: Facts) -> Marks:
    reversed_ = any_filled("DATE_PLACED_CEASED", "REASON_PLACED_CEASED")
    return {
        "Episodes": is_in("LS", "E1") & ~yes(col("decision_filled")),
        "PlacedAdoption": reversed_ & yes(col("open_placement_order")),
    }


def _decided_before(y: Facts, status: str) -> Marks:
    pairs = y.pairs(_first(y.t("Episodes").filter(is_in("LS", status))), y.t("PlacedAdoption"))
    return both(pairs.filter(col("DATE_PLACED") > col("DECOM")), "Episodes", "PlacedAdoption")


@rule(
    "554",
    "Date of decision that the child should be placed for adoption should be on or prior to the date "
    "that the placement order was granted. [NOTE: This rule may result in false positives or false "
    "negatives if relevant episodes are in previous years; please check carefully!]",
    fields="DATE_PLACED DECOM LS",
    tables="Episodes PlacedAdoption",
    severity="query",
    caveat="It sees only the returns that were given.",
)
def decided_before_placement_order(y: Facts) -> Marks:
    return _decided_before(y, "E1")


@rule(
    "555",
    "Freeing order has been granted but there is no date of decision that the child should be placed for adoption.",
    fields="CHILD DATE_PLACED DATE_PLACED_CEASED REASON_PLACED_CEASED",
    tables="Episodes PlacedAdoption",
    last="2024-25",
)
def freeing_order_needs_a_decision(y: Facts) -> Marks:
    return {"Episodes": is_in("LS", "D1") & ~yes(col("decision_filled"))}


@rule(
    "556",
    "Date of decision that the child should be placed for adoption should be on or prior to the date "
    "that the freeing order was granted.",
    fields="DATE_PLACED DECOM",
    tables="Episodes PlacedAdoption",
    last="2024-25",
)
def decided_before_freeing_order(y: Facts) -> Marks:
    return _decided_before(y, "D1")


@rule(
    "557",
    "Child for whom the decision was made that they should be placed for adoption has left care but was"
    " not adopted and information on the decision that they should no longer be placed for adoption "
    "items has not been completed.",
    fields="DATE_PLACED_CEASED REASON_PLACED_CEASED PLACE LS REC",
    tables="Episodes PlacedAdoption",
    changed=("2024-25",),
)
def left_unadopted_needs_a_reversal(y: Facts) -> Marks:
    orders = ("E1",) if y.period >= "2024-25" else ("E1", "D1")
    meant = is_in("PLACE", *FOR_ADOPTION) | is_in("LS", *orders)
    left = meant & filled("REC") & ~is_in("REC", "X1", *ADOPTED)
    unsaid = ~yes(col("in_placed")) | yes(col("reversal_incomplete"))
    episodes = y.t("Episodes", "in_placed", "reversal_incomplete").filter(left & unsaid)
    incomplete = y.t("PlacedAdoption").filter(any_blank("DATE_PLACED_CEASED", "REASON_PLACED_CEASED"))
    return {
        "Episodes": episodes.select("at"),
        "PlacedAdoption": y.pairs(episodes, incomplete).select(at="at_right"),
    }


@rule(
    "558",
    "If a child has been adopted, then the decision to place them for adoption has not been disrupted "
    "and the date of the decision that a child should no longer be placed for adoption should be left "
    "blank.",
    fields="DATE_PLACED_CEASED REC",
    tables="Episodes PlacedAdoption",
    note=(
        "One adopted episode with one reversed decision is marked, as the message says; the original needs "
        "two of either."
    ),
)
def adopted_is_not_reversed(y: Facts) -> Marks:
    return {"Episodes": is_in("REC", *ADOPTED) & yes(col("in_placed") & col("all_reversed"))}


@rule(
    "559",
    "Date of decision that a child should be placed for adoption was not in the current year but the "
    "date of the decision that the child should be placed for adoption was not completed in a previous "
    "return.",
    fields="DATE_PLACED",
    tables="PlacedAdoption PlacedAdoption_last",
)
def old_decision_was_returned(y: Facts) -> Marks:
    unsaid = ~yes(col("in_placed_last")) | yes(col("decision_unread_last"))
    return {"PlacedAdoption": (col("DATE_PLACED") < y.start) & unsaid}


def _same_decision() -> pl.Expr:
    """The same date, however it is written in the two years; blanks are never the same."""
    readable = col("DATE_PLACED").is_not_null() & col("DATE_PLACED_right").is_not_null()
    as_text = raw("DATE_PLACED") == col("DATE_PLACED__raw_right")
    return yes(pl.when(readable).then(col("DATE_PLACED") == col("DATE_PLACED_right")).otherwise(as_text))


AS_DATES = "Dates are compared as dates, however they are written in the two years."


@rule(
    "560",
    "Date of decision that the child should be placed for adoption this year is different from that "
    "recorded last year but the decision to place the child for adoption did not change.",
    fields="DATE_PLACED DATE_PLACED_CEASED",
    tables="PlacedAdoption PlacedAdoption_last",
    note=AS_DATES,
)
def open_decision_keeps_its_date(y: Facts) -> Marks:
    still = y.t("PlacedAdoption_last").filter(filled("DATE_PLACED") & blank("DATE_PLACED_CEASED"))
    return {"PlacedAdoption": y.pairs(y.t("PlacedAdoption"), still).filter(~_same_decision()).select("at")}


def _reversed_last_year(y: Facts) -> pl.LazyFrame:
    return y.t("PlacedAdoption_last").filter(any_filled("DATE_PLACED_CEASED", "REASON_PLACED_CEASED"))


@rule(
    "561",
    "Date of the decision that the child should be placed for adoption this year is the same as that "
    "recorded last year but records show that the decision changed, and the child should no longer be "
    "placed for adoption last year.",
    fields="DATE_PLACED",
    tables="PlacedAdoption PlacedAdoption_last",
    note=AS_DATES,
)
def reversed_decision_has_gone(y: Facts) -> Marks:
    pairs = y.pairs(y.t("PlacedAdoption"), _reversed_last_year(y))
    return {"PlacedAdoption": pairs.filter(_same_decision()).select("at")}


@rule(
    "584",
    "Date of decision that the child should be placed for adoption this year is different from that "
    "recorded last year, but the decision to placed the child for adoption changed and the child should"
    " no longer be placed for adoption.",
    fields="DATE_PLACED",
    tables="PlacedAdoption PlacedAdoption_last",
    note=AS_DATES,
)
def new_decision_is_later(y: Facts) -> Marks:
    pairs = y.pairs(y.t("PlacedAdoption"), _reversed_last_year(y))
    wrong = (col("DATE_PLACED") <= col("DATE_PLACED_right")) | blank("DATE_PLACED")
    return {"PlacedAdoption": pairs.filter(wrong).select("at")}


@rule(
    "563",
    "The child should no longer be placed for adoption but the date of the decision that the child "
    "should be placed for adoption is blank",
    fields="DATE_PLACED REASON_PLACED_CEASED DATE_PLACED_CEASED",
    tables="PlacedAdoption",
)
def reversal_needs_a_decision(y: Facts) -> Marks:
    return blank("DATE_PLACED") & all_filled("DATE_PLACED_CEASED", "REASON_PLACED_CEASED")


@rule(
    "579",
    "A new decision that the child should be placed for adoption this year cannot start when the "
    "previous decision is still open. Decisions to place the child for adoption should also not "
    "overlap. The date of any new decision to place the child for adoption must not be before the date "
    "placed ceased of previous decisions.",
    fields="DATE_PLACED DATE_PLACED_CEASED",
    tables="PlacedAdoption",
)
def decisions_do_not_overlap(y: Facts) -> Marks:
    before = col("before_DATE_PLACED_CEASED")
    return col("has_before") & (before.is_null() | yes(col("DATE_PLACED") < before))


@rule(
    "583",
    "More than one date the child should be placed for adoption has been reported, but an earlier "
    "decision has not been revoked. Check that both dates are required and add in the date the earlier "
    "decision was revoked. Note this may be in a previous year.",
    fields="DATE_PLACED DATE_PLACED_CEASED",
    tables="PlacedAdoption",
    severity="query",
    note="The latest decision is found by date; the original compares dates as text.",
)
def earlier_decisions_are_reversed(y: Facts) -> Marks:
    """Blank dates come last in the table's order, but count as the earliest."""
    greatest = col("DATE_PLACED").max().over("child")
    latest = y.t("PlacedAdoption").filter(col("child").is_not_null()).with_columns(
        rank=pl.struct(
            (col("DATE_PLACED") != greatest).fill_null(value=True), "row"
        ).rank("ordinal").over("child")
    )  # fmt: skip
    return {"PlacedAdoption": latest.filter((col("rank") > 1) & blank("DATE_PLACED_CEASED")).select("at")}


@rule(
    "582",
    "Child is showing as ceasing to be looked after due to adoption, but the date of adoption is the "
    "same as the date reported for being matched with adopters. In most circumstances we expect the "
    "date the child is matched with adopters to be before the date of adoption.",
    fields="DEC DATE_MATCH",
    tables="AD1 Episodes",
    severity="query",
    note="Dates are compared as dates, however they are written.",
)
def matched_before_adopted(y: Facts) -> Marks:
    pairs = y.pairs(y.t("Episodes").filter(is_in("REC", *ADOPTED)), y.t("AD1"))
    readable = col("DEC").is_not_null() & col("DATE_MATCH").is_not_null()
    as_text = raw("DEC") == raw("DATE_MATCH")
    same = yes(pl.when(readable).then(col("DEC") == col("DATE_MATCH")).otherwise(as_text))
    return {"Episodes": pairs.filter(same).select("at")}


def _adopted_in_year(y: Facts) -> pl.LazyFrame:
    return y.t("Episodes").filter(is_in("REC", *ADOPTED) & y.in_year("DEC"))


@rule(
    "601",
    "The additional fields relating to adoption have not been completed although the episode data shows"
    " that the child was adopted during the year.",
    fields="REC DATE_INT DATE_MATCH FOSTER_CARE NB_ADOPTR SEX_ADOPTR LS_ADOPTR",
    tables="AD1 Episodes",
    note=(
        "A child without a row in AD1 has none of its items, and the episode is marked alone; the original "
        "passes over such a child."
    ),
)
def adopted_needs_the_details(y: Facts) -> Marks:
    pairs = _adopted_in_year(y).join(y.t("AD1"), on="child", how="left", suffix="_right").filter(any_blank(*ADOPTION))
    return both(pairs, "Episodes", "AD1")


@rule(
    "602",
    "The episode data submitted for this child does not show that he/she was adopted during the year.",
    fields="CHILD",
    tables="AD1 Episodes",
)
def details_need_an_adoption(y: Facts) -> Marks:
    return {"AD1": any_filled(*ADOPTION) & ~yes(col("adopted_in_year"))}


@rule(
    "1003",
    "Date of LA's decision that a child should be placed for adoption is before the child started to be looked after.",
    fields="DATE_PLACED DECOM RNE",
    tables="Episodes PlacedAdoption",
)
def decided_in_care(y: Facts) -> Marks:
    pairs = y.pairs(_first(y.t("Episodes").filter(is_in("RNE", "S"))), y.t("PlacedAdoption"))
    return both(pairs.filter(col("DATE_PLACED") < col("DECOM")), "Episodes", "PlacedAdoption")
