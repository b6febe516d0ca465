"""The way in and out, and the first page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, RedirectURLMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from portal.addresses import own_page
from portal.campus import sessions
from portal.demo_accounts import demo_accounts
from portal.forms import Worded
from portal.navigation import desk_for
from portal.requests import SignedInRequest

LOCAL_BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignInForm(Worded, AuthenticationForm):
    """Number and password, with messages that do not tell which of the two was wrong."""

    error_messages = {  # noqa: RUF012 - Django's own attribute, never changed
        "invalid_login": _("学号/工号或密码不正确。请检查后重试，注意区分大小写。"),
        "inactive": _("该账户已停用，请联系教务管理部门。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the field as people do."""
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("学号/工号")
        self.fields["username"].widget = forms.TextInput(
            attrs={"autocomplete": "username", "autofocus": True, "inputmode": "text", "maxlength": 32}
        )
        self.fields["password"].label = _("密码")


class OwnPages(RedirectURLMixin):
    """Lead to the asked page of this portal, and never anywhere else."""

    request: HttpRequest

    def get_redirect_url(self) -> str:  # type: ignore[override]  # the stubs describe another Django
        """Return the page that the form or the address asks for."""
        return own_page(self.request.POST.get("next", self.request.GET.get("next", "")))


class SignIn(OwnPages, LoginView):
    """Sign in: with the campus account where there is one, else and in emergencies with a local password.

    Whoever is signed in already goes to the first page.
    """

    template_name = "portal/signin.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the way to the campus, and the demo's accounts, one click each."""
        accounts = demo_accounts() if settings.DEMO else []
        facts = {"campus": bool(settings.CAS_SERVER_URL), "demo_accounts": accounts}
        return super().get_context_data(**facts, **kwargs)


class SignOut(OwnPages, LogoutView):
    """Sign out; a session that the campus opened leads on to the campus's sign-out."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """End the session and say where to go."""
        from_campus = sessions.is_from_campus(request.session)
        sessions.forget(request.session)
        response = super().post(request, *args, **kwargs)
        return redirect("campus_out") if from_campus else response


@require_POST
def signin_demo(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's accounts; outside the demo the address does not exist."""
    if not settings.DEMO:
        raise Http404
    shown = {account.number for account in demo_accounts()}
    person = get_object_or_404(get_user_model(), number=request.POST.get("number", ""), number__in=shown)
    login(request, person, backend=LOCAL_BACKEND)
    return redirect("home")


@require_safe
def favicon(_request: HttpRequest) -> HttpResponse:
    """Lead to the icon: what is no page (a picture or a PDF in its own window) cannot name it, browsers ask here."""
    return redirect(static("favicon.ico"))


@login_required
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """Lead to the desk of the person's role."""
    desk = desk_for(request.user.standing.roles)
    return redirect(desk) if desk else render(request, "portal/home.html")
