"""Which approved forms a desk prints as one file: those that a list shows, or those that were ticked in it."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from conversion.models import Application, Form
from conversion.models.forms import FormState
from conversion.printing import BatchUnprintable, batch_pdf
from conversion.rules import FILERS
from portal.enums import Status
from portal.language import kept_language
from portal.listing import narrowed
from portal.trail import record
from review.desk.filing import MissingFilter, missing_rows
from review.desk.queues import ApplicationQueue
from review.exports import role_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from django.db.models import QuerySet

    from portal.models import Person

#: So many are one file, so many are printed while the person waits, so many offenders are named.
MOST, AT_ONCE, NAMED = 1000, 60, 5
LISTS = ("applications", "missing")


def too_many(most: int) -> str:
    """Say that a list is too long for one file."""
    return _("一次最多打印 %(most)s 份，请先筛选。") % {"most": most}


def read_ticks(texts: Iterable[str]) -> list[int]:
    """Return the applications that were ticked, each once; what no page of ours wrote is left out."""
    return list(dict.fromkeys(int(text) for text in texts if re.fullmatch(r"[0-9]{1,15}", text)))


def forms_to_print(person: Person, what: str, query: str, ticked: Sequence[int] = ()) -> QuerySet[Form]:
    """Return the valid forms of approved applications that a list shows, of them those that were ticked, if any.

    In the order in which papers are handed out: by college, class and student.
    """
    asked: Any = SimpleNamespace(GET=QueryDict(query), user=person)
    if what == "missing":
        shown = narrowed(missing_rows(person), MissingFilter(asked.GET))
    else:
        rows = ApplicationQueue(asked).listing.queryset.filter(status=Status.RECOGNISED)
        shown = Form.objects.filter(application__in=rows.order_by().values("pk"))
    # What somebody reads by another appointment is not theirs to hand out: a form bears a telephone number.
    shown = shown.filter(state=FormState.VALID, application__in=Application.objects.in_reach_of(person, FILERS))
    if ticked:
        shown = shown.filter(application__in=ticked)
    student = "application__student"
    return shown.order_by(
        "application__college__code", f"{student}__class_group__name", f"{student}__person__number", "pk"
    )


def may_print(person: Person) -> bool:
    """Whether the person hands out papers: the college's secretary, or the office."""
    return person.standing.has(*FILERS)


def print_batch(forms: Iterable[Form], person: Person, query: str) -> bytes:
    """Return the forms as one file and leave one event that says who printed how many, and by which filters."""
    content, number = lay_out_batch(forms, person)
    tell_printed(person, query, number)
    return content


def lay_out_batch(forms: Iterable[Form], person: Person) -> tuple[bytes, int]:
    """Return the forms as one file, and how many they are."""
    taken: list[Form] = []
    with kept_language():
        title = _("申请表清单")
        origin = f"{person.name} · {timezone.localtime():%Y-%m-%d %H:%M}"
    return batch_pdf(_noting(forms, taken.append), title=title, origin=origin), len(taken)


def tell_printed(person: Person, query: str, number: int, **more: Any) -> None:
    """Leave the event of so many printed forms; a job names itself in ``more``."""
    with kept_language():
        title = _("申请表清单")
    changes: tuple[dict[str, Any], dict[str, Any]] = ({}, {"query": query, "rows": number, **more})
    record("print", person, kind="forms", key="", label=title, role=role_of(person), changes=changes)


def file_name() -> str:
    """Return the name under which a browser keeps the file."""
    return _("申请表") + f"-{timezone.localtime():%Y%m%d-%H%M}.pdf"


def refusal(error: BatchUnprintable, *, named: bool = True) -> str:
    """Say which forms hold characters that no font has, and what to do; of students only to who may read of them."""
    told = []
    for one in error.offenders[:NAMED]:
        codes = " ".join(f"U+{ord(character):04X}" for character in one.characters)
        who = f"{one.form.snapshot['student']['name']} " if named else ""
        told.append(f"{who}{one.form.number} {codes}")
    return _("有 %(count)s 份申请表含有字库没有的字，什么都没有打印。请更正后重新出具，或不选它们：%(which)s") % {
        "count": len(error.offenders),
        "which": "、".join(told),
    }


def _noting(forms: Iterable[Form], note: Callable[[Form], None]) -> Iterable[Form]:
    for form in forms:
        note(form)
        yield form
