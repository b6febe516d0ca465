"""The second university's achievement library: three hundred competitions."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from credits.evaluation import SchemeData
from credits.models import Category, LibraryEntry
from portal.pinyin import initials
from review.demo.second import words

SIZE = 300


def make_library(category: Category, data: SchemeData, random: Random) -> list[LibraryEntry]:
    """Fill the library; each award has a suggested score inside the level's range."""
    ranges = {row.keys[-1]: row.value for row in data.category(category.code).tables["standard"].rows}
    rows = []
    for position in range(SIZE):
        pattern, level = words.SERIES[position % len(words.SERIES)]
        name = pattern.format(words.FIELDS[position // len(words.SERIES) % len(words.FIELDS)])
        low, high = ranges[level].low, ranges[level].high
        suggestions = [[award, str(low + (high - low) * Decimal(part))] for award, part in words.AWARDS]
        rows.append(
            LibraryEntry(
                scheme=category.scheme,
                category=category,
                code=f"JS{position + 1:04d}",
                name=name,
                initials=initials(name),
                organiser=random.choice(words.ORGANISERS),
                level=level,
                suggestions=suggestions,
                valid_from=random.choice([2012, 2015, 2018]),
                ruling="学科竞赛专家指导委员会 2024 年第 1 次会议",
            )
        )
    return LibraryEntry.objects.bulk_create(rows)
