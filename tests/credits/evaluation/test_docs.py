"""The guide to packs names everything a pack may hold."""

from pathlib import Path

import pytest

from credits.evaluation.facts import FIELD_KINDS
from credits.evaluation.kinds.limits import MODES
from credits.evaluation.pack.general import SCOPES, STAGE_ROLES
from credits.evaluation.registry import KINDS
from credits.evaluation.wording import WORDING_KEYS

GUIDE = Path(__file__).parents[3] / "docs" / "schemes.md"


@pytest.mark.parametrize("words", [KINDS, WORDING_KEYS, FIELD_KINDS, MODES, STAGE_ROLES, SCOPES])
def test_the_guide_names_every_word_of_the_format(words):
    text = GUIDE.read_text(encoding="utf-8")

    assert [word for word in words if f"`{word}`" not in text] == []
