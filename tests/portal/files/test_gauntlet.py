"""Everything that people and attackers hand in (bar T10): taken or refused, with its reason."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ImageFile

from portal.files import FilePolicy, FileRefused, store_upload
from portal.files.storing import private_storage
from portal.models import StoredFile
from tests.portal.files import specimens as made

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"

GOOD = {
    "jpeg": ("证书.jpg", lambda: made.image("JPEG"), JPEG, "证书.jpg"),
    "upper-case extension": ("IMG_1.JPEG", lambda: made.image("JPEG"), JPEG, "IMG_1.JPEG"),
    "png": ("a.png", lambda: made.image("PNG"), PNG, "a.png"),
    "webp": ("a.webp", lambda: made.image("WEBP"), WEBP, "a.webp"),
    "phone's second picture": ("a.jpg", lambda: made.image("MPO"), JPEG, "a.jpg"),
    "pdf": ("论文.pdf", made.pdf, PDF, "论文.pdf"),
    "pdf with object streams": (
        "a.pdf",
        lambda: made.pdf(object_stream_mode=made.pikepdf.ObjectStreamMode.generate),
        PDF,
        "a.pdf",
    ),
    "pdf with a web link": ("a.pdf", lambda: made.pdf(made.with_link), PDF, "a.pdf"),
    "pdf with telling title": ("a.pdf", lambda: made.pdf(made.with_telling_title), PDF, "a.pdf"),
    "png named jpg": ("a.jpg", lambda: made.image("PNG"), PNG, "a.jpg.png"),
    "double extension": ("a.pdf.exe", made.pdf, PDF, "a.pdf.exe.pdf"),
    "script extension": ("a.php", lambda: made.image("JPEG"), JPEG, "a.php.jpg"),
    "path in name": ("../../etc/passwd.pdf", made.pdf, PDF, "passwd.pdf"),
    "windows path in name": ("C:\\temp\\奖状.pdf", made.pdf, PDF, "奖状.pdf"),
    "nul in name": ("a\0b.pdf", made.pdf, PDF, "ab.pdf"),
    "line break in name": ("a\r\nSet-Cookie: x.pdf", made.pdf, PDF, "aSet-Cookie x.pdf"),
    "direction override in name": ("certificate\u202efdp.exe", made.pdf, PDF, "certificatefdp.exe.pdf"),
    "only dots": ("...", made.pdf, PDF, "file.pdf"),
    "only an extension": (".pdf", made.pdf, PDF, "file.pdf"),
    "markup in name": ('<img src=x onerror="x">.pdf', made.pdf, PDF, "img src=x onerror=x.pdf"),
    "no extension": ("证书", made.pdf, PDF, "证书.pdf"),
    "rare characters": ("㛃䶮𠮷𬭎.pdf", made.pdf, PDF, "㛃䶮𠮷𬭎.pdf"),
}

BAD = {
    "empty": ("a.pdf", lambda: b"", "empty"),
    "text": ("a.pdf", lambda: b"hello", "type"),
    "virus test string": ("a.pdf", lambda: made.EICAR, "type"),
    "svg": ("a.svg", lambda: SVG, "type"),
    "svg as png": ("a.png", lambda: SVG, "type"),
    "html as jpg": ("a.jpg", lambda: HTML, "type"),
    "gif": ("a.gif", lambda: made.image("GIF"), "type"),
    "bmp as jpg": ("a.jpg", lambda: made.image("BMP"), "type"),
    "zip as pdf": ("a.pdf", made.archive, "type"),
    "word document": ("a.pdf", lambda: made.archive("word/document.xml"), "type"),
    "program": ("a.jpg", lambda: b"MZ" + b"\0" * 200, "type"),
    "nul bytes": ("a.pdf", lambda: b"\0" * 500, "type"),
    "only a jpeg's first bytes": ("a.jpg", lambda: b"\xff\xd8\xff\xe0" + b"\0" * 40, "broken"),
    "cut jpeg": ("a.jpg", lambda: made.image("JPEG", (800, 800))[:4000], "broken"),
    "cut png": ("a.png", lambda: made.image("PNG", (400, 400))[:4000], "broken"),
    "cut webp": ("a.webp", lambda: made.image("WEBP", (400, 400))[:2000], "broken"),
    "jpeg and zip": ("a.jpg", lambda: made.image("JPEG") + made.archive(), "polyglot"),
    "jpeg and html": ("a.jpg", lambda: made.image("JPEG") + HTML, "polyglot"),
    "jpeg with php comment": ("a.jpg", lambda: made.image("JPEG", comment=b"<?php system(1);"), "polyglot"),
    "png and pdf": ("a.png", lambda: made.image("PNG", (2, 2)) + made.pdf(), "polyglot"),
    "pdf and zip": ("a.pdf", lambda: made.pdf() + made.archive(), "polyglot"),
    "pdf and html": (
        "a.pdf",
        lambda: made.pdf().replace(b"\n", b"\n%<script>alert(1)</script>\n", 1),
        "polyglot",
    ),
    "animated webp": ("a.webp", lambda: made.animation("WEBP"), "animated"),
    "animated png": ("a.png", lambda: made.animation("PNG"), "animated"),
    "pixel bomb": ("a.png", lambda: made.png_of(30_000, 30_000), "pixels"),
    "pixel bomb of one line": ("a.png", lambda: made.png_of(2_000_000_000, 1), "pixels"),
    "pdf header alone": ("a.pdf", lambda: b"%PDF-1.4\n", "broken"),
    "cut pdf": ("a.pdf", lambda: made.pdf()[:200], "broken"),
    "encrypted pdf": ("a.pdf", made.encrypted_pdf, "encrypted"),
    "restricted pdf": ("a.pdf", lambda: made.encrypted_pdf(user=""), "encrypted"),
    "script on opening": ("a.pdf", lambda: made.pdf(made.with_open_script), "active"),
    "script behind a reference": ("a.pdf", lambda: made.pdf(made.with_hidden_script), "active"),
    "script in an object stream": (
        "a.pdf",
        lambda: made.pdf(made.with_hidden_script, object_stream_mode=made.pikepdf.ObjectStreamMode.generate),
        "active",
    ),
    "program start": ("a.pdf", lambda: made.pdf(made.with_launch), "active"),
    "form sent on page opening": ("a.pdf", lambda: made.pdf(made.with_page_action), "active"),
    "attachment": ("a.pdf", lambda: made.pdf(made.with_attachment), "active"),
    "form programme": ("a.pdf", lambda: made.pdf(made.with_xfa), "active"),
    "too many pages": ("a.pdf", lambda: made.pdf(pages=201), "pages"),
    "no pages": ("a.pdf", lambda: made.pdf(pages=0), "no_pages"),
    "structure bomb": ("a.pdf", made.pdf_structure_bomb, "bomb"),
    "too large": ("a.pdf", lambda: made.pdf() + b" " * 11 * 1024 * 1024, "size"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", GOOD)
def test_is_taken(case):
    name, make, media_type, shown = GOOD[case]
    content = make()
    upload = SimpleUploadedFile("x", content)
    upload._name = name  # noqa: SLF001 - Django cleans names on the way in; here the worst arrives

    stored = store_upload(upload, actor=None, policy=FilePolicy())

    assert (stored.media_type, stored.name) == (media_type, shown)
    with private_storage().open(stored.path) as kept:
        assert kept.read() == content
    assert name not in stored.path


@pytest.mark.django_db
@pytest.mark.parametrize("case", BAD)
def test_is_refused(case):
    name, make, code = BAD[case]
    before = set(_stored_paths())

    with pytest.raises(FileRefused) as refusal:
        store_upload(SimpleUploadedFile(name, make()), actor=None, policy=FilePolicy())

    assert refusal.value.code == code
    assert any("\u4e00" <= char <= "\u9fff" for char in str(refusal.value)), "the message says what to do"
    assert not StoredFile.objects.exists()
    assert set(_stored_paths()) == before


@pytest.mark.django_db
def test_cut_picture_is_refused_after_the_first_pdf(monkeypatch):
    # WeasyPrint's import sets this for the whole process.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)

    upload = SimpleUploadedFile("a.jpg", made.image("JPEG", (800, 800))[:4000])

    upload = SimpleUploadedFile("a.jpg", made.image("JPEG", (800, 800))[:4000])

    with pytest.raises(FileRefused, match="损坏"):
        store_upload(upload, actor=None, policy=FilePolicy())


@pytest.mark.django_db
def test_name_of_255_bytes_and_more_keeps_its_extension():
    stored = store_upload(_upload("获奖证书" * 100 + ".pdf"), actor=None, policy=FilePolicy())

    assert stored.name.endswith(".pdf")
    assert len(stored.name.encode()) <= 240
    assert stored.name.startswith("获奖证书")


@pytest.mark.django_db
def test_policy_narrows_the_types():
    with pytest.raises(FileRefused) as refusal:
        store_upload(_upload("a.pdf"), actor=None, policy=FilePolicy(types=("image/png",)))

    assert refusal.value.code == "type"
    assert "PNG" in str(refusal.value)


def _upload(name):
    upload = SimpleUploadedFile("x", made.pdf())
    upload._name = name  # noqa: SLF001 - as above
    return upload


def _stored_paths():
    storage = private_storage()
    if not storage.exists(""):
        return []
    return [name for folder in storage.listdir("")[0] for name in storage.listdir(folder)[1]]
