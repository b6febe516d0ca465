"""Pages of PDFs are drawn within bounds, whatever is handed in, and kept once."""

import io
import sys

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from portal.files.storing import private_storage, store_content
from portal.models import RenderedPage, Rendering, StoredFile
from portal.pages import drawing as drawing_module
from portal.pages.child import LONG_EDGE, MOST_PAGES, plain
from portal.pages.drawing import draw
from portal.pages.keeping import render_file
from portal.pages.showing import shown_pages
from tests.portal.files.specimens import encrypted_pdf
from tests.portal.pages import specimens as made


def opened(page):
    return Image.open(io.BytesIO(page.image))


def test_each_page_is_a_picture_with_its_text():
    drawing = draw(made.written("First prize", "Second page", change=made.with_seal))
    assert drawing.total == 2
    assert [(page.number, page.text) for page in drawing.pages] == [(1, "First prize"), (2, "Second page")]
    first, second = map(opened, drawing.pages)
    assert (first.format, first.size) == ("WEBP", (drawing.pages[0].width, drawing.pages[0].height))
    red, green, _blue = first.getpixel((30, 30))
    assert (red > 200, green < 60) == (True, True), "the seal"
    assert second.convert("L").getextrema()[0] < 60, "the words"


@pytest.mark.parametrize(
    ("content", "total"),
    [
        (lambda: b"%PDF-1.7 and then nothing", 0),
        (lambda: made.written("x")[:-300], 0),
        (encrypted_pdf, 0),
        (lambda: encrypted_pdf(user=""), 1),
    ],
    ids=["nothing", "cut", "encrypted", "only forbidding"],
)
def test_what_does_not_open_has_no_pages_and_breaks_nothing(content, total):
    assert len(draw(content()).pages) == total


@pytest.mark.parametrize("box", [(10**8, 10**8), (14400, 1), (3, 3)])
def test_a_page_box_decides_no_pixels(box):
    page = draw(made.written("x", box=box)).pages[0]
    assert 1 <= page.height <= page.width <= LONG_EDGE


def test_a_picture_beyond_memory_leaves_the_page_without_it():
    drawing = draw(made.written("x", change=made.with_huge_image))
    assert drawing.total == 1
    assert len(drawing.pages) <= 1


def test_of_thousands_of_pages_the_first_are_drawn():
    drawing = draw(made.written(*["x"] * 2000, box=(9, 9)))
    assert (drawing.total, len(drawing.pages)) == (2000, MOST_PAGES)


def test_what_was_drawn_before_the_end_of_time_counts(monkeypatch, tmp_path):
    slow = tmp_path / "slow.py"
    line = '{"number": 1, "width": 4, "height": 4, "text": "a", "bytes": 3}'
    said = '{"pages": 9}\n' + line + "\nabc" + line + "\na"
    slow.write_text(f"import sys, time\nsys.stdout.write({said!r})\nsys.stdout.flush()\ntime.sleep(60)")
    monkeypatch.setattr(drawing_module, "CHILD", slow)
    monkeypatch.setattr(drawing_module, "TIMEOUT", 0.5)
    drawing = draw(b"")
    assert (drawing.total, [page.image for page in drawing.pages]) == (9, [b"abc"])


def test_the_child_is_told_no_secret(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "do-not-tell")
    spy = tmp_path / "spy.py"
    spy.write_text("import os, json; print(json.dumps({'pages': 0 if 'SECRET_KEY' in os.environ else 7}))")
    monkeypatch.setattr(drawing_module, "CHILD", spy)
    assert draw(b"").total == 7
    assert sys.executable


def test_text_holds_nothing_that_a_database_refuses():
    assert plain("  证 书\0\r\n\n\ud800编号\u3000 1\x0c") == "证 书\n编号 1"


# --- Kept ---


@pytest.fixture
def stored(db):
    return lambda content: store_content(
        ContentFile(content), name="证书.pdf", media_type="application/pdf", actor=None
    )


def address(number):
    return f"/p/{number}"


def test_a_file_is_drawn_once_and_its_pages_are_files_of_their_own(stored, monkeypatch):
    paper = stored(made.written("First", "Second"))
    assert shown_pages(paper, address).is_waiting
    render_file(paper)
    monkeypatch.setattr("portal.pages.keeping.draw", lambda _content: pytest.fail("drawn again"))
    render_file(paper)
    shown = shown_pages(StoredFile.objects.get(pk=paper.pk), address)
    assert [(row["url"], row["text"]) for row in shown.rows] == [("/p/1", "First"), ("/p/2", "Second")]
    assert (shown.has_text, shown.rest, shown.is_waiting) == (True, 0, False)
    image = RenderedPage.objects.get(number=2).image
    assert image.media_type == "image/webp"
    assert private_storage().size(image.path) == image.size


def test_one_that_cannot_be_drawn_or_is_gone_is_noted(stored):
    broken, gone = stored(b"%PDF-1.7"), stored(b"%PDF-1.7 gone")
    private_storage().delete(gone.path)
    for paper in (broken, gone):
        render_file(paper)
        shown = shown_pages(paper, address)
        assert (shown.rows, shown.is_waiting) == ([], False)
    assert Rendering.objects.filter(drawn=0).count() == 2


def test_whoever_comes_second_leaves_no_pictures_without_owner(stored, monkeypatch):
    paper = stored(made.written("First"))

    def meanwhile(content):
        found = draw(content)
        monkeypatch.setattr("portal.pages.keeping.draw", lambda _content: found)
        render_file(paper)
        return found

    monkeypatch.setattr("portal.pages.keeping.draw", meanwhile)
    assert render_file(paper) == Rendering.objects.get()
    assert StoredFile.objects.count() == 2
