"""Migrations that give tables other names keep their rows."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE = [("cases", "0003_register"), ("custody", "0002_index_key_of_a_load"), ("duty", "0001_initial")]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def migrate(targets: list[tuple[str, str]]) -> Any:
    """Bring the database to `targets`; gives the models as they are there."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
def test_rows_are_there_under_the_new_names() -> None:
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        apps = migrate(BEFORE)
        person = apps.get_model("people", "Person").objects.create(email="ann@camden.example", name="Ann")
        case = apps.get_model("cases", "Case").objects.create(
            kind="custody", place="E09000007", state="ended", opened_at=NOW, closed_at=NOW, forgotten_at=NOW
        )
        case.reaches.create(side="host", place="E09000008", since=NOW, why="Near")
        apps.get_model("custody", "Sealed").objects.create(case=case, field="surname", at=NOW, sealed=b"bytes")
        where = {"authority": "E09000007", "desk": "emergency-duty", "person": person}
        apps.get_model("duty", "Turn").objects.create(starts_at=NOW, ends_at=NOW.replace(hour=20), **where)
        apps.get_model("duty", "Rung").objects.create(minutes=10, phone="020 7946 0000", **where)
        call = apps.get_model("duty", "Call").objects.create(case=case, place="E09000007", state="sent", began_at=NOW)
        call.steps.create(at=NOW, minutes=0, people=[person.pk])
    finally:
        apps = migrate(latest)
    case = apps.get_model("cases", "Case").objects.get(pk=case.pk)
    assert case.erased_at == NOW
    assert list(case.participants.values_list("role", "place", "why")) == [("host", "E09000008", "Near")]
    assert bytes(apps.get_model("custody", "EncryptedValue").objects.get(case=case).sealed) == b"bytes"
    person = apps.get_model("people", "Person").objects.get(pk=person.pk)
    assert person.shifts.get().ends_at == NOW.replace(hour=20)
    assert person.escalation_steps.get().phone == "020 7946 0000"
    assert apps.get_model("duty", "Call").objects.get().attempts.get().people == [person.pk]
