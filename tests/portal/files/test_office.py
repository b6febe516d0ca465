"""Word and Excel documents beside a notice: taken as they are, refused when they act or call home."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from portal.files import FilePolicy, FileRefused, store_upload
from portal.files.policy import DOCX, NOTICE_TYPES, XLSX

pytestmark = pytest.mark.django_db
POLICY = FilePolicy(types=NOTICE_TYPES)
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.fixture(autouse=True)
def _files_apart(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def docx(*more, main=MAIN, order=("types", "body"), head=b""):
    """Return the bytes of a document; ``more`` are (name, content) of further parts."""
    parts = {
        "types": (
            "[Content_Types].xml",
            f'<Types><Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        ),
        "body": ("word/document.xml", "<w:document/>"),
    }
    out = io.BytesIO(head)
    out.seek(len(head))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package:
        for name, content in [*(parts[key] for key in order), *more]:
            package.writestr(name, content)
    return out.getvalue()


def xlsx():
    out = io.BytesIO()
    Workbook().save(out)
    return out.getvalue()


def relation(kind, mode="External"):
    link = f'<Relationship Id="r1" Type="{RELS}/{kind}" Target="http://x/" TargetMode="{mode}"/>'
    return ("word/_rels/settings.xml.rels", f"<Relationships>{link}</Relationships>")


def store(content, name, policy=POLICY):
    return store_upload(SimpleUploadedFile(name, content), actor=None, policy=policy)


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (docx(), "申请表.docx", DOCX),
        (docx(order=("body", "types")), "申请表.docx", DOCX),
        (docx(relation("hyperlink")), "带链接.docx", DOCX),
        (xlsx(), "汇总表.xlsx", XLSX),
    ],
)
def test_an_ordinary_document_is_kept_with_its_name(content, name, kind):
    stored = store(content, name)
    assert (stored.media_type, stored.name) == (kind, name)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (docx(("word/vbaProject.bin", b"\x00")), "active"),
        (docx(("word/embeddings/oleObject1.bin", b"\x00")), "active"),
        (docx(("word/activeX/activeX1.xml", "<x/>")), "active"),
        (docx(relation("attachedTemplate")), "active"),
        (docx(relation("image")), "active"),
        (docx(main="application/vnd.ms-word.document.macroEnabled.main+xml"), "type"),
        (docx(*((f"word/{number}.xml", "") for number in range(2001))), "bomb"),
        (docx(("word/_rels/big.rels", b"0" * 2_000_000)), "bomb"),
        (docx(head=b"<script>"), "polyglot"),
        (docx()[:200], "type"),
        (b"PK\x03\x04" + b"\0" * 400, "type"),
    ],
)
def test_a_document_that_acts_or_hides_is_refused(content, code):
    with pytest.raises(FileRefused) as refused:
        store(content, "申请表.docx")
    assert refused.value.code == code


def test_evidence_takes_no_documents():
    with pytest.raises(FileRefused) as refused:
        store(docx(), "论文.docx", FilePolicy())
    assert refused.value.code == "type"
