"""The builders reach every state through the services."""

import pytest

from portal.enums import Status
from tests.builders import make_application, make_claim, make_recognised, make_student

REACHABLE = [status for status in Status if status != Status.PUBLICITY]  # no scheme has a publicity stage yet


@pytest.mark.django_db
@pytest.mark.parametrize("status", REACHABLE)
def test_a_claim_reaches_every_status(status):
    claim = make_claim(status)
    assert claim.status == status


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW])
def test_an_application_reaches_every_status(status):
    assert make_application(status).status == status


@pytest.mark.django_db
def test_recognised_points_make_a_lot():
    student = make_student()
    claim = make_recognised("3.6", student=student, category="practice")
    assert str(claim.lot.usable) == "3.60"
