"""The outbox: written with what caused it, sent with patience, given up with an answer."""

import datetime
import os
import signal
from pathlib import Path
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connections, transaction
from django.urls import reverse
from django.utils import timezone

from portal.enums import NoticeKind, Role
from portal.jobs.working import AWAY, BEAT, Postman
from portal.models import Event, Mail, MailState, Notice
from portal.notices import notify, notify_all
from portal.outbox import delivery
from portal.outbox.delivery import LEASE, MOST_ATTEMPTS, WAITS, deliver_due, expire_mails
from portal.outbox.digests import compose_digests
from portal.outbox.services import retry_all, retry_mail
from portal.together import together
from portal.workflow import NotAllowed
from tests.builders import OTHER_COLLEGE, cover, get_version, make_college, make_person, make_staff, make_student

ACTION = NoticeKind.ACTION


class Broken(EmailBackend):
    """A mail server in trouble: ``problem`` is what it answers, ``at_open`` when it cannot even be reached."""

    problem: Exception | None = None
    at_open = False

    def open(self):
        if self.at_open:
            raise ConnectionRefusedError("connection refused")

    def send_messages(self, messages):
        if type(self).problem is not None:
            raise type(self).problem
        return super().send_messages(messages)


@pytest.fixture
def broken(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    yield Broken
    Broken.problem, Broken.at_open = None, False


def person(**facts):
    return make_person(**{"email": "li@example.org", **facts})


def later(**span):
    return time_machine.travel(timezone.now() + datetime.timedelta(**span), tick=False)


def test_a_mail_is_written_with_its_notice_and_sent_once(db):
    notice = notify(person(), ACTION, "请补材料\n第二行", text="缺页", path="/claims/1/")
    assert mail.outbox == []
    assert deliver_due().sent == 1
    assert deliver_due().sent == 0
    [message] = mail.outbox
    assert (message.to, message.subject) == (["li@example.org"], "请补材料 第二行")
    assert message.body == "缺页\nhttp://127.0.0.1:8000/claims/1/"
    row = Mail.objects.get()
    assert (row.notice, row.state, row.attempts, row.error) == (notice, MailState.SENT, 1, "")


def test_what_is_rolled_back_is_never_mailed(db):
    with transaction.atomic():
        notify(person(), ACTION, "没有发生")
        transaction.set_rollback(True)
    assert (Mail.objects.count(), deliver_due().sent) == (0, 0)


def test_who_has_no_address_reads_it_in_the_portal(db):
    notify(make_person(), ACTION, "请处理")
    with together([]):
        notify(make_person(), ACTION, "请处理")
    assert (Notice.objects.count(), Mail.objects.count()) == (2, 0)


def test_an_account_that_was_switched_off_gets_no_mail_but_keeps_its_notices(db):
    """Neither one that is written, nor one that waits in the outbox, nor a digest that gathers."""
    gone = person()
    notify(gone, ACTION, "还在发件箱")
    notify(gone, NoticeKind.PROGRESS, "还在汇总")
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    gone.refresh_from_db()
    notify(gone, ACTION, "停用之后")
    with later(days=1):
        compose_digests()
        assert deliver_due().sent == 0
    assert mail.outbox == []
    assert list(Mail.objects.values_list("state", "error")) == [(MailState.FAILED, "账号已停用，不再发送。")]
    assert Notice.objects.filter(person=gone).count() == 3


def test_many_notices_cost_as_many_questions_as_one(db, django_assert_num_queries):
    for number in (1, 3):
        notices = [Notice(person=person(), kind=ACTION, title="请处理") for _ in range(number)]
        with django_assert_num_queries(3):  # the notices, the ways that people chose, the mails
            notify_all(notices)
    assert Mail.objects.count() == 4


def test_a_withdrawn_notice_takes_its_mail_along(db):
    notice = notify(person(), ACTION, "退回修改", leaves_at=timezone.now() + datetime.timedelta(seconds=11))
    assert deliver_due().sent == 0
    Notice.objects.filter(pk=notice.pk).delete()
    with later(seconds=12):
        assert deliver_due().sent == 0


def test_one_thing_is_told_once(db):
    notice = notify(person(), ACTION, "请处理")
    facts = {"person": notice.person, "kind": ACTION, "subject": "又一次", "due_at": timezone.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Mail.objects.create(key=f"notice:{notice.pk}", **facts)


def test_a_refused_mail_is_tried_after_growing_waits_and_given_up(db, broken):
    broken.problem = SMTPServerDisconnected("try again later")
    notify(person(), ACTION, "请处理")
    waited = datetime.timedelta()
    for wait in (*WAITS, None):
        with later(seconds=waited.total_seconds()):
            assert deliver_due().failed == 1
            row = Mail.objects.get()
            assert row.error == "try again later"
            assert deliver_due().failed == 0  # not before its time
            if wait is not None:
                assert (row.state, row.due_at) == (MailState.WAITING, timezone.now() + wait)
                waited += wait + datetime.timedelta(seconds=1)
    assert (row.state, row.attempts) == (MailState.FAILED, MOST_ATTEMPTS)
    assert list(WAITS) == sorted(WAITS)


def test_an_unknown_address_is_given_up_at_once_and_a_full_box_is_not(db, broken):
    notify(person(), ACTION, "请处理")
    broken.problem = SMTPRecipientsRefused({"li@example.org": (452, b"mailbox full")})
    deliver_due()
    assert Mail.objects.get().state == MailState.WAITING
    broken.problem = SMTPRecipientsRefused({"li@example.org": (550, b"no such user")})
    with later(minutes=2):
        deliver_due()
    assert (Mail.objects.get().state, Mail.objects.get().error) == (MailState.FAILED, "no such user")


def test_a_server_that_is_away_is_left_alone(db, broken):
    notify_all([Notice(person=person(), kind=ACTION, title="请处理") for _ in range(3)])
    broken.at_open = True
    assert Postman().tick() == AWAY
    assert sorted(Mail.objects.values_list("attempts", flat=True)) == [0, 0, 1]
    broken.at_open = False
    with later(minutes=2):
        assert Postman().tick() == BEAT
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.SENT}


def test_one_that_cannot_be_put_together_does_not_keep_the_others(db, monkeypatch):
    first = notify(person(), ACTION, "坏的")
    notify(person(), ACTION, "好的")
    real = delivery.message_of
    monkeypatch.setattr(
        delivery, "message_of", lambda row, server: 1 / 0 if row.notice_id == first.pk else real(row, server)
    )
    assert (deliver_due().sent, [message.subject for message in mail.outbox]) == (1, ["好的"])
    assert Mail.objects.get(notice=first).state == MailState.FAILED


def test_a_killed_worker_loses_nothing_and_doubles_at_most_the_mail_in_its_hands(db, monkeypatch):
    notify_all([Notice(person=person(), kind=ACTION, title=f"第{n}条") for n in range(3)])
    real, noted = delivery.note, []

    def killed(row, **facts):
        if noted:
            raise KeyboardInterrupt  # between the server's answer and the note
        noted.append(row)
        real(row, **facts)

    monkeypatch.setattr(delivery, "note", killed)
    with pytest.raises(KeyboardInterrupt):
        deliver_due()
    monkeypatch.setattr(delivery, "note", real)
    assert deliver_due().sent == 1  # the third; the second is still the dead worker's
    with later(seconds=LEASE.total_seconds() + 1):
        assert deliver_due().sent == 1
    subjects = [message.subject for message in mail.outbox]
    assert subjects == ["第0条", "第1条", "第2条", "第1条"]
    twice = {message.extra_headers["Message-ID"] for message in mail.outbox if message.subject == "第1条"}
    assert len(twice) == 1
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.SENT}


def test_a_worker_that_was_thought_dead_does_not_overwrite_the_other_ones_note(db):
    notify(person(), ACTION, "请处理")
    slow = delivery.take()
    with later(seconds=LEASE.total_seconds() + 1):
        deliver_due()
    delivery.note(slow, state=MailState.FAILED, error="too late")
    assert Mail.objects.get().state == MailState.SENT


def test_a_mail_that_kills_its_worker_is_given_up(db):
    notify(person(), ACTION, "请处理")
    Mail.objects.update(attempts=MOST_ATTEMPTS)
    deliver_due()
    assert (Mail.objects.get().state, mail.outbox) == (MailState.FAILED, [])


@pytest.mark.django_db(transaction=True)
def test_kill_9_in_the_middle_of_sending(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = f"{__name__}.Slow", str(tmp_path)
    notify_all([Notice(person=person(), kind=ACTION, title=f"第{n}条") for n in range(4)])
    connections.close_all()
    child = os.fork()
    if child == 0:  # dies by its own hand in the third mail, after the server took it
        try:
            deliver_due()
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with later(seconds=LEASE.total_seconds() + 1):
        deliver_due()
    taken = sorted(path.name for path in tmp_path.iterdir())
    assert taken == ["0", "1", "2"]
    assert sorted(message.subject for message in mail.outbox) == ["第2条", "第3条"]  # the one in hand, and the rest
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.SENT}


class Slow(EmailBackend):
    """Notes each mail in a folder, and kills its process with the third."""

    def send_messages(self, messages):
        folder = Path(settings.EMAIL_FILE_PATH)
        number = len(list(folder.iterdir()))
        (folder / str(number)).touch()
        if number == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return len(messages)


def failed(**facts):
    notify(person(**facts), ACTION, "请处理")
    row = Mail.objects.latest("pk")
    Mail.objects.filter(pk=row.pk).update(state=MailState.FAILED, attempts=MOST_ATTEMPTS, error="no such user")
    row.refresh_from_db()
    return row


def test_what_was_given_up_is_sent_again_to_the_mended_address(db):
    office, row = make_staff(Role.OFFICE), failed()
    type(row.person).objects.filter(pk=row.person.pk).update(email="right@example.org")
    retry_mail(row, office)
    assert Event.objects.values_list("verb", "subject_kind", "actor_role").get() == ("retry", "mail", Role.OFFICE)
    assert deliver_due().sent == 1
    assert mail.outbox[0].to == ["right@example.org"]
    with pytest.raises(NotAllowed):
        retry_mail(row, office)


def test_all_of_it_at_once_leaves_one_event_and_none_for_nothing(db):
    office = make_staff(Role.OFFICE)
    for _ in range(3):
        failed()
    assert (retry_all(office), retry_all(office)) == (3, 0)
    assert Event.objects.get().after == {"rows": 3}
    with pytest.raises(NotAllowed):
        retry_all(make_staff(Role.AUDITOR))


def test_the_page_shows_who_and_why_but_never_what(client, db, django_assert_num_queries):
    client.force_login(make_staff(Role.OFFICE))
    client.get(reverse("outbox"))
    for number in (1, 3):
        while Mail.objects.count() < number:
            failed(name="收件人甲")
        with django_assert_num_queries(7):
            page = client.get(reverse("outbox")).content.decode()
    assert page.count("收件人甲（") >= 3
    assert "no such user" in page
    assert "请处理" not in page
    sent = client.get(reverse("outbox"), {"state": "sent"}).content.decode()
    assert "收件人甲（" not in sent
    assert "收件人甲（" in client.get(reverse("outbox"), {"q": "收件"}).content.decode()


def test_sent_mails_go_after_a_month_and_the_notices_stay(db):
    notify(person(), ACTION, "请处理")
    deliver_due()
    assert expire_mails() == 0
    with later(days=31):
        notify(person(), ACTION, "没发出的")
        assert expire_mails() == 1
    assert (Notice.objects.count(), Mail.objects.count()) == (2, 1)


def test_an_office_of_one_scheme_looks_after_its_own_people(client, db):
    scheme, away = get_version().scheme, make_college(*OTHER_COLLEGE)
    mine, foreign = make_student(email="a@example.org"), make_student("外校", college=away, email="b@example.org")
    cover(scheme, mine.college)
    colleague = make_staff(Role.SECRETARY, college=mine.college, scheme="bit", email="c@example.org")
    stranger = make_staff(Role.OFFICE, scheme="whu", email="d@example.org")
    for one in (mine.person, foreign.person, colleague, stranger):
        notify(one, ACTION, "请处理")
    Mail.objects.update(state=MailState.FAILED, attempts=MOST_ATTEMPTS)
    office = make_staff(Role.OFFICE, scheme="bit")
    client.force_login(office)
    assert {row.person for row in client.get(reverse("outbox")).context["listing"].rows} == {mine.person, colleague}
    row = Mail.objects.get(person=foreign.person)
    assert client.post(reverse("outbox_retry", args=[row.pk])).status_code == 404
    with pytest.raises(NotAllowed):
        retry_mail(row, office)
    assert (retry_all(office), Mail.objects.filter(state=MailState.FAILED).count()) == (2, 2)
