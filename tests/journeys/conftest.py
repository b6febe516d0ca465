"""What the tests over the whole portal share."""

import pytest

from tests.journeys.world import apart


@pytest.fixture
def world(db):
    """Give the portal of ``tests.journeys.world`` to one test; what the test does to it never was.

    The module imports that file's ``db``.
    """
    with apart():
        yield db
