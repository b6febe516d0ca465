"""Draws a stranger's PDF in a process of its own, with bounds on time, memory, pages and pixels.

Run as a script: the PDF on standard input; on standard output a JSON line with the number of pages, then for each page
drawn a JSON line with its size, its text and how many bytes of WebP follow it. Knows neither Django nor the portal:
what it could be made to do, it does to itself. What it has written when a bound ends it is good.
"""

import io
import json
import resource
import sys
from typing import Any

LONG_EDGE = 1600
MOST_PAGES = 30
MOST_SCALE = 4  # a stamp-sized page is not blown up to a poster
MOST_TEXT = 10_000
MOST_BYTES = 32 * 1024 * 1024
QUALITY, EFFORT = 72, 2
MEMORY = 512 * 1024 * 1024
SECONDS = 20


def main() -> None:
    """Draw page by page; each is out before the next one is begun."""
    import pypdfium2  # noqa: PLC0415 - before confine(): it is being measured
    from PIL import WebPImagePlugin  # noqa: F401, PLC0415 - as above

    content = sys.stdin.buffer.read()
    confine()
    out = sys.stdout.buffer
    try:
        document = pypdfium2.PdfDocument(content)
        document.init_forms()  # seals and filled-in fields are drawn, too
    except pypdfium2.PdfiumError as error:
        write(out, {"pages": 0, "why": str(error)})
        return
    write(out, {"pages": len(document)})
    room = MOST_BYTES
    for number in range(min(len(document), MOST_PAGES)):
        facts, image = drawn(document, number)
        room -= len(image)
        if room < 0:
            return
        write(out, {"number": number + 1, **facts, "bytes": len(image)}, image)


def confine() -> None:
    """Give up memory, time, files and children beyond what drawing needs."""
    with open("/proc/self/statm") as statm:  # noqa: PTH123 - one small read, before anything hostile is looked at
        used = int(statm.read().split()[0]) * resource.getpagesize()
    for kind, limit in (
        (resource.RLIMIT_AS, used + MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))


def drawn(document: Any, number: int) -> tuple[dict[str, Any], bytes]:
    """Return a page's size in pixels and its text, and its picture; its long edge is bounded whatever its box says."""
    page = document[number]
    width, height = page.get_size()
    scale = min(LONG_EDGE / max(width, height, 1), MOST_SCALE)
    bitmap = page.render(scale=scale, may_draw_forms=True)
    picture = bitmap.to_pil().convert("RGB")
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=QUALITY, method=EFFORT)
    words = page.get_textpage()
    text = words.get_text_range(0, min(words.count_chars(), MOST_TEXT))
    facts = {"width": picture.width, "height": picture.height, "text": plain(text)}
    page.close()
    return facts, out.getvalue()


def plain(text: str) -> str:
    """Return the text without what a database or a page cannot hold."""
    lines = (" ".join(line.split()) for line in text.replace("\r", "\n").split("\n"))
    kept = "\n".join(line for line in lines if line)
    return "".join(char for char in kept if char == "\n" or char.isprintable()).encode(errors="ignore").decode()


def write(out: Any, facts: dict[str, Any], image: bytes = b"") -> None:
    """Write one line and its picture, and see them off."""
    out.write(json.dumps(facts).encode() + b"\n" + image)
    out.flush()


if __name__ == "__main__":
    main()
