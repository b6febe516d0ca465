from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count

from conversion.integrity import differences
from conversion.models import Application, Filing
from credits.models import Claim, ClaimEvent, DuplicatePair, Submission
from portal.demo_accounts import demo_accounts
from portal.enums import Role, Status
from portal.models import Appointment, Student
from review.demo import load
from review.demo.load import Size, load_demo

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo():
    load_demo(Size(students=45, claims=160, files=6))


@pytest.mark.long
def test_the_demo_is_believable_and_its_books_add_up(demo):
    assert list(differences()) == []
    assert Student.objects.count() == 45
    assert Claim.objects.count() > 160
    assert set(Claim.objects.values_list("status", flat=True)) >= {
        Status.DRAFT,
        Status.IN_REVIEW,
        Status.RETURNED,
        Status.REFUSED,
        Status.RECOGNISED,
        Status.WITHDRAWN,
    }
    assert Filing.objects.exists()
    # One certificate claimed twice, and one alarm that both sides' secretary found to be false.
    assert {pair.dismissals.count() for pair in DuplicatePair.objects.all()} == {0, 2}


def test_the_manuals_example_comes_out(demo):
    application = Application.objects.get(course__code="100050415", student__person__name="林晓彤")
    assert sorted(application.lines.values_list("points", flat=True)) == [Decimal(1), Decimal(3), Decimal("3.60")]
    assert (application.total, application.grade) == (Decimal("7.60"), "良好")
    assert Claim.objects.filter(category__code="innovation", recognised_points=Decimal("0.50")).exists()


@pytest.mark.long
def test_generated_claims_look_like_those_of_the_services(demo):
    generated = Claim.objects.filter(status=Status.RECOGNISED, channel="student").order_by("pk").first()
    verbs = list(generated.events.order_by("pk").values_list("verb", "from_state", "to_state"))
    assert verbs == [
        ("start", "", "draft"),
        ("submit", "draft", "in_review:college"),
        ("approve", "in_review:college", "in_review:office"),
        ("approve", "in_review:office", "recognised"),
    ]
    assert generated.revision == 3
    assert Submission.objects.get(claim=generated).number == generated.receipt_number
    moments = list(ClaimEvent.objects.filter(subject=generated).order_by("pk").values_list("at", flat=True))
    assert moments == sorted(moments)


def test_every_role_has_an_account_to_sign_in_with(demo):
    offered = {account.role for account in demo_accounts()}
    held = set(Appointment.objects.values_list("role", flat=True))
    assert offered == held | {Role.STUDENT}


@pytest.mark.long
def test_a_database_with_claims_is_refused(demo):
    with pytest.raises(CommandError, match="empty"):
        call_command("load_demo")


@pytest.mark.postgres
def test_copied_claims_are_lives_of_their_own(monkeypatch):
    monkeypatch.setattr(load, "FIRST_HAND", 60)
    load_demo(Size(students=45, claims=160, files=6))
    assert list(differences()) == []
    original, *copies = Claim.objects.filter(content=_most_copied(), channel="student").order_by("pk")
    assert len({claim.student_id for claim in [original, *copies]}) == len(copies) + 1
    copied = copies[-1]
    assert (copied.facts, copied.college_id, copied.cohort) == (original.facts, original.college_id, original.cohort)
    assert _verbs(copied) == _verbs(original)
    own = [event for event in copied.events.all() if event.actor_role == Role.STUDENT]
    assert {event.actor for event in own} == {copied.student.person}
    submission = Submission.objects.get(claim=copied)
    assert submission.number == copied.receipt_number == own[1].after["receipt"]
    assert copied.receipt_number.endswith(f"-{copied.pk:08d}")


def _most_copied():
    lives = Claim.objects.filter(status=Status.RECOGNISED, channel="student").values("content")
    return lives.annotate(copies=Count("pk")).order_by("-copies", "content")[0]["content"]


def _verbs(claim):
    return list(claim.events.order_by("pk").values_list("verb", "from_state", "to_state", "at"))
