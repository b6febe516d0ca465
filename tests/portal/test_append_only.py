"""What was written once stays: neither the ORM nor SQL changes, deletes or empties the tables that only grow."""

import pytest
from django.db import DatabaseError, connection, transaction

from credits.services.decisions import Flag, return_claim
from portal import append_only
from portal.enums import Role, Status
from portal.models import Event, EventBase
from portal.trail import record
from tests.builders import make_application, make_claim, make_person, make_staff

pytestmark = pytest.mark.django_db

# Table → the rule that put it here. A model that joins the guard joins this list.
GUARDED = {
    "portal_event": "an act of office-keeping",
    "credits_claimevent": "an act on a claim",
    "conversion_applicationevent": "an act on an application",
    "credits_ledgerentry": "a booking",
    "credits_submission": "a handing-in",
    "credits_returnflag": "what a return pointed at",
    "credits_schemeversion": "the text that claims were judged by",
}


@pytest.fixture
def _rows():
    """Put a row into every guarded table."""
    make_claim(Status.RECOGNISED)
    back = make_claim(Status.IN_REVIEW)
    flags = [Flag("content", words="写全称")]
    return_claim(back, make_staff(Role.SECRETARY, college=back.college), flags=flags, revision=None)
    make_application(Status.IN_REVIEW)
    record("note", make_person(), kind="test", key=1)


def models():
    return {model._meta.db_table: model for model in append_only.append_only_models()}


def refused(act):
    """Whether the database itself refuses; the transaction goes on."""
    try:
        with transaction.atomic():
            act()
    except DatabaseError as error:
        return "append-only" in str(error)
    return False


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_every_table_that_only_grows_is_guarded():
    assert set(models()) == set(GUARDED)
    assert all(model in models().values() for model in EventBase.__subclasses__() if not model._meta.abstract)


@pytest.mark.usefixtures("_rows")
@pytest.mark.parametrize("table", GUARDED)
def test_nothing_changes_or_takes_away_a_row(table):
    model = models()[table]
    key = model._meta.pk.column
    row = model._base_manager.order_by("pk").last()
    rows = model._base_manager.filter(pk=row.pk)
    field = next(
        f.attname for f in model._meta.concrete_fields if not f.primary_key and f.get_internal_type() == "CharField"
    )
    before = list(model._base_manager.order_by("pk").values_list())
    attempts = {
        "save": row.save,
        "queryset update": lambda: rows.update(**{field: "x"}),
        "bulk update": lambda: model._base_manager.bulk_update([row], [field]),
        "queryset delete": lambda: rows._raw_delete(using="default"),  # noqa: SLF001 - past what Django itself protects
        "SQL update": lambda: run(f'UPDATE "{table}" SET "{key}" = "{key}"'),  # noqa: S608 - our own names
        "SQL delete": lambda: run(f'DELETE FROM "{table}"'),  # noqa: S608 - as above
    }
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")  # pending foreign keys would refuse it first
        attempts["truncate"] = lambda: run(f'TRUNCATE "{table}" CASCADE')
    assert [name for name, act in attempts.items() if not refused(act)] == []
    assert list(model._base_manager.order_by("pk").values_list()) == before


def test_rows_are_still_added():
    assert record("note", make_person(), kind="test", key=2).pk


def test_without_the_guard_the_row_can_be_changed():
    """The control: it is the trigger that refuses, so these tests can fail."""
    row = record("note", make_person(), kind="test", key=3)
    with transaction.atomic():
        append_only.remove(connection)
        assert Event.objects.filter(pk=row.pk).update(verb="other") == 1
        append_only.install(connection)
    assert refused(lambda: Event.objects.filter(pk=row.pk).update(verb="third"))
