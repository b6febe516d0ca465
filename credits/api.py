"""The read API: other programs of the university read recognised credits, nothing else, and change nothing.

A key (portal.models.ReaderKey) is bound to one scheme. What is answered is the academic record: number, name, totals
and items; texts that students typed lose telephone numbers and addresses on the way.
"""

import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from credits.academic_record import Item, items_of, recognised_rows, sections_of
from credits.enums import EntryKind
from credits.models import Claim, ClaimEvent, Coverage, LedgerEntry, Scheme
from credits.services.reader_keys import key_of, note_use
from portal.enums import Role, Status
from portal.listing import beyond, decode_cursor, encode_cursor
from portal.masking import scrubbed
from portal.models import College, ReaderKey, Student
from portal.points import ZERO

PAGE = 200
ORDER = ("pk",)
ON_RECORD = (EntryKind.AWARD, EntryKind.TOP_UP, EntryKind.REVOKE)


class Category(Schema):
    """What counts in one category."""

    code: str
    name: str
    counted: Decimal


class Achievement(Schema):
    """One recognised achievement; `counted` is what it adds to the total, `notice` the formal notice's number."""

    title: str
    category: str
    points: Decimal
    counted: Decimal
    effective_on: datetime.date | None
    notice: str


class Record(Schema):
    """One student's record; amounts are decimals written as text."""

    number: str
    name: str
    total: Decimal
    categories: list[Category]
    items: list[Achievement]


class Page(Schema):
    """Up to 200 students; `next` is the cursor of the following page, null on the last."""

    scheme: str
    as_of: datetime.datetime
    records: list[Record]
    next: str | None


class Refusal(Schema):
    """Why a request was refused, in one sentence."""

    detail: str


class Key(HttpBearer):
    """`Authorization: Bearer crk_…`."""

    def authenticate(self, request: HttpRequest, token: str) -> ReaderKey | None:  # noqa: ARG002 - ninja's signature
        """Return the key while it holds, and note its use."""
        row = key_of(token)
        if row is not None:
            note_use(row)
        return row


class ReadApi(NinjaAPI):
    """Answers that nobody keeps on the way."""

    def create_response(self, request: HttpRequest, data: Any, **more: Any) -> HttpResponse:
        """Write the answer."""
        response = super().create_response(request, data, **more)
        response["Cache-Control"] = "no-store"
        return response


# No page of documentation: it would load scripts from elsewhere. The schema is served below, to those who have a key.
api = ReadApi(
    title="Academic records",
    version="1",
    description="Recognised credits for scholarship and recommendation. Read only.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    auth=Key(),
)


@api.exception_handler(AuthenticationError)
def refuse(request: HttpRequest, _error: Exception) -> HttpResponse:
    """Ask for a key."""
    answer = api.create_response(request, {"detail": _("需要有效的读取密钥：密钥不存在、已过期或已停用。")}, status=401)
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(ValidationError)
def explain(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Name the parameters that make no sense."""
    names = "、".join(dict.fromkeys(str(problem["loc"][-1]) for problem in error.errors))
    return api.create_response(request, {"detail": _("参数的值不正确：%(names)s。") % {"names": names}}, status=422)


@api.get(
    "/records",
    url_name="records",
    response={200: Page, 401: Refusal, 403: Refusal, 404: Refusal, 422: Refusal},
    summary="Students with their recognised credits",
)
def records(
    request: HttpRequest,
    scheme: str = "",
    college: str = "",
    cohort: int | None = None,
    number: str = "",
    updated_since: datetime.datetime | None = None,
    after: str = "",
) -> dict[str, Any]:
    """List students by the order of the roll, 200 a page, each with totals by category and every recognised item.

    `college` is a college's code, `cohort` the year of entry, `number` one student's number (also one without credits).
    With `updated_since` only students whose record changed then or later, also when nothing is left of it: total 0.
    `after` is the `next` of the page before.
    """
    row = _scheme(request, scheme)
    students = _one(row, number) if number else _some(row, updated_since)
    students = _narrowed(students, college, cohort)
    page, following = _page(students, after)
    items = items_of(recognised_rows(Claim.objects.filter(scheme=row, student__in=[student.pk for student in page])))
    mine: dict[int, list[Item]] = {student.pk: [] for student in page}
    for item in items:
        mine[item.student].append(item)
    told = [_told(student, mine[student.pk]) for student in page]
    return {"scheme": row.code, "as_of": timezone.now(), "records": told, "next": following}


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """Hand out the description of the API to who holds a key, and to the offices that give them."""
    person = request.user
    office = person.is_authenticated and person.standing.has(Role.OFFICE)
    if not office and Key()(request) is None:
        return refuse(request, AuthenticationError())
    return JsonResponse(api.get_openapi_schema())


def _scheme(request: HttpRequest, asked: str) -> Scheme:
    """Return the key's scheme; raises 403 for any other."""
    own: str = request.auth.scheme_code  # type: ignore[attr-defined]  # ninja sets it
    if asked and asked != own:
        raise HttpError(403, _("这个密钥只能读取“%(scheme)s”的记录。") % {"scheme": own})
    row = Scheme.objects.filter(code=own).first()
    if row is None:
        raise HttpError(404, _("没有代码为“%(scheme)s”的认定办法。") % {"scheme": own})
    return row


def _one(scheme: Scheme, number: str) -> QuerySet[Student]:
    """Return the one student of the number, whom the scheme covers or has recognised something of; raises 404."""
    found = Student.objects.filter(person__number=number)
    student = found.first()
    known = student is not None and (
        Coverage.objects.of(student).filter(scheme=scheme).exists()
        or Claim.objects.filter(student=student, scheme=scheme, status__in=[Status.RECOGNISED, Status.REVOKED]).exists()
    )
    if not known:
        raise HttpError(404, _("没有学号为“%(number)s”的学生。") % {"number": number})
    return found


def _some(scheme: Scheme, since: datetime.datetime | None) -> QuerySet[Student]:
    """Return who has something on record, or whose record has changed since."""
    claims = Claim.objects.filter(scheme=scheme, student=OuterRef("pk"))
    if since is None:
        return Student.objects.filter(Exists(claims.filter(status=Status.RECOGNISED)))
    moment = timezone.make_aware(since) if timezone.is_naive(since) else since
    recognition = Q(from_state=Status.RECOGNISED.value) | Q(to_state=Status.RECOGNISED.value)
    events = ClaimEvent.objects.filter(
        recognition, subject__scheme=scheme, subject__student=OuterRef("pk"), at__gte=moment
    )
    entries = LedgerEntry.objects.filter(
        lot__scheme=scheme, lot__student=OuterRef("pk"), kind__in=ON_RECORD, at__gte=moment
    )
    return Student.objects.filter(Exists(claims)).filter(Exists(events) | Exists(entries))


def _narrowed(students: QuerySet[Student], college: str, cohort: int | None) -> QuerySet[Student]:
    if college:
        place = College.objects.filter(code=college).first()
        if place is None:
            raise HttpError(404, _("没有代码为“%(college)s”的学院。") % {"college": college})
        students = students.filter(college=place)
    return students if cohort is None else students.filter(cohort=cohort)


def _page(students: QuerySet[Student], after: str) -> tuple[list[Student], str | None]:
    """Return one page and the cursor of the next; raises 422 for a cursor that was not one of ours."""
    ordered = students.select_related("person").order_by(*ORDER)
    if after:
        cursor = decode_cursor(ordered, ORDER, after)
        if cursor is None:
            raise HttpError(422, _("游标不正确，请使用上一页返回的 next。"))
        ordered = ordered.filter(beyond(ORDER, cursor))
    found = list(ordered[: PAGE + 1])
    return found[:PAGE], encode_cursor(found[PAGE - 1], ORDER) if len(found) > PAGE else None


def _told(student: Student, items: list[Item]) -> dict[str, Any]:
    sections = sections_of(items)
    person = student.person
    return {
        "number": person.number,
        "name": person.name,
        "total": sum((section.counted for section in sections), ZERO),
        "categories": [{"code": one.code, "name": one.name, "counted": one.counted} for one in sections],
        "items": [
            {
                "title": scrubbed(item.title, person.phone, person.email),
                "category": item.category,
                "points": item.points,
                "counted": item.counted,
                "effective_on": item.effective_on,
                "notice": item.notice,
            }
            for item in items
        ],
    }
