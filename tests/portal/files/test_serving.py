import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404

from portal.files import serve, store_content
from portal.files.storing import private_storage

pytestmark = pytest.mark.django_db


def test_saves_under_the_original_name(rf):
    response = serve(rf.get("/"), _stored("证书 1.pdf", "application/pdf"))

    assert response.headers["Content-Disposition"] == ("attachment; filename*=utf-8''%E8%AF%81%E4%B9%A6%201.pdf")
    assert response.getvalue() == b"content"
    assert response.headers["Content-Length"] == "7"
    response.close()


@pytest.mark.parametrize(
    ("media_type", "inline", "disposition"),
    [
        ("image/png", True, "inline"),
        ("image/png", False, "attachment"),
        ("application/pdf", True, "inline"),
        ("text/html", True, "attachment"),
        ("image/svg+xml", True, "attachment"),
    ],
)
def test_shows_only_harmless_types_in_the_page(rf, media_type, inline, disposition):
    response = serve(rf.get("/"), _stored("a", media_type), inline=inline)

    assert response.headers["Content-Disposition"].split(";")[0] == disposition
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert ("sandbox" in response.headers["Content-Security-Policy"]) == (media_type != "application/pdf")
    assert response.headers["Cache-Control"] == "private, no-cache"
    response.close()


def test_a_second_look_transfers_nothing(rf):
    stored = _stored("a.png", "image/png")
    response = serve(rf.get("/", headers={"If-None-Match": f'"{stored.sha256}"'}), stored, inline=True)

    assert response.status_code == 304
    assert response.content == b""


def test_proxy_sends_the_bytes_when_told(rf, settings):
    settings.PORTAL_X_ACCEL_PREFIX = "/protected/"
    stored = _stored("a.png", "image/png")
    response = serve(rf.get("/"), stored)

    assert response.headers["X-Accel-Redirect"] == f"/protected/{stored.path}"
    assert response.headers["Content-Type"] == "image/png"
    assert response.content == b""


def test_lost_file_is_not_found(rf):
    stored = _stored("a.png", "image/png")
    private_storage().delete(stored.path)

    with pytest.raises(Http404):
        serve(rf.get("/"), stored)


def _stored(name, media_type):
    return store_content(SimpleUploadedFile("x", b"content"), name=name, media_type=media_type, actor=None)
