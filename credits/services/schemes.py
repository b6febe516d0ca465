"""Loads a pack as an immutable version of a scheme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from credits.evaluation import run_examples
from credits.models import Category, Coverage, Scheme, SchemeVersion
from credits.schemes.cache import digest_of, scheme_data
from credits.stages import forget_stages
from portal.trail import record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from credits.evaluation import ExampleResult, SchemeData
    from portal.models import College, Person


_proved: set[str] = set()


class ExamplesFail(Exception):  # noqa: N818 - the sentence people read
    """A pack whose worked examples do not come out; nothing was stored."""

    def __init__(self, failed: list[ExampleResult]) -> None:
        super().__init__("\n".join(f"{row.name}: {row.difference}" for row in failed))
        self.failed = failed


class LabelTaken(Exception):  # noqa: N818 - the sentence people read
    """A version with this label exists with another text: a version never changes, a new text needs a new label."""


def load_version(source: str, filename: str, actor: Person | None = None) -> tuple[SchemeVersion, bool]:
    """Store a pack as a version and return it, with whether it is new.

    Raises ``PackError`` (file, line, key) for a pack that cannot be read, then ``ExamplesFail``, then ``LabelTaken``.
    The same text loaded twice is one version and one event.
    """
    digest = digest_of(source)
    data = scheme_data(digest, source, filename)
    _prove(digest, data)
    with transaction.atomic():
        scheme = _keep_scheme(data)
        known = scheme.versions.filter(label=data.label).first()
        if known is not None:
            if known.sha256 != digest:
                raise LabelTaken(data.label)
            return known, False
        version = SchemeVersion.objects.create(
            scheme=scheme,
            label=data.label,
            effective_from=data.effective_from or timezone.localdate(),
            cohort_from=data.cohort_from,
            cohort_to=data.cohort_to,
            source=source,
            sha256=digest,
            loaded_by=actor,
        )
        record(
            "load",
            actor,
            kind="scheme",
            key=scheme.code,
            label=str(version),
            scheme=scheme.code,
            changes=({}, {"sha256": digest}),
        )
    forget_stages()
    return version, True


def _prove(digest: str, data: SchemeData) -> None:
    """Raise ``ExamplesFail`` unless all worked examples come out; the rules are pure: once in a process is enough."""
    if digest in _proved:
        return
    failed = [row for row in run_examples(data) if not row.ok]
    if failed:
        raise ExamplesFail(failed)
    _proved.add(digest)


def _keep_scheme(data: SchemeData) -> Scheme:
    """Create or rename the scheme and its categories; categories that a newer text drops stay, claims point at them."""
    scheme, _new = Scheme.objects.update_or_create(
        code=data.code, defaults={"name": data.name, "institution": data.institution}
    )
    for position, category in enumerate(data.categories, start=1):
        Category.objects.update_or_create(
            scheme=scheme,
            code=category.code,
            defaults={
                "name": category.name,
                "channel": category.channel,
                "recorder": category.unit,
                "position": position,
            },
        )
    return scheme


def cover(scheme: Scheme, colleges: Iterable[College]) -> None:
    """Let the scheme cover these colleges, all cohorts; what is already covered stays as it is."""
    for college in colleges:
        Coverage.objects.get_or_create(scheme=scheme, college=college)
