"""Parallel HTTP requests at one balance, on both databases: the whole stack, from the middleware to the constraint.

``DOUBLE_SPEND=200 ./run test tests/journeys/test_double_spend.py`` runs as many rounds as the quality bar asks for.
"""

import os
import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from conversion.integrity import differences
from conversion.models import Application
from portal.enums import Status
from tests.builders import (
    cover,
    get_version,
    lots_of,
    make_application,
    make_course,
    make_offering,
    make_recognised,
    make_student,
)

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = int(os.environ.get("DOUBLE_SPEND", "20"))


def post_together(posts):
    """Send the requests at one moment, each from a browser of its own; return the status codes."""
    gate, codes = threading.Barrier(len(posts)), [0] * len(posts)

    def send(place, client, path, data):
        try:
            gate.wait(timeout=20)
            codes[place] = client.post(path, data).status_code
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(place, *post)) for place, post in enumerate(posts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return codes


@pytest.mark.long
def test_a_balance_is_spent_once_whatever_arrives_together():
    offerings = [make_offering(make_course("1", "模块一")), make_offering(make_course("2", "模块二"))]
    for _round in range(ROUNDS):
        student = make_student()
        cover(get_version().scheme, student.college)
        make_recognised("3", student=student, category="lab")
        uses = {lot.pk: lot.recognised for lot in lots_of(student)}
        drafts = [make_application(student=student, offering=row, uses=uses) for row in offerings]
        browsers = [Client(), Client(), Client(), Client()]
        for browser in browsers:
            browser.force_login(student.person)
        posts = [
            (browser, reverse("conversion:application_submit", args=[row.pk]), {"revision": row.revision})
            for browser, row in zip(browsers, drafts * 2, strict=True)
        ]
        codes = post_together(posts)
        assert codes.count(302) == 1, codes
        assert set(codes) <= {302, 409, 422}
        assert [(lot.held, lot.consumed) for lot in lots_of(student)] == [
            (lot.recognised, 0) for lot in lots_of(student)
        ]
        assert Application.objects.filter(student=student, status=Status.IN_REVIEW).count() == 1
    assert list(differences()) == []
