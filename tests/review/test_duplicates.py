"""Claims that look alike on the desk: the word on the review page, both sides, what stays hidden, dismissals."""

import pytest
from django.urls import reverse
from django.utils import timezone

from credits.models import DuplicateDismissal, DuplicatePair
from credits.services.duplicates import dismiss_pair, look_for_duplicates
from portal.enums import Role, Status
from portal.models import Event
from tests.builders import OTHER_COLLEGE, jpeg, make_claim, make_college, make_staff, make_student
from tests.review.conftest import client_of
from tests.whu import whu_claim, whu_staff

PRIVATE = ("别院同学", "别院的内容", "别院的证书.jpg")


def compared(name="李明", *, college=None, file=None, **facts):
    """Return a claim in review that was compared with all others."""
    student = make_student(name, college=college)
    claim = make_claim(Status.IN_REVIEW, student=student, evidence=[(file or jpeg(), "certificate")], **facts)
    look_for_duplicates(claim)
    return claim


@pytest.fixture
def near(staff):
    """Two claims of the secretary's college with the same file."""
    return compared(), compared("王芳芳", content="同一张证书")


@pytest.fixture
def far(staff):
    """A claim of the secretary's college and one of the other college's with the same file."""
    theirs = compared(PRIVATE[0], college=make_college(*OTHER_COLLEGE), content=PRIVATE[1], file=jpeg(PRIVATE[2]))
    return compared(), theirs


def page_of(client, claim, query=""):
    response = client.get(reverse("review:duplicates", args=[claim.pk]) + query)
    assert response.status_code == 200
    return response.content.decode()


def review_page(client, claim):
    return client.get(reverse("review:claim", args=[claim.pk])).content.decode()


def test_the_review_page_says_how_many_and_leads_to_both_sides(near, secretary):
    one, other = near
    assert "与 1 项可能重复" in review_page(secretary, one)
    text = page_of(secretary, one)
    for word in (one.student.person.number, other.student.person.number, other.content, "同一文件（SHA-256 相同）"):
        assert word in text, word
    for claim in near:
        assert reverse("credits:evidence_file", args=[claim.evidence.get().file.key]) in text


def test_a_claim_that_was_not_compared_says_so(staff, secretary):
    claim = make_claim(Status.IN_REVIEW)
    assert "尚未与其他申报比对是否重复" in review_page(secretary, claim)
    look_for_duplicates(claim)
    assert "比对是否重复" not in review_page(secretary, claim)


def test_of_another_college_one_sees_college_status_and_date_and_nothing_private(far, staff, secretary):
    mine, theirs = far
    text = page_of(secretary, mine)
    assert OTHER_COLLEGE[1] in text
    assert f"{timezone.localtime(theirs.submitted_at):%Y-%m-%d}" in text
    for word in (*PRIVATE, theirs.student.person.number, str(theirs.evidence.get().file.key), theirs.receipt_number):
        assert word not in text, word
    assert reverse("review:claim", args=[theirs.pk]) not in text
    office = page_of(staff.client("office"), mine)
    for word in PRIVATE:
        assert word in office, word


def test_of_another_scheme_neither_office_sees_more_than_that_it_exists(staff, office):
    mine = compared()
    theirs = whu_claim(content="外办法的论文")
    evidence = theirs.evidence.first()
    evidence.file = mine.evidence.get().file
    evidence.save()
    look_for_duplicates(theirs)
    text = page_of(office, mine)
    assert theirs.college.name in text
    assert theirs.student.person.number not in text
    assert "外办法的论文" not in text
    text = page_of(client_of(whu_staff(Role.OFFICE)), theirs)
    assert mine.college.name in text
    assert mine.student.person.number not in text


def test_the_students_page_says_nothing(near, client):
    one, _other = near
    client.force_login(one.student.person)
    assert "可能重复" not in client.get(one.get_absolute_url()).content.decode()
    assert client.get(reverse("review:duplicates", args=[one.pk])).status_code == 404


def test_a_dismissal_needs_its_reason_and_can_be_taken_back(near, secretary):
    one, _other = near
    pair = DuplicatePair.objects.get()
    dismiss = reverse("review:duplicate_dismiss", args=[one.pk, pair.pk])
    answer = secretary.post(dismiss, {"dismiss_reason": " "})
    assert answer.status_code == 422
    assert not DuplicateDismissal.objects.exists()
    answer = secretary.post(dismiss, {"dismiss_reason": "两人同队，各报各的"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("review:claim", args=[one.pk])
    assert "可能重复的 1 项均已排除" in answer.content.decode()
    assert "两人同队，各报各的" in page_of(secretary, one)
    secretary.post(reverse("review:duplicate_restore", args=[one.pk, pair.pk]))
    assert "与 1 项可能重复" in review_page(secretary, one)
    assert [event.verb for event in Event.objects.filter(subject_kind="duplicate")] == ["dismiss", "undismiss"]


def test_a_dismissal_is_not_the_other_colleges(far, staff, secretary):
    mine, theirs = far
    dismiss_pair(DuplicatePair.objects.get(), mine, staff.secretary, reason="核对过原件")
    assert "与 1 项可能重复" in review_page(staff.client("away"), theirs)
    assert "核对过原件" not in page_of(staff.client("away"), theirs)


def test_a_foreign_pair_is_not_there(far, staff, secretary):
    mine, theirs = far
    pair = DuplicatePair.objects.get()
    for claim in (theirs, compared("第三人", file=jpeg(colour=(0, 0, 250)))):
        answer = secretary.post(
            reverse("review:duplicate_dismiss", args=[claim.pk, pair.pk]), {"dismiss_reason": "不是我的"}
        )
        assert answer.status_code == 404
    assert (
        client_of(make_staff(Role.COUNSELLOR))
        .post(reverse("review:duplicate_dismiss", args=[mine.pk, pair.pk]), {"dismiss_reason": "只读"})
        .status_code
        == 403
    )
    assert not DuplicateDismissal.objects.exists()


@pytest.mark.parametrize("others", [1, 3])
def test_the_page_costs_the_same_for_every_length(staff, secretary, django_assert_num_queries, others):
    claim = compared()
    for number in range(others):
        compared(f"同学{number}")
    page_of(secretary, claim)
    # session, person, appointments, roll; claim, windows; pairs, dismissals; reach, others; two
    # sides' files; silent files; the decision's stage asks nothing; notices
    with django_assert_num_queries(14):
        page_of(secretary, claim)
