"""PDFs to be drawn: with words in a font that every reader has, with a picture, or spoilt."""

import io

import pikepdf

FONT = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)


def written(*pages, box=(300, 200), change=None):
    """Return the bytes of a PDF with one line of Latin text on each page."""
    document = pikepdf.new()
    for words in pages:
        document.add_blank_page()
        page = document.pages[-1]
        page.MediaBox = [0, 0, *box]
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=FONT))
        page.Contents = document.make_stream(f"BT /F1 18 Tf 20 100 Td ({words}) Tj ET".encode())
    if change:
        change(document)
    out = io.BytesIO()
    document.save(out, deterministic_id=True)
    return out.getvalue()


def with_huge_image(document):
    """Claim a picture of far more pixels than there is memory."""
    stream = document.make_stream(b"\0" * 64)
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    stream.Width = stream.Height = 60_000
    stream.BitsPerComponent, stream.ColorSpace = 8, pikepdf.Name.DeviceRGB
    page = document.pages[0]
    page.Resources.XObject = pikepdf.Dictionary(Im0=stream)
    page.Contents = document.make_stream(b"q 300 0 0 200 0 0 cm /Im0 Do Q")


def with_seal(document):
    """Carry an electronic seal: a signature field whose looks are a red square."""
    looks = document.make_stream(b"1 0 0 rg 0 0 100 100 re f")
    looks.Type, looks.Subtype, looks.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, [0, 0, 100, 100]
    seal = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Sig,
            T=pikepdf.String("seal"),
            Rect=[0, 0, 300, 200],
            F=4,
            AP=pikepdf.Dictionary(N=looks),
        )
    )
    document.pages[0].Annots = pikepdf.Array([seal])
    document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([seal]), SigFlags=3)
