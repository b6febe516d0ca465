"""Publishes a draft with what hangs on a version above the scheme itself: the courses that it proposes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from conversion.services.courses import adopt_courses
from credits.services.drafts import publish_draft

if TYPE_CHECKING:
    from credits.models import SchemeDraft, SchemeVersion
    from credits.services.drafts import Publication
    from portal.models import Person


def publish_scheme(draft: SchemeDraft, actor: Person, plan: Publication, *, revision: int | None) -> SchemeVersion:
    """Make the draft a version and take in the courses that the office does not have yet; all of it or nothing.

    Raises as ``publish_draft``. Courses that exist stay as the office keeps them.
    """
    with transaction.atomic():
        version = publish_draft(draft, actor, plan, revision=revision)
        adopt_courses(version, actor)
    return version
