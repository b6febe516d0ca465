"""Bounds on what one request may bring, told politely: the text of the form survives."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.files.policy import MEGABYTE

DRAIN_CHUNK = 1024 * 1024


def max_file() -> int:
    """Bytes of one uploaded file that are kept at all, whatever the policy of the field."""
    return getattr(settings, "PORTAL_UPLOAD_MAX_FILE", 20 * MEGABYTE)


def max_request() -> int:
    """Bytes of all files of one request that are kept."""
    return getattr(settings, "PORTAL_UPLOAD_MAX_REQUEST", 80 * MEGABYTE)


class DroppedUpload(UploadedFile):
    """A file whose bytes were not kept; its size is what arrived, so the field can say why."""

    def __init__(self, name: str | None, size: int, *, over_request_limit: bool) -> None:
        super().__init__(BytesIO(), name, "application/octet-stream", size)
        self.over_request_limit = over_request_limit


class CappedUploadHandler(FileUploadHandler):
    """Stands first in FILE_UPLOAD_HANDLERS and stops passing bytes on past the bounds.

    Django bounds nothing in total. Past a bound the rest is read and dropped, so the other fields arrive and
    the form is shown again with its text and an error beside the file.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.received = 0
        self.of_this_file = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin counting a file."""
        super().new_file(*args, **kwargs)
        self.of_this_file = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:  # noqa: ARG002 - the signature is Django's
        """Pass the bytes on while both bounds hold."""
        self.of_this_file += len(raw_data)
        self.received += len(raw_data)
        return raw_data if self._fits() else None

    def file_complete(self, file_size: int) -> UploadedFile | None:  # noqa: ARG002 - likewise
        """Stand in for a file that was dropped; otherwise the next handlers deliver it."""
        if self._fits():
            return None
        return DroppedUpload(
            self.file_name,
            self.of_this_file,
            over_request_limit=self.of_this_file <= max_file(),
        )

    def _fits(self) -> bool:
        return self.of_this_file <= max_file() and self.received <= max_request()


class RequestSizeMiddleware:
    """Answers 413 with a page to a body beyond all reason, before anything parses it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let through what fits."""
        length = _content_length(request)
        if length <= 2 * max_request():
            return self.get_response(request)
        _drain(request, length)
        return render(request, "413.html", {"limit": max_request() // MEGABYTE}, status=413)


def _content_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _drain(request: HttpRequest, length: int) -> None:
    """Read what is coming, within bounds: a browser shows no answer while it cannot finish sending."""
    left = min(length, 4 * max_request())
    try:
        while left > 0 and (chunk := request.read(min(DRAIN_CHUNK, left))):
            left -= len(chunk)
    except OSError:
        return
