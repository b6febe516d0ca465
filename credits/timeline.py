"""The time line of a round: who acts from when to when, what follows, and where today stands in it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.enums import Role

if TYPE_CHECKING:
    from credits.evaluation import SchemeData
    from credits.models import Round, RoundWindow

WHOLE = 100
THINNEST = 1.5  # of a hundred: a moment is still seen
ORDER = (Role.STUDENT, Role.SECRETARY, Role.OWNER_UNIT, Role.OFFICE)


@dataclass(frozen=True, slots=True)
class Milestone:
    """One thing in the course of a round; without dates it follows the others, with one it is a moment."""

    kind: str  # window, publicity, notice
    title: str
    opens_at: datetime.datetime | None = None
    closes_at: datetime.datetime | None = None
    text: str = ""
    href: str = ""


Provider = Callable[[Sequence["Round"]], Mapping[int, Sequence[Milestone]]]
_providers: list[Provider] = []


def extend_timeline(provider: Provider) -> None:
    """Let an app above add milestones: the provider is given published rounds and answers by their keys."""
    _providers.append(provider)


@dataclass(frozen=True, slots=True)
class Stop:
    """A milestone on the page: its state, and its bar on the round's scale (percentages as SVG writes them)."""

    milestone: Milestone
    state: str  # done, current, coming, open (without a date)
    start: str = ""
    width: str = ""
    left: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The stops of a round in their order; ``today`` is where today stands on the scale, empty outside of it."""

    stops: tuple[Stop, ...]
    today: str = ""

    @property
    def is_over(self) -> bool:
        """Whether every dated stop is behind us."""
        return all(stop.state in {"done", "open"} for stop in self.stops)


def timelines(rounds: Sequence[Round], data: SchemeData, at: datetime.datetime) -> dict[int, Timeline]:
    """Return the time line of each round (reads the prefetched windows; one question to each provider)."""
    added: dict[int, list[Milestone]] = {row.pk: [] for row in rounds}
    for provider in _providers:
        for key, milestones in provider(rounds).items():
            added[key] += milestones
    return {row.pk: _timeline([*_of_windows(row, data), *added[row.pk]], data, at) for row in rounds}


def _timeline(milestones: list[Milestone], data: SchemeData, at: datetime.datetime) -> Timeline:
    dated = sorted((row for row in milestones if row.opens_at), key=_dates)
    known = {row.kind for row in milestones}
    loose = [row for row in milestones if not row.opens_at]
    loose += [row for row in _foreseen(data) if row.kind not in known]
    if not dated:
        return Timeline(tuple(Stop(row, "open") for row in loose))
    first, last = _dates(dated[0])[0], max(_dates(row)[1] for row in dated)
    length = max((last - first).total_seconds(), 1.0)

    def place(moment: datetime.datetime) -> float:
        return WHOLE * (moment - first).total_seconds() / length

    stops = [_stop(row, at, place) for row in dated]
    today = _percent(place(at)) if first <= at <= last else ""
    return Timeline((*stops, *(Stop(row, "open") for row in loose)), today)


def _of_windows(round_: Round, data: SchemeData) -> list[Milestone]:
    rows = sorted(round_.windows.all(), key=lambda row: (ORDER.index(Role(row.role)), row.cohort or 0))
    return [Milestone("window", _title(row, data), row.opens_at, row.closes_at) for row in rows]


def _title(window: RoundWindow, data: SchemeData) -> str:
    """Name what a role does as the scheme's chain names it: 学院初审（2022 级）."""
    stage = next((stage.name for stage in data.stages.claims if stage.role == window.role), "")
    what = _("学生申报") if window.role == Role.STUDENT else stage or str(window.get_role_display())
    return what if window.cohort is None else _("%(what)s（%(cohort)s 级）") % {"what": what, "cohort": window.cohort}


def _foreseen(data: SchemeData) -> list[Milestone]:
    """Return what will follow without a date yet: publicity and the formal notice, where the scheme has them."""
    if data.publicity is None:
        return []
    words = _("%(days)s 个工作日") if data.publicity.counting == "working" else _("%(days)s 天")
    text = _("评审结束后公示 %(time)s，期间可以提出异议。") % {"time": words % {"days": data.publicity.days}}
    return [
        Milestone("publicity", _("公示"), text=text),
        Milestone("notice", _("正式发文"), text=_("公示结束、异议处理完毕后发文，认定结果自此生效。")),
    ]


def _stop(row: Milestone, at: datetime.datetime, place: Callable[[datetime.datetime], float]) -> Stop:
    opens, closes = _dates(row)
    state = "coming" if at < opens else "current" if at <= closes and opens != closes else "done"
    width = max(place(closes) - place(opens), THINNEST)
    start = min(place(opens), WHOLE - width)
    left = days_left(closes, at) if state == "current" else ""
    return Stop(row, state, _percent(start), _percent(width), left)


def _dates(row: Milestone) -> tuple[datetime.datetime, datetime.datetime]:
    assert row.opens_at is not None  # noqa: S101 - narrows the type: only dated ones are asked
    return row.opens_at, row.closes_at or row.opens_at


def _percent(number: float) -> str:
    return f"{number:.2f}%"


def days_left(closes: datetime.datetime, at: datetime.datetime) -> str:
    """Say how many days are left until a moment that has not come yet."""
    days = (localtime(closes).date() - localtime(at).date()).days
    return ngettext("还有 %(days)s 天", "还有 %(days)s 天", days) % {"days": days} if days else _("今天截止")
