"""Printed forms: `render_pdf`, the check of rare characters, QR codes."""

from portal.pdf.characters import places_of
from portal.pdf.codes import qr_svg
from portal.pdf.fonts import unprintable
from portal.pdf.rendering import PDF, RenderingFailed, UnprintableText, render_pdf

__all__ = ["PDF", "RenderingFailed", "UnprintableText", "places_of", "qr_svg", "render_pdf", "unprintable"]
