"""Notices that come at the same moment are written together; each has its own answer, refusal and request on record."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from custody_places import DETAIL, entry, fresh_indexes, news, suite_of
from django.test import RequestFactory

from parentis.errors import UserError
from parentis.web.audit.models import Entry as AuditEntry
from parentis.web.custody.group_commit import GroupCommit, together
from parentis.web.custody.models import Detention
from parentis.web.custody.operations import NoticeMessage, Receipt, take_in_all

FORCE, OTHER = SimpleNamespace(pk=1), SimpleNamespace(pk=2)
WAIT = 10


class Writing:
    """Stands for the transaction: notes what it is given, and holds the first until told."""

    def __init__(self, refuses: Sequence[str] = (), fails: Sequence[str] = ()) -> None:
        self.groups: list[list[str]] = []
        self.begun, self.may_end = Event(), Event()
        self.refuses, self.fails = refuses, fails

    def __call__(self, messages: Sequence[NoticeMessage], by: Any) -> "list[Receipt | UserError]":
        self.groups.append([one.key for one in messages])
        self.begun.set()
        assert self.may_end.wait(WAIT)
        if any(one.key in self.fails for one in messages):
            raise OSError("the disk is full")
        return [
            UserError(expected="a", found="b", where=one.key, do="c") if one.key in self.refuses else receipt(one.key)
            for one in messages
        ]


def receipt(key: str) -> Receipt:
    return Receipt(detention=Detention(), answer={"key": key}, new=True)


def message(key: str) -> NoticeMessage:
    return NoticeMessage(suite=SimpleNamespace(), news=SimpleNamespace(), key=key)


def sent(group: GroupCommit, writing: Writing, later: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """`first` alone, and while it is being written the others: what each was answered."""
    with ThreadPoolExecutor(1 + len(later)) as pool:
        asked = {"first": pool.submit(group.take_in, message("first"), by=FORCE)}
        assert writing.begun.wait(WAIT)
        for key, by in later:
            asked[key] = pool.submit(group.take_in, message(key), by=by)
        while len(group._waiting) < len(later) + 1 - len(writing.groups[0]):
            pass
        writing.may_end.set()
        return {key: one.exception(WAIT) or one.result().answer["key"] for key, one in asked.items()}


@pytest.mark.unit
def test_those_that_wait_are_written_by_one_transaction():
    writing = Writing()
    answers = sent(GroupCommit(writing), writing, [("a", FORCE), ("b", FORCE), ("c", FORCE)])
    assert writing.groups[0] == ["first"]
    assert sorted(map(sorted, writing.groups[1:])) == [["a", "b", "c"]]
    assert answers == {key: key for key in ("first", "a", "b", "c")}


@pytest.mark.unit
def test_another_senders_are_written_apart():
    writing = Writing()
    answers = sent(GroupCommit(writing), writing, [("a", FORCE), ("x", OTHER), ("b", FORCE)])
    assert sorted(map(sorted, writing.groups[1:])) == [["a", "b"], ["x"]]
    assert set(answers) == set(answers.values())


@pytest.mark.unit
def test_one_that_is_refused_or_fails_keeps_none_of_the_others_back():
    writing = Writing(refuses=["a"], fails=["b"])
    answers = sent(GroupCommit(writing), writing, [("a", FORCE), ("b", FORCE), ("c", FORCE)])
    assert isinstance(answers["a"], UserError)
    assert isinstance(answers["b"], OSError)
    assert (answers["first"], answers["c"]) == ("first", "c")


@pytest.mark.unit
def test_after_a_failure_the_next_is_taken_in():
    writing = Writing(fails=["first"])
    writing.may_end.set()
    group = GroupCommit(writing)
    with pytest.raises(OSError, match="disk"):
        group.take_in(message("first"), by=FORCE)
    assert group.take_in(message("second"), by=FORCE).answer == {"key": "second"}


@pytest.mark.integration
@pytest.mark.django_db
def test_each_notice_has_its_own_request_on_the_record(places, person):
    fresh_indexes(entry())
    by, suite = person("custody-officer", "police"), suite_of(places["police"])
    requests = [RequestFactory(REMOTE_ADDR=f"192.0.2.{each}").post("/") for each in range(1, 4)]
    for each, request in enumerate(requests):
        request.id = f"request-{each}"
    messages = [
        NoticeMessage(suite=suite, news=news(record_number=f"SYN/{each}"), key=f"k{each}", request=request)
        for each, request in enumerate(requests)
    ]
    taken = take_in_all(messages, by=by)
    found = {one.subject: (one.request, one.address) for one in AuditEntry.objects.filter(what="custody:opened")}
    assert [found[f"custody {one.detention.pk}"] for one in taken if isinstance(one, Receipt)] == [
        (f"request-{each}", f"192.0.2.{each + 1}") for each in range(3)
    ]


@pytest.mark.integration
@pytest.mark.django_db
def test_the_sites_own_takes_a_notice_once(places, person):
    by, suite = person("custody-officer", "police"), suite_of(places["police"])
    one = NoticeMessage(suite=suite, news=news(record_number=DETAIL.get("record_number", "SYN/1")), key="same")
    first, again = together.take_in(one, by=by), together.take_in(one, by=by)
    assert (first.new, again.new) == (True, False)
    assert first.answer == again.answer
