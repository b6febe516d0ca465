"""A person's own account: the password."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from portal.campus import sessions
from portal.forms import Worded
from portal.trail import record


class OwnPasswordForm(Worded, PasswordChangeForm):
    """The old password and twice the new one."""

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """Write the password and nothing else of the person."""
        self.user.set_password(self.cleaned_data["new_password1"])
        if commit:
            self.user.save(update_fields=["password", "must_change_password"])
        return self.user


class OwnPassword(PasswordChangeView):
    """Change the own password; one that was given by somebody else has to be."""

    template_name = "portal/password.html"
    form_class = OwnPasswordForm
    success_url = reverse_lazy("home")

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the new password, with an event that holds none of it."""
        person = form.user
        with transaction.atomic():
            person.must_change_password = False
            response = super().form_valid(form)
            sessions.follow(self.request.session)
            record("change_password", person, kind="person", key=person.pk, label=str(person))
        messages.success(self.request, _("密码已更改。"))
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show what is wrong beside its field."""
        response = super().form_invalid(form)
        response.status_code = 422
        return response
