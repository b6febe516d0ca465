"""How each person wants to be told, by kind: only in the portal, by mail at once, or in one mail a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from portal.enums import NoticeKind, Role, Way
from portal.models import Mail, MailState, NoticePreference, Person
from portal.trail import record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portal.models import Notice

KIND = "notice_settings"
# What waits for the person is told at once; what merely went on, once a day.
DEFAULTS: dict[str, Way] = {
    NoticeKind.ACTION: Way.MAIL,
    NoticeKind.DEADLINE: Way.MAIL,
    NoticeKind.PROGRESS: Way.DIGEST,
    NoticeKind.QUEUE: Way.DIGEST,
    NoticeKind.INFORMATION: Way.DIGEST,
}
ONLY_STUDENTS = frozenset({NoticeKind.DEADLINE})
ONLY_STAFF = frozenset({NoticeKind.QUEUE})


def kinds_for(person: Person) -> list[NoticeKind]:
    """Return the kinds of notices that can reach the person, the most pressing first."""
    roles = person.standing.roles
    is_student, is_staff = Role.STUDENT in roles, bool(roles - {Role.STUDENT})
    passed = (frozenset() if is_student else ONLY_STUDENTS) | (frozenset() if is_staff else ONLY_STAFF)
    return [NoticeKind(kind) for kind in DEFAULTS if kind not in passed]


def ways_of(person: Person) -> dict[str, str]:
    """Return the way of every kind for one person (one query)."""
    chosen = dict(NoticePreference.objects.filter(person=person).values_list("kind", "way"))
    return {kind: chosen.get(kind, way) for kind, way in DEFAULTS.items()}


def ways_for(notices: Iterable[Notice]) -> list[str]:
    """Return the way of each notice (one query however many there are)."""
    notices = list(notices)
    people, kinds = {notice.person_id for notice in notices}, {notice.kind for notice in notices}
    rows = NoticePreference.objects.filter(person__in=people, kind__in=kinds)
    chosen = {(person, kind): way for person, kind, way in rows.values_list("person_id", "kind", "way")}
    return [chosen.get((notice.person_id, notice.kind), DEFAULTS[notice.kind]) for notice in notices]


def choose_ways(person: Person, ways: Mapping[str, str]) -> bool:
    """Keep how the person wants to be told; whether anything changed.

    What is now told in the portal only leaves the digest that was gathering.
    """
    with transaction.atomic():
        Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
        before = ways_of(person)
        new = {kind: way for kind, way in ways.items() if before[kind] != way}
        if not new:
            return False
        for kind, way in new.items():
            NoticePreference.objects.update_or_create(person=person, kind=kind, defaults={"way": way})
        silent = [kind for kind, way in new.items() if way == Way.PORTAL]
        Mail.objects.filter(person=person, state=MailState.GATHERING, kind__in=silent).delete()
        old = {kind: before[kind] for kind in new}
        record("change", person, kind=KIND, key=person.pk, label=str(person), changes=(old, new))
    return True
