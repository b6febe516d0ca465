"""Offsets are publicised like claims: the same lists, objections and notices over another kind of result."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from conversion.models import Application
from portal.enums import Role, Status
from portal.remarks import remarks_on
from review.models import ListKind
from review.services.objections import Decision, decide_objection
from review.services.publicity import preview
from tests.builders import make_staff
from tests.conversion.offsets import CODE, learner, make_offset, scheme_version
from tests.publicity import HEADING, end_period, issue, make_draft, make_objection, publish, run_jobs, states
from tests.review.conftest import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    scheme_version()
    return make_staff(Role.OFFICE, scheme=CODE)


@pytest.fixture
def row(office):
    make_offset(Status.IN_REVIEW, student=learner("未复核"), code="L102")
    for name, code in (("王芳", "L101"), ("李娜", "L103")):
        make_offset(Status.PUBLICITY, student=learner(name), code=code)
    return publish(make_draft(office=office, kind=ListKind.OFFSETS, scheme=scheme_version().scheme), office)


def test_a_line_names_the_kind_the_course_and_its_credit(row):
    first = row.entries.order_by("position").values("name", "item", "score", "claim").first()
    assert first == {"name": "王芳", "item": "任选课 · L101 逻辑学", "score": Decimal("2.00"), "claim": None}
    assert row.snapshot["kind"] == "offsets"
    assert row.entries.count() == 2


def test_what_is_listed_waits_no_more_and_appears_on_the_offices_page(row, office):
    assert preview(make_draft(office=office, kind="offsets", scheme=row.scheme)).lines == ()
    make_offset(Status.PUBLICITY, student=learner("后来者"), code="L104")
    waiting = client_of(office).get(reverse("review:publicity_lists")).context["waiting"]
    assert [(group["kind"], group["count"]) for group in waiting] == [("offsets", 1)]
    form = client_of(office).get(f"{reverse('review:publicity_new')}?scheme={CODE}&kind=offsets").context["form"]
    assert (form.initial["days"], form.initial["counting"]) == (7, "calendar")


def test_the_notice_makes_offsets_effective_once(row, office):
    issue(end_period(row), office)
    run_jobs()
    assert states(row) == ["effective", "effective"]
    done = Application.objects.filter(status=Status.RECOGNISED)
    assert set(done.values_list("notice", flat=True)) == {HEADING.number}
    assert all(lot.consumed for one in done for lot in [line.lot for line in one.lines.all()])
    run_jobs()
    assert done.count() == 2


def test_an_offset_is_struck_and_its_points_are_free_again(row, office):
    objection = make_objection(row, make_staff(Role.SECRETARY))
    with pytest.raises(ValidationError):
        decide_objection(objection, office, Decision("correct", "改为一分", score=Decimal(1)), revision=0)
    form = client_of(office).get(reverse("review:objection", args=[objection.pk])).context["form"]
    assert "score" not in form.fields
    assert [value for value, _label in form.fields["verb"].choices] == ["reject", "strike"]
    decide_objection(objection, office, Decision("strike", "课程已修。"), revision=0)
    struck = row.entries.get(position=1).application
    assert (struck.status, states(row)) == (Status.REFUSED, ["removed", "listed"])
    assert not any(line.lot.held for line in struck.lines.all())


def test_an_applications_page_says_where_it_stands(row, office):
    application = row.entries.get(position=1).application
    person = application.student.person
    assert any("正在公示" in remark.text for remark in remarks_on(application, person))
    issue(end_period(row), office)
    run_jobs()
    application.refresh_from_db()
    assert any(HEADING.number in remark.text for remark in remarks_on(application, person))
