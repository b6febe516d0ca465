"""One verb on many subjects: what each would lock and write by itself is locked and written once for all.

A bulk decision loops over the same verb as a single one. Inside ``together`` the kernel takes the rows that the caller
has locked; what only adds rows (events, notices, awards) is put off and written at the end, in the same transaction.
"""

from __future__ import annotations

import copy
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Subject = TypeVar("Subject", bound=models.Model)


class Together:
    """The rows that are held, and what waits to be written, by the function that writes it."""

    def __init__(self, subjects: Iterable[models.Model]) -> None:
        self.held = {(type(subject), subject.pk): subject for subject in subjects}
        self.waiting: dict[Callable[[list[Any]], object], list[Any]] = {}


_present: ContextVar[Together | None] = ContextVar("together", default=None)


@contextmanager
def together(subjects: Iterable[models.Model]) -> Iterator[None]:
    """Carry out verbs on subjects that the caller has locked in the present transaction.

    They are taken as the caller read them, with their related rows. What was put off is written when the block ends;
    when it ends in an exception nothing of it is, and the caller must give up the transaction, too.
    """
    present = Together(subjects)
    token = _present.set(present)
    try:
        with transaction.atomic(savepoint=False):
            yield
            _present.set(None)
            for write, items in present.waiting.items():
                write(items)
    finally:
        _present.reset(token)


def held(subject: Subject) -> Subject | None:
    """Return a copy of a subject that is held, for a verb to change; None for any other."""
    present = _present.get()
    kept: Any = present.held.get((type(subject), subject.pk)) if present else None
    return copy.copy(kept) if kept is not None else None


def put_off(write: Callable[[list[Any]], object], item: object) -> bool:
    """Let ``write`` have the item with all others of its kind when the block ends; False outside of one."""
    present = _present.get()
    if present is None:
        return False
    present.waiting.setdefault(write, []).append(item)
    return True
