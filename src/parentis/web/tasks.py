"""A task, and where tasks come from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from parentis.references import Ref
from parentis.region import local_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something that waits for a person. `path`, the page where the work is done, is what it is: two tasks with one
    path are one thing.

    `title` and `wanted` are read in mail too, and hold no child's values; `detail` is read on the page alone."""

    path: str
    title: str
    wanted: str
    "What the person is to do, or what is late: `Accept or reject`, `Due`."
    place: str = ""
    "Name of the place it is about."
    since: datetime | None = None
    due: datetime | None = None
    "The instant from which it is late."
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
"Of what the site itself has. Services announce theirs: `WebService.tasks`."
