"""Where characters that no font has stand in a document, so that whoever keeps the data can find them."""

from collections.abc import Iterable, Iterator
from typing import Any


def places_of(said: Any, characters: Iterable[str]) -> list[dict[str, str]]:
    """Return where the characters stand in what a document says, each with its code as rosters need it: ``U+E863``."""
    texts = list(_texts(said))
    return [
        {"character": char, "code": f"U+{ord(char):04X}", "text": next((t for t in texts if char in t), "")}
        for part in characters
        for char in part
        if not char.isspace()
    ]


def _texts(value: Any) -> Iterator[str]:
    """Yield every text, in order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
