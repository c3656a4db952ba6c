"""Rules on the commissioning returns: nights and places, answers and hours, percentages, dates, and no saving claimed
twice."""

from typing import Any

import polars as pl

from parentis.region import match_authorities, parse_period
from parentis.returns.cells import RAW, Typed
from parentis.returns.findings import Checked
from parentis.returns.models import Reading
from parentis.returns.placements import code_map
from parentis.returns.rules import Marks, Prepared, RuleSet, run
from parentis.returns.spec import YearSpec

BLOCKS, REFERRALS, UPLIFTS = (RuleSet(f"commissioning.{name}") for name in ("blocks", "referrals", "uplifts"))
ARRANGEMENTS, SAVINGS = RuleSet("commissioning.arrangements"), RuleSet("commissioning.savings")
MOST_A_YEAR = 366
STEEP = 25.0
"Per cent: an uplift above this is queried."


def _yes(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False)


@BLOCKS.rule("COB-USED", "More nights used than open.", fields="NIGHTS_USED NIGHTS_OPEN", tables="blocks")
def _used(_: Any) -> Marks:
    return _yes(pl.col("NIGHTS_USED") > pl.col("NIGHTS_OPEN"))


@BLOCKS.rule("COB-OPEN", "More nights open than the places have in a year.", fields="NIGHTS_OPEN PLACES",
             tables="blocks")  # fmt: skip
def _open(_: Any) -> Marks:
    return _yes(pl.col("NIGHTS_OPEN") > pl.col("PLACES") * MOST_A_YEAR)


@BLOCKS.rule("COB-PRICE", "A place at no price.", fields="PRICE", tables="blocks")
def _no_price(_: Any) -> Marks:
    return _yes(pl.col("PRICE") <= 0)


@BLOCKS.rule("COB-GUARANTEE", "A guarantee that is no share of the places: 0 to 100 %.", fields="GUARANTEE",
             tables="blocks")  # fmt: skip
def _guarantee(_: Any) -> Marks:
    return _yes(~pl.col("GUARANTEE").is_between(0, 100))


@BLOCKS.rule("COB-DAYS", "The contract ends before it starts, or is not of this year.", fields="STARTS ENDS",
             tables="blocks")  # fmt: skip
def _of_the_year(_: Any) -> Marks:
    over = (pl.col("ENDS") < pl.col("STARTS")) | (pl.col("ENDS") < pl.col("from"))
    return _yes(over) | _yes(pl.col("STARTS") > pl.col("to"))


@BLOCKS.rule("COB-TYPE", "A type of provision that no list has.", fields="TYPE", tables="blocks")
def _block_type(_: Any) -> Marks:
    return _unknown_type()


@REFERRALS.rule("COR-REASON", "A decline without a reason, or a reason without a decline.", fields="ANSWER REASON",
                tables="referrals")  # fmt: skip
def _reason(_: Any) -> Marks:
    return _yes((pl.col("ANSWER") == "DECLINE") != pl.col("REASON").is_not_null())


@REFERRALS.rule("COR-ACCEPTED", "Accepted or placed without an offer.", fields="ANSWER ACCEPTED PLACED",
                tables="referrals")  # fmt: skip
def _no_offer(_: Any) -> Marks:
    taken = (pl.col("ACCEPTED") == "Y").fill_null(value=False) | pl.col("PLACED").is_not_null()
    return taken & _yes(pl.col("ANSWER") != "OFFER")


@REFERRALS.rule("COR-TWO", "Two offers of one referral were accepted.", fields="REFERRAL ACCEPTED", tables="referrals")
def _two(_: Any) -> Marks:
    return _yes((pl.col("ACCEPTED") == "Y") & ((pl.col("ACCEPTED") == "Y").sum().over("REFERRAL") > 1))


@REFERRALS.rule("COR-SILENCE", "Silence before the term was over.", fields="ANSWER HOURS SILENCE_HOURS",
                tables="referrals")  # fmt: skip
def _silence(_: Any) -> Marks:
    return _yes((pl.col("ANSWER") == "SILENCE") & (pl.col("HOURS") < pl.col("SILENCE_HOURS")))


@REFERRALS.rule("COR-DAYS", "Answered or placed before it was sent, or hours below 0.",
                fields="SENT ANSWERED PLACED HOURS", tables="referrals")  # fmt: skip
def _days(_: Any) -> Marks:
    early = pl.any_horizontal(_yes(pl.col(name) < pl.col("SENT")) for name in ("ANSWERED", "PLACED"))
    return early | _yes(pl.col("HOURS") < 0)


@REFERRALS.rule("COR-NEED", "A band of need that is not 0 to 3.", fields="NEED", tables="referrals")
def _need(_: Any) -> Marks:
    return _yes(~pl.col("NEED").is_between(0, 3))


@REFERRALS.rule("COR-TYPE", "A type of provision that no list has.", fields="TYPE", tables="referrals")
def _referred_type(_: Any) -> Marks:
    return _unknown_type()


@UPLIFTS.rule("COU-MORE", "More was agreed than was asked for.", fields="ASKED AGREED", tables="uplifts")
def _more(_: Any) -> Marks:
    return _yes(pl.col("AGREED") > pl.col("ASKED"))


@UPLIFTS.rule("COU-STEEP", "More than 25 %: a percentage, or pounds?", fields="ASKED AGREED", tables="uplifts",
              severity="query")  # fmt: skip
def _steep(_: Any) -> Marks:
    return _yes(pl.max_horizontal("ASKED", "AGREED") > STEEP)


@UPLIFTS.rule("COU-DECIDED", "Agreed without a day, or a day without what was agreed.", fields="AGREED AGREED_ON",
              tables="uplifts")  # fmt: skip
def _decided(_: Any) -> Marks:
    return pl.col("AGREED").is_not_null() != pl.col("AGREED_ON").is_not_null()


@UPLIFTS.rule("COU-TYPE", "A type of provision that no list has.", fields="TYPE", tables="uplifts")
def _uplifted_type(_: Any) -> Marks:
    return _unknown_type()


@ARRANGEMENTS.rule("COA-DAYS", "It ends before it starts.", fields="STARTS ENDS", tables="arrangements")
def _ends(_: Any) -> Marks:
    return _yes(pl.col("ENDS") < pl.col("STARTS"))


@ARRANGEMENTS.rule("COA-COST", "A cost below 0.", fields="RUN_COST", tables="arrangements")
def _cost(_: Any) -> Marks:
    return _yes(pl.col("RUN_COST") < 0)


@ARRANGEMENTS.rule("COA-MEMBER", "No authority that is known by this name or code.", fields="MEMBER", tables="members")
def _member(_: Any) -> Marks:
    return ~pl.col("known")


@ARRANGEMENTS.rule("COA-LEFT", "A member left before it joined.", fields="JOINED LEFT", tables="members")
def _left(_: Any) -> Marks:
    return _yes(pl.col("LEFT") < pl.col("JOINED"))


@ARRANGEMENTS.rule("COA-MIDYEAR", "A member joined or left within the year: it counts from that day to that day.",
                   fields="MEMBER JOINED LEFT", tables="members", severity="note")  # fmt: skip
def _within(_: Any) -> Marks:
    begun = _yes(pl.col("JOINED").is_between(pl.col("from"), pl.col("to"), closed="right"))
    return begun | _yes(pl.col("LEFT").is_between(pl.col("from"), pl.col("to"), closed="left"))


@ARRANGEMENTS.rule("COA-NONE", "A partnership with members and no arrangement.", fields="PARTNERSHIP",
                   tables="members arrangements", severity="query")  # fmt: skip
def _no_arrangement(facts: Any) -> Marks:
    return {"members": ~pl.col("PARTNERSHIP").is_in(facts).fill_null(value=False)}


@SAVINGS.rule("COS-TWICE", "One saving claimed more than once: it is counted once.", fields="SAVING PARTNERSHIP "
    "CLAIMED",
              tables="savings")  # fmt: skip
def _claimed_twice(_: Any) -> Marks:
    return _yes(pl.col("SAVING").is_not_null() & pl.col("SAVING").is_duplicated())


@SAVINGS.rule("COS-BASIS", "A saving without a counterfactual or without evidence: it is shown apart.",
              fields="COUNTERFACTUAL EVIDENCE", tables="savings", severity="query")  # fmt: skip
def _no_basis(_: Any) -> Marks:
    lacking = (pl.col(name).fill_null("NONE") == "NONE" for name in ("COUNTERFACTUAL", "EVIDENCE"))
    return pl.any_horizontal(lacking)


@SAVINGS.rule("COS-KIND", "Cashable against a forecast: what was never going to be spent cannot be cashed.",
              fields="KIND COUNTERFACTUAL", tables="savings", severity="query")  # fmt: skip
def _kind(_: Any) -> Marks:
    return _yes((pl.col("KIND") == "CASHABLE") & (pl.col("COUNTERFACTUAL") == "FORECAST"))


@SAVINGS.rule("COS-SIGN", "A saving of nothing or less.", fields="CLAIMED", tables="savings")
def _sign(_: Any) -> Marks:
    return _yes(pl.col("CLAIMED") <= 0)


def _unknown_type() -> pl.Expr:
    known = code_map.known(pl.col("TYPE")).is_in(list(code_map.provisions()))
    return pl.col("TYPE").is_not_null() & ~known.fill_null(value=False)


def check_blocks(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check block contracts by `BLOCKS`."""
    return _run(BLOCKS, typed, spec)


def check_referrals(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check referrals by `REFERRALS`."""
    return _run(REFERRALS, typed, spec)


def check_uplifts(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check uplifts by `UPLIFTS`."""
    return _run(UPLIFTS, typed, spec)


def check_arrangements(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check arrangements and members by `ARRANGEMENTS`."""
    return _run(ARRANGEMENTS, typed, spec)


def check_savings(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check savings by `SAVINGS`."""
    return _run(SAVINGS, typed, spec)


def _run(book: RuleSet, typed: Typed, spec: YearSpec) -> Checked:
    year = parse_period(spec.period) if spec.period else None
    days = {"from": year.start if year else None, "to": year.end if year else None}
    added = [pl.lit(day, pl.Date).alias(name) for name, day in days.items()]
    tables = {name: frame.with_columns(*added, CHILD=pl.lit(None, pl.String)) for name, frame in typed.tables.items()}
    if "members" in tables:
        known = match_authorities(tables["members"].select("MEMBER"), "MEMBER")["authority"].is_not_null()
        tables["members"] = tables["members"].with_columns(known=known)
    facts = tables["arrangements"]["PARTNERSHIP"].drop_nulls().unique().to_list() if "arrangements" in tables else None
    return run(book, Prepared(period=spec.period, tables=tables, facts=facts, shown=lambda _table, name: name + RAW))
