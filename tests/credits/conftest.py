"""What the tests of claims share: private files in the test's folder, somebody signed in."""

import pytest

from tests.builders import fresh


@pytest.fixture(autouse=True)
def _private_files_apart(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def sign_in(client):
    """Give a function that signs a student or a person in and returns the client."""

    def enter(somebody):
        client.force_login(fresh(getattr(somebody, "person", somebody)))
        return client

    return enter
