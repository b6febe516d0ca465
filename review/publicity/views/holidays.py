"""The page of the holiday table: one year at a time, as text that is pasted or corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.holiday_text import write_days
from portal.holidays import can_keep_holidays, days_of, known_years, save_year
from review.publicity.forms import HolidayForm, YearForm

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest

OK, REFUSED = 200, 422


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def holidays(request: SignedInRequest) -> HttpResponse:
    """Show the days of a year that differ from their weekday, and put what was pasted in their place."""
    if not can_keep_holidays(request.user):
        raise Http404
    chosen = YearForm(request.GET)
    year = chosen.cleaned_data["year"] if chosen.is_valid() else timezone.localdate().year
    days = days_of(year)
    form = HolidayForm(request.POST or None, initial={"text": write_days(days.items())})
    if request.method == "POST" and form.is_valid():
        try:
            save_year(request.user, year, form.cleaned_data["text"])
        except ValidationError as error:
            form.reject(error)
        else:
            messages.success(request, _("%(year)s 年的节假日已保存。") % {"year": year})
            return redirect(f"{reverse('review:holidays')}?year={year}")
    this_year = timezone.localdate().year
    context = {
        "form": form,
        "year": year,
        "days": days,
        "years": sorted({*known_years(), this_year, this_year + 1, year}, reverse=True),
    }
    return render(request, "review/publicity/holidays.html", context, status=REFUSED if form.is_bound else OK)
