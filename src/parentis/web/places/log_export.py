"""Referrals on their way to the lake: the year's log, as the desk's cases tell it, without hours or free text.

A financial year (by the day of the referral) is handed in whole, each night; what is the same as last time is no new
submission. Practice referrals stay at the site.
"""

import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import polars as pl
from django.utils import timezone

from parentis import region, workflow
from parentis.archive import File, find_home
from parentis.returns import the_return
from parentis.web.cases import records
from parentis.web.cases.models import Case, Clock, Record
from parentis.web.places.case_types import REFERRAL
from parentis.web.places.operations import requests_of
from parentis.workflow import Outcome

RETURN: Final = "places.referrals"
WHO: Final = "placement desk"
AT_HOUR: Final = 3
"By the clocks of London, when the night's run is."
WAIT: Final = 900.0
OUTCOMES: Final = {"there": "placed", "ended": "placed", "elsewhere": "elsewhere", "lost": "lost",
                   "withdrawn": "withdrawn"}  # fmt: skip
"A place that is accepted and not begun is still looked for: it may fall through."
ANSWERS: Final = {"offered": "offer", "accepted": "offer", "not-taken": "offer", "declined": "decline",
                  "silent": "none", "withdrawn": "withdrawn"}  # fmt: skip
"A request that waits for its answer is in no log yet."
Row = dict[str, Any]


def hand_over() -> list[Outcome]:
    """Submit every year that has referrals; each is accepted when it reads."""
    by_year: dict[str, list[Record]] = defaultdict(list)
    for one in Record.objects.filter(case__kind=REFERRAL, practice=False, case__erased_at=None).select_related("case"):
        day = records.values_of(one)["referred_on"]
        if day is not None:
            by_year[region.financial_year_of(day).label].append(one)
    return [outcome for year in sorted(by_year) for outcome in _submit(year, by_year[year])]


def due(now: datetime | None = None) -> bool:
    return timezone.localtime(now or timezone.now()).hour == AT_HOUR


def tables(found: Iterable[Record]) -> Mapping[str, pl.DataFrame]:
    """The two tables of the log, of these referrals."""
    rows: dict[str, list[Row]] = {"referrals": [], "asks": []}
    for one in sorted(found, key=lambda each: each.case_id):
        asked = requests_of(one.case)
        rows["referrals"].append(_referral(one, asked))
        rows["asks"] += [_ask(one.case, each) for each in asked if each.case.state in ANSWERS]
    spec = the_return(RETURN).spec.latest.tables
    return {
        name: pl.DataFrame(held, schema={column.name: column.dtype for column in spec[name].columns}, strict=False)
        for name, held in rows.items()
    }


def _submit(year: str, found: list[Record]) -> list[Outcome]:
    files = []
    for name, table in tables(found).items():
        out = io.BytesIO()
        table.write_csv(out)
        files.append(File(f"{RETURN}_{name}_{year}.csv", out.getvalue()))
    return workflow.submit(
        find_home(), files, who=WHO, return_id=RETURN, period=year, made_here=True, wait=WAIT
    )  # fmt: skip


def _referral(one: Record, asked: list[Record]) -> Row:
    values, case = records.values_of(one), one.case
    outcome = OUTCOMES.get(case.state, "open")
    placed = outcome == "placed"
    accepted = next((each.values["urn"] for each in asked if each.case.state == "accepted"), values["placed_with"])
    closed = values["start_on"] if placed else timezone.localdate(case.closed_at) if case.closed_at else None
    return {
        "REFERRAL": f"case-{case.pk}", "CHILD_KEY": values["child"] or f"case-{case.pk}", "LA": case.authority,
        "BORN": values["born_on"], "SEX": values["sex"], "ETHNICITY": values["ethnicity"],
        "KIND": values["looked_for"], "BASIS": values["basis"], "BASIS_ON": values["basis_on"],
        "RISKS": " ".join(values["risks"] or ()) or None, "REFERRED": values["referred_on"],
        "NEED_BY": values["need_by"], "RADIUS": values["radius"], "TOGETHER": values["together"],
        "APART": len((values["apart"] or "").split()), "OUTCOME": outcome, "CLOSED": closed,
        "PLACED_WITH": accepted if placed else None, "START": values["start_on"] if placed else None,
        "READY": values["ready_on"], "END": values["end_on"], "PRICE": values["price"] if placed else None,
    }  # fmt: skip


def _ask(referral: Case, one: Record) -> Row:
    values, case = records.values_of(one), one.case
    answered = Clock.objects.filter(case=case, name="answer").values_list("met_at", flat=True).first()
    answer = ANSWERS[case.state]
    told = answered if answer in ("offer", "decline") else None
    return {
        "REFERRAL": f"case-{referral.pk}", "URN": values["urn"], "PROVIDER": values["provider"],
        "ASKED_AFTER": _hours(referral.opened_at, case.opened_at),
        "ANSWERED_AFTER": None if told is None else _hours(case.opened_at, told),
        "ANSWERED": None if told is None else timezone.localdate(told), "ANSWER": answer,
        "REASON": "no-answer" if answer == "none" else values["decline_reason"] if answer == "decline" else None,
        "OFFERED_PRICE": values["offered_price"],
        "ACCEPTED": {"accepted": "Y", "not-taken": "N"}.get(case.state),
    }  # fmt: skip


def _hours(begins: datetime, ends: datetime) -> float:
    return round((ends - begins).total_seconds() / 3600, 2)
