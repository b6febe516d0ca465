"""Who is told about lists and objections. The objected student learns that there is an objection, never whose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from credits.notices import offices_of
from credits.texts import worded
from portal.enums import NoticeKind
from portal.language import kept_language
from portal.models import Notice
from portal.notices import notify, notify_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from review.models import Objection, PublicityList


def tell_students(subjects: Iterable[Any], row: PublicityList, code: str, words: Mapping[str, str]) -> None:
    """Leave each student of the results one notice, in the office's words, that leads to the result's own page."""
    with kept_language():
        title, text = worded(row.scheme_id, code, words)
    told: dict[int, Notice] = {}
    for subject in subjects:
        person, path = subject.student.person, subject.get_absolute_url()
        notice = Notice(person=person, kind=NoticeKind.PROGRESS, title=title[:120], text=text, path=path)
        told.setdefault(person.pk, notice)
    notify_all(list(told.values()))


def tell_offices(objection: Objection) -> None:
    """Tell the scheme's office that an objection waits; the notice names neither the objector nor the student."""
    row, path = objection.entry.list, reverse("review:objection", args=[objection.pk])
    with kept_language():
        words = {"number": objection.number, "list": row.title, "position": str(objection.entry.position)}
        title, text = worded(row.scheme_id, "objection_received", words)
    people = offices_of(row.scheme)
    notify_all([Notice(person=p, kind=NoticeKind.ACTION, title=title[:120], text=text, path=path) for p in people])


def tell_objectors(objections: Iterable[Objection]) -> None:
    """Tell each objector what was decided."""
    for objection in objections:
        with kept_language():
            state = str(objection.get_state_display())
            words = {"number": objection.number, "state": state, "answer": objection.answer}
            title, text = worded(objection.entry.list.scheme_id, "objection_answered", words)
        path = reverse("review:my_objection", args=[objection.number])
        notify(objection.person, NoticeKind.PROGRESS, title, text=text, path=path)
