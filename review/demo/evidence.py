"""Draws invented certificates as JPEG and PDF: what a student's phone would have photographed."""

from __future__ import annotations

import hashlib
import io
import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFont

from portal.files.storing import private_storage

SIZE = (960, 680)
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/noto/NotoSansCJK-Regular.ttc",
)
PAPERS = ["#fbf6e9", "#f6f9fc", "#fdf3f1", "#f4f8f1"]
INKS = ["#8a1f11", "#1d3f72", "#7a4b00", "#22543d"]
PDF_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Drawn:
    """One certificate that lies in the private storage."""

    key: uuid.UUID
    sha256: str
    size: int
    media_type: str
    name: str
    path: str


def draw_certificate(random: Random, *, name: str, content: str, day: datetime, title: str) -> Drawn:
    """Draw one certificate, store it, and return what its row needs."""
    is_pdf = random.random() < PDF_SHARE
    image = _picture(random, name, content, day)
    out = io.BytesIO()
    if is_pdf:
        image.save(out, "PDF", resolution=96, creationDate=day.timetuple(), modDate=day.timetuple())
    else:
        image.save(out, "JPEG", quality=62)
    data = out.getvalue()
    key = uuid.UUID(int=random.getrandbits(128), version=4)
    path = private_storage().save(f"{key.hex[:2]}/{key.hex}", ContentFile(data))
    suffix, media_type = ("pdf", "application/pdf") if is_pdf else ("jpg", "image/jpeg")
    return Drawn(key, hashlib.sha256(data).hexdigest(), len(data), media_type, f"{title}.{suffix}", path)


def _picture(random: Random, name: str, content: str, day: datetime) -> Image.Image:
    ink = random.choice(INKS)
    image = Image.new("RGB", SIZE, random.choice(PAPERS))
    draw = ImageDraw.Draw(image)
    width, height = SIZE
    for inset, thickness in ((24, 6), (38, 2)):
        draw.rectangle((inset, inset, width - inset, height - inset), outline=ink, width=thickness)
    draw.text((width / 2, 120), "证  书", font=_font(64), fill=ink, anchor="mm")
    draw.text((110, 230), f"{name}  同学：", font=_font(30), fill="#222222")
    for line, text in enumerate(_wrapped(f"　　{content}，特发此证，以资鼓励。", 25)):
        draw.text((110, 290 + line * 52), text, font=_font(30), fill="#222222")
    draw.text((width - 110, height - 150), f"{day:%Y年%m月%d日}", font=_font(26), fill="#222222", anchor="ra")
    number = f"编号 {random.randint(10**9, 10**10 - 1)}"
    draw.text((110, height - 150), number, font=_font(22), fill="#555555")
    draw.text((110, height - 100), "样张：演示数据，非真实证书", font=_font(20), fill="#777777")
    x, y, radius = width - 210, height - 190, 62
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline="#c22b1f", width=5)
    draw.text((x, y), "★", font=_font(46), fill="#c22b1f", anchor="mm")
    return image


def _wrapped(text: str, width: int) -> list[str]:
    return [text[start : start + width] for start in range(0, len(text), width)][:4]


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for path in FONTS:
        if Path(path).exists():
            return ImageFont.truetype(path, size, index=2)
    return ImageFont.load_default(size)
