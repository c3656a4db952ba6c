"""What waits for a person now, from every source, late first. Nothing of it is stored: done work is gone from it."""

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from parentis.web.people.authorisation import memberships
from parentis.web.service import web_services
from parentis.web.tasks import OF_THE_SITE, Task

NEVER = datetime.max.replace(tzinfo=UTC)


def tasks_of(person: Any) -> list[Task]:
    """One task a thing: what is late first, then the soonest due, then what has waited longest."""
    if not memberships(person):
        return []
    sources = (*OF_THE_SITE, *(one.tasks for one in web_services().values() if one.tasks is not None))
    found: dict[str, Task] = {}
    for source in sources:
        for task in source.resolve()(person):
            held = found.get(task.path)
            if held is None or _order(task) < _order(held):
                found[task.path] = task
    return sorted(found.values(), key=_order)


def _order(task: Task) -> tuple[datetime, datetime, str, str]:
    return task.due or NEVER, task.since or NEVER, task.title, task.path


def late(tasks: list[Task], now: datetime | None = None) -> int:
    at = now or timezone.now()
    return sum(one.is_late(at) for one in tasks)
