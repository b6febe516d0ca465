"""The library entry that the address of a claim form names: shown, and stored only when the student saves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from credits.amending import opened_of
from credits.forms.library import sent_entry
from credits.library import entry_names
from credits.places import FACT
from credits.services.library import take_entry

if TYPE_CHECKING:
    from credits.models import Claim
    from portal.requests import SignedInRequest


def preset(request: SignedInRequest, claim: Claim) -> None:
    """Bind the claim that a form is about to show to the entry that its address names; nothing is stored."""
    rules = claim.scheme_version.data.category(claim.category.code)
    if (
        not rules.library
        or not opened_of(claim).has(FACT + entry_names(rules)[0])
        or (entry := sent_entry(claim, request.GET.get("entry"))) is None
    ):
        return
    try:
        take_entry(claim, entry)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.info(request, _("已选用“%(name)s”，保存后生效。") % {"name": entry})
