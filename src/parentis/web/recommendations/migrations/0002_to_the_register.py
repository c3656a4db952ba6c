"""Recommendations, groups, members and minutes move to the tables of cases with declared fields, under their numbers."""

import hashlib
import json
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

KIND = "recommendation"


def copy(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    record = apps.get_model("cases", "Record")
    old = apps.get_model("recommendations", "Recommendation").objects.select_related("report")
    record.objects.bulk_create(
        record(case_id=one.case_id, values=_values(one), key=_key(one), practice=one.report.synthetic)
        for one in old.iterator()
    )
    for name, fields in (
        ("Group", ("id", "name", "place", "purpose")),
        ("Member", ("id", "group_id", "name", "organisation", "position", "since", "until")),
        ("Meeting", ("id", "group_id", "held_on", "minutes", "written_at")),
    ):
        _moved(apps, editor, name, fields)


def _values(one: Any) -> dict[str, Any]:
    return {
        "report": one.report.title, "inspectorate": one.report.inspectorate,
        "published_on": one.report.published_on.isoformat(), "link": one.report.link or None, "number": one.number,
        "text": one.text, "deadline": one.deadline, "owners": one.owners,
    }  # fmt: skip


def _key(one: Any) -> str:
    told = [KIND, one.place, one.report.title, one.report.published_on.isoformat(), one.number]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _moved(apps: StateApps, editor: BaseDatabaseSchemaEditor, name: str, fields: tuple[str, ...]) -> None:
    new, old = apps.get_model("cases", name), apps.get_model("recommendations", name)
    further = {"kind": KIND} if name == "Group" else {}
    rows = [new(**further, **{field: getattr(one, field) for field in fields}) for one in old.objects.iterator()]
    new.objects.bulk_create(rows)
    if "written_at" in fields:  # set anew by creating
        for row, one in zip(rows, old.objects.iterator(), strict=True):
            row.written_at = one.written_at
        new.objects.bulk_update(rows, ["written_at"])
    for statement in editor.connection.ops.sequence_reset_sql(_no_style(), [new]):
        editor.execute(statement)


def _no_style() -> Any:
    from django.core.management.color import no_style

    return no_style()


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0001_initial"), ("cases", "0003_register")]

    operations = [migrations.RunPython(copy)]
