from urllib.parse import unquote

import pytest

from portal.pdf import qr_svg


def test_code_is_an_image_that_a_page_and_a_sheet_can_show():
    code = qr_svg("https://portal.example.edu/verify/AB12-CD34")

    assert code.startswith("data:image/svg+xml")
    assert "<svg" in unquote(code)
    assert "viewBox" in unquote(code)
    assert "width=" not in unquote(code).partition("<path")[0]


@pytest.mark.parametrize("text", ["https://portal.example.edu/verify/AB12-CD34", "编号 1"])
def test_same_text_same_code(text):
    assert qr_svg(text) == qr_svg(text)
    assert qr_svg(text) != qr_svg(text + "x")
