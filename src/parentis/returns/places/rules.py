"""Rules on the referral log and the vacancies: values are consistent, and prices and answers are plausible."""

from typing import Any, Final

import polars as pl

from parentis.region import authorities
from parentis.returns.cells import RAW, Typed
from parentis.returns.findings import Checked
from parentis.returns.models import Reading
from parentis.returns.places.code_lists import RISKS, SECURE_BASES
from parentis.returns.rules import Marks, Prepared, RuleSet, run
from parentis.returns.spec import YearSpec

REFERRALS = RuleSet("places.referrals")
VACANCIES = RuleSet("places.vacancies")

ADULT: Final = "18y"
OTHER_MOST: Final = 0.2
"Share of declines for `another reason` above which the list of reasons is probably not used."
NIGHTLY: Final = (5.5, 8.5)
"If the median price of its kind is about this multiple of a price, it is a nightly price: a week has 7 nights."
ENOUGH: Final = 5
"The fewest prices of a kind, or declines of a provider, from which one of them is judged."


def _yes(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False)


def _of_list(column: str) -> pl.Expr:
    """Whether any word of the column is not a code of the list of risks."""
    known = [one.code for one in RISKS]
    return _yes(pl.col(column).str.split(" ").list.eval(~pl.element().is_in(["", *known])).list.any())


def nightly(price: str, kind: str) -> pl.Expr:
    """Whether the ratio of a price to the median of its kind is that of a night to a week."""
    value = pl.col(price).cast(pl.Float64)
    ratio = value.median().over(kind) / pl.when(value > 0).then(value)
    return _yes(ratio.is_between(*NIGHTLY)) & (value.count().over(kind) >= ENOUGH)


@REFERRALS.rule("PLA-BORN", "Referred before birth, or on or after the 18th birthday.", fields="BORN REFERRED",
                tables="referrals")  # fmt: skip
def _no_child(_: Any) -> Marks:
    return _yes((pl.col("REFERRED") < pl.col("BORN")) | (pl.col("REFERRED") >= pl.col("BORN").dt.offset_by(ADULT)))


@REFERRALS.rule("PLA-STAY", "The stay ends before it begins, or the child was ready to move on before it began.",
                fields="START READY END", tables="referrals")  # fmt: skip
def _negative_stay(_: Any) -> Marks:
    return _yes(pl.col("END") < pl.col("START")) | _yes(pl.col("READY") < pl.col("START"))


@REFERRALS.rule("PLA-ORDER", "Closed, needed or begun before the referral.", fields="REFERRED NEED_BY CLOSED START",
                tables="referrals")  # fmt: skip
def _too_early(_: Any) -> Marks:
    return pl.any_horizontal(_yes(pl.col(name) < pl.col("REFERRED")) for name in ("NEED_BY", "CLOSED", "START"))


@REFERRALS.rule("PLA-OUTCOME", "Placed without a home, a first night or a price; or one of them without being placed.",
                fields="OUTCOME PLACED_WITH START PRICE", tables="referrals")  # fmt: skip
def _outcome(_: Any) -> Marks:
    parts = [pl.col(name).is_not_null() for name in ("PLACED_WITH", "START", "PRICE")]
    placed = _yes(pl.col("OUTCOME") == "placed")
    return (placed & ~pl.all_horizontal(parts)) | (~placed & pl.any_horizontal(parts))


@REFERRALS.rule("PLA-SECURE", "A secure home is looked for on a basis that does not allow one.", fields="KIND BASIS",
                tables="referrals")  # fmt: skip
def _secure(_: Any) -> Marks:
    return _yes(pl.col("KIND") == "secure") & ~_yes(pl.col("BASIS").is_in([*SECURE_BASES, "remand"]))


@REFERRALS.rule("PLA-SUPPORTED-AGE", "Supported accommodation is looked for before the 16th birthday: it is unlawful.",
                fields="KIND BORN REFERRED", tables="referrals")  # fmt: skip
def _under_16(_: Any) -> Marks:
    return _yes((pl.col("KIND") == "supported") & (pl.col("NEED_BY").fill_null(pl.col("REFERRED"))
                                                    < pl.col("BORN").dt.offset_by("16y")))  # fmt: skip


@REFERRALS.rule("PLA-RISK", "A risk that is not in the list.", fields="RISKS", tables="referrals")
def _risks(_: Any) -> Marks:
    return _of_list("RISKS")


@REFERRALS.rule(
    "PLA-TWO-BOROUGHS",
    "Another authority refers the same child at the same time. It is counted once, with the first; find out whose "
    "child it is.",
    fields="LA REFERRED CLOSED",
    tables="referrals",
)
def _two_boroughs(_: Any) -> Marks:
    return pl.col("meets")


@REFERRALS.rule("PLA-NO-ANSWERS", "A referral of which nobody was asked: it says nothing of who refuses.",
                fields="REFERRAL OUTCOME", tables="referrals asks", severity="query")  # fmt: skip
def _nobody_asked(_: Any) -> Marks:
    return {"referrals": ~pl.col("asked")}


@REFERRALS.rule("PLA-UNKNOWN", "A provider was asked for a referral that is not in the log.", fields="URN",
                tables="referrals asks")  # fmt: skip
def _unknown(_: Any) -> Marks:
    return {"asks": ~pl.col("known")}


@REFERRALS.rule("PLA-REASON", "Declined or never answered without a reason from the list, or a reason without either.",
                fields="ANSWER REASON", tables="asks")  # fmt: skip
def _reason(_: Any) -> Marks:
    no = _yes(pl.col("ANSWER").is_in(["decline", "none"]))
    return (no & pl.col("REASON").is_null()) | (~no & pl.col("REASON").is_not_null())


@REFERRALS.rule("PLA-HOURS", "An answer before the asking, or no length of time for an answer that was given.",
                fields="ASKED_AFTER ANSWERED_AFTER ANSWER", tables="asks")  # fmt: skip
def _hours(_: Any) -> Marks:
    negative = pl.any_horizontal(_yes(pl.col(name) < 0) for name in ("ASKED_AFTER", "ANSWERED_AFTER"))
    given = _yes(pl.col("ANSWER").is_in(["offer", "decline"]))
    return negative | (given & pl.col("ANSWERED_AFTER").is_null())


@REFERRALS.rule("PLA-ANSWERED-18", "Answered on or after the child's 18th birthday: no placement can follow.",
                fields="ANSWERED", tables="referrals asks", severity="query")  # fmt: skip
def _answered_late(_: Any) -> Marks:
    return {"asks": _yes(pl.col("ANSWERED") >= pl.col("born").dt.offset_by(ADULT))}


@REFERRALS.rule("PLA-ACCEPTED", "An offer is taken that was never made, or two offers for one child are.",
                fields="ANSWER ACCEPTED", tables="asks")  # fmt: skip
def _accepted(_: Any) -> Marks:
    taken = _yes(pl.col("ACCEPTED") == "Y")
    return taken & (~_yes(pl.col("ANSWER") == "offer") | (taken.cast(pl.Int64).sum().over("REFERRAL") > 1))


@REFERRALS.rule(
    "PLA-OTHER",
    "More than a fifth of this provider's declines give `another reason`: ask it to choose from the list.",
    fields="URN REASON",
    tables="asks",
    severity="query",
)
def _other(_: Any) -> Marks:
    other = _yes(pl.col("REASON") == "other")
    declined = _yes(pl.col("ANSWER") == "decline").cast(pl.Int64).sum().over("URN")
    return other & (declined >= ENOUGH) & (other.cast(pl.Int64).sum().over("URN") > OTHER_MOST * declined)


@REFERRALS.rule("PLA-NIGHTLY", "The price is about a seventh of what others of its kind cost: a night's, not a week's?",
                fields="KIND PRICE", tables="referrals", severity="query")  # fmt: skip
def _nightly_price(_: Any) -> Marks:
    return nightly("PRICE", "KIND")


@VACANCIES.rule("VAC-PLACES", "A home without places: nothing says how many are registered.", fields="REGISTERED",
                tables="vacancies")  # fmt: skip
def _no_places(_: Any) -> Marks:
    return pl.col("REGISTERED").is_null() | _yes(pl.col("REGISTERED") <= 0)


@VACANCIES.rule(
    "VAC-ABOVE", "More places taken, staffed or approved than are registered, or than the step before.",
    fields="REGISTERED APPROVED STAFFED TAKEN", tables="vacancies",
)  # fmt: skip
def _above(_: Any) -> Marks:
    steps = ("REGISTERED", "APPROVED", "STAFFED", "TAKEN")
    below = [_yes(pl.col(name) < 0) for name in steps]
    more = [_yes(pl.col(name) > pl.col("REGISTERED")) for name in steps[1:]]
    return pl.any_horizontal([*below, *more, _yes(pl.col("STAFFED") > pl.col("APPROVED"))])


@VACANCIES.rule("VAC-REGIONS", "One home or service lies in two regions or two authorities.",
                fields="URN REGION LA", tables="vacancies")  # fmt: skip
def _two_regions(_: Any) -> Marks:
    return (pl.col("REGION").n_unique().over("URN") > 1) | (pl.col("LA").n_unique().over("URN") > 1)


@VACANCIES.rule("VAC-AUTHORITY", "The authority is not a code that is known.", fields="LA", tables="vacancies")
def _authority(_: Any) -> Marks:
    return ~_yes(pl.col("LA").is_in([one.gss for one in authorities()]))


@VACANCIES.rule("VAC-CATEGORY", "Supported accommodation without its category, or a home with one.",
                fields="KIND CATEGORY", tables="vacancies")  # fmt: skip
def _category(_: Any) -> Marks:
    return _yes(pl.col("KIND") == "supported") == pl.col("CATEGORY").is_null()


@VACANCIES.rule("VAC-AGES", "The oldest age is below the youngest, or supported accommodation takes a child under 16.",
                fields="KIND AGE_FROM AGE_TO", tables="vacancies")  # fmt: skip
def _ages(_: Any) -> Marks:
    young = _yes(pl.col("KIND") == "supported") & _yes(pl.col("AGE_FROM") < 16)
    return young | _yes(pl.col("AGE_TO") < pl.col("AGE_FROM"))


@VACANCIES.rule("VAC-RISK", "A risk that is not in the list.", fields="NOT_RISKS", tables="vacancies")
def _not_risks(_: Any) -> Marks:
    return _of_list("NOT_RISKS")


@VACANCIES.rule("VAC-NIGHTLY", "The price is about a seventh of what others of its kind cost: a night's, not a week's?",
                fields="KIND PRICE", tables="vacancies", severity="query")  # fmt: skip
def _nightly_vacancy(_: Any) -> Marks:
    return nightly("PRICE", "KIND")


def meeting(referrals: pl.DataFrame) -> pl.DataFrame:
    """`meets`: whether another authority's referral of the same child, made earlier, was open when this one began."""
    one = referrals.with_row_index("at").select("at", "CHILD_KEY", "LA", "REFERRED")
    other = referrals.with_row_index("other").select(
        "other", "CHILD_KEY", earlier="LA", began="REFERRED", ended=pl.coalesce("END", "CLOSED")
    )
    pairs = one.join(other, on="CHILD_KEY").filter(
        (pl.col("LA") != pl.col("earlier"))
        & ((pl.col("began") < pl.col("REFERRED"))
           | ((pl.col("began") == pl.col("REFERRED")) & (pl.col("other") < pl.col("at"))))
        & (pl.col("ended").is_null() | (pl.col("ended") > pl.col("REFERRED")))
    )  # fmt: skip
    return referrals.with_row_index("at").with_columns(meets=pl.col("at").is_in(pairs["at"].implode())).drop("at")


def check_referrals(_reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check the desk's referral log."""
    tables = dict(typed.tables)
    if "referrals" in tables:
        tables["referrals"] = meeting(tables["referrals"])
        if "asks" in tables:
            known = tables["referrals"].filter(pl.col("REFERRAL").is_not_null()).unique("REFERRAL", keep="first")
            known = known.select("REFERRAL", known=pl.lit(value=True), born="BORN")
            joined = tables["asks"].join(known, on="REFERRAL", how="left", maintain_order="left")
            tables["asks"] = joined.with_columns(pl.col("known").fill_null(value=False))
            asked = pl.col("REFERRAL").is_in(tables["asks"]["REFERRAL"].drop_nulls().implode())
            tables["referrals"] = tables["referrals"].with_columns(asked=_yes(asked))
    return _checked(REFERRALS, tables, spec)


def check_vacancies(_reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check the providers' vacancies."""
    return _checked(VACANCIES, dict(typed.tables), spec)


def _checked(rules: RuleSet, tables: dict[str, pl.DataFrame], spec: YearSpec) -> Checked:
    # A finding shows its row, never the child's authority.
    tables = {name: frame.with_columns(pl.lit(None, pl.String).alias("CHILD")) for name, frame in tables.items()}
    prepared = Prepared(period=spec.period, tables=tables, facts=None, shown=lambda _table, name: name + RAW)
    return run(rules, prepared)
