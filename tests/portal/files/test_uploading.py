import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from portal.files import FilePolicy, FileRefused, store_upload
from portal.files.uploading import RequestSizeMiddleware


@pytest.fixture(autouse=True)
def _small_bounds(settings):
    settings.PORTAL_UPLOAD_MAX_FILE = 200_000
    settings.PORTAL_UPLOAD_MAX_REQUEST = 300_000


def test_small_files_arrive(rf):
    request = rf.post("/", {"text": "kept", "file": [_file(150_000), _file(100_000)]})

    assert [len(file.read()) for file in request.FILES.getlist("file")] == [150_000, 100_000]


def test_file_beyond_its_bound_is_dropped_with_its_size_and_the_text_stays(rf):
    request = rf.post("/", {"file": [_file(250_000), _file(5)], "text": "kept"})
    large, small = request.FILES.getlist("file")

    assert request.POST["text"] == "kept"
    assert (large.size, large.read()) == (250_000, b"")
    assert small.read() == b"xxxxx"
    assert _refusal(large).code == "size"


def test_file_that_bursts_the_request_is_dropped_and_says_so(rf):
    request = rf.post("/", {"file": [_file(190_000), _file(190_000)], "text": "kept"})
    first, second = request.FILES.getlist("file")

    assert request.POST["text"] == "kept"
    assert len(first.read()) == 190_000
    assert _refusal(second).code == "request_size"


def test_body_beyond_reason_is_answered_with_413_unparsed(rf):
    reached = []
    request = rf.post("/", {"file": _file(700_000)})
    response = RequestSizeMiddleware(lambda _request: reached.append(1) or HttpResponse())(request)

    assert response.status_code == 413
    assert "文件太大" in response.content.decode()
    assert not reached


def test_ordinary_body_passes(rf):
    response = RequestSizeMiddleware(lambda _request: HttpResponse("ok"))(rf.post("/", {"text": "x"}))

    assert response.content == b"ok"


def _file(size):
    return SimpleUploadedFile("a.bin", b"x" * size)


def _refusal(upload):
    with pytest.raises(FileRefused) as refusal:
        store_upload(upload, actor=None, policy=FilePolicy(max_bytes=200_000))
    return refusal.value
