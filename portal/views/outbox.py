"""The outbox: which mails wait, which were given up and why, and the button that tries again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from portal.listing import Listing
from portal.models import Mail
from portal.outbox.delivery import MOST_ATTEMPTS
from portal.outbox.lists import SORTS, MailFilter, figures
from portal.outbox.rules import can_read_outbox
from portal.outbox.services import retry_all, retry_mail

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest


@login_required
@require_safe
def outbox(request: SignedInRequest) -> HttpResponse:
    """List the mails that have not left, or those of the state that was asked for."""
    _let_in(request)
    found = Mail.objects.visible_to(request.user).select_related("person").defer("text", "subject")
    listing = Listing(request, found, sorts=SORTS, form=MailFilter(request.GET))
    context = {"listing": listing, "figures": figures(request.user), "most": MOST_ATTEMPTS}
    return render(request, "portal/outbox.html", context)


@login_required
@require_POST
def outbox_retry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Have one mail sent again."""
    _let_in(request)
    mail = retry_mail(get_object_or_404(Mail.objects.visible_to(request.user), pk=pk), request.user)
    messages.success(request, _("给 %(name)s 的邮件已重新排队。") % {"name": mail.person.name})
    return redirect("outbox")


@login_required
@require_POST
def outbox_retry_all(request: SignedInRequest) -> HttpResponse:
    """Have everything sent again that was given up."""
    _let_in(request)
    number = retry_all(request.user)
    messages.success(request, ngettext("%(n)s 封邮件已重新排队。", "%(n)s 封邮件已重新排队。", number) % {"n": number})
    return redirect("outbox")


def _let_in(request: SignedInRequest) -> None:
    """Let nobody else learn that the page exists."""
    if not can_read_outbox(request.user):
        raise Http404
