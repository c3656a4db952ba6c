import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Create the table again, empty: an index lasts for a day, and one without keys finds no child until it is sent
    again."""

    dependencies = [
        ("custody", "0001_initial"),
    ]

    operations = [
        migrations.DeleteModel(name="IndexKey"),
        migrations.RunSQL("DELETE FROM custody_indexperson", migrations.RunSQL.noop),
        migrations.RunSQL("DELETE FROM custody_indexload", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="IndexKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(db_index=True, max_length=32)),
                (
                    "load",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="keys", to="custody.indexload"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="keys",
                        to="custody.indexperson",
                    ),
                ),
            ],
        ),
    ]
