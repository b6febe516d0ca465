import portal.models.people
from django.db import migrations

from portal.bigrams import forget_pairs, index_pairs
from portal.pinyin import person_initials

TOGETHER = 1000


def fill(apps, _editor):
    """Work out the initials of everybody who is known already."""
    people = apps.get_model("portal", "Person").objects
    rows = []
    for person in people.only("name").iterator(chunk_size=TOGETHER):
        person.initials = person_initials(person.name)
        rows.append(person)
        if len(rows) == TOGETHER:
            people.bulk_update(rows, ["initials"])
            rows = []
    people.bulk_update(rows, ["initials"])


def index_names(_apps, editor):
    index_pairs(editor, "portal_person", "name")


def forget_names(_apps, editor):
    forget_pairs(editor, "portal_person", "name")


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0004_acting_for'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='initials',
            field=portal.models.people.InitialsField(db_default='', db_index=True, default='', editable=False, max_length=64, verbose_name='拼音首字母'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(index_names, forget_names),
    ]
