"""A form sent fifty times acts once.

Every mutating form carries ``form_key`` (``{% form_key %}``). The middleware runs such a POST inside one transaction
together with the row that remembers the key; a replay finds the row and is sent where the first one was sent. Two
replays at the same moment meet on the unique constraint: the second waits for the first one's transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from portal.middleware import answer
from portal.models import FormReceipt
from portal.workflow import WorkflowError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

FIELD = "form_key"


def carry_out_once(request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
    """Run the view for a form key that is new, else answer like the first time."""
    key = request.POST.get(FIELD, "")[:36]
    if not key:
        return view()
    with transaction.atomic():
        receipt, is_new = FormReceipt.objects.get_or_create(
            person_id=int(request.user.pk or 0), key=key, defaults={"path": request.path[:200]}
        )
        if not is_new:
            messages.info(request, _("这份表单已经处理过，没有重复执行。"))
            return HttpResponseRedirect(receipt.location or request.path)
        response = view()
        if 300 <= response.status_code < 400:  # noqa: PLR2004 - the class of redirects
            receipt.location = response["Location"][:400]
            receipt.save(update_fields=["location"])
        else:
            receipt.delete()  # the form was shown again with its errors: the same key may act later
    return response


class ReplayMiddleware:
    """Gives every POST of a signed-in person the guard above."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        """Take over forms that carry a key; everything else goes on unchanged."""
        if request.method != "POST" or not request.user.is_authenticated or not request.POST.get(FIELD):
            return None
        try:
            return carry_out_once(request, lambda: view(request, *args, **kwargs))
        except WorkflowError as error:  # Django shows errors of process_view to no process_exception
            return answer(request, error)
