import django.db.models.deletion
from django.db import migrations, models


def keep_created(apps, schema_editor):
    """Let imports of old be taken back by what they made: the library's entries, unless somebody revised them."""
    row = apps.get_model("portal", "SheetImportRow")
    for imported in apps.get_model("portal", "SheetImport").objects.filter(kind="library"):
        row.objects.bulk_create(
            row(
                imported=imported,
                table="library",
                key=key,
                name=str(key),
                before=None,
                after={"revision": 0},
                taken_back=imported.rolled_back_at is not None,
            )
            for key in imported.created
        )


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0008_sheet_imports'),
    ]

    operations = [
        migrations.CreateModel(
            name='SheetImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=24, verbose_name='表')),
                ('key', models.BigIntegerField(verbose_name='行')),
                ('name', models.CharField(max_length=200, verbose_name='名称')),
                ('before', models.JSONField(null=True, verbose_name='导入前')),
                ('after', models.JSONField(verbose_name='导入后')),
                ('taken_back', models.BooleanField(default=False, verbose_name='已撤回')),
                ('imported', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='portal.sheetimport', verbose_name='导入记录')),
            ],
            options={
                'verbose_name': '导入的行',
                'verbose_name_plural': '导入的行',
                'ordering': ('pk',),
                'indexes': [models.Index(fields=['table', 'key'], name='sheet_import_row_subject')],
                'constraints': [models.UniqueConstraint(fields=('imported', 'table', 'key'), name='sheet_import_row_once')],
            },
        ),
        migrations.RunPython(keep_created, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='sheetimport',
            name='created',
        ),
    ]
