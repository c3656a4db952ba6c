"""The worker's periodic tasks, beside its jobs: apps declare them in a module `periodic_tasks`.

A task looks in the database for what is due and does it, so a missed run is made up by the next, and a repeated run
does nothing.
"""

import importlib
import importlib.util
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.db import close_old_connections

from parentis.errors import DeclarationError

log = logging.getLogger(__name__)
LOOK_EVERY = 0.25
"""Seconds between two checks for tasks that are due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodicTask:
    """`do` is called every `every` seconds, from the first check on. A task that waits for another machine has a thread
    of its own, so that no other task waits with it."""

    id: str
    every: float
    do: Callable[[], object]
    own_thread: bool = False


@cache
def periodic_tasks() -> tuple[PeriodicTask, ...]:
    """The periodic tasks of every app."""
    found: list[PeriodicTask] = []
    for app in settings.INSTALLED_APPS:
        if app.startswith("parentis.web.") and importlib.util.find_spec(f"{app}.periodic_tasks"):
            found += importlib.import_module(f"{app}.periodic_tasks").PERIODIC_TASKS
    if len({one.id for one in found}) != len(found):
        raise DeclarationError("two ticks have one id")
    return tuple(found)


def begin() -> threading.Event:
    """Run the tasks in threads of this process, until the returned event is set."""
    over = threading.Event()
    together = tuple(one for one in periodic_tasks() if not one.own_thread)
    for name, of in (("ticks", together), *((one.id, (one,)) for one in periodic_tasks() if one.own_thread)):
        threading.Thread(target=_run, args=(over, of), name=name, daemon=True).start()
    return over


def _run(over: threading.Event, of: Sequence[PeriodicTask]) -> None:
    due = dict.fromkeys((one.id for one in of), 0.0)
    while not over.wait(LOOK_EVERY):
        for one in of:
            if time.monotonic() >= due[one.id]:
                due[one.id] = time.monotonic() + one.every
                once(one)


def once(tick: PeriodicTask) -> None:
    """Run a task once. An exception is logged and the task runs again next time: it must not hold up the others."""
    close_old_connections()
    try:
        tick.do()
    except Exception:
        log.exception("tick %s failed", tick.id)
    finally:
        close_old_connections()
