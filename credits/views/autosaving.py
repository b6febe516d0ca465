"""What the page's own saving gets back: JSON instead of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credits.models import Claim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from credits.forms import ClaimForm
    from portal.requests import SignedInRequest
    from portal.verdict import Verdict


def wants_autosave(request: HttpRequest) -> bool:
    """Whether the page saves by itself."""
    return bool(request.headers.get("X-Autosave"))


def autosave(form: ClaimForm, *, refusal: Verdict | None = None) -> JsonResponse:
    """Answer where the draft is, its revision and when it was saved; what could not be kept is named."""
    claim = form.claim
    if refusal is not None:
        return JsonResponse({"message": str(refusal.reason)}, status=403)
    return saved(claim, [str(message) for messages in form.errors.values() for message in messages])


def saved(claim: Claim, problems: Sequence[str] = ()) -> JsonResponse:
    """Say that the draft is kept."""
    now = timezone.localtime()
    return JsonResponse(
        {
            "revision": claim.revision,
            "message": _("已自动保存 %(time)s") % {"time": f"{now:%H:%M}"},
            "problems": list(problems),
            "urls": form_urls(claim),
        }
    )


@login_required
@require_safe
def claim_saved(request: SignedInRequest, pk: int) -> JsonResponse:
    """Answer like a saving: the first one leads here, so that sending it again finds the same draft."""
    claim = get_object_or_404(Claim.objects.owned_by(request.user), pk=pk)
    return saved(claim)


def conflict(claim: Claim) -> JsonResponse:
    """Answer that somebody, most likely the same student elsewhere, has changed the draft."""
    text = _("这份申报已在其他窗口修改，未自动保存。请点“保存”查看差异后再决定。")
    return JsonResponse({"message": text, "revision": claim.revision}, status=409)


def form_urls(claim: Claim) -> dict[str, str]:
    """Return the addresses that the page's script uses once the draft exists."""
    edit = reverse("credits:claim_edit", args=[claim.pk])
    return {
        "form": edit,
        "files": reverse("credits:evidence_add", args=[claim.pk]),
        "suggestion": f"{reverse('credits:suggestion')}?claim={claim.pk}",
        "library_search": f"{reverse('credits:library_search')}?claim={claim.pk}",
    }
