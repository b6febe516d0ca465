"""The second scheme's committee: three members, its office, claims that wait for a decision."""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from portal.enums import Role
from review.services.meetings import Plan, add_items, note_presence, plan_meeting
from tests.builders import get_version, make_round, make_staff
from tests.experts import make_scored_claim
from tests.review.conftest import client_of
from tests.whu import whu_claim, whu_staff

# A plenum's article in a party paper: the standard does not list it, the committee may give 1 to 10.
UNLISTED = {
    "title": "省级党报理论版文章",
    "near": "学术论文类",
    "reason": "与核心期刊论文相当",
    "authority": "湖北日报",
    "achieved_on": "2024-05-20",
    "form": "个人",
    "first_affiliation": "true",
}
NAMES = ("曹国栋", "叶秋云", "石敬之")


class House:
    """The people of the scheme's committee, and what they do."""

    def __init__(self):
        get_version("bit")  # the other university, whose office must not get in
        self.scheme = get_version("whu").scheme
        self.round = make_round(get_version("whu"), name="2025 年创新学分认定")
        self.members = [whu_staff(Role.COMMITTEE, name=name) for name in NAMES]
        self.office = whu_staff(Role.OFFICE, name="梁志远")
        self.auditor = whu_staff(Role.AUDITOR, name="韩明哲")
        self.uncalled = whu_staff(Role.COMMITTEE, name="没有应到")
        self.stranger = make_staff(Role.OFFICE, scheme="bit", name="别校办公室")

    def claim(self, *scores, **facts):
        """Bring a claim before the committee, scored by experts (a paper whose range is 1 to 4)."""
        return make_scored_claim(*(scores or ("2", "2.5", "3")), round_=self.round, **facts)

    def unlisted(self, **facts):
        """Bring a claim before the committee that no table lists, so that no expert scored it."""
        more = {"category": "offtable", "facts": UNLISTED, "points": "3", "content": UNLISTED["title"], **facts}
        return whu_claim("committee", round_=self.round, **more)

    def plan(self, *, members=None, chair=None, **facts):
        """Return the plan of a meeting to which these members are called, the first one chairing."""
        people = self.members if members is None else members
        told = {"title": "第一次会议", "held_at": timezone.now(), "place": "行政楼 301", "round": self.round, **facts}
        return Plan(**told, members=tuple(one.pk for one in people), chair=(chair or people[0]).pk)

    def meeting(self, *claims, present=None, opens=True, **facts):
        """Call a meeting with these claims on its agenda, and open it with those present (all of them by default)."""
        plan = self.plan(**facts)
        meeting = plan_meeting(self.scheme, self.office, plan)
        if claims:
            add_items(meeting, self.office, list(claims))
        if opens:
            there = plan.members if present is None else [person.pk for person in present]
            note_presence(meeting, self.office, present=there, chair=there[0], revision=meeting.revision)
        meeting.refresh_from_db()
        return meeting

    def sitting(self, *scores, **facts):
        """Return an open meeting with one item."""
        more = {name: facts.pop(name) for name in ("present", "members") if name in facts}
        claim = self.claim(*scores, **facts)
        meeting = self.meeting(claim, **more)
        return SimpleNamespace(meeting=meeting, item=meeting.items.get(), claim=claim)


@pytest.fixture
def house(db):
    return House()


@pytest.fixture
def sign_in():
    return client_of
