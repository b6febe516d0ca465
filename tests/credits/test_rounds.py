"""Rounds: what the office may write, what claims forbid, and what the trail keeps."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from credits.enums import RoundState
from credits.models import Claim, Round
from credits.services.rounds import Plan, Window, change_round, open_round, publish_round, unpublish_round
from credits.windows import round_state
from portal.enums import Role, Status
from portal.models import Event
from portal.workflow import NotAllowed
from tests.builders import get_category, get_version, make_claim, make_round, make_staff, make_student

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def window(role=Role.STUDENT, *, cohort=None, opens=-1, closes=1):
    now = timezone.now()
    return Window(role, now + opens * DAY, now + closes * DAY, cohort)


def plan(**facts):
    return Plan(
        **{
            "name": "2025-2026 学年第一批",
            "academic_year": "2025-2026",
            "categories": (get_category("competition"), get_category("paper")),
            "windows": (window(),),
            "notice": "请按时提交。",
            **facts,
        }
    )


@pytest.fixture
def office():
    return make_staff(Role.OFFICE)


def opened(office, **facts):
    return open_round(get_version().scheme, office, plan(**facts))


def test_a_round_is_opened_unpublished_with_one_event(office):
    round_ = opened(office, windows=(window(), window(cohort=2022), window(Role.SECRETARY)))
    assert not round_.is_published
    assert round_.windows.count() == 3
    event = Event.objects.get(subject_kind="round")
    assert (event.verb, event.subject_key, event.actor, event.actor_role) == ("open", str(round_.pk), office, "office")
    assert event.after["categories"] == ["competition", "paper"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": "  "}, "name"),
        ({"academic_year": "2025"}, "academic_year"),
        ({"academic_year": "2025-2027"}, "academic_year"),
        ({"windows": (window(opens=2, closes=1),)}, "windows"),
        ({"windows": (window(), window(opens=3, closes=4))}, "windows"),
        ({"windows": (window(cohort=2022), window(cohort=2022))}, "windows"),
    ],
    ids=["no name", "half a year", "years apart", "ends first", "role twice", "cohort twice"],
)
def test_a_plan_that_cannot_hold_is_refused_by_field(office, facts, field):
    get_version()
    with pytest.raises(ValidationError) as caught:
        opened(office, **facts)
    assert list(caught.value.message_dict) == [field]
    assert not Round.objects.exists()
    assert not Event.objects.filter(subject_kind="round").exists()


def test_two_rounds_of_a_scheme_have_different_names(office):
    opened(office)
    with pytest.raises(ValidationError) as caught:
        opened(office)
    assert "name" in caught.value.message_dict


def test_a_change_writes_one_event_with_what_differs(office):
    round_ = opened(office)
    change_round(round_, office, plan(name="第二批", windows=tuple(as_window(row) for row in round_.windows.all())))
    event = Event.objects.get(subject_kind="round", verb="change")
    assert (event.before, event.after) == ({"name": "2025-2026 学年第一批"}, {"name": "第二批"})


def as_window(row):
    return Window(row.role, row.opens_at, row.closes_at, row.cohort)


def test_the_same_again_writes_nothing(office):
    round_ = opened(office)
    change_round(round_, office, plan(windows=tuple(as_window(row) for row in round_.windows.all())))
    assert not Event.objects.filter(subject_kind="round", verb="change").exists()


def test_a_round_with_claims_keeps_their_category_and_year(office):
    round_ = make_round()
    make_claim(Status.DRAFT, round_=round_)
    wanted = plan(name=round_.name, categories=(get_category("paper"),), academic_year="2024-2025")
    with pytest.raises(ValidationError) as caught:
        change_round(round_, office, wanted)
    assert set(caught.value.message_dict) == {"categories", "academic_year"}
    assert set(round_.categories.values_list("code", flat=True)) >= {"competition", "paper"}


def test_publishing_needs_dates_for_students_and_a_category(office):
    with pytest.raises(ValidationError) as no_window:
        publish_round(opened(office, windows=(window(Role.SECRETARY),)), office)
    with pytest.raises(ValidationError) as no_category:
        publish_round(opened(office, name="另一批", categories=()), office)
    assert set(no_window.value.message_dict) == {"windows"}
    assert set(no_category.value.message_dict) == {"categories"}


def test_publishing_twice_is_one_event(office):
    round_ = opened(office)
    for _time in range(2):
        publish_round(round_, office)
    unpublish_round(round_, office)
    verbs = list(Event.objects.filter(subject_kind="round").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["open", "publish", "unpublish"]
    assert not Round.objects.get().is_published


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.OWNER_UNIT, Role.AUDITOR, Role.ADMINISTRATOR])
def test_only_the_office_keeps_rounds(office, role):
    round_ = opened(office)
    other = make_staff(role)
    for attempt in (
        lambda: open_round(round_.scheme, other, plan(name="别的")),
        lambda: change_round(round_, other, plan(name="别的")),
        lambda: publish_round(round_, other),
        lambda: unpublish_round(round_, other),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert Event.objects.filter(subject_kind="round").count() == 1


def test_an_office_of_another_scheme_keeps_no_rounds_here(office):
    opened(office)
    other = make_staff(Role.OFFICE, scheme="elsewhere")
    with pytest.raises(NotAllowed):
        open_round(get_version().scheme, other, plan(name="别的"))
    assert not Round.objects.kept_by(other).exists()
    assert Round.objects.kept_by(office).exists()
    assert not Round.objects.kept_by(make_student().person).exists()


@pytest.mark.parametrize(
    ("published", "opens", "closes", "state"),
    [
        (False, -1, 1, RoundState.HIDDEN),
        (True, 1, 2, RoundState.COMING),
        (True, -1, 1, RoundState.OPEN),
        (True, -2, -1, RoundState.CLOSED),
    ],
)
def test_the_state_follows_from_the_students_windows(published, opens, closes, state):
    round_ = make_round(opens=opens, closes=closes, is_published=published)
    assert round_state(round_) == state


def test_cohorts_with_different_dates_make_one_round_open_until_the_last():
    round_ = make_round(opens=-3, closes=-1)
    round_.windows.create(
        role=Role.STUDENT, cohort=2021, opens_at=timezone.now() + DAY, closes_at=timezone.now() + 2 * DAY
    )
    assert round_state(round_) == RoundState.OPEN


def test_an_office_without_a_scheme_reaches_the_claims_of_all(office):
    claim = make_claim(Status.IN_REVIEW)
    assert list(Claim.objects.visible_to(office)) == [claim]
    assert list(Claim.objects.visible_to(make_staff(Role.OFFICE, scheme="bit"))) == [claim]
    assert not Claim.objects.visible_to(make_staff(Role.OFFICE, scheme="elsewhere")).exists()
