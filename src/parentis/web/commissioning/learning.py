"""Learning cards with the figure that each cites as it stands today, and the words they are searched for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from django.utils import timezone

from parentis import region
from parentis.figures import Viewer
from parentis.web.api.queries import figures
from parentis.web.cases.models import Record, place_name
from parentis.web.cases.operations import move
from parentis.web.commissioning.case_types import FORMS, KIND, PUBLISHED, STALE

SEARCHED: Final = {"headline": 4, "partnership": 3, "form": 3, "context": 1, "failed": 2, "conditions": 2, "contact": 1}
"Search weight of a word by the field in which it is found."
CURRENT, MOVED, EXPIRED, UNKNOWN = "current", "stale", "expired", "unknown"
SAID: Final = {
    CURRENT: "The figure stands within the interval that the card cites.",
    MOVED: "The figure has moved out of the interval that the card cites.",
    EXPIRED: "The card has expired: it waits for a review.",
    UNKNOWN: "The figure that it cites is not shown, or is there no longer.",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A published card. `live` is its figure of today, `of` its period; `status` as in `SAID`."""

    case: int
    place: str
    values: dict[str, Any]
    form: str
    live: float | None
    low: float | None
    high: float | None
    of: str
    status: str

    @property
    def expires(self) -> date | None:
        return day(self.values.get("expires_on"))

    @property
    def said(self) -> str:
        return SAID[self.status]


def day(written: object) -> date | None:
    """The day that a card's field holds, as it is stored."""
    return date.fromisoformat(str(written)[:10]) if written else None


def number(written: object) -> float | None:
    """The number that somebody wrote: `−7.7 %`, `1,204.50`, `£5,100`; None where there is none."""
    text = re.sub(r"[£%,\s]", "", str(written or "")).replace("−", "-")
    try:
        return float(text)
    except ValueError:
        return None


def live(held: pl.DataFrame) -> tuple[float | None, float | None, float | None, str]:
    """The latest shown value of a figure's rows, its interval, and its period."""
    shown = held.filter(pl.col("value").is_not_null()).sort("period_end")
    if shown.is_empty():
        return None, None, None, ""
    row = shown.row(-1, named=True)
    return row["value"], row["low"], row["high"], str(row["period"])


def status(values: dict[str, Any], value: float | None, today: date) -> str:
    """Whether a card may still be relied on."""
    low, high = number(values.get("low")), number(values.get("high"))
    expires = day(values.get("expires_on"))
    if value is None or low is None or high is None:
        return UNKNOWN
    if not min(low, high) <= value <= max(low, high):
        return MOVED
    return EXPIRED if expires and expires <= today else CURRENT


def cards(viewer: Viewer, today: date) -> list[Card]:
    """Every published card of the region, the newest first: what was learned is for all partnerships."""
    published = Record.objects.filter(case__kind=KIND, case__state__in=(PUBLISHED, STALE)).select_related("case")
    return [_card(record, viewer, today) for record in published.order_by("-case__pk")]


def _card(record: Record, viewer: Viewer, today: date) -> Card:
    values = dict(record.values)
    held = figures(
        viewer, str(values.get("measure") or ""), None, str(values.get("geography") or "") or "london",
        str(values.get("breakdown") or ""),
    )  # fmt: skip
    value, low, high, of = live(held)
    return Card(
        case=record.case.pk,
        place=place_name(str(record.case.place)),
        values=values,
        form=FORMS.get(str(values.get("form")), ""),
        live=value, low=low, high=high, of=of,
        status=status(values, value, today),
    )  # fmt: skip


def searched(found: Iterable[Card], asked: str) -> list[Card]:
    """Cards in which every word that is asked for begins a word, the best match first."""
    words = _words(asked)
    if not words:
        return list(found)
    scored = [(score, card) for card in found if (score := _score(card, words))]
    return [card for _, card in sorted(scored, key=lambda one: -one[0])]


def _score(card: Card, words: list[str]) -> int:
    total = 0
    held = {name: _words(card.form if name == "form" else str(card.values.get(name) or "")) for name in SEARCHED}
    for word in words:
        here = sum(weight * sum(one.startswith(word) for one in held[name]) for name, weight in SEARCHED.items())
        if not here:
            return 0
        total += here
    return total


def _words(text: str) -> list[str]:
    """Words in small letters, without the endings of number and time by which they differ."""
    return [re.sub(r"(ies|es|s|ing|ed)$", "", one) or one for one in re.findall(r"[0-9a-zà-ÿ]+", text.casefold())]


def mark_stale() -> int:
    """Take every published card whose figure moved out of its interval to the state that says so; gives how many."""
    today = timezone.localdate()
    moved = 0
    for card in cards(Viewer.members(*(one.gss for one in region.authorities())), today):
        record = Record.objects.select_related("case").get(case=card.case)
        if card.status == MOVED and record.case.state == PUBLISHED:
            cites = f"It cites {card.values.get('low')} to {card.values.get('high')}; it is {card.live:g} now."
            why = f"{SAID[MOVED]} {cites}"
            move(by=None, case=record.case, move="stale", seen=None, why=why)
            moved += 1
    return moved
