"""What makes two claims the same project: names of it in one writing, whatever people typed.

Pure but for ``adopt_project``: a DOI in other letter case, with or without its resolver, is the same DOI.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from credits.models import Project, ProjectKey

if TYPE_CHECKING:
    from credits.models import Claim

# Names of one certificate or publication. A library entry and its year, or a title, may stand for several awards.
EXACT = frozenset({"doi", "patent", "certificate"})
LONGEST = 300
_RESOLVER = re.compile(r"^(https?://(dx\.)?doi\.org/|doi[:：]?)\s*")
_JUNK = re.compile(r"[\s\-_.·,，、。《》“”\"'()（）\[\]【】:：]+")


@dataclass(frozen=True, slots=True)
class Key:
    """One name of a project in its one writing."""

    kind: str
    value: str


def keys_of(claim: Claim) -> list[Key]:
    """Return the names that the claim's facts give its project, by the category's rules; missing facts give none."""
    rules = claim.scheme_version.data.category(claim.category.code)
    found = []
    for identity in rules.identity:
        parts = [str(claim.facts.get(name, "") or "") for name in identity.facts]
        if identity.kind == "library":
            parts.insert(0, str(claim.library_entry_id or ""))
        if all(part.strip() for part in parts):
            value = "|".join(normalised(identity.kind, part) for part in parts)
            found.append(Key(identity.kind, value[:LONGEST]))
    return list(dict.fromkeys(found))


def normalised(kind: str, text: str) -> str:
    """Return one writing of a name: width, case and punctuation do not tell two names apart."""
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    if kind == "doi":  # its own punctuation is part of it
        return re.sub(r"\s+", "", _RESOLVER.sub("", plain))
    return _JUNK.sub("", plain)


def known_project(claim: Claim) -> Project | None:
    """Return the project that one of the claim's names stands for already, or None."""
    for key in keys_of(claim):
        found = ProjectKey.objects.filter(scheme_id=claim.scheme_id, kind=key.kind, value=key.value)
        row = found.select_related("project__joined_into").first()
        if row is not None:
            return root_of(row.project)
    return None


def root_of(project: Project) -> Project:
    """Return what a project was joined into, or itself."""
    while project.joined_into is not None:
        project = project.joined_into
    return project


def adopt_project(claim: Claim) -> Project | None:
    """Return the claim's project in the caller's transaction, made with its names when nobody knows them yet.

    Names are unique in the database: of two claims at once, the second finds what the first made.
    """
    keys = keys_of(claim)
    if not keys:
        return None
    project = known_project(claim)
    for key in keys:
        if project is None:
            project = _made(claim, key)
        elif not ProjectKey.objects.filter(scheme_id=claim.scheme_id, kind=key.kind, value=key.value).exists():
            _name(project, key)
    return project


def _made(claim: Claim, key: Key) -> Project:
    try:
        with transaction.atomic():
            project = Project.objects.create(scheme_id=claim.scheme_id, label=claim.content[:LONGEST] or key.value)
            ProjectKey.objects.create(scheme_id=claim.scheme_id, project=project, kind=key.kind, value=key.value)
    except IntegrityError:  # somebody else was faster with the same name
        found = ProjectKey.objects.select_related("project__joined_into")
        return root_of(found.get(scheme_id=claim.scheme_id, kind=key.kind, value=key.value).project)
    return project


def _name(project: Project, key: Key) -> None:
    try:
        with transaction.atomic():
            ProjectKey.objects.create(scheme_id=project.scheme_id, project=project, kind=key.kind, value=key.value)
    except IntegrityError:  # the name went to another project meanwhile; a reviewer may join the two
        return
