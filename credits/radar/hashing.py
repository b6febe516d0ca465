"""What a picture looks like, in bits: pure arithmetic on a small grey copy of it.

The cosine transform is chosen before the difference of neighbours: a certificate is paper with little on it, and of
neighbours that are almost equal the next compression decides. Its coarse part finds, its fine part judges: two
certificates of one competition differ in a name, and that is less than 64 bits can tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi
from statistics import pstdev
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from PIL.Image import Image as Picture

SIDE, FINE, COARSE = 64, 32, 8
BANDS, BAND_BITS = 4, 16
BYTES = FINE * FINE // 8
# Grey levels around the mean: below, there is nothing on the paper, and the bits would be noise.
LEAST_SPREAD = 4.0
# Measured on drawn certificates: saved again, resized, greyed or brightened 4 of 64 and 20 of 1024 bits at most;
# another name on the same certificate 22 of 1024 at least.
NEAR_COARSE, NEAR_FINE = 7, 20
_WAVES = [[cos(pi * (2 * x + 1) * u / (2 * SIDE)) for x in range(SIDE)] for u in range(FINE)]


@dataclass(frozen=True, slots=True)
class Print:
    """The bits of one picture: four bands of 16 to be found by, and 1024 in order to be judged by."""

    bands: tuple[int, int, int, int]
    detail: bytes


def fingerprint(picture: Picture) -> Print | None:
    """Return the bits of a grey picture ("L"), None for one with nothing on it."""
    pixels = picture.resize((SIDE, SIDE)).tobytes()
    if pstdev(pixels) < LEAST_SPREAD:
        return None
    waves = _transformed(pixels)
    coarse = [waves[v][u] for v in range(1, COARSE + 1) for u in range(1, COARSE + 1)]
    fine = [waves[v][u] for v in range(FINE) for u in range(FINE)]
    key = _bits(coarse)
    bands = [key >> BAND_BITS * place & (1 << BAND_BITS) - 1 for place in reversed(range(BANDS))]
    return Print((bands[0], bands[1], bands[2], bands[3]), _bits(fine).to_bytes(BYTES, "big"))


def probes(band: int) -> list[int]:
    """Return the band and its neighbours by one bit.

    Of four bands of two keys that differ in at most seven bits, one differs in at most one: so nothing near is missed.
    """
    return [band, *(band ^ 1 << bit for bit in range(BAND_BITS))]


def coarse_distance(one: Iterable[int], other: Iterable[int]) -> int:
    """Return in how many of the 64 bits two pictures differ."""
    return sum([(mine ^ theirs).bit_count() for mine, theirs in zip(one, other, strict=True)])


def fine_distance(one: bytes, other: bytes) -> int:
    """Return in how many of the 1024 bits two pictures differ."""
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


def _transformed(pixels: bytes) -> list[list[float]]:
    """Return the lowest frequencies of the cosine transform, by vertical, then horizontal frequency."""
    lines = [pixels[start : start + SIDE] for start in range(0, SIDE * SIDE, SIDE)]
    across = [[_product(wave, line) for line in lines] for wave in _WAVES]
    return [[_product(wave, column) for column in across] for wave in _WAVES]


def _product(wave: list[float], values: Iterable[float]) -> float:
    return sum(factor * value for factor, value in zip(wave, values, strict=True))


def _bits(values: list[float]) -> int:
    """Return one bit per value: whether it is above the median."""
    middle = sorted(values)[len(values) // 2]
    return int("".join(_digits(values, middle)), 2)


def _digits(values: list[float], middle: float) -> Iterator[str]:
    for value in values:
        yield "1" if value > middle else "0"
