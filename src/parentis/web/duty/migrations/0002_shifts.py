"""Rename `Turn` to `Shift`, `Rung` to `EscalationStep` and `Step` to `CallAttempt`. Rows are unchanged."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('duty', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameModel(old_name='Turn', new_name='Shift'),
        migrations.AlterField(
            model_name='shift',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shifts', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RenameIndex(
            model_name='shift', old_name='duty_turn_authori_6cca5a_idx', new_name='duty_shift_authori_d3aaeb_idx'
        ),
        migrations.RenameModel(old_name='Rung', new_name='EscalationStep'),
        migrations.AlterField(
            model_name='escalationstep',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='escalation_steps', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RenameModel(old_name='Step', new_name='CallAttempt'),
        migrations.AlterField(
            model_name='callattempt',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='duty.call'),
        ),
    ]
