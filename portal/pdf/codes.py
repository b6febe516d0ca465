"""QR codes for printed forms."""

import segno


def qr_svg(text: str) -> str:
    """Data URI of a QR code, for the `src` of an image on paper or on a page; the size is the style sheet's."""
    return segno.make_qr(text, error="m").svg_data_uri(border=2, omitsize=True)
