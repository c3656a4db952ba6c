"""The value of a field: read from a cell or a form, stored as plain JSON, shown in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.formats import date_format

from parentis.web.cases.fields import Field, FieldType
from parentis.web.workbooks import Cell

PENCE = Decimal("0.01")
MOST_POUNDS = Decimal(10**12)


class CellError(ValueError):
    """What is wrong with a cell, in words that do not repeat its content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """`read`: text of a cell to the value (CellError). `plain` and `value`: the value to JSON and back. `shown`: in
    words. `cell`: in a workbook."""

    read: Callable[[Field, str], Any]
    plain: Callable[[Any], Any] = lambda value: value
    value: Callable[[Any], Any] = lambda plain: plain
    shown: Callable[[Field, Any], str] = lambda field, value: str(value)
    cell: Callable[[Field, Any], Cell] = lambda field, value: str(value)


def read(field: Field, text: str) -> Any:
    """The value of a cell's text; None if it is empty. Raises CellError for text that the field does not accept."""
    if not text:
        if field.required:
            raise CellError("is empty")
        return None
    return HANDLING[field.type].read(field, text)


def plain(field: Field, value: Any) -> Any:
    """The value as stored in JSON; None stays None."""
    return None if value in (None, "", (), []) else HANDLING[field.type].plain(value)


def value(field: Field, stored: Any) -> Any:
    """Inverse of `plain`."""
    return None if stored is None else HANDLING[field.type].value(stored)


def shown(field: Field, value: Any) -> str:
    """The value in words; '' for None."""
    return "" if value is None else HANDLING[field.type].shown(field, value)


def cell(field: Field, value: Any) -> Cell:
    """The value for a workbook cell, in a form that `read` accepts."""
    return "" if value is None else HANDLING[field.type].cell(field, value)


def _text(field: Field, text: str) -> str:
    if len(text) > field.most:
        raise CellError(f"more than {field.most:,} characters")
    return text


def _link(field: Field, text: str) -> str:
    if not text.startswith(("https://", "http://")):
        raise CellError("not an address that begins with https://")
    return _text(field, text)


def read_day(text: str) -> date:
    """A day in ISO form, with or without a time, or written day first."""
    plain = text[:10] if text[4:5] == "-" else "-".join(reversed(text.replace(".", "/").split("/")))
    try:
        return date.fromisoformat(plain)
    except ValueError:
        raise CellError("not a date such as 2016-11-25 or 25/11/2016") from None


def _number(field: Field, text: str) -> int:
    try:
        return int(text.replace(",", "").removesuffix(".0"))
    except ValueError:
        raise CellError("not a whole number such as 12") from None


def _money(field: Field, text: str) -> Decimal:
    try:
        pounds = Decimal(text.replace(",", "").removeprefix("£"))
        if not pounds.is_finite() or abs(pounds) >= MOST_POUNDS:
            raise InvalidOperation
        return pounds.quantize(PENCE)
    except InvalidOperation:
        raise CellError("not an amount of money such as 1234.50") from None


def _yes_no(field: Field, text: str) -> bool:
    try:
        return {"yes": True, "no": False}[text.casefold()]
    except KeyError:
        raise CellError("neither yes nor no") from None


def read_choice(choices: Mapping[str, str], text: str) -> str:
    """The id of a choice, from its title or id."""
    found = {words.casefold(): one for one, title in choices.items() for words in (one, title)}
    try:
        return found[text.casefold()]
    except KeyError:
        raise CellError(f"not one of: {', '.join(choices.values())}") from None


def _choices(field: Field, text: str) -> tuple[str, ...]:
    return tuple(read_choice(field.choices, part.strip()) for part in text.split(";") if part.strip())


def _titles(field: Field, value: tuple[str, ...]) -> str:
    return "; ".join(field.choices.get(one, one) for one in value)


def _title(field: Field, value: str) -> str:
    return field.choices.get(value, value)


def _words(field: Field, value: bool) -> str:
    return "Yes" if value else "No"


TEXT = Handling(read=_text)
HANDLING: Mapping[FieldType, Handling] = {
    FieldType.LINE: TEXT,
    FieldType.TEXT: TEXT,
    FieldType.LINK: Handling(read=_link),
    FieldType.DAY: Handling(
        read=lambda field, text: read_day(text), plain=date.isoformat, value=date.fromisoformat,
        shown=lambda field, value: date_format(value, "j F Y"), cell=lambda field, value: value,
    ),
    FieldType.NUMBER: Handling(read=_number, shown=lambda field, value: f"{value:,}", cell=lambda field, value: value),
    FieldType.MONEY: Handling(
        read=_money, plain=str, value=Decimal, shown=lambda field, value: f"£{value:,.2f}",
        cell=lambda field, value: f"{value:.2f}",
    ),
    FieldType.YES_NO: Handling(read=_yes_no, shown=_words, cell=_words),
    FieldType.CHOICE: Handling(read=lambda field, text: read_choice(field.choices, text), shown=_title, cell=_title),
    FieldType.CHOICES: Handling(read=_choices, plain=list, value=tuple, shown=_titles, cell=_titles),
}  # fmt: skip
