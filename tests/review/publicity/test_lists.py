"""Lists from draft to withdrawal: who may, what is frozen, what is told; nothing is shown that was not seen."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.enums import Role, Status
from portal.holidays import save_year
from portal.models import Event, Notice
from portal.workflow import NotAllowed, StaleRecord
from review.models import EntryState, ListState, PublicityEntry, PublicityList
from review.publicity.lines import canonical, digest
from review.services.publicity import change_list, draft_list, preview, publish_list, withdraw_list
from tests.builders import get_version, make_staff
from tests.publicity import (
    end_period,
    issue,
    make_draft,
    make_list,
    make_objection,
    plan,
    publish,
    states,
    waiting_claims,
)
from tests.whu import whu_claim, whu_round, whu_staff, whu_student

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return whu_staff(Role.OFFICE)


def verbs(row):
    return list(Event.objects.filter(subject_kind="publicity", subject_key=row.pk).values_list("verb", flat=True))


def test_what_waits_is_confirmed_unlisted_and_of_the_round(office):
    first, second = whu_round(), whu_round()
    waits = whu_claim("publicity", round_=first, office=office)
    whu_claim("committee", round_=first, office=office, student=whu_student())
    whu_claim("recognised", round_=first, office=office, student=whu_student())
    whu_claim("publicity", round_=second, office=office, student=whu_student())
    row = make_draft(office=office, round_=first)
    assert [subject.pk for subject in preview(row).subjects] == [waits.pk]
    publish(row, office)
    assert preview(make_draft(office=office, round_=first)).lines == ()


def test_publishing_freezes_lines_snapshot_and_digest(office):
    claims = waiting_claims(3, office=office)
    row = publish(make_draft(office=office), office)
    row.refresh_from_db()
    lines = list(row.entries.order_by("position").values("name", "number", "college", "cohort", "item", "score"))
    assert [line["name"] for line in lines] == ["林一鸣", "陈思远", "周子衿"]
    assert lines[0]["number"] == "2022*******00"
    assert lines[0]["item"] == "学术论文类 · SCI、SSCI · 一区 · 论文1"
    assert (row.state, row.revision) == (ListState.PUBLISHED, 1)
    assert row.sha256 == digest(row.snapshot)
    assert set(row.snapshot["entries"][0]) == {"position", "name", "number", "college", "cohort", "item", "score"}
    assert row.snapshot["basis"]
    before = canonical(row.snapshot)
    claims[0].content = "改过的内容"
    claims[0].save()
    row.refresh_from_db()
    assert canonical(row.snapshot) == before
    assert row.entries.get(position=1).item.endswith("论文1")


def test_one_verb_leaves_one_event_and_tells_the_listed_students(office):
    row = make_draft(office=office)
    claims = waiting_claims(2, office=office)
    Notice.objects.all().delete()
    publish(row, office)
    assert verbs(row) == ["create", "publish"]
    event = Event.objects.get(subject_kind="publicity", verb="publish")
    assert (event.actor, event.actor_role) == (office, Role.OFFICE)
    assert (event.after["entries"], event.after["sha256"]) == (2, PublicityList.objects.get().sha256)
    assert sorted(Notice.objects.values_list("person_id", flat=True)) == sorted(c.student.person_id for c in claims)


def test_a_list_that_changed_since_it_was_seen_is_not_published(office):
    waiting_claims(1, office=office)
    row = make_draft(office=office)
    seen = preview(row).digest
    whu_claim("publicity", student=whu_student("后来者"), office=office)
    with pytest.raises(ValidationError) as refused:
        publish_list(row, office, revision=0, seen=seen)
    assert "有变化" in refused.value.message_dict["seen"][0]
    assert not PublicityEntry.objects.exists()
    row.refresh_from_db()
    assert (row.state, verbs(row)) == (ListState.DRAFT, ["create"])


def test_an_empty_list_is_not_published(office):
    row = make_draft(office=office)
    with pytest.raises(ValidationError):
        publish_list(row, office, revision=0, seen=preview(row).digest)


def test_the_second_of_two_publishers_is_told(office):
    waiting_claims(1, office=office)
    row = make_draft(office=office)
    seen = preview(row).digest
    publish_list(row, office, revision=0, seen=seen)
    with pytest.raises(StaleRecord):
        publish_list(row, whu_staff(Role.OFFICE), revision=0, seen=seen)
    assert verbs(row) == ["create", "publish"]


def test_a_chosen_opening_in_the_past_is_refused_and_a_later_one_kept(office):
    waiting_claims(1, office=office)
    now = timezone.now()
    row = make_draft(office=office, opens_at=now - datetime.timedelta(hours=1))
    with pytest.raises(ValidationError) as refused:
        publish(row, office)
    assert "opens_at" in refused.value.message_dict
    later = now.replace(microsecond=0) + datetime.timedelta(days=2)
    change_list(row, office, plan(opens_at=later), revision=0)
    row.refresh_from_db()
    publish(row, office)
    row.refresh_from_db()
    assert row.opens_at == later
    assert row.closes_at > later + datetime.timedelta(days=7)
    assert not PublicityList.objects.shown_at(now).exists()


def test_working_days_over_the_new_year_are_counted_by_the_holiday_table(office):
    save_year(office, 2027, "2027-01-01至2027-01-03 元旦")
    waiting_claims(1, office=office)
    zone = timezone.get_current_timezone()
    opens = datetime.datetime(2026, 12, 30, 9, 0, tzinfo=zone)  # a Wednesday
    row = publish(make_draft(office=office, opens_at=opens, days=5, counting="working"), office)
    row.refresh_from_db()
    # 31 December, then Monday 4 to Thursday 7 January.
    assert row.closes_at == datetime.datetime(2027, 1, 8, 0, 0, tzinfo=zone)


def test_changing_a_draft_leaves_an_event_only_when_something_changed(office):
    row = make_draft(office=office)
    change_list(row, office, plan(), revision=0)
    assert verbs(row) == ["create"]
    change_list(row, office, plan(days=5, counting="working"), revision=0)
    assert verbs(row) == ["create", "change"]
    with pytest.raises(StaleRecord):
        change_list(row, office, plan(days=6), revision=0)


@pytest.mark.parametrize("facts", [{"days": 0}, {"days": 400}, {"counting": "lunar"}, {"title": " "}])
def test_a_plan_that_cannot_be_kept_is_refused_by_field(office, facts):
    with pytest.raises(ValidationError) as refused:
        draft_list(office, get_version("whu").scheme, None, "claims", plan(**facts))
    assert set(refused.value.message_dict) == set(facts)
    assert not PublicityList.objects.exists()


def test_a_withdrawn_list_frees_its_lines_for_a_corrected_one(office):
    row = make_list(2, office=office)
    Notice.objects.all().delete()
    with pytest.raises(ValidationError):
        withdraw_list(row, office, reason=" ", revision=row.revision)
    withdraw_list(row, office, reason="漏列一名学生。", revision=row.revision)
    row.refresh_from_db()
    assert (row.state, states(row)) == (ListState.WITHDRAWN, [EntryState.CARRIED] * 2)
    assert Event.objects.get(verb="withdraw").reason == "漏列一名学生。"
    assert Notice.objects.count() == 2
    again = publish(make_draft(office=office), office)
    assert again.entries.count() == 2
    assert again.code != row.code


def test_a_line_under_objection_stays_behind_when_its_list_is_withdrawn(office):
    row = make_list(2, office=office)
    make_objection(row, position=1)
    withdraw_list(row, office, reason="有误。", revision=row.revision)
    assert states(row) == [EntryState.HELD, EntryState.CARRIED]
    assert [line.name for line in preview(make_draft(office=office)).lines] == ["陈思远"]


def test_what_has_its_notice_cannot_be_withdrawn(office):
    row = end_period(make_list(1, office=office))
    issue(row, office)
    row.refresh_from_db()
    with pytest.raises(StaleRecord):
        withdraw_list(row, office, reason="有误。", revision=row.revision)


def test_a_line_that_left_publicity_otherwise_is_in_no_later_list(office):
    row = make_list(1, office=office)
    claim = row.entries.get().claim
    type(claim).objects.filter(pk=claim.pk).update(status=Status.REVOKED)
    withdraw_list(row, office, reason="有误。", revision=row.revision)
    assert preview(make_draft(office=office)).lines == ()


ROLES = [Role.SECRETARY, Role.EXPERT, Role.COMMITTEE, Role.AUDITOR, Role.COUNSELLOR, Role.ADMINISTRATOR]


@pytest.mark.parametrize("state", ["draft", "published", "noticed", "withdrawn"])
def test_only_the_schemes_office_acts_on_lists_in_any_state(office, state):
    row = make_list(1, office=office) if state != "draft" else make_draft(office=office)
    PublicityList.objects.filter(pk=row.pk).update(state=state)
    row.refresh_from_db()
    others = [whu_staff(role) for role in ROLES] + [make_staff(Role.OFFICE, scheme="bit"), whu_student().person]
    before = PublicityList.objects.values().get()
    for person in others:
        for act in (
            lambda actor: change_list(row, actor, plan(title="别的"), revision=row.revision),
            lambda actor: publish_list(row, actor, revision=row.revision, seen=""),
            lambda actor: withdraw_list(row, actor, reason="理由", revision=row.revision),
            lambda actor: issue(row, actor),
        ):
            with pytest.raises((NotAllowed, StaleRecord)):
                act(person)
    assert PublicityList.objects.values().get() == before
