"""What the tests over the whole portal share."""

import copy

import pytest

from tests.journeys.portals import apart


@pytest.fixture
def world(db):
    """Give the portal of ``tests.journeys.world`` to one test; what the test does to it never was.

    The module imports that file's ``db``.
    """
    jars = {role: copy.deepcopy(client.cookies) for role, client in db.clients.items()}
    with apart():
        yield db
    for role, jar in jars.items():
        db.clients[role].cookies = jar
