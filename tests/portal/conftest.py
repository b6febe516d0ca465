"""Private files go to a folder of the test."""

import pytest


@pytest.fixture(autouse=True)
def _private_files_apart(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
