"""Forms that are set directly: where lines break, what a page that ends does, the same bytes, the text of a reader."""

import io
import shutil
import subprocess

import pikepdf
import pytest

from portal.paper import Cell, Paragraph, Row, Sheet, Span, write_pdf
from portal.paper.lines import set_lines
from portal.pdf import UnprintableText

needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")


def lines(text, width=100, **look):
    set_ = set_lines(Paragraph((Span(text, 10, **look),)), width)
    return ["".join(character for piece in line.pieces for _code, character in piece.used) for line in set_]


def text_of(content):
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode()


def sheet(*texts, title="表", heads=()):
    made = Sheet(title, title)
    rows = [Row((Cell((Paragraph((Span(text),)),)),)) for text in texts]
    made.table(made.columns(0), rows, [Row((Cell((Paragraph((Span(text),)),)),)) for text in heads])
    return made


def test_lines_break_as_chinese_does():
    # Ten characters of ten points fill a hundred points.
    assert lines("一二三四五六七八九十甲乙") == ["一二三四五六七八九十", "甲乙"]
    assert lines("一二三四五六七八九十，甲") == ["一二三四五六七八九", "十，甲"]
    assert lines("一二三四五六七八九（甲）") == ["一二三四五六七八九", "（甲）"]
    assert lines("一二\n三") == ["一二", "三"]
    assert lines("一\ufe0f二") == ["一二"]
    assert lines("一\t二") == ["一 二"]


def test_words_stay_whole_unless_they_are_longer_than_a_line():
    assert lines("一二三四五六七 application") == ["一二三四五六七", "application"]
    parts = lines("2026-2027-1-100050415-000001-1")
    assert len(parts) > 1
    assert "".join(parts) == "2026-2027-1-100050415-000001-1"


def test_no_line_is_wider_than_its_room():
    text = "某项目 with words，（括号）与 https://example.org/a/very/long/address/0123456789 在一起。" * 5
    for width in (40, 100, 333):
        for line in set_lines(Paragraph((Span(text, 9), Span(text, 13, hei=True))), width):
            assert line.width <= width + 0.01


@needs_poppler
def test_a_row_that_no_page_holds_is_parted_and_nothing_is_lost():
    said = "\n".join(f"第{number}行" for number in range(150))
    content = write_pdf([sheet("前", said, "后", heads=("头",))])
    text = text_of(content).split()
    assert [f"第{number}行" for number in range(150)] == [word for word in text if word.startswith("第")]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == text.count("头")


@needs_poppler
def test_sheets_are_joined_each_with_its_own_pages_and_found_by_title():
    content = write_pdf([sheet("甲", title="一"), sheet("乙", title="二")], "合订")
    text = text_of(content)
    assert text.replace(" ", "").count("1/1") == 2
    with pikepdf.open(io.BytesIO(content)) as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root] == ["一", "二"]
        assert str(pdf.docinfo["/Title"]) == "合订"
        assert str(pdf.Root.Lang) == "zh-Hans"
        assert len(pdf.pages) == 2
    assert content == write_pdf([sheet("甲", title="一"), sheet("乙", title="二")], "合订")


@needs_poppler
def test_rare_characters_come_from_the_whole_font():
    assert "𬭎𠮷" in text_of(write_pdf([sheet("刘𬭎𠮷")]))


def test_what_no_font_has_is_named():
    with pytest.raises(UnprintableText) as refused:
        write_pdf([sheet("李\ue863")])
    assert refused.value.characters == ["\ue863"]
