"""Printed forms are looked at as pictures: a text layer looks right even where a box is printed."""

import io
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pikepdf
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps, ImageStat

from portal.pdf import RenderingFailed, UnprintableText, qr_svg, unprintable
from portal.pdf.fonts import FACES, SC_FACE, make_fonts

RARE = "㛃䶮𠮷𬭎"
LONG_NAME = "买买提·阿不都热合曼·吐尔逊江"
ONE_DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
PIXEL = f"data:image/png;base64,{ONE_DOT}"


@pytest.fixture(scope="session", autouse=True)
def _faces():
    make_fonts()


def test_same_input_gives_the_same_bytes(render):
    body = f"<h1>申请表</h1><p>{LONG_NAME}</p><img class='qr' src='{qr_svg('https://example.org/1')}'>"
    first = render(body)

    assert first == render(body)
    assert first != render(body + "x")
    assert b"CreationDate" not in first


def test_faces_of_our_own_are_embedded(render):
    with pikepdf.open(io.BytesIO(render("<h1>题</h1><p>文</p>"))) as document:
        fonts = {str(font.BaseFont).partition("+")[2] for font in document.pages[0].Resources.Font.values()}

    assert {name.removesuffix("-Bold") for name in fonts} == {"Portal-Hei", "Portal-Song"}


def test_one_form_is_small(render):
    body = "<h1>素质教育积分转换申请表</h1>" + "<p>学科竞赛全国一等奖，认定积分 3.60。</p>" * 20

    assert len(render(body)) < 200_000


@pytest.mark.parametrize("character", [*RARE, "张", "·", "A"])
def test_character_is_printed_as_the_font_draws_it(render, character):
    printed = _glyph(_picture(render(f"<p style='font-size:200pt;line-height:1'>{character}</p>")))

    assert _likeness(printed, _drawn(character)) > 0.9
    assert _likeness(printed, _drawn("国")) < 0.9


def test_long_name_with_dots_is_printed_whole(render):
    content = render(f"<p>{RARE}</p><table><tr><td style='width:30mm'>{LONG_NAME}</td><td>x</td></tr></table>")
    text = _text(content)

    assert set(LONG_NAME) <= set(text)
    assert RARE in text
    page = _picture(content)
    assert page.getbbox()[2] < page.width * 0.95, "nothing runs off the sheet"


@pytest.mark.parametrize("character", ["\ue863", "\U0010fffd", "\u0378"])
def test_character_that_no_font_has_is_named_and_not_printed(render, character):
    with pytest.raises(UnprintableText) as refusal:
        render(f"<p>姓名：王{character}</p><p>{character}</p>")

    assert refusal.value.characters == [character]
    assert unprintable(f"王{character}明{character}") == [character]


def test_rare_and_ordinary_names_are_printable():
    assert unprintable(RARE + LONG_NAME + "Ångström–“”\n\u200b") == []


@pytest.mark.parametrize(
    "body",
    [
        "<img src='{address}/a.png'>",
        "<img src='file:///etc/passwd'>",
        "<img src='file:///usr/share/pixmaps/debian-logo.png'>",
        "<object data='{address}/a.svg'></object>",
        "<embed src='{address}/a.svg'>",
        "<svg><image href='{address}/a.png'/></svg>",
    ],
)
def test_document_that_asks_for_more_is_refused_and_nothing_is_fetched(render, server, body):
    with pytest.raises(RenderingFailed):
        render(body.format(address=server.address))

    assert server.asked == []


@pytest.mark.parametrize(
    "body",
    [
        "<link rel='stylesheet' href='{address}/a.css'>",
        "<style>@import '{address}/a.css'; p {{ background: url({address}/b.png) }}</style><p>x</p>",
        "<style>@font-face {{ font-family: x; src: url({address}/c.ttf) }} p {{ font-family: x }}</style><p>x</p>",
        "<a rel='attachment' href='file:///etc/passwd'>x</a><link rel='attachment' href='file:///etc/passwd'>",
        "<style>p {{ content: url(file:///etc/passwd) }}</style><p>x</p>",
        "<iframe src='{address}/'></iframe><script src='{address}/x.js'></script>",
    ],
)
def test_document_cannot_fetch(render, server, body):
    try:
        content = render(body.format(address=server.address))
    except RenderingFailed:
        content = b""

    assert server.asked == []
    assert b"root:" not in content
    if content:
        with pikepdf.open(io.BytesIO(content)) as document:
            assert not document.attachments


def test_images_that_a_document_carries_are_printed(render):
    with pikepdf.open(io.BytesIO(render(f"<img src='{PIXEL}'>"))) as document:
        assert len(document.pages[0].get_images()) == 1


def test_pages_are_numbered_and_headings_repeat(render):
    rows = "<tr><td>学科竞赛</td></tr>" * 120
    content = render(f"<table><thead><tr><th>申请类型</th></tr></thead>{rows}</table>")
    text = _text(content)
    with pikepdf.open(io.BytesIO(content)) as document:
        pages = len(document.pages)

    assert pages > 1
    assert text.count("申请类型") == pages
    assert f"1/{pages}" in text.replace(" ", "")


def test_two_threads_render_alike(render):
    expected, results = render("<p>并行</p>"), []
    threads = [threading.Thread(target=lambda: results.append(_plain())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(results)) == 1
    assert expected.startswith(b"%PDF")


def _plain():
    from portal.pdf import render_pdf  # noqa: PLC0415 - WeasyPrint is slow to import

    return render_pdf("pdf/base.html", {})


@pytest.fixture
def server():
    """A web server that notes what is asked."""

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Noting)
    server.asked = []
    server.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _picture(content):
    """First page, dark on light, without its page number."""
    command = ["pdftoppm", "-r", "50", "-gray", "-f", "1", "-l", "1", "-"]
    answer = subprocess.run(command, input=content, capture_output=True, check=True)
    with Image.open(io.BytesIO(answer.stdout)) as page:
        page.load()
    inverted = ImageOps.invert(page)
    return inverted.crop((0, 0, inverted.width, int(inverted.height * 0.93)))


def _text(content):
    answer = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return answer.stdout.decode()


def _drawn(character):
    """The glyph straight from the font's file, without any of our machinery."""
    font = ImageFont.truetype(str(FACES[0].origin), 140, index=SC_FACE)
    canvas = Image.new("L", (240, 240))
    ImageDraw.Draw(canvas).text((40, 20), character, font=font, fill=255)
    return _glyph(canvas)


def _glyph(picture):
    """The inked part, at one size."""
    box = picture.point(lambda value: 255 if value > 60 else 0).getbbox()
    assert box, "nothing was printed"
    return picture.crop(box).resize((64, 64))


def _likeness(one, other):
    """One for the same picture, about a half for two unrelated characters."""
    difference = ImageChops.difference(one, other)
    return 1 - ImageStat.Stat(difference).mean[0] / 255
