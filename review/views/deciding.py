"""What the decisions on claims and applications share: the stale page, the sentence said afterwards, the way on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from portal.enums import Status
from portal.middleware import typed_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from portal.requests import SignedInRequest
    from portal.workflow import Reviewable, StaleSubject
    from review.desk.queues import Queue
    from review.forms import VerbForm


def errors_of(error: ValidationError) -> dict[str, list[str]]:
    """Return a service's complaints by field."""
    if hasattr(error, "error_dict"):
        return error.message_dict
    return {"": error.messages}


def carry_out(form: VerbForm, act: Callable[[], object]) -> bool:
    """Run the verb; what it finds wrong is written on the form, and False returned."""
    try:
        act()
    except ValidationError as error:
        form.take(errors_of(error))
        return False
    return True


def somebody_was_faster(request: SignedInRequest, stale: StaleSubject, address: str) -> HttpResponse:
    """Answer a stale page: who, when, what has become of it, and the words that were typed."""
    # Both event tables point at their subject; the abstract one cannot.
    found: Any = stale.subject.EVENT._base_manager
    last = found.filter(subject=stale.subject).order_by("-pk").first()
    context = {"subject": stale.subject, "last": last, "typed": typed_words(request), "address": address}
    return render(request, "review/stale.html", context, status=409)


def tell(request: SignedInRequest, row: Reviewable, name: str, address: str) -> None:
    """Say what was done, with the way back to it."""
    word = _("已通过，转入下一环节") if row.status == Status.IN_REVIEW else row.get_status_display()
    text = format_html('{}：{} <a href="{}">{}</a>', word, name, address, _("查看"))
    messages.success(request, text)


def go_on(queue: Queue, following: int | None, names: tuple[str, str]) -> HttpResponse:
    """Lead to the next row that waits, or to the finished queue."""
    one, many = names
    address = reverse(one, args=[following]) if following else reverse(many)
    return redirect(f"{address}?{queue.query}" if queue.query else address)
