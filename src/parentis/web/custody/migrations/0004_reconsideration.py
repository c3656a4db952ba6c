from django.db import migrations, models


class Migration(migrations.Migration):
    """Empty the indexes: they last for a day, and are now looked up by other keys. Until they are sent again, no child
    is found on them, and notices go to the desk."""

    dependencies = [
        ("custody", "0003_encrypted_values"),
    ]

    operations = [
        migrations.RunSQL("DELETE FROM custody_indexkey", migrations.RunSQL.noop),
        migrations.RunSQL("DELETE FROM custody_indexperson", migrations.RunSQL.noop),
        migrations.RunSQL("DELETE FROM custody_indexload", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="IndexSize",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=9, unique=True, verbose_name="ONS code")),
                ("people", models.PositiveIntegerField()),
                ("as_of", models.DateTimeField()),
            ],
            options={
                "ordering": ("authority",),
            },
        ),
        migrations.AddField(
            model_name="detention",
            name="confirmed_by",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="suite",
            name="postcode",
            field=models.CharField(blank=True, max_length=10),
        ),
    ]
