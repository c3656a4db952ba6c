"""What a notice says, validated and typed: the same for the API, the form and the practice month.

A field that cannot be read results in a message that names the field, never its value. Only what is given counts: a
notice may contain as little as the suite and the custody record number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from parentis import region
from parentis.errors import UnknownAuthorityError, UserError
from parentis.web.custody.fields import BY_ID, COLUMNS, SEALED, Field, Form
from parentis.web.custody.fields import CODES as LISTS

AHEAD = timedelta(minutes=10)
"""How far another system's clock may be ahead of ours."""
TO_COME = frozenset({"court"})
"""Times that may be in the future."""
MOST_MOMENTS = 50


class NoticeError(UserError):
    """A notice, or news of one, that cannot be accepted as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What was reported about a detention, and when it was true: `sealed` as text, `columns` as the columns hold it.
    `dated`: the sender gave the time; otherwise it is the time of arrival."""

    at: datetime
    dated: bool
    sealed: Mapping[str, str]
    columns: Mapping[str, Any]

    @property
    def plain(self) -> dict[str, Any]:
        """The columns as plain JSON."""
        return {name: value.isoformat() if hasattr(value, "isoformat") else value
                for name, value in self.columns.items()}  # fmt: skip


def read_news(said: Mapping[str, Any], *, at: datetime | None = None, now: datetime | None = None) -> News:
    """`said`: field to text, date, datetime or flag. An empty text counts as not given; None withdraws what was given
    before. NoticeError lists every field that cannot be read."""
    now = now or timezone.now()
    dated, at = at is not None, at or now
    problems: list[str] = []
    typed: dict[str, Any] = {}
    for name, value in said.items():
        if isinstance(value, str) and not value.strip():
            continue
        if name not in BY_ID:
            problems.append(f"{name}: there is no such field")
            continue
        try:
            typed[name] = _nothing(BY_ID[name]) if value is None else _typed(BY_ID[name], value, now)
        except ValueError as error:
            problems.append(f"{name}: {error}")
    if timezone.is_naive(at) or at > now + AHEAD:
        problems.append("at: a date and time with its UTC offset, not in the future")
    if problems:
        raise NoticeError(
            expected="fields as documented", found=f"{len(problems)} that cannot be read",
            where=", ".join(problem.partition(":")[0] for problem in problems), do=f"{'; '.join(problems)}.",
        )  # fmt: skip
    sealed = {name: _text(typed[name]) for name in SEALED if name in typed}
    columns = {name: typed[name] for name in COLUMNS if name in typed}
    return News(at=at, dated=dated, sealed=sealed, columns=columns)


def age_on(born: date, day: date) -> int:
    """Whole years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _typed(field: Field, value: Any, now: datetime) -> Any:
    if field.form is Form.FLAG:
        if not isinstance(value, bool):
            raise ValueError("true or false")
        return value
    if field.form is Form.MOMENT:
        return _moment(value, now, to_come=field.id in TO_COME)
    if field.form is Form.MOMENTS:
        if not isinstance(value, list | tuple) or len(value) > MOST_MOMENTS:
            raise ValueError(f"a list of at most {MOST_MOMENTS} moments")
        return sorted(_moment(one, now, to_come=False).isoformat() for one in value)
    if field.form is Form.DATE:
        found = value if isinstance(value, date) else _parsed(parse_date, value)
        if found is None:
            raise ValueError("a date, year first")
        return found
    text = " ".join(str(value).replace("\x00", "").split())
    if len(text) > field.longest:
        raise ValueError(f"at most {field.longest} characters")
    if field.form is Form.CODE and text not in LISTS[field.codes]:
        raise ValueError(f"one of {', '.join(LISTS[field.codes])}")
    return _authority(text) if field.form is Form.AUTHORITY else text


def _moment(value: Any, now: datetime, *, to_come: bool) -> datetime:
    found = value if isinstance(value, datetime) else _parsed(parse_datetime, value)
    if found is None or timezone.is_naive(found) or (found > now + AHEAD and not to_come):
        raise ValueError("a date and time with its UTC offset" + ("" if to_come else ", not in the future"))
    return found


def _nothing(field: Field) -> Any:
    """The empty value of a field whose value was withdrawn."""
    if field.form is Form.MOMENTS:
        return []
    return "" if field.is_sealed or field.form in {Form.CODE, Form.AUTHORITY} else None


def _authority(text: str) -> str:
    try:
        return region.authority(text).gss
    except UnknownAuthorityError:
        raise ValueError("an authority's ONS code or name") from None


def _parsed(parse: Any, value: Any) -> Any:
    try:
        return parse(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
