"""Referrals to providers: the providers asked, their answers and dates, and how long a provider took to answer."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from parentis.references import Ref
from parentis.region import financial_year_of
from parentis.returns.cells import lenient_date
from parentis.returns.commissioning.columns import (
    COMPANY,
    PARTNERSHIP,
    PROVIDER,
    SOURCE,
    TYPE,
    YES_NO,
    coded,
    day,
    hashed,
    number,
)  # fmt: skip
from parentis.returns.models import Return
from parentis.returns.spec import Kind, Spec, Table, codes

ANSWERS = codes(
    OFFER="A place was offered", DECLINE="Declined", SILENCE="No answer within the term", WITHDRAWN="Asked no longer",
)  # fmt: skip
REASONS = codes(
    FULL="No vacancy", NEED="Cannot meet the child's needs", MATCHING="Does not match the children who live there",
    STAFF="Not enough staff", LOCATION="Too far or not safe there", PRICE="The price offered", NOTICE="Too short a "
        "notice",
    OTHER="Another reason",
)  # fmt: skip

TABLE = Table(
    name="referrals",
    meaning="A provider that was asked about a child: one row a referral and provider.",
    columns=(
        hashed("REFERRAL", "The referral's number, the same for every provider that was asked."),
        PARTNERSHIP,
        PROVIDER,
        COMPANY,
        TYPE,
        number("NEED", "Band of need as in the census, 0 to 3.", "band", kind=Kind.INTEGER),
        day("SENT", "Day on which it was sent.", key=True),
        coded("ANSWER", "What came of it.", ANSWERS, key=True),
        day("ANSWERED", "Day of the answer, or on which it was withdrawn."),
        number("HOURS", "From sending to the answer, the withdrawal, or the end of the term.", "hours", key=True),
        coded("REASON", "Why it was declined.", REASONS),
        number("SILENCE_HOURS", "The term after which no answer is silence.", "hours", kind=Kind.INTEGER),
        coded("ACCEPTED", "Whether the offer was accepted.", YES_NO),
        day("PLACED", "Day on which the child moved in."),
    ),
    optional=False,
)


def _year(tables: Mapping[str, pl.DataFrame]) -> str | None:
    """The financial year of the last referral."""
    sent = [frame.select(lenient_date("SENT"))["SENT"].max() for frame in tables.values() if "SENT" in frame.columns]
    days = [last for last in sent if isinstance(last, date)]
    return financial_year_of(max(days)).label if days else None


REFERRALS = Return(
    spec=Spec(id="commissioning.referrals", title="Referrals to providers", tables=(TABLE,), source=SOURCE),
    submitter="authority",
    period_kind="financial-year",
    infer_period=_year,
    check=Ref("parentis.returns.commissioning.rules:check_referrals"),
    audience="own",
    keep_years=7,
)
