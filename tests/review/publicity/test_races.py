"""Two connections at one list: a result stands in one live list, is decided once, takes effect once."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from credits.models import Claim, ClaimEvent, LedgerEntry
from portal.enums import Role, Status
from portal.jobs.running import RunningJob
from portal.models import Event, Job
from portal.workflow import WorkflowError
from review.models import Objection, PublicityEntry, PublicityList
from review.services.notices import make_effective
from review.services.objections import Decision, decide_objection
from review.services.publicity import preview, publish_list, withdraw_list
from tests.builders import fresh
from tests.publicity import end_period, issue, make_draft, make_list, make_objection, states, waiting_claims
from tests.whu import whu_staff, whu_student

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
REFUSALS = (ValidationError, WorkflowError)


def together(*verbs):
    """Run the verbs at the same moment, each on its own connection; return what each raised (None for success)."""
    gate, outcomes = threading.Barrier(len(verbs)), [None] * len(verbs)

    def act(place, verb):
        try:
            gate.wait()
            verb()
        except REFUSALS as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.fixture
def office():
    return whu_staff(Role.OFFICE)


def test_two_lists_published_at_once_share_no_result(office):
    waiting_claims(3, office=office)
    drafts = [make_draft(office=office), make_draft(office=office)]
    seen = preview(drafts[0]).digest

    def publication(row):
        return lambda: publish_list(PublicityList.objects.get(pk=row.pk), fresh(office), revision=0, seen=seen)

    outcomes = together(*map(publication, drafts))
    assert sum(outcome is None for outcome in outcomes) == 1
    assert PublicityEntry.objects.count() == 3
    assert Event.objects.filter(verb="publish").count() == 1


def test_two_handlers_at_once_decide_once(office):
    row = make_list(1, office=office)
    objection = make_objection(row)
    colleague = whu_staff(Role.OFFICE)

    def decision(person, verb):
        return lambda: decide_objection(
            Objection.objects.get(pk=objection.pk), fresh(person), Decision(verb, "已核实。"), revision=0
        )

    outcomes = together(decision(office, "strike"), decision(colleague, "reject"))
    assert sum(outcome is None for outcome in outcomes) == 1
    struck = Claim.objects.get().status == Status.REFUSED
    assert states(row) == (["removed"] if struck else ["listed"])
    assert Event.objects.filter(subject_kind="objection").exclude(verb="object").count() == 1
    assert ClaimEvent.objects.filter(verb="strike").count() == int(struck)


def test_an_objection_and_a_withdrawal_at_once_leave_no_line_forgotten(office):
    row = make_list(2, office=office)
    person = whu_student().person
    outcomes = together(
        lambda: make_objection(row, person),
        lambda: withdraw_list(
            PublicityList.objects.get(pk=row.pk), fresh(office), reason="有误。", revision=row.revision
        ),
    )
    assert outcomes[1] is None
    assert states(row) == (["held", "carried"] if outcomes[0] is None else ["carried", "carried"])


def test_two_workers_on_one_notice_make_each_line_effective_once(office):
    row = end_period(make_list(4, office=office))
    notice = issue(row, office)
    jobs = [Job.objects.get(), Job.objects.create(kind="publicity_effect", owner=office, params={"notice": notice.pk})]
    Job.objects.update(state="running")

    def work(job):
        return lambda: make_effective(notice, RunningJob(Job.objects.get(pk=job.pk)))

    assert together(*map(work, jobs)) == [None, None]
    assert states(row) == ["effective"] * 4
    assert LedgerEntry.objects.count() == ClaimEvent.objects.filter(verb="effect").count() == 4
    assert Event.objects.filter(verb="take_effect").count() == 1
