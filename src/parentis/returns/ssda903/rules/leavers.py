"""OC3: care leavers."""

import polars as pl

from parentis.returns.rules import Marks
from parentis.returns.ssda903.rules.children import ADOPTION, HEALTH, LEAVING
from parentis.returns.ssda903.rules.expressions import (
    ADOPTED,
    all_filled,
    any_filled,
    blank,
    col,
    filled,
    is_in,
    raw,
    respite,
    written_in,
    years,
    yes,
)
from parentis.returns.ssda903.rules.facts import Facts
from parentis.returns.ssda903.rules.rule_set import rule

FOYERS = ("T", "T1", "T2")


EPISODES = ("Episodes", "Episodes_last")


@rule(
    "131",
    "Data entry for being in touch after leaving care is invalid.",
    fields="IN_TOUCH",
    tables="OC3",
)
def contact_is_valid(y: Facts) -> Marks:
    return ~written_in("IN_TOUCH", y.codes("OC3", "IN_TOUCH"))


@rule(
    "132",
    "Data entry for activity after leaving care is invalid.",
    fields="ACTIV",
    tables="OC3",
)
def activity_is_valid(y: Facts) -> Marks:
    return ~written_in("ACTIV", y.codes("OC3", "ACTIV"))


@rule(
    "133",
    "Data entry for accommodation after leaving care is invalid. If reporting on a childs accommodation"
    " after leaving care the data entry must be valid",
    fields="ACCOM",
    tables="OC3",
)
def accommodation_is_valid(y: Facts) -> Marks:
    return ~written_in("ACCOM", y.codes("OC3", "ACCOM"))


@rule(
    "134",
    "Data on adoption should not be entered for the OC3 cohort.",
    fields="IN_TOUCH ACTIV ACCOM DATE_INT DATE_MATCH FOSTER_CARE NB_ADOPTR SEX_ADOPTR LS_ADOPTR",
    tables="AD1 OC3",
)
def leavers_are_not_adopted(y: Facts) -> Marks:
    return {"AD1": any_filled(*ADOPTION) & yes(col("leaving_filled"))}


@rule(
    "153",
    "All data items relating to a child's activity or accommodation after leaving care must be coded or left blank.",
    fields="IN_TOUCH ACTIV ACCOM",
    tables="OC3",
)
def all_or_nothing(y: Facts) -> Marks:
    return any_filled(*LEAVING) & ~all_filled(*LEAVING)


@rule(
    "187",
    "Child cannot be looked after continuously for 12 months at 31 March (OC2) and have any of adoption"
    " or care leavers returns completed.",
    fields="DATE_INT DATE_MATCH FOSTER_CARE NB_ADOPTR SEX_ADOPTR LS_ADOPTR IN_TOUCH ACTIV ACCOM",
    tables="AD1 Episodes OC3",
)
def all_year_in_care_is_no_leaver(y: Facts) -> Marks:
    return {
        "AD1": yes(col("continuously")) & any_filled(*ADOPTION),
        "OC3": yes(col("continuously")) & any_filled(*LEAVING),
    }


@rule(
    "215",
    "Child has care leaver information but one or more data items relating to children looked after for"
    " 12 months have been completed.",
    fields=(
        "IN_TOUCH ACTIV ACCOM CONVICTED HEALTH_CHECK IMMUNISATIONS TEETH_CHECK HEALTH_ASSESSMENT "
        "SUBSTANCE_MISUSE INTERVENTION_RECEIVED INTERVENTION_OFFERED"
    ),
    tables="OC2 OC3",
)
def leavers_have_no_health_items(y: Facts) -> Marks:
    return {
        "OC3": any_filled(*LEAVING) & yes(col("oc2_health")),
        "OC2": any_filled(*HEALTH) & yes(col("leaving_filled")),
    }


@rule(
    "344",
    "The record shows the young person has died or returned home to live with parent(s) or someone with"
    " parental responsibility for a continuous period of 6 months or more, but activity and/or "
    "accommodation on leaving care have been completed.",
    fields="IN_TOUCH ACTIV ACCOM",
    tables="OC3",
    note="Blank items are not completed items, and are left alone; the original marks everything but 0.",
)
def the_dead_and_returned_do_nothing(y: Facts) -> Marks:
    told = [filled(name) & (raw(name) != "0") for name in ("ACTIV", "ACCOM")]
    return is_in("IN_TOUCH", "DIED", "RHOM") & pl.any_horizontal(told)


@rule(
    "345",
    "The data collection record shows the local authority is in touch with this young person, but "
    "activity and/or accommodation data items are zero.",
    fields="IN_TOUCH ACTIV ACCOM",
    tables="OC3",
)
def in_touch_means_known(y: Facts) -> Marks:
    return is_in("IN_TOUCH", "YES") & yes((raw("ACTIV") == "0") | (raw("ACCOM") == "0"))


@rule(
    "347",
    "Care leavers aged under 18 years, can not be accommodated in a Foyer.",
    fields="ACCOM DOB",
    tables="OC3",
    first="2023-24",
    note=(
        "Foyers are T1 and T2, which the original, looking for T, never finds; age is by birthday, not by "
        "days over an average year."
    ),
)
def no_foyer_under_18(y: Facts) -> Marks:
    return is_in("ACCOM", *FOYERS) & (years("DOB", 18) > y.start)


@rule(
    "348",
    "Care leaver was previously reported as having died.",
    fields="IN_TOUCH",
    tables="OC3 OC3_last",
    first="2025-26",
)
def the_dead_stay_dead(y: Facts) -> Marks:
    pairs = y.pairs(y.t("OC3"), y.t("OC3_last"))
    return {"OC3": pairs.filter(is_in("IN_TOUCH_right", "DIED") & ~is_in("IN_TOUCH", "DIED")).select("at")}


@rule(
    "391",
    "Young person was not 17, 18, 19, 20 or 21 during the current collection year.",
    fields="DOB IN_TOUCH ACTIV ACCOM",
    tables="OC3",
    note=(
        "Those over 21 throughout the year are marked too, as the message says; the original marks only the too young."
    ),
)
def aged_17_to_21(y: Facts) -> Marks:
    return any_filled(*LEAVING) & ((years("DOB", 17) > y.end) | (years("DOB", 22) <= y.start))


@rule(
    "1000",
    "This child is recorded as having died in care and therefore should not have the care leaver "
    "information completed. [NOTE: This only tests the current and previous year data loaded into the "
    "tool]",
    fields="IN_TOUCH ACTIV ACCOM",
    tables="Episodes OC3",
    optional="Episodes_last",
    caveat="It sees only the returns that were given.",
    note="Only completed care leaver items are marked, as the message says.",
)
def died_in_care(y: Facts) -> Marks:
    died = yes(col("died")) | yes(col("died_last")) if y.knows("died_last") else yes(col("died"))
    return {"OC3": died & any_filled(*LEAVING)}


@rule(
    "1002",
    "This child has no previous episodes of care, therefore should not have care leaver information "
    "recorded. [NOTE: This tool can only test the current and previous year data loaded into the tool -"
    " this check may generate false positives if a child had episodes prior to last year's collection.]",
    fields="IN_TOUCH ACTIV ACCOM",
    tables="Episodes Episodes_last OC3",
    severity="query",
    caveat="It sees only the returns that were given.",
    note="Only completed care leaver items are marked, as the message says.",
)
def never_in_care(y: Facts) -> Marks:
    return {"OC3": ~col("in_episodes") & ~col("in_episodes_last") & any_filled(*LEAVING)}


def _last_birthday(y: Facts) -> pl.Expr:
    """The latest birthday of a 17 or 18 year old by the end of the year; null for anyone else."""
    past = [years("DOB", age) <= y.end for age in (17, 18, 19)]
    return (
        pl.when(past[0] & ~past[1])
        .then(years("DOB", 17))
        .when(past[1] & ~past[2])
        .then(years("DOB", 18))
        .otherwise(None)
    )


def _leavers(y: Facts) -> pl.LazyFrame:
    """Care leavers with completed items, and their latest birthday if aged 17 or 18."""
    return y.t("OC3").filter(any_filled(*LEAVING)).select("at", "child", birthday=_last_birthday(y))


@rule(
    "1007",
    "Care leaver information is not required for 17- or 18-year olds who are still looked after [on "
    "their 17th or 18th birthday.]",
    fields="IN_TOUCH ACTIV ACCOM",
    tables="Episodes OC3",
    note="A child with an open episode is still looked after; the original overlooks open episodes.",
)
def still_in_care_on_birthday(y: Facts) -> Marks:
    pairs = y.pairs(_leavers(y), y.t("Episodes"))
    stays = (col("DECOM") <= col("birthday")) & (blank("DEC") | (col("DEC") > col("birthday")))
    return {"OC3": pairs.filter(stays).select("at")}


@rule(
    "1016",
    "Care leaver information is not required for 17- or 18-year olds who cease to be looked after, "
    "after their birthday.",
    fields="IN_TOUCH ACTIV ACCOM",
    tables="Episodes OC3",
    first="2023-24",
    note=(
        "Only an episode that ended care counts, after the birthday; the original counts any episode's end,"
        " on the birthday too."
    ),
)
def left_after_birthday(y: Facts) -> Marks:
    pairs = y.pairs(_leavers(y), y.t("Episodes"))
    left = (col("DEC") > col("birthday")) & ~is_in("REC", "X1")
    return {"OC3": pairs.filter(left).select("at")}


@rule(
    "1010",
    "This child has no episodes loaded for current year even though there was an open episode of care "
    "at the end of the previous year, and care leaver data has been entered.",
    fields="IN_TOUCH ACTIV ACCOM",
    tables="Episodes Episodes_last OC3",
    note="Only completed care leaver items are marked, as the message says.",
)
def open_last_year(y: Facts) -> Marks:
    return {"OC3": yes(col("ended_open_last")) & ~col("in_episodes") & any_filled(*LEAVING)}


@rule(
    "1011",
    "This child is recorded as having his/her care transferred to another local authority for the final"
    " episode and therefore should not have the care leaver information completed.",
    fields="IN_TOUCH ACTIV ACCOM",
    tables="Episodes OC3",
)
def transferred_to_another_authority(y: Facts) -> Marks:
    return {"OC3": is_in("latest_REC", "E3") & any_filled(*LEAVING)}


@rule(
    "1012",
    "No other data should be returned for OC3 children who had no episodes in the current year",
    fields="CHILD",
    tables="Episodes",
    optional="OC3 AD1 Missing OC2 PlacedAdoption PrevPerm Reviews",
    note=(
        "Where OC3 is given only its children are tested, as the message says; without it, every child who "
        "has no episode."
    ),
)
def no_other_data_for_leavers(y: Facts) -> Marks:
    leaver = ~col("in_episodes") & col("in_oc3") if y.knows("in_oc3") else ~col("in_episodes")
    others = ("PlacedAdoption", "Missing", "Reviews", "AD1", "PrevPerm", "OC2")
    return {table: yes(leaver) for table in others if y.has(table)}


@rule(
    "1014",
    "UASC information is not required for care leavers",
    fields="ACTIV ACCOM IN_TOUCH DUC",
    tables="Episodes OC3 UASC",
    note="A care leaver without any episode is marked too, as the message covers it.",
)
def leavers_need_no_uasc_data(y: Facts) -> Marks:
    out = ~yes(col("in_year"))
    return {
        "UASC": out & yes(col("leaving_filled")),
        "OC3": out & any_filled(*LEAVING) & yes(col("in_uasc")),
    }


@rule(
    "3001",
    "Where care leavers information is being returned for a young person around their 17th birthday, "
    "the accommodation cannot be with their former foster carer(s).",
    fields="ACCOM",
    tables="Header OC3",
)
def not_with_former_carers_at_17(y: Facts) -> Marks:
    turned_17 = years("header_DOB", 17).is_between(y.start, y.end)
    return {"OC3": is_in("ACCOM", "Z1", "Z2") & turned_17}


@rule(
    "1001",
    "The episodes recorded for this young person suggest they are not a relevant or a former relevant "
    "child and therefore should not have care leaver information completed. [NOTE: This tool can only "
    "test the current and previous year data loaded into the tool - this check may generate false "
    "positives if a child had episodes prior to last year's collection.]",
    fields="IN_TOUCH ACTIV ACCOM",
    tables="Episodes Episodes_last Header OC3",
    severity="query",
    caveat="It sees only the returns that were given.",
    note=(
        "Only completed care leaver items are marked, and none for those aged 20 or more on 31 March, whose"
        " qualifying care two returns cannot show."
    ),
)
def enough_care_to_qualify(y: Facts) -> Marks:
    """At least 91 days after the 14th birthday, and one after the 16th, according to the two returns."""
    columns = ["child", "DECOM", "DEC", "LS", "REC", "header_DOB"]
    pooled = (
        pl.concat([y.t(table, "header_DOB", "in_oc3").filter("in_oc3").select(columns) for table in EPISODES])
        .filter(col("DECOM").is_not_null())
        .sort("child", "DECOM", "DEC", nulls_last=True, maintain_order=True)
        .unique(subset=["child", "DECOM"], keep="first", maintain_order=True)
    )
    final = (col("child") != col("child").shift(-1)).fill_null(value=True)
    ended = pl.when(final & col("DEC").is_null()).then(pl.lit(y.end)).otherwise(col("DEC"))

    def days_from(age: int) -> pl.Expr:
        begun = pl.max_horizontal("DECOM", years("header_DOB", age))
        return (col("ended") - begun).dt.total_days().clip(lower_bound=0).filter(~respite())

    care = (
        pooled.with_columns(ended=ended)
        .group_by("child")
        .agg(
            after_14=days_from(14).sum(),
            after_16=days_from(16).sum(),
            adopted=is_in("REC", *ADOPTED).last(),
        )
    )
    enough = (col("after_14") >= 91) & (col("after_16") >= 1)
    young = ~yes(years("DOB", 20) <= y.end)
    leavers = y.t("OC3").filter(any_filled(*LEAVING)).join(care, on="child", how="left")
    return {"OC3": leavers.filter(young & (~yes(enough) | yes(col("adopted")))).select("at")}
