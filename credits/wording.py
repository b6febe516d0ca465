"""Gives the shell the words of the scheme that covers a person; warm, it costs no query."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from credits.models import Scheme, SchemeVersion
from portal.models import Student
from portal.wording import DEFAULT, Wording

if TYPE_CHECKING:
    from credits.evaluation import SchemeData
    from portal.models import Person

CACHE_SECONDS = 300
# What the pages of a scheme that offsets courses are called, where no regulation has a word of its own for them.
OFFSET_WORDS: dict[str, str | Promise] = {
    "offsets": _("冲抵"),
    "applications_page": _("冲抵审核"),
    "register_page": _("冲抵登记"),
    "summary_page": _("学生学分汇总"),
    "application": _("冲抵申请"),
    "application_total": _("冲抵合计"),
    "used": _("已冲抵"),
}
NONE = (0, "")


def scheme_wording(person: Person | None) -> Wording:
    """Return the words of the scheme that covers a student, that staff are appointed for, or that is the only one."""
    key = f"wording-{person.pk if person else 0}"
    found = cache.get(key)
    if found is None:
        version = version_of(person)
        found = (version.pk, version.sha256) if version else NONE
        cache.set(key, found, CACHE_SECONDS)
    return words(*found)


def version_of(person: Person | None) -> SchemeVersion | None:
    """Return the version in force whose words a person reads, or None while no scheme speaks to them."""
    student = Student.objects.filter(person=person).first() if person else None
    schemes = Scheme.objects.all()
    if student is not None:
        schemes = schemes.covering(student)
    elif person is not None:
        codes = {power.scheme_code for power in person.standing.powers if power.scheme_code}
        schemes = schemes.filter(code__in=codes) if codes else schemes
    cohort = student.cohort if student else None
    versions = SchemeVersion.objects.in_force(timezone.localdate(), cohort).filter(scheme__in=schemes)
    found = list(versions[:50])
    return found[0] if len({row.scheme_id for row in found}) == 1 or (found and student) else None


def parts_of(data: SchemeData) -> list[str]:
    """Name what a scheme has that others lack: the menu leaves the pages about the rest out."""
    acts = {stage.acts for stage in data.stages.claims}
    parts = {
        "part_opinions": "opinion" in acts,
        "part_experts": "score" in acts,
        "part_committee": "confirm" in acts,
        "part_publicity": data.publicity is not None or data.conversion.publicity is not None,
        "part_sanctions": data.sanction is not None,
        "part_minima": bool(data.minima),
        "part_recorded": any(not category.claimable for category in data.categories),
        "part_courses": bool(data.conversion.courses),
        "part_results": data.conversion.display_list,
        "part_off_table": any(category.off_table for category in data.categories),
    }
    return [name for name, has in parts.items() if has]


@lru_cache(maxsize=64)
def words(version_id: int, sha256: str) -> Wording:
    """Return one version's words; a version never changes, so they are read once per process."""
    version = SchemeVersion.objects.select_related("scheme").filter(pk=version_id, sha256=sha256).first()
    if version is None:
        return DEFAULT
    texts = version.data.wording
    own: dict[str, str | Promise] = {
        "product": texts["points"],
        "institution": version.scheme.institution,
        "scheme": version.scheme.code,
    }
    if bound := [category.name for category in version.data.categories if category.library]:
        own["library"] = bound[0]
    if version.data.conversion.offsets:
        own |= OFFSET_WORDS
    own |= dict.fromkeys(parts_of(version.data), "yes")
    return Wording(key=f"{version_id}-{sha256}", texts=MappingProxyType({**texts, **own}))
