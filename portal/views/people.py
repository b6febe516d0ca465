"""People: the list for those who keep it, and the import from one workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.enums import Role
from portal.files.storing import private_storage
from portal.forms import Worded
from portal.jobs import enqueue
from portal.listing import FilterForm, Listing, Sorts
from portal.models import Appointment, College, Person
from portal.people_import import can_import_people, import_people, preview_people, template
from portal.people_import.showing import Shown
from portal.spreadsheets import XLSX
from portal.staging import forget, stage, staged

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.requests import SignedInRequest

PURPOSE = "people"
JOB_FROM_ROWS = 2000
MAX_BYTES = 20 * 1024 * 1024
SORTS = Sorts({"number": ("number", "pk"), "name": ("name", "pk"), "newest": ("pk",)}, default="number")
OK, REFUSED = 200, 422


class PeopleFilter(Worded, FilterForm):
    """Whom the list shows."""

    q = forms.CharField(label=gettext_lazy("姓名或学号/工号"), required=False, max_length=60)
    role = forms.ChoiceField(
        label=gettext_lazy("角色"), required=False, choices=[("", gettext_lazy("全部")), *Role.choices]
    )
    college = forms.ModelChoiceField(
        College.objects.all(), label=gettext_lazy("学院"), required=False, empty_label=gettext_lazy("全部")
    )
    active = forms.ChoiceField(
        label=gettext_lazy("账号"),
        required=False,
        choices=[("", gettext_lazy("全部")), ("1", gettext_lazy("可登录")), ("0", gettext_lazy("已停用"))],
    )

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        asked = self.cleaned_data
        holding = Appointment.objects.in_force(timezone.localdate())
        if text := asked["q"].strip():
            queryset = queryset.filter(Q(number__startswith=text) | Q(name__contains=text))
        if asked["role"] == Role.STUDENT:
            queryset = queryset.filter(student__on_roll=True)
        elif asked["role"]:
            queryset = queryset.filter(pk__in=holding.filter(role=asked["role"]).values("person"))
        if college := asked["college"]:
            mine = holding.filter(college=college).values("person")
            queryset = queryset.filter(Q(student__college=college) | Q(pk__in=mine))
        return queryset.filter(is_active=asked["active"] == "1") if asked["active"] else queryset


class PeopleWorkbookForm(Worded, forms.Form):
    """The workbook, and whether it is everybody."""

    workbook = forms.FileField(
        label=gettext_lazy("工作簿"),
        help_text=gettext_lazy("填写好的 .xlsx 模板，不超过 20 MB。"),
        widget=forms.ClearableFileInput(
            attrs={
                "data-drop": gettext_lazy("把工作簿拖到这里，或点击选择"),
                "data-max-files": 1,
                "data-max-bytes": MAX_BYTES,
                "accept": f".xlsx,{XLSX}",
            }
        ),
    )
    complete = forms.BooleanField(
        label=gettext_lazy("这是完整名册：不在其中的人员停用，不在其中的任职结束"), required=False
    )


@login_required
@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    """List the people with their college and roles."""
    listing = people_listing(request)
    context = {"listing": listing, "form": listing.form, "rows": with_roles(listing.rows)}
    return render(request, "portal/people/list.html", context)


def people_listing(request: SignedInRequest) -> Listing:
    """Return the people as the address asks for them; 404 for whoever does not keep them."""
    _let_in(request)
    found = Person.objects.select_related("student__college", "student__class_group")
    return Listing(request, found, sorts=SORTS, form=PeopleFilter(request.GET))


@login_required
@require_safe
def people_template(request: SignedInRequest) -> HttpResponse:
    """Hand over the empty workbook."""
    _let_in(request)
    response = HttpResponse(template(), content_type=XLSX)
    name = _("人员导入模板") + ".xlsx"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def people_import(request: SignedInRequest) -> HttpResponse:
    """Take a workbook in and show what it would change."""
    _let_in(request)
    form = PeopleWorkbookForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload, complete = form.cleaned_data["workbook"], form.cleaned_data["complete"]
        try:
            plan = preview_people(request.user, upload, complete=complete)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            stored = stage(request, PURPOSE, upload)
            context = {"shown": Shown(plan), "plan": plan, "stored": stored, "complete": complete}
            return render(request, "portal/people/preview.html", context)
    return render(request, "portal/people/import.html", {"form": form}, status=REFUSED if form.is_bound else OK)


@login_required
@require_POST
def people_import_apply(request: SignedInRequest) -> HttpResponse:
    """Write what the preview showed: at once when it is little, as a job with progress when it is much."""
    _let_in(request)
    stored = staged(request, PURPOSE, request.POST.get("workbook", ""))
    if stored is None:
        messages.warning(request, _("这份工作簿已经处理过或被新的替换，请重新上传。"))
        return redirect("people_import")
    complete = request.POST.get("complete") == "1"
    if request.POST.get("rows", "").isdecimal() and int(request.POST["rows"]) > JOB_FROM_ROWS:
        job = enqueue("import_people", request.user, about=stored.name, workbook=str(stored.key), complete=complete)
        forget(request, PURPOSE, keep_file=True)
        return redirect("job_detail", pk=job.pk)
    with private_storage().open(stored.path) as workbook:
        plan = import_people(request.user, workbook, complete=complete, name=stored.name, stored=stored)
    if not plan.ok:
        context = {"shown": Shown(plan), "plan": plan, "stored": stored, "complete": complete}
        return render(request, "portal/people/preview.html", context, status=REFUSED)
    forget(request, PURPOSE, keep_file=bool(plan.changes))
    messages.success(request, _("已导入，共 %(count)s 项变化。") % {"count": len(plan.changes)})
    return redirect("people")


def _let_in(request: SignedInRequest) -> None:
    if not can_import_people(request.user):
        raise Http404


def with_roles(rows: Any) -> list[tuple[Person, list[str]]]:
    """Add to each person the roles of today (one query)."""
    held = Appointment.objects.in_force(timezone.localdate()).filter(person__in=[row.pk for row in rows])
    roles: dict[int, list[str]] = {}
    for row in held.select_related("college").order_by("role", "pk"):
        role = row.get_role_display()
        named = _("%(role)s（%(college)s）") % {"role": role, "college": row.college.name} if row.college else role
        roles.setdefault(row.person_id, []).append(named)
    return [(row, roles.get(row.pk, [])) for row in rows]
