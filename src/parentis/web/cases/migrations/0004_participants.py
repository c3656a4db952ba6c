"""`Reach` is `CaseParticipant`, its `side` a `role`; a case is `erased_at`. Rows stay as they are."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0003_register'),
    ]

    operations = [
        migrations.RenameField(model_name='case', old_name='forgotten_at', new_name='erased_at'),
        migrations.RemoveConstraint(model_name='reach', name='a_place_is_on_a_side_once'),
        migrations.RemoveIndex(model_name='reach', name='cases_reach_side_023bcc_idx'),
        migrations.RenameModel(old_name='Reach', new_name='CaseParticipant'),
        migrations.AlterModelOptions(
            name='caseparticipant',
            options={'ordering': ('case', 'since', 'pk'), 'verbose_name_plural': 'participants'},
        ),
        migrations.RenameField(model_name='caseparticipant', old_name='side', new_name='role'),
        migrations.AlterField(
            model_name='caseparticipant',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participants', to='cases.case'),
        ),
        migrations.AddIndex(
            model_name='caseparticipant',
            index=models.Index(fields=['role', 'place', 'until'], name='cases_casep_role_4b7308_idx'),
        ),
        migrations.AddConstraint(
            model_name='caseparticipant',
            constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('case', 'role', 'place'), name='a_place_is_on_a_side_once'),
        ),
    ]
