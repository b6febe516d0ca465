"""One scan of a signed paper: received at once, or why not, in one word and one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversion.models import Application, Form
from conversion.models.forms import FormState
from conversion.rules import can_file
from conversion.services.forms import file_form
from portal.enums import Status
from portal.listing import Count, capped_count
from portal.workflow import NotAllowed
from review.desk.filing import code_in, find_form, missing_rows

if TYPE_CHECKING:
    from portal.models import Person


class Outcome(models.TextChoices):
    """What became of a scan."""

    RECEIVED = "received", gettext_lazy("已收到")
    AGAIN = "again", gettext_lazy("重复")
    SUPERSEDED = "superseded", gettext_lazy("旧表")
    REVOKED = "revoked", gettext_lazy("已撤销")
    FOREIGN = "foreign", gettext_lazy("不归您管")
    UNKNOWN = "unknown", gettext_lazy("不认识")


@dataclass(frozen=True, slots=True)
class Scan:
    """The answer to one scan; without a form where the person may not know more of it."""

    outcome: Outcome
    text: str
    form: Form | None = None
    why: str = ""

    @property
    def tone(self) -> str:
        """Return the message's tone."""
        tones = {Outcome.RECEIVED: "success", Outcome.AGAIN: "info"}
        return tones.get(self.outcome, "error" if self.form is None else "warning")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many valid papers have come in, and how many have not; both stop at a thousand."""

    received: Count
    missing: Count


def receive(person: Person, text: str, shelf: str) -> Scan:
    """Record the scanned paper as received, on this shelf; a code that cannot be is named and changes nothing."""
    scan = look_at(person, text)
    if scan.outcome != Outcome.RECEIVED or scan.form is None:
        return scan
    try:
        file_form(scan.form, person, shelf=shelf)
    except ValidationError:
        # Somebody else was faster: look again, at what is there now.
        return look_at(person, text)
    except NotAllowed as refused:
        return Scan(Outcome.FOREIGN, text, why=str(refused.verdict.reason))
    return scan


def look_at(person: Person, text: str) -> Scan:
    """Say what a code is; ``RECEIVED`` means that nothing speaks against it."""
    form = find_form(person, text)
    if form is None:
        known = Form.objects.filter(code_in(text)).exists() if text.strip() else False
        return Scan(Outcome.FOREIGN if known else Outcome.UNKNOWN, text)
    if form.state != FormState.VALID:
        return Scan(Outcome(form.state), text, form)
    if getattr(form, "filing", None):
        return Scan(Outcome.AGAIN, text, form)
    if form.application.status != Status.RECOGNISED:
        return Scan(Outcome.REVOKED, text, form)
    verdict = can_file(person, form.application)
    return Scan(Outcome.RECEIVED, text, form) if verdict else Scan(Outcome.FOREIGN, text, why=str(verdict.reason))


def sentence(scan: Scan) -> str:
    """Say what happened and what to do."""
    return {
        Outcome.RECEIVED: _("已收到，可以扫下一份。"),
        Outcome.AGAIN: _("这份申请表已经收过，没有再记一次。"),
        Outcome.SUPERSEDED: _("这是旧的一份，请让学生打印最新的申请表签字。"),
        Outcome.REVOKED: _("这份申请表对应的转换已撤销，不再收取。"),
        Outcome.FOREIGN: scan.why or _("这份申请表不归您备案，请转交学生所在学院。"),
        Outcome.UNKNOWN: _("没有这个编号，请重新扫描或核对后输入。"),
    }[scan.outcome]


def kept(scan: Scan) -> dict[str, Any]:
    """Return what the session keeps of the last scan: enough to show it, nothing of the student."""
    return {
        "outcome": scan.outcome.value,
        "text": scan.text[:100],
        "form": scan.form.pk if scan.form else None,
        "why": scan.why,
    }


def shown(person: Person, last: dict[str, Any] | None) -> Scan | None:
    """Return the last scan as it is to be shown; a form that the person no longer reaches is left out."""
    if not last:
        return None
    reach = Application.objects.in_reach_of(person)
    related = ("filing__filed_by", "application__student__person", "application__student__class_group")
    rows = Form.objects.filter(application__in=reach).select_related(*related, "application__course")
    form = rows.filter(pk=last["form"]).first() if last["form"] else None
    return Scan(Outcome(last["outcome"]), last["text"], form, last["why"])


def tally(person: Person) -> Tally:
    """Count what has come in and what has not, of the person's own reach."""
    reach = Application.objects.in_reach_of(person).filter(status=Status.RECOGNISED)
    received = Form.objects.filter(state=FormState.VALID, filing__isnull=False, application__in=reach)
    return Tally(capped_count(received), capped_count(missing_rows(person)))
