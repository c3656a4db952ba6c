"""Rename `Sealed` to `EncryptedValue`. Rows are unchanged."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('custody', '0002_index_key_of_a_load'),
    ]

    operations = [
        migrations.RenameModel(old_name='Sealed', new_name='EncryptedValue'),
        migrations.RenameIndex(
            model_name='encryptedvalue',
            old_name='custody_sea_case_id_154dca_idx',
            new_name='custody_enc_case_id_726052_idx',
        ),
    ]
