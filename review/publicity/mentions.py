"""What other pages say about publicity: a claim's or an offset's own page, and the time line of a round.

Asked only where a scheme has publicity, so that other schemes' pages cost nothing.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from conversion.models import Application
from credits.models import Claim
from credits.timeline import Milestone
from portal.enums import Status
from portal.remarks import Remark
from review.models import EntryState, ListKind, ListState, PublicityEntry, PublicityList
from review.publicity.rules import moment
from review.publicity.subjects import subjects_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from credits.models import Round
    from portal.models import Person

KINDS = {Claim: ListKind.CLAIMS, Application: ListKind.OFFSETS}
SPOKEN_OF = {Status.PUBLICITY, Status.RECOGNISED, Status.REFUSED, Status.REVOKED}


def remarks(subject: Any, _reader: Person) -> Iterator[Remark]:
    """Say where a result stands in its publicity: waiting, shown until, objected to, or by which notice effective."""
    kind = KINDS.get(type(subject))
    if kind is None or subject.status not in SPOKEN_OF:
        return
    subjects = subjects_of(kind)
    if subjects.publicity(subject.scheme_version.data) is None:
        return
    found = PublicityEntry.objects.filter(**{subjects.field: subject.pk}).select_related("list__notice")
    entry = found.defer("list__snapshot", "list__notice__snapshot").order_by("-pk").first()
    if entry is None:
        if subject.status == Status.PUBLICITY:
            yield Remark("info", _("评审已结束，等待公示。公示无异议并正式发文后生效。"))
        return
    yield from _of_entry(entry, subject.status)


def _of_entry(entry: PublicityEntry, status: str) -> Iterator[Remark]:
    if entry.state == EntryState.EFFECTIVE:
        notice = entry.list.notice
        words = {"number": notice.number, "day": notice.issued_on}
        tone = "success" if status == Status.RECOGNISED else "info"  # it was, though it holds no more
        yield Remark(tone, _("已由 %(number)s（%(day)s）正式公布。") % words)
    elif status != Status.PUBLICITY:
        return
    elif entry.state == EntryState.HELD:
        yield Remark("warning", _("公示中收到异议，正在处理；办结前暂不生效。"))
    elif entry.state in {EntryState.CORRECTED, EntryState.CARRIED}:
        yield Remark("info", _("将在下一次公示中重新公示。"))
    else:
        yield _shown(entry.list)


def _shown(row: PublicityList) -> Remark:
    now = timezone.now()
    if row.opens_at and now < row.opens_at:
        return Remark("info", _("将于 %(opens)s 开始公示。") % {"opens": moment(row.opens_at)})
    if row.closes_at and now < row.closes_at:
        words = {"opens": moment(row.opens_at), "closes": moment(row.closes_at)}
        text = _("正在公示：%(opens)s 至 %(closes)s。") % words
        return Remark("info", text, reverse("review:public_list", args=[row.code]), _("查看公示"))
    return Remark("info", _("公示已于 %(closes)s 结束，等待正式发文后生效。") % {"closes": moment(row.closes_at)})


def milestones(rounds: Sequence[Round]) -> Mapping[int, Sequence[Milestone]]:
    """Return the publicity periods and the notices of each round, for its time line (one query)."""
    public = Q(state__in=[ListState.PUBLISHED, ListState.NOTICED])
    rows = PublicityList.objects.filter(public, kind=ListKind.CLAIMS, round__in=rounds).select_related("notice")
    found: dict[int, list[Milestone]] = defaultdict(list)
    now = timezone.now()
    for row in rows.defer("snapshot", "notice__snapshot").order_by("opens_at", "pk"):
        shown = (
            row.state == ListState.PUBLISHED and row.opens_at and row.closes_at and row.opens_at <= now < row.closes_at
        )
        href = reverse("review:public_list", args=[row.code]) if shown else ""
        key = row.round_id or 0
        found[key].append(Milestone("publicity", _("公示"), row.opens_at, row.closes_at, row.title, href))
        if row.state == ListState.NOTICED:
            notice = row.notice
            text = f"{notice.number} {notice.title}"
            found[key].append(Milestone("notice", _("正式发文"), notice.issued_at, None, text))
    return found
