from pathlib import Path

from django.conf import settings

from review.lifecycle import document


def test_the_page_is_as_new_as_the_tables():
    page = Path(settings.BASE_DIR) / "docs" / "lifecycle.md"
    assert page.read_text(encoding="utf-8") == document(), "run: ./run manage lifecycle"
