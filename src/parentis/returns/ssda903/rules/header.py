"""Header: the child's identity."""

import polars as pl

from parentis.returns.rules import Marks, Need
from parentis.returns.ssda903.rules.expressions import (
    blank,
    both,
    col,
    differ,
    filled,
    invalid,
    is_in,
    number,
    raw,
    respite,
    written_in,
    years,
    yes,
)
from parentis.returns.ssda903.rules.facts import Facts
from parentis.returns.ssda903.rules.rule_set import rule

UNKNOWN_UPN = ("UN1", "UN2", "UN3", "UN4", "UN5")
UPN = r"^[A-HJ-NP-RT-Z]\d{11}[\dA-Z]$"


@rule(
    "101",
    "Gender code is not valid.",
    fields="SEX",
    tables="Header",
    changed=("2024-25",),
)
def sex_is_valid(y: Facts) -> Marks:
    return ~written_in("SEX", y.codes("Header", "SEX"))


@rule(
    "102",
    "Date of birth is not a valid date.",
    fields="DOB",
    tables="Header",
)
def birth_is_a_date(y: Facts) -> Marks:
    return blank("DOB") | y.unreadable("DOB")


@rule(
    "103",
    "The ethnicity code is either not valid or has not been entered.",
    fields="ETHNIC",
    tables="Header",
)
def ethnicity_is_valid(y: Facts) -> Marks:
    return ~written_in("ETHNIC", y.codes("Header", "ETHNIC"))


@rule(
    "105",
    "Data entry for Unaccompanied Asylum-Seeking Children (UASC) status of child is invalid or has not been completed.",
    fields="UASC",
    tables="Header",
    needs=(Need.XML,),
)
def uasc_flag_is_valid(y: Facts) -> Marks:
    return ~yes(number("UASC").is_in([0.0, 1.0]))


@rule(
    "168",
    "Unique Pupil Number (UPN) is not valid. If unknown, default codes should be UN1, UN2, UN3, UN4 or UN5.",
    fields="UPN",
    tables="Header",
)
def upn_is_valid(y: Facts) -> Marks:
    written = raw("UPN").str.to_uppercase()
    return filled("UPN") & ~written.is_in(UNKNOWN_UPN) & ~written.str.contains(UPN)


@rule(
    "171",
    "Date of birth of mother's child is not a valid date.",
    fields="MC_DOB",
    tables="Header",
)
def mothers_child_has_a_date(y: Facts) -> Marks:
    return y.unreadable("MC_DOB")


@rule(
    "174",
    "Mother's child date of birth is recorded but sex shows that the child is a male.",
    fields="SEX MC_DOB",
    tables="Header",
    changed=("2024-25",),
)
def a_boy_is_no_mother(y: Facts) -> Marks:
    return is_in("SEX", y.male) & filled("MC_DOB")


@rule(
    "209",
    "Child looked after is of school age and should not have an unknown Unique Pupil Number (UPN) code of UN1.",
    fields="UPN DOB",
    tables="Header",
)
def school_age_needs_a_upn(y: Facts) -> Marks:
    return is_in("UPN", "UN1") & (years("DOB", 4) <= pl.date(y.year - 2, 8, 31))


@rule(
    "231",
    "UASC younger than expected: check the date of birth.",
    fields="DOB UASC_STATUS",
    tables="Header",
    first="2024-25",
    severity="query",
    note=("The flag is the Header's UASC flag; the column the original reads, UASC_STATUS, is made by no loader."),
)
def uasc_is_not_too_young(y: Facts) -> Marks:
    return is_in("flag", "1") & (years("DOB", 11) > y.end)


@rule(
    "232",
    "Sex is reported as unknown.",
    fields="SEX",
    tables="Header",
    first="2024-25",
    severity="query",
)
def sex_is_known(y: Facts) -> Marks:
    return is_in("SEX", "U")


@rule(
    "301",
    "Date of birth falls after the year ended.",
    fields="DOB",
    tables="Header",
)
def born_before_the_year_ends(y: Facts) -> Marks:
    return col("DOB") > y.end


@rule(
    "351",
    "Child was over 25 at the start of the current collection year.",
    fields="DOB",
    tables="Header",
)
def not_over_25(y: Facts) -> Marks:
    return years("DOB", 25) < y.start


@rule(
    "442",
    "Unique Pupil Number (UPN) field is not completed.",
    fields="UPN",
    tables="Episodes Header",
)
def upn_is_given(y: Facts) -> Marks:
    return {"Header": blank("UPN") & yes(col("any_care"))}


@rule(
    "444",
    "The same UPN is reported for more than one child.",
    fields="UPN",
    tables="Header",
    first="2025-26",
)
def upn_is_one_childs(y: Facts) -> Marks:
    shared = filled("UPN") & ~is_in("UPN", *UNKNOWN_UPN)
    return shared & (pl.len().over("UPN", *y.partition) > 1)


@rule(
    "210",
    "Children looked after for more than a week at 31 March should not have an unknown Unique Pupil "
    "Number (UPN) code of UN4.",
    fields="UPN DECOM",
    tables="Episodes Header",
    note=(
        "The original marks children whose stay began in the last week, the opposite of the message. We "
        "mark episodes open on 31 March in a period of care that began more than a week before."
    ),
)
def upn_is_known_after_a_week(y: Facts) -> Marks:
    week_ago = pl.lit(y.end).dt.offset_by("-7d")
    on_31_march = (col("DECOM") <= y.end) & (blank("DEC") | (col("DEC") > y.end))
    long_stay = y.t("Episodes").filter(on_31_march & (col("care_start") < week_ago))
    return both(y.pairs(long_stay, y.t("Header").filter(is_in("UPN", "UN4"))), "Episodes", "Header")


@rule(
    "202",
    "The gender code conflicts with the gender already recorded for this child.",
    fields="SEX",
    tables="Header Header_last",
    note="Last year's 1 and 2 are read as M and F: the change of codes in 2024-25 is no conflict.",
)
def sex_agrees_with_last_year(y: Facts) -> Marks:
    letter = col("SEX").replace({"1": "M", "2": "F"}).alias("letter")
    pairs = y.pairs(y.t("Header").with_columns(letter), y.t("Header_last").with_columns(letter))
    return {"Header": pairs.filter(differ("letter", "letter_right")).select("at")}


@rule(
    "203",
    "Date of birth disagrees with the date of birth already recorded for this child.",
    fields="DOB",
    tables="Header Header_last",
)
def birth_agrees_with_last_year(y: Facts) -> Marks:
    pairs = y.pairs(y.t("Header"), y.t("Header_last"))
    return {"Header": pairs.filter(differ("DOB", "DOB_right")).select("at")}


@rule(
    "204",
    "Ethnic origin code disagrees with the ethnic origin already recorded for this child.",
    fields="ETHNIC",
    tables="Header Header_last",
)
def ethnicity_agrees_with_last_year(y: Facts) -> Marks:
    pairs = y.pairs(y.t("Header"), y.t("Header_last"))
    return {"Header": pairs.filter(differ("ETHNIC", "ETHNIC_right")).select("at")}


@rule(
    "207",
    "Mother status for the current year disagrees with the mother status already recorded for this child.",
    fields="MOTHER",
    tables="Episodes Header Header_last",
    note=(
        "A girl may become a mother between two returns, so a change from 0 to 1 is not marked, although "
        "the message speaks of any disagreement."
    ),
)
def a_mother_stays_a_mother(y: Facts) -> Marks:
    pairs = y.pairs(y.t("Header", "in_episodes"), y.t("Header_last"))
    lost = is_in("MOTHER_right", "1") & ~is_in("MOTHER", "1") & yes(col("in_episodes"))
    return {"Header": pairs.filter(lost).select("at")}


@rule(
    "208",
    "Unique Pupil Number (UPN) for the current year disagrees with the Unique Pupil Number (UPN) "
    "already recorded for this child.",
    fields="UPN",
    tables="Header Header_last",
)
def upn_agrees_with_last_year(y: Facts) -> Marks:
    now, was = col("UPN"), col("UPN_right")
    was_blank, now_unknown = was.is_null(), is_in("UPN", *UNKNOWN_UPN)
    settled = (was_blank | is_in("UPN_right", "UN1")) & is_in("UPN", *UNKNOWN_UPN[1:])
    found = (was_blank | is_in("UPN_right", *UNKNOWN_UPN)) & now.is_not_null() & ~now_unknown
    pairs = y.pairs(y.t("Header"), y.t("Header_last"))
    return {"Header": pairs.filter(differ(now, was) & ~settled & ~found).select("at")}


@rule(
    "624",
    "Date of birth of the first child contradicts the date of birth of the first child previously recorded.",
    fields="MC_DOB",
    tables="Header Header_last",
    note="Dates are compared as dates: one date written in two ways is no contradiction.",
)
def mothers_child_agrees_with_last_year(y: Facts) -> Marks:
    pairs = y.pairs(y.t("Header"), y.t("Header_last"))
    changed = col("MC_DOB__raw_right").is_not_null() & ~_same_birth()
    return {"Header": pairs.filter(changed).select("at")}


def _same_birth() -> pl.Expr:
    readable = col("MC_DOB").is_not_null() & col("MC_DOB_right").is_not_null()
    as_text = raw("MC_DOB") == col("MC_DOB__raw_right")
    return yes(pl.when(readable).then(col("MC_DOB") == col("MC_DOB_right")).otherwise(as_text))


@rule(
    "626",
    "Child was reported as a mother but the date of birth of the first child is before the current year"
    " which contradicts with the mother status recorded last year.",
    fields="MOTHER MC_DOB",
    tables="Header Header_last",
)
def a_new_mother_has_a_new_child(y: Facts) -> Marks:
    def flag(name: str) -> pl.Expr:
        return col(name).str.strip_chars().cast(pl.Float64, strict=False)

    pairs = y.pairs(y.t("Header"), y.t("Header_last"))
    found = (flag("MOTHER__raw") == 1) & (flag("MOTHER__raw_right") == 0) & (col("MC_DOB") < y.start)
    return {"Header": pairs.filter(found).select("at")}


@rule(
    "165",
    "Data entry for mother status is invalid.",
    fields="MOTHER SEX ACTIV ACCOM IN_TOUCH DECOM",
    tables="Episodes Header OC3",
    note=(
        "Sex is compared by the codes of the collection year; the original still looks for 1 and 2, so that"
        " most of it can never fire."
    ),
)
def mother_status_is_valid(y: Facts) -> Marks:
    female, male = is_in("SEX", y.female), is_in("SEX", y.male)
    wrong = (
        invalid("MOTHER", ("0", "1"))
        | (filled("MOTHER") & male)
        | (blank("MOTHER") & female & yes(col("care_in_year")))
        | (filled("MOTHER") & female & ~yes(col("care_in_year")) & yes(col("leaving_filled")))
    )
    asked = y.t("Header", "any_care", "care_in_year", "leaving_filled").filter(yes(col("any_care")) & wrong)
    return {"Header": asked.select("at"), "OC3": y.pairs(asked, y.t("OC3")).select(at="at_right")}


@rule(
    "393",
    "Child is looked after but mother field is not completed.",
    fields="MOTHER",
    tables="Episodes Header",
    changed=("2024-25",),
)
def mother_status_is_given(y: Facts) -> Marks:
    return {"Header": is_in("SEX", y.female) & blank("MOTHER") & yes(col("any_care"))}


@rule(
    "607",
    "Child ceased to be looked after in the year, but mother field has not been completed.",
    fields="DEC REC MOTHER LS SEX",
    tables="Episodes Header",
    changed=("2024-25",),
)
def mother_status_is_given_on_leaving(y: Facts) -> Marks:
    left = y.t("Episodes").filter(y.in_year("DEC") & filled("REC") & ~is_in("REC", "X1") & ~respite())
    silent = y.t("Header").filter(is_in("SEX", y.female) & blank("MOTHER"))
    return both(y.pairs(left, silent), "Episodes", "Header")


@rule(
    "611",
    "Date of birth field is blank, but child is a mother.",
    fields="MOTHER MC_DOB",
    tables="Header",
)
def a_mothers_child_has_a_birth_date(y: Facts) -> Marks:
    return is_in("MOTHER", "1") & blank("MC_DOB")


@rule(
    "612",
    "Date of birth field has been completed but mother field indicates child is not a mother.",
    fields="SEX MOTHER MC_DOB",
    tables="Header",
    changed=("2024-25",),
)
def a_birth_date_means_a_mother(y: Facts) -> Marks:
    return is_in("SEX", y.female) & filled("MC_DOB") & (blank("MOTHER") | is_in("MOTHER", "0"))


@rule(
    "620",
    "Child has been recorded as a mother, but date of birth shows that the mother is under 11 years of age.",
    fields="DOB MOTHER",
    tables="Header",
)
def a_mother_is_over_11(y: Facts) -> Marks:
    return is_in("MOTHER", "1") & (years("DOB", 11) > y.start)


@rule(
    "621",
    "Mother’s field has been completed but date of birth shows that the mother is younger than her child.",
    fields="DOB MC_DOB",
    tables="Header",
    note="A mother whose own date of birth is unknown is not marked: nothing shows that she is the younger.",
)
def a_mother_is_older_than_her_child(y: Facts) -> Marks:
    return col("MC_DOB") <= col("DOB")


@rule(
    "625",
    "Date of birth of the first child is beyond the end of this reporting year or the date the child "
    "ceased to be looked after.",
    fields="MC_DOB DEC",
    tables="Episodes Header",
    note=(
        "Only a child without an open episode has ceased to be looked after; the end of the year is tested "
        "for every child. The original judges a child still looked after by an earlier episode."
    ),
)
def a_mothers_child_is_born_in_time(y: Facts) -> Marks:
    ended = y.t("Episodes", "still_open").filter(
        col("DEC").is_not_null() & (col("DEC") == col("DEC").max().over("child")) & ~yes(col("still_open"))
    )
    last = ended.group_by("child", maintain_order=True).agg(left=col("DEC").first(), at=col("at").first())
    found = (
        y.t("Header")
        .join(last, on="child", how="left", suffix="_right")
        .filter((col("MC_DOB") > y.end) | yes(col("MC_DOB") > col("left")))
    )
    return both(found, "Header", "Episodes")


@rule(
    "628",
    "Motherhood details are not required for care leavers who have not been looked after during the year.",
    fields="MOTHER",
    tables="Episodes Header OC3",
)
def a_care_leaver_needs_no_mother_status(y: Facts) -> Marks:
    return {"Header": ~col("in_episodes") & col("leaving_filled") & filled("MOTHER")}


@rule(
    "EPI",
    "WARNING: Episodes need to be loaded for this child before further validation is possible [NOTE: "
    "This refers to the DfE portal - here, all checks that can be performed with only the available "
    "data will be.]",
    fields="CHILD",
    tables="Header",
    optional="Episodes OC3",
    severity="note",
)
def episodes_are_loaded(y: Facts) -> Marks:
    told = [col(fact) for fact in ("in_episodes", "in_oc3") if y.knows(fact)]
    return ~pl.any_horizontal([yes(fact) for fact in told]) if told else pl.lit(value=True)
