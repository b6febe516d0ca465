from django.db import migrations, models


def look_again(apps, schema_editor):
    """Forget what was seen of PDFs before their pages could be: ``manage.py find_duplicates`` compares them anew."""
    files = apps.get_model("portal", "StoredFile").objects.filter(media_type="application/pdf").values("pk")
    claims = apps.get_model("credits", "Evidence").objects.filter(file__media_type="application/pdf").values("claim")
    apps.get_model("credits", "Fingerprint").objects.filter(scan__file__in=files).delete()
    apps.get_model("credits", "FileScan").objects.filter(file__in=files).delete()
    apps.get_model("credits", "ClaimLook").objects.filter(claim__in=claims).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('credits', '0010_waiting_indexes'),
        ('portal', '0010_pdf_pages'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='fingerprint',
            name='fingerprint_page_once',
        ),
        migrations.AddField(
            model_name='fingerprint',
            name='part',
            field=models.CharField(choices=[('page', '整页'), ('picture', '图片')], default='picture', max_length=8, verbose_name='部分'),
        ),
        migrations.AddField(
            model_name='fingerprint',
            name='words',
            field=models.CharField(blank=True, max_length=16, verbose_name='文字摘要'),
        ),
        migrations.AddConstraint(
            model_name='fingerprint',
            constraint=models.UniqueConstraint(fields=('scan', 'page', 'part'), name='fingerprint_part_once'),
        ),
        migrations.RunPython(look_again, migrations.RunPython.noop),
    ]
