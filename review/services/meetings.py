"""What the committee's office does with a meeting: plan, change, agenda, open, attendance, close.

Everything that happens in one meeting happens under the lock of its row, so that a vote never arrives after its
decision and an item is decided once. Each verb leaves one event.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from credits.texts import worded
from portal.enums import NoticeKind, Role
from portal.language import kept_language
from portal.models import Notice
from portal.notices import notify_all
from portal.trail import record
from portal.workflow import NotAllowed
from review.committee.minutes import digest_of, minutes_of
from review.committee.queries import members_on, waiting_claims
from review.committee.rules import can_keep_meetings, can_prepare
from review.models import AgendaItem, Attendance, ItemOutcome, Meeting, MeetingState, Vote

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from credits.models import Claim, Round, Scheme
    from portal.models import Person
    from portal.verdict import Verdict

MOST_ITEMS = 500  # that one agenda holds: what a committee can decide in one session, and its minutes can print


class MeetingMoved(Exception):  # noqa: N818 - the sentence people read
    """The meeting or the item is no longer as the page showed it; the text says how it stands.

    ``claim`` is the item's, where it is the item that was decided.
    """

    def __init__(self, text: str, meeting: Meeting, claim: Claim | None = None) -> None:
        super().__init__(text)
        self.meeting = meeting
        self.claim = claim


@dataclass(frozen=True, slots=True)
class Plan:
    """What a meeting is called, when and where it is held, whom it calls and who chairs it."""

    title: str
    held_at: datetime.datetime
    place: str
    round: Round | None
    members: tuple[int, ...]
    chair: int


@contextmanager
def in_meeting(meeting: Meeting, *states: str, revision: int | None = None) -> Iterator[Meeting]:
    """Hold the meeting's row for a verb that needs it in one of the states; yields the row.

    Raises ``MeetingMoved`` when it stands elsewhere, or when ``revision`` is not the one that the person saw.
    """
    with transaction.atomic():
        row = Meeting.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=meeting.pk)
        if row.state not in states:
            raise MeetingMoved(_("会议已经是“%(state)s”状态。") % {"state": row.get_state_display()}, row)
        if revision is not None and row.revision != revision:
            raise MeetingMoved(_("您打开页面之后，会议安排已有变化。"), row)
        yield row


def plan_meeting(scheme: Scheme, actor: Person, plan: Plan) -> Meeting:
    """Call a meeting: its members are told. Raises ``NotAllowed``, then ``ValidationError`` by field."""
    allow(can_keep_meetings(actor, scheme))
    members = _check(scheme, plan)
    with transaction.atomic():
        meeting = Meeting(scheme=scheme, created_by=actor)
        _write(meeting, plan)
        _call(meeting, plan)
        _tell(meeting, members.values(), "meeting")
        note("create", meeting, actor, after=_facts(meeting))
    return meeting


def change_meeting(meeting: Meeting, actor: Person, plan: Plan, *, revision: int) -> Meeting:
    """Change a meeting that has not begun; who is newly called, and everybody when it moves, is told."""
    allow(can_keep_meetings(actor, meeting.scheme))
    members = _check(meeting.scheme, plan)
    with in_meeting(meeting, MeetingState.PLANNED, revision=revision) as row:
        before, called = _facts(row), set(row.attendances.values_list("person_id", flat=True))
        moved = (row.held_at, row.place) != (plan.held_at, plan.place.strip())
        _write(row, plan)
        _call(row, plan)
        told = [person for pk, person in members.items() if moved or pk not in called]
        _tell(row, told, "meeting_moved")
        note("change", row, actor, before=before, after=_facts(row))
    return row


def add_items(meeting: Meeting, actor: Person, claims: Sequence[Claim]) -> int:
    """Put claims at the end of the agenda in this order, all or none, and return how many.

    Raises ``ValidationError`` naming those that do not wait for the committee, or wait on another agenda.
    """
    allow(can_prepare(actor, meeting))
    with in_meeting(meeting, MeetingState.PLANNED, MeetingState.OPEN) as row:
        wanted = {claim.pk: claim for claim in claims}
        waiting = set(waiting_claims(row.scheme, but=row).filter(pk__in=wanted).values_list("pk", flat=True))
        if lost := [claim for pk, claim in wanted.items() if pk not in waiting]:
            raise ValidationError([_gone(claim) for claim in lost])
        last = row.items.order_by("-position").values_list("position", flat=True).first() or 0
        if not wanted or row.items.count() + len(wanted) > MOST_ITEMS:
            raise ValidationError(_("请选择申报；一次会议最多列入 %(most)s 项。") % {"most": MOST_ITEMS})
        items = [AgendaItem(meeting=row, claim_id=pk, position=last + n) for n, pk in enumerate(wanted, start=1)]
        try:
            with transaction.atomic():
                AgendaItem.objects.bulk_create(items)
        except IntegrityError:  # another meeting took one of them in this very moment
            raise ValidationError(_("其中有申报刚刚被列入另一场会议，请刷新后再选。")) from None
        note("add_items", row, actor, after={"claims": list(wanted)})
    return len(items)


def remove_item(item: AgendaItem, actor: Person) -> None:
    """Take an item on which nobody has voted off the agenda. Raises ``NotAllowed``, then ``MeetingMoved``."""
    allow(can_prepare(actor, item.meeting))
    with in_meeting(item.meeting, MeetingState.PLANNED, MeetingState.OPEN) as row:
        found = row.items.filter(pk=item.pk, outcome=ItemOutcome.PENDING, votes__isnull=True).first()
        if found is None:
            raise MeetingMoved(_("该议题已有表决或结果，不能移出议程。"), row)
        found.delete()
        note("remove_item", row, actor, before={"claim": item.claim_id, "position": item.position})


def order_items(meeting: Meeting, actor: Person, positions: Mapping[int, int]) -> None:
    """Put the agenda in order: items by the wanted position, the others where they are, numbered from one.

    Raises ``MeetingMoved`` naming what is not on this agenda, or no longer: then nothing was changed.
    """
    allow(can_prepare(actor, meeting))
    with in_meeting(meeting, MeetingState.PLANNED, MeetingState.OPEN) as row:
        items = list(row.items.order_by("position"))
        before = [item.pk for item in items]
        if gone := positions.keys() - set(before):
            names = "、".join(_("编号 %(pk)s") % {"pk": pk} for pk in sorted(gone))
            raise MeetingMoved(_("不在本次会议的议程上：%(names)s。") % {"names": names}, row)
        items.sort(key=lambda item: (positions.get(item.pk, item.position), item.position))
        for place, item in enumerate(items, start=1):
            item.position = place
        AgendaItem.objects.bulk_update(items, ["position"])
        note("order_items", row, actor, before={"items": before}, after={"items": [item.pk for item in items]})


def note_presence(meeting: Meeting, actor: Person, *, present: Collection[int], chair: int, revision: int) -> Meeting:
    """Open the meeting with those present, or say who is there now; the chair is one of them.

    What somebody who has left voted on open items no longer counts. Raises ``ValidationError`` by field.
    """
    allow(can_keep_meetings(actor, meeting.scheme))
    with in_meeting(meeting, MeetingState.PLANNED, MeetingState.OPEN, revision=revision) as row:
        opens, before = row.state == MeetingState.PLANNED, _presence(row)
        called = {seat.person_id for seat in row.attendances.all()}
        if not present or not called.issuperset(present):
            raise ValidationError({"present": _("请勾选出席的委员。")})
        if chair not in present:
            raise ValidationError({"chair": _("主持人须出席会议。")})
        row.attendances.update(present=False, chairs=False)
        row.attendances.filter(person_id__in=present).update(present=True)
        row.attendances.filter(person_id=chair).update(chairs=True)
        pending = Vote.objects.filter(item__meeting=row, item__outcome=ItemOutcome.PENDING, recused=False)
        pending.exclude(person_id__in=present).delete()
        row.state, row.revision = MeetingState.OPEN, row.revision + 1
        row.save(update_fields=["state", "revision"])
        note("open" if opens else "attend", row, actor, before=before, after=_presence(row))
    return row


def close_meeting(meeting: Meeting, actor: Person, *, words: str, revision: int) -> Meeting:
    """End the meeting for good: open items are deferred, and the minutes frozen with their digest."""
    allow(can_keep_meetings(actor, meeting.scheme))
    with in_meeting(meeting, MeetingState.OPEN, revision=revision) as row:
        pending = row.items.filter(outcome=ItemOutcome.PENDING)
        with kept_language():
            reason = _("会议结束时未审议。")
        deferred = pending.update(outcome=ItemOutcome.DEFERRED, reason=reason)
        row.state, row.closed_at, row.note = MeetingState.CLOSED, timezone.now(), words.strip()
        row.revision += 1
        row.minutes = minutes_of(row)
        row.sha256 = digest_of(row.minutes)
        row.save()
        note("close", row, actor, after={"deferred": deferred, "sha256": row.sha256})
    return row


def allow(verdict: Verdict) -> None:
    """Raise ``NotAllowed`` when the verdict is no."""
    if not verdict:
        raise NotAllowed(verdict)


def note(verb: str, meeting: Meeting, actor: Person, *, before: Any = None, after: Any = None, role: str = "") -> None:
    """Leave the verb's one event on the meeting."""
    changes = (before or {}, after or {})
    facts: Any = {"key": meeting.pk, "label": meeting.title, "scheme": meeting.scheme.code}
    record(verb, actor, kind="meeting", **facts, role=role or Role.OFFICE, changes=changes)


def _check(scheme: Scheme, plan: Plan) -> dict[int, Person]:
    """Return the called members, or raise ``ValidationError`` beside the field that is wrong."""
    if not plan.title.strip():
        raise ValidationError({"title": _("请填写会议名称。")})
    if plan.round is not None and plan.round.scheme_id != scheme.pk:
        raise ValidationError({"round": _("请从列表中选择。")})
    members = members_on(scheme, localtime(plan.held_at).date())
    if not plan.members or not members.keys() >= set(plan.members):
        raise ValidationError({"members": _("请选择会议当日在任的委员。")})
    if plan.chair not in plan.members:
        raise ValidationError({"chair": _("主持人须是应到委员。")})
    return {pk: members[pk] for pk in plan.members}


def _write(meeting: Meeting, plan: Plan) -> None:
    meeting.title, meeting.place = plan.title.strip(), plan.place.strip()
    meeting.held_at, meeting.round = plan.held_at, plan.round
    meeting.revision += 1
    meeting.save()


def _call(meeting: Meeting, plan: Plan) -> None:
    """Call these members and no others; one of them chairs."""
    meeting.attendances.exclude(person_id__in=plan.members).delete()
    meeting.attendances.update(chairs=False)
    known = set(meeting.attendances.values_list("person_id", flat=True))
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, person_id=pk) for pk in dict.fromkeys(plan.members) if pk not in known
    )
    meeting.attendances.filter(person_id=plan.chair).update(chairs=True)


def _tell(meeting: Meeting, people: Collection[Person], code: str) -> None:
    with kept_language():
        words = {
            "title": meeting.title,
            "at": f"{localtime(meeting.held_at):%Y-%m-%d %H:%M}",
            "place": meeting.place or _("待定"),
        }
        title, text = worded(meeting.scheme_id, code, words)
    path = reverse("review:meeting", args=[meeting.pk])
    notify_all(
        [Notice(person=person, kind=NoticeKind.ACTION, title=title[:120], text=text, path=path) for person in people]
    )


def _facts(meeting: Meeting) -> dict[str, Any]:
    """Freeze the plan for its events."""
    called = meeting.attendances.select_related("person")
    return {
        "title": meeting.title,
        "held_at": localtime(meeting.held_at).isoformat(timespec="minutes"),
        "place": meeting.place,
        "round": meeting.round_id,
        "members": [row.person.number for row in called],
        "chair": next((row.person.number for row in called if row.chairs), ""),
    }


def _presence(meeting: Meeting) -> dict[str, Any]:
    called = meeting.attendances.select_related("person")
    return {
        "state": meeting.state,
        "present": [row.person.number for row in called if row.present],
        "chair": next((row.person.number for row in called if row.chairs), ""),
    }


def _gone(claim: Claim) -> str:
    words = {"name": claim.student.person.name, "content": claim.content}
    return _("%(name)s · %(content)s：不在待审定的申报中，或已列入其他会议。") % words
