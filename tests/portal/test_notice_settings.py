"""How people want to be told: at once, once a day, or in the portal only."""

import datetime

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from portal.enums import NoticeKind, Role, Way
from portal.models import Event, Mail, MailState, Notice, NoticePreference
from portal.notices import notify, notify_all
from portal.outbox.delivery import deliver_due
from portal.outbox.digests import MOST_LINES, compose_digests, next_morning
from portal.outbox.ways import DEFAULTS, choose_ways, kinds_for
from tests.builders import make_person, make_staff, make_student

ADDRESS = "li@example.org"
K = NoticeKind


def tomorrow(hour=8):
    moment = next_morning(timezone.now()) + datetime.timedelta(hours=hour - 7)
    return time_machine.travel(moment, tick=False)


def morning_mails():
    """Run what the postman does, and return what it sent."""
    before = len(mail.outbox)
    compose_digests()
    deliver_due()
    return mail.outbox[before:]


@pytest.mark.parametrize(("kind", "way"), DEFAULTS.items())
def test_every_kind_has_its_default(kind, way, db):
    notify(make_person(email=ADDRESS), kind, "标题")
    at_once, next_day = morning_mails(), []
    with tomorrow():
        next_day = morning_mails()
    assert (len(at_once), len(next_day)) == {Way.MAIL: (1, 0), Way.DIGEST: (0, 1)}[way]


def test_the_defaults_know_every_kind():
    assert set(DEFAULTS) == set(NoticeKind)


def test_a_person_chooses_and_others_keep_theirs(db):
    one, other = make_person(email=ADDRESS), make_person(email="other@example.org")
    choose_ways(one, {K.ACTION: Way.PORTAL, K.PROGRESS: Way.MAIL})
    notify_all(
        [Notice(person=person, kind=kind, title="标题") for person in (one, other) for kind in (K.ACTION, K.PROGRESS)]
    )
    found = Mail.objects.order_by("pk").values_list("person", "kind", "state")
    assert list(found) == [
        (one.pk, K.PROGRESS, MailState.WAITING),
        (other.pk, K.ACTION, MailState.WAITING),
        (other.pk, K.PROGRESS, MailState.GATHERING),
    ]
    assert Notice.objects.count() == 4


def test_a_digest_holds_what_was_not_read_and_comes_once_a_day(db):
    person = make_person(email=ADDRESS)
    for number in range(3):
        notify(person, K.PROGRESS, f"第{number}条", text="审核通过", path=f"/claims/{number}/")
    Notice.objects.filter(title="第1条").update(read_at=timezone.now())
    assert morning_mails() == []
    with tomorrow():
        [message] = morning_mails()
        assert message.subject == "每日汇总：2 条通知"
        assert "· 第0条\n审核通过\nhttp://127.0.0.1:8000/claims/0/" in message.body
        assert "第1条" not in message.body
        notify(person, K.PROGRESS, "晚一点的")
        assert morning_mails() == []
    with time_machine.travel(next_morning(timezone.now()) + datetime.timedelta(days=1, hours=1)):
        assert ["晚一点的" in message.body for message in morning_mails()] == [True]


def test_two_workers_compose_one_digest(db):
    person = make_person(email=ADDRESS)
    notify(person, K.PROGRESS, "第一条")
    with tomorrow():
        compose_digests()
        notify(person, K.PROGRESS, "第二条")
        Mail.objects.filter(state=MailState.GATHERING).update(due_at=timezone.now())
        assert compose_digests() == 0
        assert Mail.objects.filter(state=MailState.GATHERING).get().due_at == next_morning(timezone.now())
        assert len(morning_mails()) == 1


def test_a_digest_of_read_notices_is_no_mail(db):
    notify(make_person(email=ADDRESS), K.PROGRESS, "读过的")
    Notice.objects.update(read_at=timezone.now())
    with tomorrow():
        assert morning_mails() == []
    assert not Mail.objects.exists()


def test_a_long_digest_says_how_many_more(db):
    person = make_person(email=ADDRESS)
    notify_all([Notice(person=person, kind=K.PROGRESS, title="标题") for _ in range(MOST_LINES + 7)])
    with tomorrow():
        assert "另有 7 条" in morning_mails()[0].body


def test_what_stays_in_the_portal_leaves_the_digest(db):
    person = make_person(email=ADDRESS)
    notify(person, K.PROGRESS, "一条")
    notify(person, K.INFORMATION, "另一条")
    choose_ways(person, {K.PROGRESS: Way.PORTAL})
    assert Mail.objects.get().subject == "另一条"


def test_only_what_changed_is_kept_and_on_the_trail(db):
    person = make_person(email=ADDRESS)
    assert not choose_ways(person, DEFAULTS)
    assert choose_ways(person, {**DEFAULTS, K.ACTION: Way.DIGEST})
    assert NoticePreference.objects.values_list("kind", "way").get() == (K.ACTION, Way.DIGEST)
    event = Event.objects.get()
    assert (event.verb, event.before, event.after) == ("change", {"action": "mail"}, {"action": "digest"})


def test_the_page_offers_the_kinds_that_reach_the_person(client, db):
    student, staff = make_student(email=ADDRESS).person, make_staff(Role.OFFICE)
    assert (K.DEADLINE in kinds_for(student), K.QUEUE in kinds_for(student)) == (True, False)
    assert (K.DEADLINE in kinds_for(staff), K.QUEUE in kinds_for(staff)) == (False, True)
    client.force_login(student)
    page = client.get(reverse("notice_settings")).content.decode()
    assert ADDRESS in page
    assert 'name="queue"' not in page
    form = {**dict.fromkeys(kinds_for(student), Way.PORTAL), "queue": Way.PORTAL}
    assert client.post(reverse("notice_settings"), form).status_code == 302
    assert set(NoticePreference.objects.values_list("kind", flat=True)) == set(kinds_for(student))
    assert client.post(reverse("notice_settings"), {**form, "action": "smoke"}).status_code == 422
    client.force_login(staff)
    assert "没有登记邮箱" in client.get(reverse("notice_settings")).content.decode()
