"""Having a PDF drawn: the child is asked, and what it says is believed only as far as it reaches."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHILD = Path(__file__).with_name("child.py")
TIMEOUT = 60
# The child reads a stranger's file: it is told nothing of the portal's secrets.
SURROUNDINGS = {"LANG": "C.UTF-8"}
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """One page: its number from 1, its size in pixels, its text, its picture as WebP."""

    number: int
    width: int
    height: int
    text: str
    image: bytes


@dataclass(slots=True)
class Drawing:
    """A PDF as far as it could be drawn: how many pages it has (0 for one that does not open), and those drawn."""

    total: int = 0
    pages: list[DrawnPage] = field(default_factory=list)


def draw(content: bytes) -> Drawing:
    """Draw the first pages of a PDF. Never raises on bad input: a hostile file costs its sender its pages."""
    try:
        answer = subprocess.run(  # noqa: S603 - our own script, and the PDF is its input only
            [sys.executable, "-I", str(CHILD)],
            input=content,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
            env=SURROUNDINGS,
        )
        said, end = answer.stdout, answer.returncode
    except subprocess.TimeoutExpired as late:
        said, end = late.stdout or b"", -1
    drawing = _understood(io.BytesIO(said))
    if end != 0:
        logger.info("Drawing a PDF ended with %s after %s pages.", end, len(drawing.pages))
    return drawing


def _understood(said: io.BytesIO) -> Drawing:
    """Read what the child wrote, up to where it was cut off."""
    first = _line(said)
    drawing = Drawing(int(first.get("pages", 0)))
    while facts := _line(said):
        image = said.read(facts["bytes"])
        if len(image) < facts["bytes"]:
            break
        drawing.pages.append(
            DrawnPage(facts["number"], facts["width"], facts["height"], facts["text"].replace("\0", ""), image)
        )
    return drawing


def _line(said: io.BytesIO) -> dict[str, Any]:
    line = said.readline()
    return json.loads(line) if line.endswith(b"\n") else {}
