"""The forms of drafts: how one begins, its text, how it comes into force, over which rounds it is replayed."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credits.drafting import LONGEST_LABEL, MOST_CHARACTERS, scheme_facts
from credits.models import Round, SchemeVersion
from credits.services.drafts import Publication
from credits.services.replays import finished_rounds
from portal.forms import Worded

if TYPE_CHECKING:
    from credits.models import Scheme, SchemeDraft

LARGEST_FILE = 2 * 1024 * 1024
EARLIEST, LATEST = 1990, 2100


class DraftStartForm(Worded, forms.Form):
    """Where a draft's text comes from: a file, or a version that it changes."""

    base = forms.ModelChoiceField(
        SchemeVersion.objects.none(),
        label=_("以现有版本为底稿"),
        required=False,
        empty_label=_("不使用，改为上传文件"),
    )
    file = forms.FileField(
        label=_("上传办法文件"),
        required=False,
        help_text=_("TOML 格式的文本文件。选择文件后不再使用上面的底稿。"),
        widget=forms.FileInput(attrs={"accept": ".toml,text/plain"}),
    )
    label = forms.CharField(
        label=_("新版本名称"),
        max_length=LONGEST_LABEL,
        required=False,
        help_text=_("例如 2027；会写入文本，发布前仍可修改。上传文件时可以留空，使用文件中的名称。"),
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False, help_text=_("这次修订要解决什么。"))

    def __init__(self, scheme: Scheme, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        base: Any = self.fields["base"]
        base.queryset = scheme.versions.defer("source")
        base.label_from_instance = lambda version: version.label

    def clean(self) -> dict[str, Any]:
        """Read the text, wherever it comes from; a version that is changed needs another label."""
        data = super().clean() or self.cleaned_data
        upload, base = data.get("file"), data.get("base")
        if upload is not None:
            data["source"] = _text_of(upload)
        elif base is not None:
            data["source"] = base.source
            if not data.get("label"):
                self.add_error("label", _("请填写新版本名称。"))
            elif data["label"] == base.label:
                self.add_error("label", _("请换一个名称，与底稿相区别。"))
        elif not self.errors:
            raise ValidationError(_("请选择底稿，或上传办法文件。"))
        return data


class DraftForm(Worded, forms.Form):
    """The text itself."""

    source = forms.CharField(
        label=_("办法文本"),
        strip=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(
            attrs={"rows": 30, "class": "source", "spellcheck": "false", "wrap": "off", "autocomplete": "off"}
        ),
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)


class RevisionForm(forms.Form):
    """Which state of the draft the person saw."""

    revision = forms.IntegerField(widget=forms.HiddenInput)


class PublishForm(Worded, forms.Form):
    """Under which label, from which day and for which cohorts the draft comes into force."""

    label = forms.CharField(label=_("版本名称"), max_length=LONGEST_LABEL, help_text=_("发布后不能改动。"))
    effective_from = forms.DateField(
        label=_("施行日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    cohort_from = forms.IntegerField(
        label=_("适用年级起"), required=False, min_value=EARLIEST, max_value=LATEST, help_text=_("空为不限。")
    )
    cohort_to = forms.IntegerField(
        label=_("适用年级止"), required=False, min_value=EARLIEST, max_value=LATEST, help_text=_("空为不限。")
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def plan(self) -> Publication:
        """Return what was typed, for the service."""
        facts = self.cleaned_data
        return Publication(facts["label"], facts["effective_from"], facts["cohort_from"], facts["cohort_to"])


class ReplayForm(Worded, forms.Form):
    """Over which rounds a draft is replayed."""

    rounds = forms.ModelMultipleChoiceField(
        Round.objects.none(), label=_("已结束的活动"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, scheme: Scheme, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rounds: Any = self.fields["rounds"]
        rounds.queryset = finished_rounds(scheme)
        rounds.label_from_instance = lambda row: f"{row.name}（{row.academic_year}）"


def publish_initial(draft: SchemeDraft) -> dict[str, Any]:
    """Return what the publication form begins with: what the text says already, as far as it can be read."""
    facts, today = scheme_facts(draft.source), timezone.localdate()
    day = facts.get("effective_from")
    return {
        "label": draft.label,
        "effective_from": day if type(day) is datetime.date and day > today else today,
        "cohort_from": facts.get("cohort_from"),
        "cohort_to": facts.get("cohort_to"),
        "revision": draft.revision,
    }


def _text_of(upload: Any) -> str:
    if upload.size > LARGEST_FILE:
        raise ValidationError({"file": _("文件过大。请上传 TOML 格式的文本文件。")})
    try:
        return str(upload.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValidationError({"file": _("文件不是 UTF-8 编码的文本。请另存为 UTF-8 后再上传。")}) from None
