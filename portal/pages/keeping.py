"""Keeping the drawn pages of a PDF: made once by the worker, pictures in the private storage like every other file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from portal.files.storing import private_storage, store_content
from portal.models import RenderedPage, Rendering
from portal.pages.drawing import Drawing, draw

if TYPE_CHECKING:
    from portal.models import StoredFile


def render_file(stored: StoredFile) -> Rendering:
    """Draw a stored PDF and keep its pages; once only, and one that cannot be drawn is noted as such."""
    known = Rendering.objects.filter(file=stored).first()
    if known is not None:
        return known
    drawing = _drawn(stored)
    try:
        with transaction.atomic():
            # The row comes first: who comes second stops here, before there is a picture without an owner.
            rendering = Rendering.objects.create(file=stored, total=drawing.total, drawn=len(drawing.pages))
            RenderedPage.objects.bulk_create(
                RenderedPage(
                    rendering=rendering,
                    number=page.number,
                    image=store_content(
                        io.BytesIO(page.image), name=f"{page.number}.webp", media_type="image/webp", actor=None
                    ),
                    width=page.width,
                    height=page.height,
                    text=page.text,
                )
                for page in drawing.pages
            )
    except IntegrityError:
        return Rendering.objects.get(file=stored)
    return rendering


def _drawn(stored: StoredFile) -> Drawing:
    try:
        with private_storage().open(stored.path) as file:
            return draw(file.read())
    except FileNotFoundError:
        return Drawing()
