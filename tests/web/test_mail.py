"""Mail waits in a queue: sent once, later if the server is down, never in the way of anything else."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives, send_mail
from django.db import transaction
from django.test import Client

from parentis.web import scheduler
from parentis.web.mail import delivery
from parentis.web.mail.models import QueuedMessage

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SECRET_LINK = "https://parentis.example/join/ZARAMARK"


@pytest.fixture(autouse=True)
def queue(settings: Any, db: None) -> None:
    settings.EMAIL_BACKEND = "parentis.web.mail.backend.QueueBackend"


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail server that is down."""

    def fail(*args: Any, **kwargs: Any) -> int:
        raise TimeoutError("timed out")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)


def queued(at: datetime = NOW) -> QueuedMessage:
    send_mail("Parentis: you have been invited", f"Open {SECRET_LINK}", "parentis@example", ["somebody@camden.example"])
    QueuedMessage.objects.update(queued_at=at, next_at=at)
    return QueuedMessage.objects.get()


@pytest.mark.integration
def test_a_message_is_sent_once_and_then_forgotten() -> None:
    queued()
    assert mail.outbox == []
    assert delivery.deliver(NOW) == 1
    assert [(one.to, SECRET_LINK in one.body) for one in mail.outbox] == [(["somebody@camden.example"], True)]
    assert delivery.deliver(NOW) == 0
    assert QueuedMessage.objects.count() == 0


@pytest.mark.integration
def test_every_part_of_a_message_arrives() -> None:
    message = EmailMultiAlternatives(
        "Subject", "Plain", "from@example", ["to@example"], cc=["cc@example"], reply_to=["reply@example"],
        headers={"X-Part": "yes"},
    )  # fmt: skip
    message.attach_alternative("<p>Rich</p>", "text/html")
    message.send()
    delivery.deliver()
    got = mail.outbox[0]
    assert (got.subject, got.body, got.to, got.cc, got.reply_to) == (
        "Subject", "Plain", ["to@example"], ["cc@example"], ["reply@example"]
    )  # fmt: skip
    assert got.extra_headers["X-Part"] == "yes"
    assert [tuple(one) for one in got.alternatives] == [("<p>Rich</p>", "text/html")]


@pytest.mark.integration
def test_what_is_undone_is_not_mailed() -> None:
    with transaction.atomic():
        send_mail("Subject", "Body", None, ["somebody@camden.example"])
        transaction.set_rollback(True)
    assert QueuedMessage.objects.count() == 0


@pytest.mark.integration
def test_a_link_that_opens_an_account_is_not_readable_in_the_database() -> None:
    content = queued().content
    assert "ZARAMARK" not in content
    assert "somebody" not in content


@pytest.mark.integration
def test_while_the_server_is_down_messages_wait_longer_each_time(silent: None) -> None:
    queued()
    assert delivery.deliver(NOW) == 0
    assert QueuedMessage.objects.get().next_at == NOW + timedelta(seconds=30)
    assert delivery.deliver(NOW + timedelta(seconds=29)) == 0
    assert QueuedMessage.objects.get().attempts == 1
    delivery.deliver(NOW + timedelta(seconds=30))
    assert QueuedMessage.objects.get().next_at == NOW + timedelta(seconds=90)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 30), (2, 60), (3, 120), (7, 1920), (8, 3600), (9, 3600), (400, 3600)]
)
def test_the_pause_doubles_up_to_an_hour(attempts: int, seconds: int) -> None:
    assert delivery.pause(attempts) == timedelta(seconds=seconds)


@pytest.mark.integration
def test_a_silent_server_is_asked_once_a_round(silent: None) -> None:
    for _ in range(3):
        send_mail("Subject", "Body", None, ["somebody@camden.example"])
    QueuedMessage.objects.update(queued_at=NOW, next_at=NOW)
    delivery.deliver(NOW)
    assert sorted(QueuedMessage.objects.values_list("attempts", flat=True)) == [0, 0, 1]


@pytest.mark.integration
@pytest.mark.parametrize(("age", "kept"), [(timedelta(days=3), 1), (timedelta(days=3, seconds=1), 0)])
def test_after_three_days_it_is_dropped(silent: None, age: timedelta, kept: int) -> None:
    queued()
    delivery.deliver(NOW + age)
    assert QueuedMessage.objects.count() == kept


@pytest.mark.integration
def test_of_two_workers_only_one_sends() -> None:
    message = queued()
    assert delivery._claim(message, NOW)
    assert not delivery._claim(message, NOW)
    assert QueuedMessage.objects.get().next_at == NOW + timedelta(minutes=2), "another tries when the first was killed"


@pytest.mark.integration
@pytest.mark.parametrize(("age", "late"), [(timedelta(minutes=10), False), (timedelta(minutes=10, seconds=1), True)])
def test_mail_that_waits_too_long_is_a_fault(age: timedelta, late: bool) -> None:
    queued()
    assert delivery.is_late(NOW + age) is late


@pytest.mark.integration
def test_the_health_page_names_what_fails_beside_the_site(client: Client) -> None:
    from parentis.web.jobs import heartbeat

    answer = client.get("/health/watch")
    assert (answer.status_code, answer.json()["failing"]) == (503, ["worker"])
    heartbeat.beat()
    assert client.get("/health/watch").json() == {"status": "well", "missing": [], "failing": []}
    queued(NOW - timedelta(days=400))
    answer = client.get("/health/watch")
    assert (answer.status_code, answer.json()["failing"]) == (503, ["mail"])
    assert client.get("/health/ready").status_code == 200


@pytest.mark.integration
@pytest.mark.parametrize(("age", "alive"), [(60, True), (60.001, False)])
def test_a_worker_counts_as_gone_after_a_minute(age: float, alive: bool) -> None:
    from parentis.web.jobs import heartbeat

    heartbeat.beat(NOW)
    assert heartbeat.is_alive(NOW + timedelta(seconds=age)) is alive


@pytest.mark.unit
def test_a_task_with_a_thread_of_its_own_delays_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the mail server is silent for ten seconds, boroughs are still called every second."""
    called, over_now = threading.Event(), threading.Event()
    silent = scheduler.PeriodicTask(id="mail", every=0.01, do=lambda: over_now.wait(5), own_thread=True)
    calls = scheduler.PeriodicTask(id="calls", every=0.01, do=called.set)
    monkeypatch.setattr(scheduler, "periodic_tasks", lambda: (silent, calls))
    monkeypatch.setattr(scheduler, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(scheduler, "close_old_connections", lambda: None)
    began = time.monotonic()
    over = scheduler.begin()
    try:
        assert called.wait(3)
        assert time.monotonic() - began < 3
    finally:
        over.set()
        over_now.set()
