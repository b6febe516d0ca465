"""The page on which a draft becomes a version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from credits.evaluation import PackError
from credits.services.schemes import ExamplesFail, LabelTaken
from review.office.draft_forms import PublishForm, publish_initial
from review.office.drafts import OK, REFUSED, draft_context, draft_or_404
from review.services.publishing import publish_scheme

if TYPE_CHECKING:
    from django.http import HttpResponse

    from credits.models import SchemeDraft
    from portal.requests import SignedInRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def draft_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what stands in the way of publishing, from when and for whom it would hold, and publish."""
    row = draft_or_404(request, pk, to_change=True)
    form = PublishForm(request.POST if request.method == "POST" else None, initial=publish_initial(row))
    if request.method == "POST" and form.is_valid() and _publish(request, row, form):
        return redirect("credits:scheme_version", code=row.scheme.code, label=form.cleaned_data["label"])
    newest = row.scheme.versions.defer("source").order_by("-effective_from", "-pk").first()
    context = {**draft_context(request, row, "publish"), "form": form, "newest": newest}
    return render(request, "review/office/draft_publish.html", context, status=REFUSED if form.is_bound else OK)


def _publish(request: SignedInRequest, row: SchemeDraft, form: PublishForm) -> bool:
    """Publish, or put what the service found beside its field; whether it was published."""
    try:
        version = publish_scheme(row, request.user, form.plan(), revision=form.cleaned_data["revision"])
    except ValidationError as error:
        form.add_error(None, error)
    except PackError as error:
        form.add_error(None, [str(problem) for problem in error.problems])
    except ExamplesFail as error:
        form.add_error(None, [failed.difference for failed in error.failed])
    except LabelTaken:
        form.add_error("label", _("刚刚有人发布了同名的版本，请换一个名称。"))
    else:
        messages.success(request, _("“%(label)s”版已发布。") % {"label": version.label})
        return True
    return False
