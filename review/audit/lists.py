"""The audit lists as their addresses describe them: rows, filter and export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from conversion.moves import APPLICATION_MOVES
from credits.models import SchemeVersion
from credits.moves import CLAIM_MOVES
from credits.stages import stages
from portal.enums import Role
from portal.listing import Listing, Sorts
from portal.spreadsheets import ExportColumn
from review.audit.filters import AuditFilter
from review.audit.sight import Trail, events_for, trails_of
from review.audit.words import VERBS, changes_of, kind_of, state_in_words, verb_of
from review.exports import CHUNK, Export

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from portal.models import EventBase

SORTS = Sorts({"newest": ("-at", "-pk")}, default="newest")
PAGE = 50
RELATED = {
    Trail.CLAIMS: ("subject__student__person", "subject__category"),
    Trail.APPLICATIONS: ("subject__student__person", "subject__course"),
    Trail.OFFICE: (),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One event as a line of the list and as its own page."""

    event: Any
    trail: str
    stages: Mapping[str, str]

    @property
    def verb(self) -> str:
        """What was done."""
        return verb_of(self.event)

    @property
    def role(self) -> str:
        """As what it was done."""
        return str(dict(Role.choices).get(self.event.actor_role, ""))

    @property
    def subject(self) -> str:
        """Whom or what it was done to."""
        if self.trail == Trail.OFFICE:
            return f"{kind_of(self.event)} {self.event.subject_label or self.event.subject_key}".strip()
        subject = self.event.subject
        what = subject.category.name if self.trail == Trail.CLAIMS else subject.course.name
        return f"{subject.student.person.name} {subject.student.person.number} · {what}"

    @property
    def href(self) -> str:
        """The subject's own page; empty for what has none that every reader of the trail may open."""
        if self.trail == Trail.OFFICE:
            return ""
        return reverse(
            f"review:{'claim' if self.trail == Trail.CLAIMS else 'application'}", args=[self.event.subject_id]
        )

    @property
    def states(self) -> str:
        """From which state to which."""
        before, after = (state_in_words(state, self.stages) for state in (self.event.from_state, self.event.to_state))
        return f"{before} → {after}" if before and before != after else after

    @property
    def changes(self) -> list[dict[str, str]]:
        """The facts before and after."""
        return changes_of(self.event)


class Stages:
    """What the stages of a list's subjects are called; each version is read once (one query)."""

    def __init__(self, trail: str) -> None:
        """Know nothing yet."""
        self.trail = trail
        self.known: dict[int, dict[str, str]] = {}

    def of(self, event: Any) -> dict[str, str]:
        """Return stage → name for the event's subject."""
        if self.trail == Trail.OFFICE:
            return {}
        pk: int = event.subject.scheme_version_id
        if pk not in self.known:
            version, is_claim = SchemeVersion.objects.get(pk=pk), self.trail == Trail.CLAIMS
            chain = stages(version, "claims" if is_claim else "conversions")
            self.known[pk] = {stage.code: stage.name for stage in chain}
        return self.known[pk]


class AuditList:
    """One list for one person; raises ``Http404`` for whoever may read none of the trail."""

    def __init__(self, request: Any) -> None:
        """Choose the list that the address names, the first that the person may read when it names none of them."""
        self.trails = trails_of(request.user)
        if not self.trails:
            raise Http404
        wanted = request.GET.get("of", "")
        self.trail = next((trail for trail in self.trails if trail == wanted), self.trails[0])
        self.form = AuditFilter(request.GET, trail=self.trail, verbs=verbs_of(self.trail))
        # Nothing lies in the future: said so, the first page enters the index by time as the others do at theirs.
        found = events_for(request.user, self.trail).filter(at__lte=timezone.now())
        found = found.select_related(*RELATED[self.trail])
        self.listing = Listing(request, found, sorts=SORTS, form=self.form, per_page=PAGE, counted=False)

    @property
    def rows(self) -> list[Row]:
        """The events of this page."""
        named = Stages(self.trail)
        return [Row(event, self.trail, named.of(event)) for event in self.listing.rows]

    def export(self, query: str) -> Export:
        """Return the same events, all pages, as a workbook."""
        title = _("审计记录") + f"-{self.trail.label}"
        return AuditExport(f"audit_{self.trail.value}", title, columns(), self.listing.queryset, query)


class AuditExport(Export):
    """Writes events with their words, not their codes."""

    def rows(self) -> Iterator[dict[str, Any]]:
        """Return the rows, all pages, read in pieces."""
        trail = self.kind.removeprefix("audit_")
        named = Stages(trail)
        for event in self.queryset.iterator(chunk_size=CHUNK):
            row = Row(event, trail, named.of(event))
            yield {**_facts(event), "verb": row.verb, "role": row.role, "subject": row.subject, "states": row.states}


def columns() -> tuple[ExportColumn, ...]:
    """Return the columns of an export."""
    return (
        ExportColumn(_("时间"), "at", "datetime", 18),
        ExportColumn(_("操作人"), "actor_name", "text", 12),
        ExportColumn(_("代"), "acted_for", "text", 12),
        ExportColumn(_("身份"), "role", "text", 14),
        ExportColumn(_("任职编号"), "appointment_id", "number", 10),
        ExportColumn(_("动作"), "verb", "text", 14),
        ExportColumn(_("对象"), "subject", "text", 40),
        ExportColumn(_("状态变化"), "states", "text", 28),
        ExportColumn(_("意见"), "reason", "text", 40),
        ExportColumn(_("变更"), "changes", "text", 60),
        ExportColumn(_("请求编号"), "request_id", "text", 38),
    )


def verbs_of(trail: str) -> list[tuple[str, str]]:
    """Return the actions that a list may hold, for its filter."""
    if trail == Trail.OFFICE:
        return [(verb, str(label)) for verb, label in VERBS.items()]
    moves = CLAIM_MOVES if trail == Trail.CLAIMS else APPLICATION_MOVES
    start = [("start", str(VERBS["start"])), ("record", str(VERBS["record"]))]
    return start + [(move.verb, str(move.label)) for move in moves]


def _facts(event: EventBase) -> dict[str, Any]:
    names = ("at", "actor_name", "acted_for", "appointment_id", "reason", "request_id")
    told = [f"{row['label']}：{row['before']} → {row['after']}" for row in changes_of(event)]
    return {name: getattr(event, name) for name in names} | {"changes": "\n".join(told)}
