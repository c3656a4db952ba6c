from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0002_to_the_register")]

    operations = [
        migrations.DeleteModel(name=name) for name in ("Meeting", "Member", "Group", "Recommendation", "Report")
    ]
