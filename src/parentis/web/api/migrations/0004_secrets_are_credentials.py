from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("api", "0003_credential")]

    operations = [migrations.RemoveField(model_name="client", name="secret_hash")]
