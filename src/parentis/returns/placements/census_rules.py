"""Rules on a placements census: plausible weekly prices, sums, dates, ages, registrations, and placements entered
twice. Each rule queries the submitter; none changes a cell."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from parentis.region import parse_period
from parentis.returns.cells import RAW
from parentis.returns.findings import Checked
from parentis.returns.placements import census_columns, code_map
from parentis.returns.placements.one_form import one_form, plain_name, urn
from parentis.returns.placements.price_doubts import DOUBTS
from parentis.returns.recognition import plain
from parentis.returns.rules import Marks, Need, Prepared, RuleSet, Selection, run
from parentis.returns.rules.rule_set import Severity

RULE_SET = RuleSet("placements.census")
PRICE, CHILD, START, TYPE = "Total weekly cost", "Identifier", "Placement start date", "Type of provision"
SOURCED, PROVIDER, URN = "How the placement was sourced", "Organisation", "Establishment registration URN"
SHARES = ("Contribution from Social Care", "Contribution from Education", "Contribution from Health")
TO_A_POUND = 1.0
"Rounding tolerance between the contributions and the total."
CHILD_UNTIL = 18
WHOSE = "authority"
"The column that separates authorities when several are checked together."

NEW_NUMBER = r"^(SC)?\d{5,7}$"
"Ofsted's numbers: `SC012345`, or five to seven digits."


def _yes(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False)


def _price_rule(code: str, message: str) -> None:
    severity: Severity = "error" if code != "CEN-MONTHLY" else "query"

    @RULE_SET.rule(code, message, fields=(PRICE, TYPE, SOURCED), tables="placements", severity=severity)
    def _doubted(_: Any) -> Marks:
        return _yes(pl.col("doubt") == code)


for _code, _message in DOUBTS.items():
    _price_rule(_code, _message)


@RULE_SET.rule("CEN-BLOCK", "A child in a block at no price: the block's price stands in the return of blocks.",
               fields=(PRICE, SOURCED), tables="placements", severity="note")  # fmt: skip
def _block_at_nothing(_: Any) -> Marks:
    return _yes(pl.col("sourced").is_in(code_map.BLOCKS) & (pl.col("weekly_price") == 0))


@RULE_SET.rule("CEN-SUM", "The contributions do not make the total weekly cost.", fields=(PRICE, *SHARES),
               tables="placements")  # fmt: skip
def _sum(_: Any) -> Marks:
    shares = pl.sum_horizontal("social_care", "education_paid", "health_paid")
    given = pl.any_horizontal(pl.col("social_care", "education_paid", "health_paid").is_not_null())
    return given & _yes((shares - pl.col("weekly_price")).abs() > TO_A_POUND)


@RULE_SET.rule("CEN-START", "The placement began after the day of the census.", fields=(START,), tables="placements")
def _start(_: Any) -> Marks:
    return _yes(pl.col("start") > pl.col("census"))


@RULE_SET.rule("CEN-AGE", "Eighteen or over in a census of children under eighteen.",
               fields=("Looked after child", "Age"), tables="placements")  # fmt: skip
def _age(_: Any) -> Marks:
    post = pl.col("Looked after child").str.to_lowercase().str.contains("post 18").fill_null(value=False)
    return _yes(pl.col("age") >= CHILD_UNTIL) & ~post


@RULE_SET.rule("CEN-PARENT", "Two rows of one parent-and-child placement: the parent's and the child's price are one.",
               fields=(CHILD, TYPE, PROVIDER, PRICE), tables="placements", severity="query")  # fmt: skip
def _both_parents(_: Any) -> Marks:
    both = pl.col("type").is_in(["Fostering - Parent and child", "Residential - Parent and Child"])
    same = pl.struct(WHOSE, "provider", "home_urn", "start", "weekly_price").is_duplicated()
    return _yes(both & pl.col("start").is_not_null() & same)


@RULE_SET.rule("CEN-SUPPLEMENT", "A second row of a child for the same provider and start: a supplement, no placement.",
               fields=(CHILD, PROVIDER, START, PRICE), tables="placements", severity="query")  # fmt: skip
def _supplement(_: Any) -> Marks:
    return _yes(pl.col("supplement"))


@RULE_SET.rule("CEN-TWICE", "A child in two placements on one day.", fields=(CHILD, PROVIDER, TYPE),
               tables="placements", severity="query")  # fmt: skip
def _twice(_: Any) -> Marks:
    placements = (~pl.col("supplement")).sum().over(WHOSE, "child")
    return _yes(pl.col("child").is_not_null() & (placements > 1))


@RULE_SET.rule("CEN-SIBLINGS", "Several children with one provider, start and price: one package's price in every row?",
               fields=(CHILD, PROVIDER, START, PRICE), tables="placements", severity="query",
               note="Residential places alone: foster carers' fees are the same by a list.")  # fmt: skip
def _siblings(_: Any) -> Marks:
    same = pl.struct(WHOSE, "provider", "start", "weekly_price")
    filled = pl.all_horizontal(pl.col("provider", "start", "weekly_price").is_not_null())
    apart = pl.col("child").n_unique().over(WHOSE, "provider", "start", "weekly_price") > 1
    return _yes((pl.col("family") == "residential") & filled & same.is_duplicated() & apart)


@RULE_SET.rule("CEN-UNREGISTERED", "Unregistered, with a number of Ofsted's.", fields=(TYPE, URN), tables="placements")
def _unregistered(_: Any) -> Marks:
    unregistered = (pl.col("registration") == "Unregistered") | (pl.col("type") == "Unregistered")
    return _yes(unregistered & pl.col("home_urn").str.contains(NEW_NUMBER))


@RULE_SET.rule("CEN-SPELT", "One provider's number under several names.", fields=(PROVIDER, "Provider ID"),
               tables="placements", severity="note")  # fmt: skip
def _spelt(_: Any) -> Marks:
    numbered = pl.coalesce("company", "provider_urn")
    names = plain_name(pl.col("provider_name")).n_unique().over(WHOSE, numbered)
    return _yes(numbered.is_not_null() & (names > 1))


@RULE_SET.rule("CEN-NUMBERS", "One provider's name under several numbers: the same provider, or two of one name?",
               fields=(PROVIDER, "Provider ID"), tables="placements", severity="query")  # fmt: skip
def _numbers(_: Any) -> Marks:
    name = plain_name(pl.col("provider_name"))
    numbers = pl.coalesce("company", "provider_urn").drop_nulls().n_unique().over(WHOSE, name)
    return _yes(name.is_not_null() & (numbers > 1))


@RULE_SET.rule("CEN-HOME", "One home's number under several providers: it was sold, or the number is another home's.",
               fields=(URN, PROVIDER), tables="placements", severity="query")  # fmt: skip
def _home(_: Any) -> Marks:
    owners = pl.col("provider").n_unique().over(WHOSE, "home_urn")
    return _yes(pl.col("home_urn").is_not_null() & (owners > 1))


@RULE_SET.rule("CEN-TYPE", "A type of provision that no edition's list has.", fields=(TYPE,), tables="placements")
def _type(_: Any) -> Marks:
    return pl.col(TYPE).is_not_null() & pl.col("type").is_null()


@RULE_SET.rule("CEN-SOURCED", "A way of sourcing that no edition's list has.", fields=(SOURCED,), tables="placements")
def _sourced(_: Any) -> Marks:
    return pl.col(SOURCED).is_not_null() & pl.col("sourced").is_null()


NINETEEN = frozenset(
    plain(word)
    for one in code_map.PROVISIONS
    if one.label != "Other"
    for word in (one.label, *(word for word in one.earlier if word.endswith(("College", "should be registered)"))))
)
"The provision codes of the edition of December 2025."


@RULE_SET.rule("CEN-LIST", "A type of provision of an earlier edition: the list of December 2025 has nineteen.",
               fields=(TYPE,), tables="placements", severity="query", first=census_columns.DECEMBER_2025)  # fmt: skip
def _of_an_earlier_list(_: Any) -> Marks:
    return pl.col("type").is_not_null() & ~code_map.known(pl.col(TYPE)).is_in(list(NINETEEN))


@RULE_SET.rule("CEN-BAND", "A band of need that is not 0 to 3, or a band without the rule it was given by.",
               fields=("Need band", "Need band rule"), tables="placements")  # fmt: skip
def _band(_: Any) -> Marks:
    outside = _yes(~pl.col("need").is_between(0, census_columns.BANDS - 1))
    by_rule = _yes(pl.col("need_rule").is_in(census_columns.NEED_RULES))
    return outside | (pl.col("need").is_not_null() & ~by_rule)


@RULE_SET.rule("CEN-FEE", "A band of need set from the fee: prices cannot be compared by it.",
               fields=("Need band", "Need band rule"), tables="placements", severity="query")  # fmt: skip
def _from_the_fee(_: Any) -> Marks:
    return _yes(pl.col("need_rule") == "fee")


@RULE_SET.rule("CEN-BASIS", "A price that is not for a place, a child or an hour.", fields=("Price basis",),
               tables="placements")  # fmt: skip
def _basis(_: Any) -> Marks:
    return _yes(~pl.col("basis").is_in(census_columns.BASES))


@RULE_SET.rule("CEN-HOUR", "A price for an hour where a week's is asked for.", fields=("Price basis", PRICE),
               tables="placements")  # fmt: skip
def _hour(_: Any) -> Marks:
    return _yes(pl.col("basis") == "hour")


@RULE_SET.rule("CEN-BLOCK-ID", "A place of a block contract without the block it belongs to.",
               fields=(SOURCED, "Block id"), tables="placements", severity="query")  # fmt: skip
def _of_no_block(_: Any) -> Marks:
    return _yes(pl.col("sourced").is_in(code_map.BLOCKS)) & pl.col("block").is_null()


@RULE_SET.rule("CEN-DAY", "Another day than the census's.", fields=("Census date",), tables="placements")
def _day(_: Any) -> Marks:
    return _yes(pl.col("Census date") != pl.col("census"))


LONDONS = ("CEN-BAND", "CEN-FEE", "CEN-BASIS", "CEN-HOUR", "CEN-BLOCK-ID", "CEN-DAY")
"Rules on columns that are only in London's edition."


@RULE_SET.rule("CEN-LISTED", "A home's number that no list of Ofsted's has.", fields=(URN,), tables="placements",
               severity="query", needs=(Need.PROVIDERS,))  # fmt: skip
def _listed(listed: Any) -> Marks:
    ofsteds = (pl.col("registration") == "Ofsted").fill_null(value=True)
    return _yes(ofsteds & ~pl.col("home_urn").is_in(listed.keys()))


@RULE_SET.rule("CEN-ENDED", "The home's registration ended before the census.", fields=(URN,), tables="placements",
               needs=(Need.PROVIDERS,))  # fmt: skip
def _ended(listed: Any) -> Marks:
    ended = pl.col("home_urn").replace_strict(listed, default=None, return_dtype=pl.Date)
    return _yes(ended <= pl.col("census"))


def check(
    tables: Mapping[str, pl.DataFrame],
    *,
    collection_year: str,
    providers: pl.DataFrame | None = None,
    rules: Iterable[str] | None = None,
    **_: object,
) -> Checked:
    """Check censuses of either edition by `RULE_SET`, of one authority or of several (column `authority`), on the day
    `collection_year`. `providers`: the lists in which URNs are looked up, with URN and, if available, REG_END."""
    frame = tables["placements"]
    if "authority" not in frame.columns:
        frame = frame.with_columns(authority=pl.lit(None, pl.String))
    day = parse_period(collection_year).end.isoformat()
    form = one_form(frame.with_columns(period=pl.lit(day)), doubts_by=(WHOSE,)).drop("row", "authority", "load_id")
    prepared = Prepared(
        period=collection_year,
        tables={"placements": frame.hstack(form).with_columns(CHILD=pl.col(CHILD + RAW))},
        facts=_listed_until(providers) if providers is not None else None,
        has=frozenset({Need.PROVIDERS} if providers is not None else ()),
        shown=lambda _table, name: name + RAW,
        withheld={} if "Need band" in frame.columns else dict.fromkeys(LONDONS, "London's edition alone asks for it"),
    )
    chosen = Selection(None if rules is None else frozenset(code.strip().upper() for code in rules))
    return run(RULE_SET, prepared, selection=chosen)


def _listed_until(providers: pl.DataFrame) -> dict[str, date | None]:
    """Each URN, and the latest date on which its registration ended; None where no list gives an end."""
    ended = pl.col("REG_END") if "REG_END" in providers.columns else pl.lit(None, pl.Date)
    rows = providers.select(urn(pl.col("URN").cast(pl.String)), ended.alias("ended")).drop_nulls("URN")
    return dict(rows.group_by("URN").agg(pl.col("ended").last()).iter_rows())
