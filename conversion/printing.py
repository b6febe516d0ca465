"""Many approved forms as one file: the list in front, then each form as it is printed alone."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from conversion.pdf import sheet_of
from portal.language import kept_language
from portal.paper import Cell, Paragraph, Row, Sheet, Span, write_pdf
from portal.points import format_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conversion.models import Form

COLUMNS = (9, 24, 19, 23, 0, 11, 50, 12)
SIZE = 8.5


@dataclass(frozen=True, slots=True)
class Unprintable:
    """A form with characters that no font has."""

    form: Form
    characters: tuple[str, ...]


class BatchUnprintable(Exception):  # noqa: N818 - the sentence people read
    """Some forms cannot be printed, so nothing was; ``offenders`` says which, and why."""

    def __init__(self, offenders: Sequence[Unprintable]) -> None:
        super().__init__(", ".join(one.form.number for one in offenders))
        self.offenders = list(offenders)


def batch_pdf(forms: Iterable[Form], *, title: str, origin: str) -> bytes:
    """Return the forms in their order with the list in front, or raise ``BatchUnprintable``: never a part of them.

    ``origin`` says under the title who printed it, and when. The list names the page of the file on which each begins.
    """
    taken, sheets, offenders = [], [], []
    for form in forms:
        sheet = sheet_of(form)
        if sheet.missing:
            offenders.append(Unprintable(form, tuple(sheet.missing)))
        taken.append(form)
        sheets.append(sheet)
    if offenders:
        raise BatchUnprintable(offenders)
    with kept_language():
        return write_pdf([_list_before(taken, sheets, title, origin), *sheets], title)


def _list_before(forms: Sequence[Form], sheets: Sequence[Sheet], title: str, origin: str) -> Sheet:
    """Set the list; how many pages it takes itself is known once it was set."""
    pages = [len(sheet.pages) for sheet in sheets]
    starts = list(accumulate(pages, initial=1))[:-1]
    draft = _list(forms, starts, title, origin)
    return _list(forms, [start + len(draft.pages) for start in starts], title, origin)


def _list(forms: Sequence[Form], starts: Sequence[int], title: str, origin: str) -> Sheet:
    sheet = Sheet(title, title)
    sheet.write(Paragraph((Span(title, 15, hei=True),), "center"))
    count = _("共 %(count)s 份") % {"count": len(forms)}
    sheet.write(Paragraph((Span(f"{count} · {origin}", 9),), "center", before=1))
    sheet.write(Paragraph((Span("", 4),)))
    names = (
        *(_("序号"), _("学号"), _("姓名"), _("班级")),
        *(_("课程名称"), _("学分"), _("表单编号"), _("页码")),
    )
    heads = [Row(tuple(_cell(name, hei=True) for name in names), down=0.8)]
    sheet.table(sheet.columns(*COLUMNS), [_row(*one) for one in enumerate(zip(forms, starts, strict=True), 1)], heads)
    return sheet


def _row(number: int, entry: tuple[Form, int]) -> Row:
    form, start = entry
    student, course = form.snapshot["student"], form.snapshot["course"]
    texts = (
        *(str(number), student["number"], student["name"], student["class"]),
        *(course["name"], format_number(Decimal(course["credits"])), form.number, str(start)),
    )
    return Row(tuple(_cell(text) for text in texts), down=0.8)


def _cell(text: str, *, hei: bool = False) -> Cell:
    return Cell((Paragraph((Span(text, SIZE, hei=hei),), leading=1.3),), shaded=hei, across=1)
