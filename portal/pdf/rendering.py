"""Templates to PDF: the same input gives the same bytes, nothing is fetched, nothing prints as a box."""

import hashlib
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from portal.pdf.fonts import FACES

logger = logging.getLogger(__name__)

PDF = "application/pdf"
BASE_STYLES = "pdf/base.css"
#: Pango's font maps are not made for several threads, and rendering holds the interpreter anyway.
_lock = threading.Lock()


class RenderingFailed(Exception):  # noqa: N818 - the outcome
    """The document could not be rendered as its template wants it."""


class UnprintableText(RenderingFailed):
    """The document holds characters that no font has; `characters` names them."""

    def __init__(self, characters: Sequence[str]) -> None:
        super().__init__("、".join(characters))
        self.characters = list(characters)


class FontFetcher(URLFetcher):
    """Hands our own faces to our own style sheet; for documents there is `DATA_ONLY`."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:  # noqa: ARG002 - the signature is WeasyPrint's
        """Answer `portal-font:N` with the N-th face."""
        scheme, _colon, number = url.partition(":")
        if scheme != "portal-font":
            raise ValueError(f"not a font of ours: {url}")
        return URLFetcherResponse(url, FACES[int(number)].file.read_bytes(), {"Content-Type": "font/otf"})


#: Documents show what they carry and nothing else: WeasyPrint's own default reads files and the network.
DATA_ONLY = URLFetcher(allowed_protocols=["data"])


def render_pdf(template: str, context: Mapping[str, Any], *, styles: Sequence[str] = ()) -> bytes:
    """Render a template that extends pdf/base.html; `styles` names further style sheets among the templates.

    Deterministic: no dates, no random identifiers. UnprintableText names characters that no font has;
    RenderingFailed when an image cannot be loaded.
    """
    html = render_to_string(template, dict(context))
    with _lock, _watching() as found:
        document = HTML(string=html, url_fetcher=DATA_ONLY)
        content = document.write_pdf(
            stylesheets=[_fonts()[1], *(_styles(name) for name in (BASE_STYLES, *styles))],
            font_config=_fonts()[0],
            pdf_identifier=hashlib.sha256(html.encode()).hexdigest()[:32].encode(),
        )
    if found.missing:
        raise UnprintableText(list(dict.fromkeys(found.missing)))
    if found.failed:
        raise RenderingFailed(found.failed[0])
    return bytes(content)


@cache
def _fonts() -> tuple[FontConfiguration, CSS]:
    """One font configuration per process, with our faces in it; without them the system's fonts serve."""
    configuration = FontConfiguration()
    rules = [
        f"@font-face {{ font-family: '{face.family}'; src: url('portal-font:{number}') format('opentype') }}"
        for number, face in enumerate(FACES)
        if face.file.exists()
    ]
    if len(rules) < len(FACES):
        logger.warning("Static faces are missing, PDFs are larger and slower: run manage.py make_fonts")
    return configuration, CSS(string="\n".join(rules), font_config=configuration, url_fetcher=FontFetcher())


@cache
def _styles(name: str) -> CSS:
    sheet = render_to_string(name, {"faces": FACES})
    return CSS(string=sheet, font_config=_fonts()[0], url_fetcher=DATA_ONLY)


class _Watch(logging.Handler):
    """Collects what WeasyPrint only warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.thread = threading.get_ident()
        self.missing: list[str] = []
        self.failed: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Sort a warning of this thread."""
        if record.thread != self.thread:
            return
        if ".notdef glyph" in record.msg and isinstance(record.args, tuple):
            self.missing.append(str(record.args[0]))
        elif record.msg.startswith("Failed to load"):
            self.failed.append(record.getMessage())
        else:
            logger.warning("WeasyPrint: %s", record.getMessage())


@contextmanager
def _watching() -> Iterator[_Watch]:
    watch = _Watch()
    source = logging.getLogger("weasyprint")
    source.addHandler(watch)
    try:
        yield watch
    finally:
        source.removeHandler(watch)
