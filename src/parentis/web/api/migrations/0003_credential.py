import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def secrets_to_credentials(apps, schema_editor):
    """Each client's secret becomes a credential of its own: programs go on working. Its beginning was not kept."""
    Client, Credential = apps.get_model("api", "Client"), apps.get_model("api", "Credential")
    for client in Client.objects.all():
        Credential.objects.create(
            client=client, kind="secret", start="par_", secret_hash=client.secret_hash, made_at=client.made_at
        )


class Migration(migrations.Migration):

    dependencies = [
        ("api", "0002_client"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="client",
            name="addresses",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="token",
            name="addresses",
            field=models.JSONField(default=list),
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("secret", "Secret"), ("key", "Key")], max_length=6)),
                ("start", models.CharField(max_length=12)),
                ("secret_hash", models.CharField(blank=True, max_length=64)),
                ("public_key", models.JSONField(null=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
                ("client", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="credentials", to="api.client")),
                ("made_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={"ordering": ("-made_at", "-pk")},
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "secret"), ("public_key__isnull", True), models.Q(("secret_hash", ""), _negated=True)),
                    models.Q(("kind", "key"), ("public_key__isnull", False), ("secret_hash", "")),
                    _connector="OR",
                ),
                name="a_credential_is_a_secret_or_a_key",
            ),
        ),
        migrations.CreateModel(
            name="UsedAssertion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number_hash", models.CharField(max_length=64)),
                ("expires_at", models.DateTimeField()),
                ("client", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="api.client")),
            ],
        ),
        migrations.AddConstraint(
            model_name="usedassertion",
            constraint=models.UniqueConstraint(fields=("client", "number_hash"), name="an_assertion_is_used_once"),
        ),
        migrations.RunPython(secrets_to_credentials, migrations.RunPython.noop),
    ]
