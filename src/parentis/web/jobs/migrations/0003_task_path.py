"""Tasks that wait in the queue name the function that does them: it has moved to `jobs.runner`."""

from django.db import migrations

BEFORE, AFTER = "parentis.web.jobs.work.do", "parentis.web.jobs.runner.do"


def moved(apps, schema_editor):
    apps.get_model("django_tasks_database", "DBTaskResult").objects.filter(task_path=BEFORE).update(task_path=AFTER)


def moved_back(apps, schema_editor):
    apps.get_model("django_tasks_database", "DBTaskResult").objects.filter(task_path=AFTER).update(task_path=BEFORE)


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0002_heartbeat'),
        ('django_tasks_database', '0001_initial'),
    ]

    operations = [migrations.RunPython(moved, moved_back)]
