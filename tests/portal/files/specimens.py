"""Files that people hand in, good and bad, made on the spot."""

import io
import struct
import zipfile
import zlib

import pikepdf
from PIL import Image

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def image(kind="JPEG", size=(60, 40), **options):
    """Bytes of a small real picture."""
    out = io.BytesIO()
    picture = Image.effect_noise(size, 60).convert("RGB")
    picture.save(out, kind, **options)
    return out.getvalue()


def animation(kind="WEBP"):
    """Bytes of a picture that moves."""
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def pdf(change=None, *, pages=1, **save):
    """Bytes of a PDF; `change(document)` may spoil it."""
    out = io.BytesIO()
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(200, 200))
    if change:
        change(document)
    document.save(out, deterministic_id=True, **save)
    return out.getvalue()


def encrypted_pdf(user="secret"):
    """A PDF that asks for a password, or (user="") only forbids things."""
    out = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    document.save(out, encryption=pikepdf.Encryption(owner="owner", user=user))
    return out.getvalue()


def with_open_script(document):
    """Run JavaScript on opening."""
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def with_hidden_script(document):
    """Run JavaScript from an annotation, behind a reference, inside an array."""
    action = document.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("x")))
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    document.pages[0].Annots = pikepdf.Array([link])


def with_launch(document):
    """Start a program on opening."""
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))


def with_page_action(document):
    """Submit a form when the page opens."""
    action = pikepdf.Dictionary(S=pikepdf.Name.SubmitForm, F=pikepdf.String("http://example.org/"))
    document.pages[0].AA = pikepdf.Dictionary(O=action)


def with_attachment(document):
    """Carry a second file."""
    document.attachments["secret.exe"] = b"MZ..."


def with_xfa(document):
    """Carry a form programme."""
    document.Root.AcroForm = pikepdf.Dictionary(XFA=pikepdf.String("<xdp/>"), Fields=pikepdf.Array())


def with_link(document):
    """Link to the web: certificates do, and it is harmless."""
    action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://example.org/JavaScript"))
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    document.pages[0].Annots = pikepdf.Array([link])


def with_telling_title(document):
    """Mention the forbidden words where they mean nothing."""
    document.docinfo["/Title"] = "/JavaScript /Launch /EmbeddedFile"


def pdf_structure_bomb(size=100 * 1024 * 1024):
    """A PDF whose object stream unpacks to `size` bytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 1024 * 1024) for _ in range(size // (1024 * 1024))) + packer.flush()
    head = b"1 0 obj\n<</Type/Obj#53tm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(packed)
    return b"%PDF-1.5\n" + head + packed + b"\nendstream\nendobj\n%%EOF\n"


def png_of(width, height):
    """A PNG that claims a size without having the pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def archive(name="a.txt"):
    """Bytes of a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(name, "content")
    return out.getvalue()
