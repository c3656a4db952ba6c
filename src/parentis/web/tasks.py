"""A task, and where tasks come from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from parentis.references import Ref
from parentis.region import local_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something that waits for a person. `path`, the page where the work is done, identifies it: two tasks with one
    path are the same task.

    `title` and `wanted` are also shown in mail, and hold no child's values; `detail` is shown on the page only.
    """

    path: str
    title: str
    wanted: str
    """What the person has to do, or what is late: `Accept or reject`, `Due`."""
    place: str = ""
    """Name of the place that the task is about."""
    since: datetime | None = None
    due: datetime | None = None
    """The instant from which the task is late."""
    detail: str = ""

    @property
    def due_on(self) -> date | None:
        """The last day in London that is in time."""
        return None if self.due is None else local_day(self.due - timedelta(microseconds=1))

    def is_late(self, now: datetime) -> bool:
        return self.due is not None and self.due <= now


Tasks: TypeAlias = Callable[[Any], Iterable[Task]]
"`(person) -> Iterable[Task]`: what waits for a person now. It asks for permission itself."

OF_THE_SITE = (
    Ref("parentis.web.cases.waiting:tasks_of"),
    Ref("parentis.web.submissions.waiting:tasks_of"),
    Ref("parentis.web.people.waiting:tasks_of"),
    Ref("parentis.web.front.new_authorities:tasks_of"),
)
"""The site's own sources of tasks. Services declare theirs: `WebService.tasks`."""
