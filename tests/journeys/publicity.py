"""Publicity in the small portal: a list that is drafted, shown, over, with its notice; an objection with a file."""

from __future__ import annotations

import datetime

from django.utils import timezone

from portal.enums import Role
from portal.models import Appointment, Job, JobState
from review.services.publicity import preview
from tests.builders import fresh, jpeg
from tests.publicity import end_period, issue, make_draft, make_objection, publish
from tests.whu import PAPER, SCHEME, whu_claim

BECAUSE = "漏列一名学生。"


def publicity(world):
    """Publicise the owner's papers; the classmate objects to one. The committee looks on."""
    office, things = fresh(world.people["office"]), world.things
    seat = {"person": world.people["committee"], "role": Role.COMMITTEE, "scheme_code": SCHEME}
    Appointment.objects.get_or_create(**seat, defaults={"starts_on": datetime.date(2020, 1, 1)})
    things["list_noticed"] = over(world, office, "noticed")
    issue(things["list_noticed"], office)
    Job.objects.filter(kind="publicity_effect").update(state=JobState.FAILED)
    things["list_over"] = over(world, office, "over")
    things["list_shown"] = shown(world, office, "shown", "shown too")
    things["objection"] = make_objection(things["list_shown"], world.classmate.person, uploads=[jpeg("objection.jpg")])
    things["objection_file"] = things["objection"].files.get()
    paper(world, office, "waiting")
    things["list_draft"] = make_draft(office=office)


def paper(world, office, title):
    """Bring one of the owner's papers into publicity."""
    facts = {**PAPER, "title": title, "doi": f"10.9/{title}"}
    return whu_claim(
        "publicity", student=world.owner, round_=world.second_round, facts=facts, content=title, office=office
    )


def shown(world, office, *titles):
    """Publish a list of these papers."""
    for title in titles:
        paper(world, office, title)
    return publish(make_draft(office=office, title=f"公示 {titles[0]}"), office)


def over(world, office, title):
    """Publish a list whose period has ended."""
    return end_period(shown(world, office, title))


# --- Forms ---


def list_form(title):
    """Return the form of a list."""
    return {"title": title, "opening": "now", "days": "5", "counting": "working"}


def revised(world, thing, **more):
    """Return a form that carries the revision that its page showed."""
    row = world.things[thing]
    row.refresh_from_db()
    return {"revision": row.revision, **more}


def seen(world):
    """Return the form that publishes what was previewed."""
    return revised(world, "list_draft", seen=preview(world.things["list_draft"]).digest)


def heading(world):
    """Return the form that issues a notice."""
    return revised(world, "list_over", number="校发 2 号", title="公布结果", issued_on=f"{timezone.localdate()}")


def decision(world):
    """Return the form that rejects the objection."""
    return revised(world, "objection", verb="reject", reason="经核实无误。")


FORMS = {
    "review:object_new": lambda _world: {"reason": "第一单位不符。", "files": [jpeg("proof.jpg", colour=(8, 8, 8))]},
    "review:objection_take_back": lambda world: revised(world, "objection"),
    "review:objection_decide": decision,
    "review:publicity_new": lambda _world: list_form("新的公示"),
    "review:publicity_edit": lambda world: revised(world, "list_draft", **list_form("改名的公示")),
    "review:publicity_publish": seen,
    "review:publicity_withdraw": lambda world: revised(world, "list_shown", reason=BECAUSE),
    "review:notice_issue": heading,
    "review:holidays": lambda _world: {"text": f"{timezone.localdate().year}-01-01 元旦"},
}
EVENTS = {
    "review:object_new": ["object"],
    "review:objection_take_back": ["take_back"],
    "review:objection_decide": ["reject"],
    "review:publicity_new": ["create"],
    "review:publicity_edit": ["change"],
    "review:publicity_publish": ["publish"],
    "review:publicity_withdraw": ["withdraw"],
    "review:notice_issue": ["issue"],
    "review:notice_resume": ["resume"],
    "review:holidays": ["save"],
}
