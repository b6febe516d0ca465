from django.db import migrations

from portal.bigrams import forget_pairs, index_pairs


def index_content(_apps, editor):
    index_pairs(editor, "credits_claim", "content")


def forget_content(_apps, editor):
    forget_pairs(editor, "credits_claim", "content")


class Migration(migrations.Migration):

    dependencies = [
        ('credits', '0006_acting_for'),
        ('portal', '0005_person_initials'),
    ]

    operations = [
        migrations.RunPython(index_content, forget_content),
    ]
