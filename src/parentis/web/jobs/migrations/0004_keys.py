# A person's key counts among their own jobs of one kind; decisions have a key of the site's.

import uuid

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0003_task_path"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="decision",
            field=models.CharField(editable=False, max_length=64, null=True, unique=True),
        ),
        migrations.AddField(model_name="job", name="attempts", field=models.PositiveSmallIntegerField(default=0)),
        migrations.AlterField(model_name="job", name="once", field=models.UUIDField(default=uuid.uuid4)),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.UniqueConstraint(fields=("kind", "by", "once"), name="jobs_once_of_kind_and_person"),
        ),
    ]
