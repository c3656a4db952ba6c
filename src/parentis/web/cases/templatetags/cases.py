"""A clock, in words."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format

from parentis import region
from parentis.web.cases.models import Clock, last_day_before

register = template.Library()


@register.filter
def last_day(clock: Clock) -> str:
    """When a clock is due: the minute or, for a term in days or months, the last day that is in time."""
    if clock.due_at is None:
        return ""
    if region.Unit(clock.unit) in {region.Unit.MINUTES, region.Unit.HOURS}:
        return date_format(timezone.localtime(clock.due_at), "j F Y, H:i")
    return date_format(last_day_before(clock.due_at), "j F Y")


@register.filter
def is_late(clock: Clock) -> bool:
    if clock.met_at is not None or clock.due_at is None:
        return False
    return not region.in_time(timezone.now(), clock.due_at, region.Unit(clock.unit))


@register.filter
def day_before(due_at: datetime) -> str:
    """The last day that is in time."""
    return date_format(last_day_before(due_at), "j F Y")


@register.filter
def is_past(due_at: datetime) -> bool:
    """Whether a term in days, as registers have them, is past its due date."""
    return not region.in_time(timezone.now(), due_at, region.Unit.DAYS)


@register.filter
def shown(value: object) -> str:
    """The text of a table cell: dates in words, nothing for None."""
    if isinstance(value, date):
        return date_format(value, "j F Y")
    return "" if value is None else str(value)


@register.filter
def minus(name: str) -> str:
    """A sort name with its direction reversed."""
    return f"-{name}"
