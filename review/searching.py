"""What is typed into a queue's search: names, numbers, pinyin initials of people, and what a row is about."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from django.db.models import Q

from portal import bigrams  # noqa: F401 - makes ``says`` and ``reads`` known
from portal.models import Student
from portal.pinyin import as_initials

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Words of one search; what follows is read as part of the last.
WORDS = 4
#: Up to so many students a statement names them, and goes to their rows by an index.
STUDENTS_NAMED = 200


def matching(text: str, content: str, *, everywhere: bool) -> Q:
    """Return the condition that every word of the text fits: a student or what ``content`` names. A query a word.

    Inside one college rows may be read; ``everywhere``, over the whole school, the pairs of characters are looked up.
    """
    words = text.split(maxsplit=WORDS - 1)
    return reduce(and_, [_one(word, content, everywhere=everywhere) for word in words], Q())


def _one(word: str, content: str, *, everywhere: bool) -> Q:
    return _of_students(word) | Q(**{f"{content}__{'says' if everywhere else 'reads'}": word})


def _of_students(word: str) -> Q:
    found = _students(word)
    named = list(found.values_list("pk", flat=True)[: STUDENTS_NAMED + 1])
    return Q(student__in=named if len(named) <= STUDENTS_NAMED else found.values("pk"))


def _students(word: str) -> QuerySet[Student]:
    """Return the students whose number begins so, whose name holds the word, or whose initials begin so."""
    fits = Q(person__number__startswith=word) | Q(person__name__says=word)
    if word.isascii() and (letters := as_initials(word)) and not letters.isdecimal():
        fits |= Q(person__initials__startswith=letters)
    return Student.objects.filter(fits).order_by()
