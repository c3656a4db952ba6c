"""Notices that arrive at the same moment in separate messages are taken in by one transaction.

Most of the cost of a notice is its transaction. While one transaction is being written, notices that reach the same
process wait; then one of their threads takes them all in together. A notice that arrives alone does not wait. Each is
answered once the transaction that includes it is durable, and each has its own request on the audit record. As in a
batch, a notice that fails does not hold back the others.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any

from parentis.errors import UserError
from parentis.web.custody import operations
from parentis.web.custody.operations import NoticeMessage, Receipt

MOST = 100
"""Maximum number of notices in one transaction."""
TakeIn = Callable[[Sequence[NoticeMessage], Any], "list[Receipt | UserError]"]


@dataclass(slots=True, eq=False)
class _Waiting:
    message: NoticeMessage
    by: Any
    called: Event = field(default_factory=Event)
    outcome: "Receipt | BaseException | None" = None
    """None when the thread is called: it is then its turn to take in all that wait."""


class GroupCommit:
    """Takes in waiting notices together with `take_in`; only those of one sender, because permission depends on the
    sender."""

    def __init__(self, take_in: TakeIn) -> None:
        self._take_in = take_in
        self._lock = Lock()
        self._waiting: deque[_Waiting] = deque()
        self._is_busy = False

    def take_in(self, message: NoticeMessage, *, by: Any) -> Receipt:
        """Take in a notice and return its durable outcome; raises the error that refused it."""
        own = _Waiting(message, by)
        with self._lock:
            self._waiting.append(own)
            leads, self._is_busy = not self._is_busy, True
        if not leads:
            own.called.wait()
        if own.outcome is None:
            try:
                self._lead(own)
            finally:
                self._pass_on()
        if isinstance(own.outcome, Receipt):
            return own.outcome
        raise own.outcome or RuntimeError("a notice was neither taken in nor refused")

    def _lead(self, own: _Waiting) -> None:
        """Take in the leader's own notice and the waiting ones of the same sender."""
        with self._lock:
            group = [own, *(one for one in self._waiting if one is not own and one.by.pk == own.by.pk)][:MOST]
            self._waiting = deque(one for one in self._waiting if one not in group)
        try:
            self._write(group)
        finally:  # a notice without an outcome is taken in alone: one already stored is answered as before
            for one in group:
                one.called.set()

    def _write(self, group: Sequence[_Waiting]) -> None:
        try:
            outcomes: Sequence[Receipt | BaseException] = self._take_in([one.message for one in group], group[0].by)
        except Exception as error:
            if len(group) > 1:  # taking each in alone shows which one failed
                for one in group:
                    self._write([one])
                return
            outcomes = [error]
        for one, outcome in zip(group, outcomes, strict=True):
            one.outcome = outcome

    def _pass_on(self) -> None:
        """Let the longest-waiting notice lead next, if there is one."""
        with self._lock:
            if self._waiting:
                self._waiting[0].called.set()
            else:
                self._is_busy = False


def _all(messages: Sequence[NoticeMessage], by: Any) -> "list[Receipt | UserError]":
    return operations.take_in_all(messages, by=by)


together = GroupCommit(_all)
"This process's."
