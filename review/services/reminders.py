"""提醒: staff write to the students of a list with one press, nobody more than once in a while.

Two lists have one: papers that have not come in (once a day), and who falls short before graduation (once in thirty
days). A press says beforehand how many it reaches and what they will read.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from itertools import groupby, islice
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from conversion.models import Application, Form
from conversion.rules import FILERS, can_remind_of_papers
from credits.evaluation.spans import plain
from credits.models import Scheme
from credits.texts import worded
from portal.enums import NoticeKind, Status
from portal.language import kept_language
from portal.listing import narrowed
from portal.models import Notice
from portal.notices import tell_once
from portal.trail import record
from portal.workflow import NotAllowed
from review.desk.ages import midnight
from review.desk.filing import MissingFilter
from review.graduation.lists import FIELDS, TellableList, lacking_words
from review.graduation.sight import can_tell_shortfalls

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from portal.models import Person
    from portal.verdict import Verdict

PAPER, SHORTFALL = "paper:", "shortfall:"
SHORTFALL_REST = datetime.timedelta(days=30)
TITLES_SHOWN = 5
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Reminder:
    """What a press would do: whom it reaches, who was told not long ago, and what the first of them will read."""

    students: int
    rested: int
    sample: Notice | None


# --- Papers that have not come in ---


def preview_papers(actor: Person, query: str) -> Reminder:
    """Say whom a press would remind of the papers that the list shows; raises ``NotAllowed``."""
    _allow(can_remind_of_papers(actor))
    shown = _papers_shown(actor, query)
    everybody = shown.values("application__student").distinct().count()
    waiting = _not_told_today(shown)
    students = waiting.values("application__student").distinct().count()
    first = waiting.order_by("issued_at", "pk").values("application__student")[:1]
    notices = _paper_notices(_papers(actor).filter(application__student__in=first))
    return Reminder(students, everybody - students, next(iter(notices), None))


def remind_of_papers(actor: Person, query: str) -> int:
    """Remind each student of whom the list shows a paper, once a day, of all that are missing; how many were told.

    One event for the press, none when nobody was left to tell. Raises ``NotAllowed``.
    """
    verdict = _allow(can_remind_of_papers(actor))
    with transaction.atomic():
        students = _not_told_today(_papers_shown(actor, query)).values("application__student")
        told = tell_once(_paper_notices(_papers(actor).filter(application__student__in=students)))
        if told:
            _note("forms", actor, verdict, _("待交申请表"), query, told)
    return told


def _papers(actor: Person) -> QuerySet[Form]:
    """Return the papers that the person waits for, of whom they file; a reader's reach does not count."""
    reach = Application.objects.in_reach_of(actor, FILERS).filter(status=Status.RECOGNISED)
    return Form.objects.missing().filter(application__in=reach)


def _papers_shown(actor: Person, query: str) -> QuerySet[Form]:
    return narrowed(_papers(actor), MissingFilter(QueryDict(query)))


def _not_told_today(papers: QuerySet[Form]) -> QuerySet[Form]:
    told = _told(PAPER, midnight(), "application__student__person")
    return papers.filter(~Exists(told))


def _paper_notices(papers: QuerySet[Form]) -> list[Notice]:
    """Word one notice per student, about all of the papers."""
    related = ("application__student__person", "application__course", "application__college")
    rows = papers.select_related(*related).order_by("application__student", "issued_at", "pk")
    with kept_language():
        return [_paper_notice(list(mine)) for _student, mine in groupby(rows, key=_student_of)]


def _student_of(form: Form) -> int:
    return form.application.student_id


def _paper_notice(papers: list[Form]) -> Notice:
    application = papers[0].application
    words = {
        "paper": papers[0].snapshot["title"],
        "number": str(len(papers)),
        "forms": "\n".join(f"{form.application.course.name} {form.number}" for form in papers[:TITLES_SHOWN]),
        "college": application.college.name,
    }
    path = reverse("conversion:application", args=[application.pk]) if len(papers) == 1 else reverse("conversion:desk")
    notice = _worded(application.scheme_id, "paper", words, path)
    notice.person = application.student.person
    notice.key = f"{PAPER}{application.student_id}:{timezone.localdate():%Y%m%d}"
    return notice


# --- Who falls short before graduation ---


def preview_shortfalls(actor: Person, query: str) -> Reminder:
    """Say whom a press would tell of those who fall short under the filters; raises ``NotAllowed``."""
    found = _shortfalls(actor, query)
    _allow(can_tell_shortfalls(actor, found.scheme))
    waiting = _not_told_lately(found)
    students = waiting.count()
    notices = _shortfall_notices(found, waiting.values(*FIELDS, "person_id")[:1])
    return Reminder(students, found.queryset.count() - students, next(iter(notices), None))


def tell_shortfalls(actor: Person, query: str) -> int:
    """Tell each student whom the filters show what is missing, once in thirty days; how many were told.

    Two who press at once wait for each other. One event for the press, none when nobody was left to tell. Raises
    ``NotAllowed``.
    """
    found = _shortfalls(actor, query)
    verdict = _allow(can_tell_shortfalls(actor, found.scheme))
    with transaction.atomic():
        Scheme.objects.select_for_update(of=("self",), no_key=True).get(pk=found.scheme.pk)
        rows = _not_told_lately(found).values(*FIELDS, "person_id").iterator(chunk_size=CHUNK)
        told = 0
        while part := list(islice(rows, CHUNK)):
            told += tell_once(_shortfall_notices(found, part))
        if told:
            _note("student", actor, verdict, _("毕业预警"), query, told, scheme=found.scheme.code)
    return told


def _shortfalls(actor: Person, query: str) -> TellableList:
    return TellableList(SimpleNamespace(GET=QueryDict(query), user=actor))


def _not_told_lately(found: TellableList) -> QuerySet:
    told = _told(_prefix(found), timezone.now() - SHORTFALL_REST, "person")
    return found.queryset.filter(~Exists(told))


def _prefix(found: TellableList) -> str:
    return f"{SHORTFALL}{found.scheme.pk}:"


def _shortfall_notices(found: TellableList, rows: Iterable[dict[str, Any]]) -> list[Notice]:
    with kept_language():
        return [_shortfall_notice(found, row) for row in found.judged(rows)]


def _shortfall_notice(found: TellableList, row: dict[str, Any]) -> Notice:
    verdict = row["verdict"]
    words = {
        "missing": plain(verdict.missing),
        "unit": verdict.unit,
        "minimum": verdict.minimum.name,
        "lacking": lacking_words(row),
        "leaves": f"{row['leaves_on']:%Y-%m-%d}",
        "cite": verdict.cite,
    }
    notice = _worded(found.scheme.pk, "shortfall", words, reverse("credits:record"))
    notice.person_id = row["person_id"]
    notice.key = f"{_prefix(found)}{row['pk']}:{timezone.localdate():%Y%m%d}"
    return notice


# --- What both share ---


def _allow(verdict: Verdict) -> Verdict:
    if not verdict:
        raise NotAllowed(verdict)
    return verdict


def _told(prefix: str, since: datetime.datetime, person: str) -> QuerySet[Notice]:
    """Return what the outer row's person was told of this since then."""
    return Notice.objects.filter(person=OuterRef(person), key__startswith=prefix, created_at__gte=since)


def _worded(scheme_id: int, code: str, words: dict[str, str], path: str) -> Notice:
    title, text = worded(scheme_id, code, words)
    return Notice(kind=NoticeKind.ACTION, title=title[:120], text=text, path=path)


def _note(kind: str, actor: Person, verdict: Verdict, label: str, query: str, told: int, *, scheme: str = "") -> None:
    facts = {"query": query, "rows": told}
    record("remind", actor, kind=kind, key="", label=label, role=verdict.role, scheme=scheme, changes=({}, facts))
