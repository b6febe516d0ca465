"""The claim form: what a student writes about one achievement."""

from __future__ import annotations

import zlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from credits.amending import flags_by_place, opened_of
from credits.assessing import assess
from credits.completeness import is_asked
from credits.evaluation import fields_for
from credits.forms.facts import fact_field, fact_text
from credits.forms.files import FilesField
from credits.forms.library import EntryField, sent_entry
from credits.library import (
    achieved_year,
    entry_facts,
    entry_field,
    suggested_points,
    why_not_choosable,
    why_not_in_year,
    years_of,
)
from credits.places import FACT as PREFIX
from credits.places import FILES, OTHER, shown_facts
from credits.services.claims import Content, file_policy, write_facts
from credits.services.returning import why_words
from portal.points import as_points, format_points, points_validators

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.core.files.uploadedfile import UploadedFile
    from django.forms.boundfield import BoundField

    from credits.amending import Opened
    from credits.evaluation import FactField
    from credits.evaluation.scheme import EvidenceItem
    from credits.models import Claim, LibraryEntry

LONGEST = 300


class AmountField(forms.CharField):
    """Points as people type them; the message says what is wrong instead of rounding in silence."""

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        return as_points(text) if text else None

    def run_validators(self, value: Any) -> None:
        """Check the amount, not its writing."""
        if value not in self.empty_values:
            super().run_validators(as_points(value))


class ClaimForm(forms.Form):
    """One claim's words, facts, points and files.

    A draft may lack anything: required fields carry their mark, and what is missing is said when it is handed in.
    A bound form asks the facts that the typed choices call for.
    """

    use_required_attribute = False
    team_errors: Sequence[str] = ()

    content = forms.CharField(max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}))
    claimed_points = AmountField(
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "w-num"})
    )
    points_reason = forms.CharField(
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("申请的分值与系统建议不同时，请写明依据。"),
    )

    def __init__(self, claim: Claim, data: Any = None, files: Any = None) -> None:
        self.claim = claim
        self.version = claim.scheme_version.data
        self.category = self.version.category(claim.category.code)
        super().__init__(data, files, initial=initial_of(claim))
        self.facts = shown_facts(self._asked, self._typed_facts())
        self._name_fields()
        for fact in self.facts:
            picked = EntryField(claim, self.sent_entry) if fact == self._entry_fact else None
            self.fields[PREFIX + fact.name] = fact_field(fact, picked)
        for name, label, help_text, required in self._evidence_fields():
            self.fields[name] = FilesField(label, help_text, file_policy(claim), self.room, required=required)
        self.order_fields(
            [PREFIX + fact.name for fact in self.facts]
        )  # as on the page, and so in the summary of errors
        self._lock()

    @cached_property
    def opened(self) -> Opened:
        """What may be changed: all of a draft, of a returned claim what was flagged."""
        return opened_of(self.claim)

    def _lock(self) -> None:
        """Keep what was not flagged as it is, and say beside each flagged field what is wrong with it."""
        for name, field in self.fields.items():
            is_files = isinstance(field, FilesField)
            field.disabled = not (self.opened.takes(item_of(name)) if is_files else self.opened.has(name))
        for name, flags in flags_by_place(self.opened.flags).items():
            if name in self.fields:
                remark = "；".join(why_words(self.version, flag.code, flag.words) for flag in flags)
                mark_flagged(self.fields[name], f"id_{name}", remark)

    @cached_property
    def _asked(self) -> Any:
        facts = self._typed_facts()
        return fields_for(self.version, self.claim.category.code, college_key(self.claim), facts=facts)

    def _typed_facts(self) -> dict[str, Any]:
        if not self.is_bound:
            return dict(self.claim.facts)
        asked = (field for field in self.category.fields if field.asked_of == "student")
        typed = {field.name: self._typed_fact(field) for field in asked}
        return typed | (entry_facts(self.category, self.sent_entry) if self.sent_entry else {})

    def _typed_fact(self, field: FactField) -> str:
        if self.opened.has(PREFIX + field.name):
            return typed_fact(self.data, field)
        return str(self.claim.facts.get(field.name, ""))

    @cached_property
    def _entry_fact(self) -> FactField | None:
        return entry_field(self.category)

    @cached_property
    def sent_entry(self) -> LibraryEntry | None:
        """The library entry that the browser sent, whether or not it may be chosen."""
        fact = self._entry_fact
        if fact and not self.opened.has(PREFIX + fact.name):
            return self.claim.library_entry
        return sent_entry(self.claim, self.data.get(PREFIX + fact.name)) if fact and self.is_bound else None

    @property
    def chosen_entry(self) -> LibraryEntry | None:
        """The library entry that the form shows: what was sent; the claim's own where that may not be chosen."""
        if not self.is_bound or (self._entry_fact and PREFIX + self._entry_fact.name in self.errors):
            return self.claim.library_entry
        return self.sent_entry

    @property
    def entry_years(self) -> str:
        """The years for which the chosen entry counts."""
        return years_of(self.chosen_entry) if self.chosen_entry else ""

    @property
    def entry_warning(self) -> str:
        """Why the chosen entry cannot be handed in as things stand, empty when it can."""
        entry = self.chosen_entry
        return (why_not_choosable(entry) or why_not_in_year(entry, achieved_year(self.claim))) if entry else ""

    def _name_fields(self) -> None:
        words, limits = self.version.wording, self.version.limits
        self.fields["content"].label = words["content"]
        self.fields["content"].help_text = _("写明获奖、发表或取得成果的全称、等次与时间。")
        self.fields["points_reason"].label = _("%(points)s说明") % {"points": words["points_short"]}
        points = self.fields["claimed_points"]
        points.label = f"{words['claimed']}（{words['unit']}）"
        points.validators = points_validators(limits.max_points)
        points.help_text = _("最多保留两位小数，不超过 %(max)s。") % {"max": format_points(limits.max_points)}

    def _evidence_fields(self) -> Iterable[tuple[str, str, str, bool]]:
        for item in self.asked_items:
            yield evidence_name(item.code), item.name, item.help, item.required
        yield evidence_name(OTHER), str(_("其他材料")), str(_("其他有助于审核的材料，可不上传。")), False

    @cached_property
    def asked_items(self) -> tuple[EvidenceItem, ...]:
        """The checklist as far as the facts call for it."""
        facts = {name: str(value) for name, value in self._typed_facts().items()}
        return tuple(item for item in self.category.evidence if is_asked(item, facts))

    @property
    def room(self) -> int:
        """How many files a claim may hold."""
        return self.version.limits.files_per_claim

    @property
    def files_help(self) -> str:
        """Which files are taken, in one line."""
        most = _("一共最多 %(count)s 个。") % {"count": self.room}
        return f"{file_policy(self.claim).help_text}{most}"

    @property
    def fact_fields(self) -> list[BoundField]:
        """The fields of the facts, in the scheme's order."""
        return [self[PREFIX + fact.name] for fact in self.facts]

    @property
    def shown(self) -> str:
        """Names of the facts and proofs on the page; a fragment that would show the same ones is not sent again."""
        proofs = (item.code for item in self.asked_items)
        chosen = [f"| {self.chosen_entry.pk}"] if self.chosen_entry else []
        return " ".join([*map(shown_name, self.facts), "|", *proofs, *chosen])

    def full_clean(self) -> None:
        """Check shapes only: nothing is required of a draft."""
        marked = {name: field.required for name, field in self.fields.items()}
        for field in self.fields.values():
            field.required = False
        try:
            super().full_clean()
        finally:
            for name, required in marked.items():
                self.fields[name].required = required
        if self.is_bound and not self.opened.everything:
            self._refuse_locked()

    def _refuse_locked(self) -> None:
        """Say which of the values that came along were not kept, because the return did not ask for them."""
        for name, field in self.fields.items():
            if field.disabled and name in self.data and str(self.data[name]).strip() != self._kept(name):
                self.add_error(name, _("退回时没有要求修改这一项，保留原来的内容。"))

    def _kept(self, name: str) -> str:
        """Return a locked field's value as a browser would have sent it."""
        value = self.initial.get(name)
        return "on" if value is True else "" if value in (None, False) else str(value)

    def written(self) -> Content:
        """Return what was typed; a field with an error keeps what was saved before."""
        cleaned, claim, opened = self.cleaned_data, self.claim, self.opened
        points = claim.claimed_points
        if "claimed_points" not in self.errors and opened.has("claimed_points"):
            points = cleaned.get("claimed_points")
        facts = {fact.name: text for fact in self.facts if (text := fact_text(cleaned.get(PREFIX + fact.name)))}
        locked = [field.name for field in self.category.fields if not opened.has(PREFIX + field.name)]
        return Content(
            content=cleaned.get("content", claim.content) if opened.has("content") else claim.content,
            facts={name: text for name, text in facts.items() if name not in locked}
            | {name: claim.facts[name] for name in locked if name in claim.facts},
            claimed_points=points,
            points_reason=cleaned.get("points_reason", claim.points_reason)
            if opened.has("points_reason")
            else claim.points_reason,
            entry=self.chosen_entry,
        )

    def uploads(self) -> Iterable[tuple[str, str, UploadedFile]]:
        """Yield the field's name, the checklist item and the file, for every file that came with the form."""
        for item in [*(item.code for item in self.asked_items), OTHER]:
            name = evidence_name(item)
            for upload in self.files.getlist(name) if hasattr(self.files, "getlist") else ():
                yield name, "" if item == OTHER else item, upload

    def take_errors(self, error: ValidationError) -> None:
        """Show what the services refused beside its field; what has no field goes into the summary."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, messages in error.message_dict.items():
            if name == "team":
                self.team_errors = messages
            place = self._place(name)
            for message in messages:
                self.add_error(place, message)

    def refused(self, error: ValidationError) -> ClaimForm:
        """Return the form to show again: with the typed text, the fields that the saved facts ask, and the errors."""
        form = self if self.is_bound else ClaimForm(self.claim, self.saved())
        form.is_valid()
        form.take_errors(error)
        return form

    def renewed(self, *, adopt: bool) -> ClaimForm:
        """Return an unsaved form for what was typed so far; ``adopt`` puts the suggested points in."""
        data: Any = self.data
        data = data.copy()
        self.is_valid()
        if adopt:
            write_facts(self.claim, self.written())
            suggested = suggested_points(self.claim, assess(self.claim))
            data["claimed_points"] = format_points(suggested) or data.get("claimed_points", "")
        return ClaimForm(self.claim, data)

    def saved(self) -> QueryDict:
        """Return the saved claim as if it had been typed."""
        data = QueryDict(mutable=True)
        data.update({name: value for name, value in initial_of(self.claim).items() if value not in (None, False)})
        return data

    def _place(self, name: str) -> str | None:
        for candidate in (name, PREFIX + name):
            if candidate in self.fields:
                return candidate
        return evidence_name(OTHER) if name == "files" else None


def mark_flagged(field: forms.Field, html_id: str, remark: str) -> None:
    """Let the field say what its flag says, also to who hears the page."""
    field.remark = remark  # type: ignore[attr-defined]  # read by portal.fields
    field.widget.attrs["aria-describedby"] = (
        f"{html_id}_remark {html_id}_helptext" if field.help_text else f"{html_id}_remark"
    )


def item_of(name: str) -> str:
    """Return the checklist item of a file field's name; empty for the other files."""
    code = name.removeprefix(FILES)
    return "" if code == OTHER else code


def shown_name(fact: FactField) -> str:
    """Return what tells two states of a field apart: its name, and its options where they depend on another fact."""
    if not fact.within:
        return fact.name
    return f"{fact.name}@{zlib.crc32('|'.join(choice.value for choice in fact.choices).encode())}"


def initial_of(claim: Claim) -> dict[str, Any]:
    """Return what an unbound form shows."""
    facts = {
        PREFIX + name: value == "true" if value in {"true", "false"} else value for name, value in claim.facts.items()
    }
    if fact := entry_field(claim.scheme_version.data.category(claim.category.code)):
        facts[PREFIX + fact.name] = claim.library_entry_id
    return {
        "content": claim.content,
        "claimed_points": format_points(claim.claimed_points),
        "points_reason": claim.points_reason,
        **facts,
    }


def typed_fact(data: Mapping[str, Any], field: Any) -> str:
    """Return a fact as the browser sent it; an absent tick means no."""
    value = str(data.get(PREFIX + field.name, "") or "").strip()
    return ("true" if value else "") if field.kind == "boolean" else value


def evidence_name(item: str) -> str:
    """Return the name of the file field of a checklist item."""
    return FILES + item


def college_key(claim: Claim) -> str:
    """Return how the pack finds the claim's college."""
    return claim.college.name
