"""Who is told about lists and objections. The objected student learns that there is an objection, never whose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credits.notices import offices_of
from portal.enums import NoticeKind
from portal.language import kept_language
from portal.models import Notice
from portal.notices import notify, notify_all

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import Promise

    from review.models import Objection


def tell_students(subjects: Iterable[Any], heading: Promise, about: str, text: str | Promise = "") -> None:
    """Leave each student of the results one notice that leads to the result's own page.

    ``heading`` holds ``%(about)s``.
    """
    with kept_language():
        title, words = str(heading) % {"about": about}, str(text)
    told: dict[int, Notice] = {}
    for subject in subjects:
        person, path = subject.student.person, subject.get_absolute_url()
        notice = Notice(person=person, kind=NoticeKind.PROGRESS, title=title[:120], text=words, path=path)
        told.setdefault(person.pk, notice)
    notify_all(list(told.values()))


def tell_offices(objection: Objection) -> None:
    """Tell the scheme's office that an objection waits; the notice names neither the objector nor the student."""
    path = reverse("review:objection", args=[objection.pk])
    with kept_language():
        title = _("收到公示异议 %(number)s") % {"number": objection.number}
        text = _("%(list)s，第 %(position)s 条。") % {
            "list": objection.entry.list.title,
            "position": objection.entry.position,
        }
    people = offices_of(objection.entry.list.scheme)
    notify_all([Notice(person=p, kind=NoticeKind.ACTION, title=title, text=text, path=path) for p in people])


def tell_objectors(objections: Iterable[Objection]) -> None:
    """Tell each objector what was decided."""
    for objection in objections:
        with kept_language():
            words = {"number": objection.number, "state": objection.get_state_display()}
            title = _("异议 %(number)s：%(state)s") % words
        path = reverse("review:my_objection", args=[objection.number])
        notify(objection.person, NoticeKind.PROGRESS, title, text=objection.answer, path=path)
