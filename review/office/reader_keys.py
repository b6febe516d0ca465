"""The office's page of reader keys: which programs read the records, a new key, the end of one.

A new key's secret is shown once. It travels to the next page in a signed cookie that only that page gets and deletes,
so that the portal itself never keeps it.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from credits.querysets import schemes_of
from credits.services.reader_keys import LONGEST_NAME, issue_key, revoke_key
from portal.enums import Role
from portal.forms import Worded
from portal.listing import Listing, Sorts
from portal.models import ReaderKey
from review.office.access import kept_schemes
from review.publicity.forms import Refusable

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from credits.models import Scheme
    from portal.models import Person
    from portal.requests import SignedInRequest

COOKIE, SALT, SECONDS = "reader_key", "reader-key", 120
SORTS = Sorts({"newest": ("pk",)}, default="-newest")
YEAR = datetime.timedelta(days=365)
OK, REFUSED = 200, 422


class KeyForm(Worded, Refusable, forms.Form):
    """For which program, for which scheme, until when."""

    name = forms.CharField(label=_("用途"), max_length=LONGEST_NAME, help_text=_("哪个系统使用，例如 奖学金评定系统。"))
    scheme = forms.ChoiceField(label=_("认定办法"))
    expires_on = forms.DateField(
        label=_("有效期至"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("当天仍有效，最长两年。"),
    )

    def __init__(self, *args: Any, schemes: list[Scheme], **kwargs: Any) -> None:
        """Offer the office's schemes; one need not be chosen."""
        kwargs.setdefault("initial", {"expires_on": timezone.localdate() + YEAR, "scheme": schemes[0].code})
        super().__init__(*args, **kwargs)
        field: Any = self.fields["scheme"]
        field.choices = [(scheme.code, scheme.name) for scheme in schemes]
        if len(schemes) == 1:
            field.widget = field.hidden_widget()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reader_keys(request: SignedInRequest) -> HttpResponse:
    """List the keys with their last use, and make a new one."""
    schemes = kept_schemes(request.user)
    form = KeyForm(request.POST or None, schemes=schemes)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        scheme = next(row for row in schemes if row.code == facts["scheme"])
        try:
            row, secret = issue_key(request.user, scheme, name=facts["name"], expires_on=facts["expires_on"])
        except ValidationError as error:
            form.reject(error)
        else:
            return _hand_over(request, row, secret)
    context = {
        "form": form,
        "schemes": schemes,
        "listing": Listing(request, kept_keys(request.user), sorts=SORTS, keyset=False),
        "today": timezone.localdate(),
        "issued": _issued(request),
        "address": f"{settings.SITE_URL}{reverse('api:records')}",
    }
    response = render(request, "review/office/reader_keys.html", context, status=REFUSED if form.is_bound else OK)
    response["Cache-Control"] = "private, no-store"
    if COOKIE in request.COOKIES:
        response.delete_cookie(COOKIE, path=reverse("review:reader_keys"), samesite="Strict")
    return response


@login_required
@require_POST
def reader_key_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a key at once."""
    kept_schemes(request.user)
    row = get_object_or_404(kept_keys(request.user), pk=pk)
    revoke_key(row, request.user)
    messages.success(request, _t("“%(name)s”的密钥已停用。") % {"name": row.name})
    return redirect("review:reader_keys")


def kept_keys(person: Person) -> QuerySet[ReaderKey]:
    """Return the keys to the schemes for which the person is the office."""
    return ReaderKey.objects.filter(schemes_of(person, [Role.OFFICE], path="scheme_")).select_related("created_by")


def _hand_over(request: SignedInRequest, row: ReaderKey, secret: str) -> HttpResponse:
    """Lead to the page that shows the secret once."""
    address = reverse("review:reader_keys")
    response = redirect(address)
    response.set_cookie(
        COOKIE,
        signing.dumps({"key": row.pk, "secret": secret}, salt=SALT),
        max_age=SECONDS,
        path=address,
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )
    return response


def _issued(request: SignedInRequest) -> dict[str, Any] | None:
    """Return the key that was just made with its secret, None on every later visit."""
    try:
        found: dict[str, Any] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    row = kept_keys(request.user).filter(pk=found["key"]).first()
    return {"row": row, "secret": found["secret"]} if row is not None else None
