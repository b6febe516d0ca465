"""Handing a stored file to a browser that may read it; the caller has asked that question."""

from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header, parse_etags

from portal.files.policy import EVIDENCE_TYPES
from portal.files.storing import private_storage
from portal.models import StoredFile

#: The PDF viewer of older Chromiums (still common on campus) does not start in a sandbox; a PDF gets all the rest.
PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
SANDBOX_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
INLINE_TYPES = frozenset(EVIDENCE_TYPES)


def serve(request: HttpRequest, stored: StoredFile, *, inline: bool = False) -> HttpResponseBase:
    """Answer with the file: shown in the page when `inline` and of a harmless type, saved otherwise.

    The proxy sends the bytes when PORTAL_X_ACCEL_PREFIX is set; nginx drops these headers then, and its
    internal location repeats them (docs/operations.md).
    """
    etag = f'"{stored.sha256}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponseBase = HttpResponse(status=304)
    else:
        response = _content(stored)
    as_attachment = not (inline and stored.media_type in INLINE_TYPES)
    response.headers["ETag"] = etag
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment, stored.name) or "attachment"
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Content-Security-Policy"] = PDF_POLICY if stored.is_pdf else SANDBOX_POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _content(stored: StoredFile) -> HttpResponseBase:
    prefix = getattr(settings, "PORTAL_X_ACCEL_PREFIX", "")
    if prefix:
        response: HttpResponseBase = HttpResponse(content_type=stored.media_type)
        response.headers["X-Accel-Redirect"] = prefix + quote(stored.path)
        return response
    try:
        content = private_storage().open(stored.path)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, content_type=stored.media_type)
    response.headers["Content-Length"] = str(stored.size)
    return response
