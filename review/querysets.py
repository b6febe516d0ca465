"""Named questions about import batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from credits.querysets import EVERYTHING, NOBODY
from portal.enums import Role

if TYPE_CHECKING:
    from portal.models import Person
    from review.models import ImportBatch  # noqa: F401 - named in the generic type


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    """Named questions about import batches."""

    def visible_to(self, person: Person) -> ImportBatchQuerySet:
        """Return the batches of the schemes and categories for which the person records, or audits."""
        reach = NOBODY
        for power in person.standing.powers_as([Role.OFFICE, Role.OWNER_UNIT, Role.AUDITOR]):
            one = Q()
            if power.scheme_code:
                one &= Q(scheme__code=power.scheme_code)
            if power.category_code:
                one &= Q(category__code=power.category_code)
            reach |= one or EVERYTHING
        return self.filter(reach)
