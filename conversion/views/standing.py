"""Who is asking: the student behind a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from portal.models import Student

if TYPE_CHECKING:
    from portal.requests import SignedInRequest


def own_student(request: SignedInRequest) -> Student:
    """Return the roll entry of the person signed in, with all it points at; 404 for everybody else."""
    rows = Student.objects.select_related("person", "college", "major", "class_group")
    return get_object_or_404(rows, person=request.user)
