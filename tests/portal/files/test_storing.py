import os
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from portal.files import FilePolicy, discard, store_content, store_upload
from portal.files.storing import private_storage, sweep
from portal.models import StoredFile
from tests.portal.files import specimens as made

pytestmark = pytest.mark.django_db


def test_digest_and_size_are_those_of_the_bytes():
    stored = _store(b"a" * 1_000_000)

    # printf 'a%.0s' $(seq 1000000) | sha256sum
    assert stored.sha256 == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    assert stored.size == 1_000_000


def test_same_bytes_twice_are_two_files_with_one_digest():
    first, second = _store(b"same"), _store(b"same")

    assert first.sha256 == second.sha256
    assert first.path != second.path


def test_a_row_that_fails_leaves_no_file(monkeypatch):
    def refuse(**_facts):
        raise IntegrityError

    monkeypatch.setattr(StoredFile.objects, "create", refuse)
    with pytest.raises(IntegrityError):
        _store(b"lost")

    assert _files() == []


def test_discarding_removes_the_file_on_commit_only(django_capture_on_commit_callbacks):
    stored = _store(b"gone")
    with django_capture_on_commit_callbacks(execute=True):
        discard(stored)
        assert len(_files()) == 1

    assert _files() == []
    assert not StoredFile.objects.exists()


def test_sweep_removes_old_files_without_a_row_and_spares_the_rest():
    kept = _store(b"kept")
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 - the block is what rolls back
        lost = _store(b"rolled back")
        raise RuntimeError
    young = private_storage().save("ff/young", SimpleUploadedFile("x", b"young"))
    for path in (kept.path, lost.path):
        long_ago = time.time() - 2 * 24 * 3600
        os.utime(private_storage().path(path), (long_ago, long_ago))

    assert sweep() == 1
    assert sorted(_files()) == sorted([kept.path, young])


def test_sweep_of_nothing():
    assert sweep() == 0


def test_upload_is_rewound_before_it_is_kept():
    content = made.pdf()
    upload = SimpleUploadedFile("a.pdf", content)
    upload.seek(100)

    stored = store_upload(upload, actor=None, policy=FilePolicy())

    assert stored.size == len(content)


def _store(content):
    return store_content(SimpleUploadedFile("x", content), name="x.txt", media_type="text/plain", actor=None)


def _files():
    storage = private_storage()
    if not storage.exists(""):
        return []
    return [f"{folder}/{name}" for folder in storage.listdir("")[0] for name in storage.listdir(folder)[1]]
