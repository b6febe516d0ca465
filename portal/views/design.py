"""Every component on one page, for those who build pages; only in the demo and while debugging."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.enums import Status
from portal.forms import FilesField, Worded

DENSITIES = ("comfortable", "compact")


class SampleForm(Worded, forms.Form):
    """One field of every kind, as a claim form would have them."""

    activity = forms.CharField(label=_("活动名称"), max_length=60, help_text=_("与证书上的名称一致。"))
    year = forms.ChoiceField(label=_("学年"), choices=[("", _("请选择")), ("1", "2024-2025"), ("2", "2025-2026")])
    amount = forms.DecimalField(
        label=_("申请积分"), max_digits=6, decimal_places=2, help_text=_("最多两位小数，例如 1.5。")
    )
    on = forms.DateField(label=_("取得日期"), widget=forms.DateInput(attrs={"type": "date"}))
    place = forms.ChoiceField(
        label=_("排名"), widget=forms.RadioSelect, choices=[("1", _("第一")), ("2", _("第二")), ("3", _("第三及以后"))]
    )
    text = forms.CharField(
        label=_("具体内容"), required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("不超过 200 字。")
    )
    evidence = FilesField(
        label=_("证明材料"),
        help_text=_("PDF、JPEG、PNG 或 WebP，每个不超过 10 MB。"),
        accept=".pdf,.jpg,.jpeg,.png,.webp",
        max_files=6,
        max_bytes=10 * 1024 * 1024,
    )
    sure = forms.BooleanField(label=_("我确认以上内容属实"))


class Samples:
    """Invented content for the page."""

    swatches = ("ink", "page", "accent", "seal", "info", "ok", "warn", "bad", "public")
    statuses: ClassVar[list[str]] = list(Status.values)
    steps: ClassVar[list[dict[str, Any]]] = [
        {"label": _("获奖等级"), "formula": _("省级 · 获奖"), "output": "2.0", "clause": _("第三条 表一")},
        {"label": _("排名系数"), "formula": "2.0 × 1.0", "output": "2.0", "clause": _("第四条：前三名系数为 1.0")},
        {"label": _("影响系数"), "formula": "2.0 × 0.9", "output": "1.8", "clause": _("学院积分细则 第二条")},
    ]
    total = Decimal("1.80")

    @staticmethod
    def rows() -> list[dict[str, Any]]:
        """Return a short list of claims."""
        names = (_("程序设计竞赛省级获奖"), _("创新训练项目结题"), _("核心期刊论文一篇"), _("专利一项"))
        states = (Status.IN_REVIEW, Status.RECOGNISED, Status.RETURNED, Status.DRAFT)
        asked = ("2", "0.5", "3", "1.25")
        return [
            {
                "number": place,
                "year": "2025-2026",
                "kind": _("竞赛获奖") if place == 1 else _("研究成果"),
                "content": name,
                "asked": Decimal(points),
                "given": Decimal("0.5") if state == Status.RECOGNISED else None,
                "status": state,
            }
            for place, (name, state, points) in enumerate(zip(names, states, asked, strict=True), start=1)
        ]

    @staticmethod
    def trail() -> list[dict[str, Any]]:
        """Return a review record, the newest first."""
        day = datetime.datetime(2026, 3, 9, 16, 20, tzinfo=datetime.UTC)
        return [
            {
                "status": Status.RETURNED,
                "title": _("退回修改"),
                "who": _("学院教学秘书 王敏"),
                "at": day,
                "text": _("证书照片看不清排名，请重新上传扫描件。"),
                "changes": [],
            },
            {
                "status": Status.IN_REVIEW,
                "title": _("再次提交"),
                "who": _("学生 李雷"),
                "at": day - datetime.timedelta(days=2),
                "text": "",
                "changes": [{"label": _("申请积分"), "before": "2.5", "after": "2.0"}],
            },
            {"status": Status.DRAFT, "title": _("新建"), "who": _("学生 李雷"), "at": day - datetime.timedelta(days=6)},
        ]

    @staticmethod
    def files() -> list[dict[str, Any]]:
        """Return evidence as the viewer wants it."""
        url = static("design-sample.svg")
        return [
            {"name": _("获奖证书.png"), "url": url, "media_type": "image/png", "current": True, "href": "#viewer"},
            {"name": _("排名证明.pdf"), "url": url, "media_type": "application/pdf", "href": "#viewer"},
        ]

    @staticmethod
    def stages() -> list[dict[str, Any]]:
        """Return the way of a claim."""
        return [
            {"name": _("提交"), "state": "done", "note": "03-03"},
            {"name": _("学院审核"), "state": "current", "note": _("已等待 2 天")},
            {"name": _("学校复核"), "state": ""},
            {"name": _("认定"), "state": ""},
        ]


def _only_for_builders() -> None:
    if not (settings.DEMO or settings.DEBUG):
        raise Http404


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Show the components; ``?density=compact`` shows them as staff sees them."""
    _only_for_builders()
    density = request.GET.get("density", "")
    context = {
        "samples": Samples(),
        "form": SampleForm(),
        "density": density if density in DENSITIES else DENSITIES[0],
        "icons": ICONS,
    }
    return render(request, "portal/design/page.html", context)


@require_safe
def design_form(request: HttpRequest) -> HttpResponse:
    """Show the sample form refused, with its error summary."""
    _only_for_builders()
    form = SampleForm({"activity": "", "amount": "1.234", "year": "1", "place": "9", "text": _("已填写的内容会保留。")})
    form.is_valid()
    return render(request, "portal/design/refused.html", {"form": form})


ICONS = (
    *("house", "bell", "search", "funnel", "download", "upload", "printer", "plus-lg", "check-lg", "trash", "pencil"),
    *("eye", "save", "send", "inbox", "journal-text", "list-check", "mortarboard", "building", "people", "award"),
    *("trophy", "calculator", "arrow-left-right", "shield-check", "gear"),
)
