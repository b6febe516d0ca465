"""Lists: a validated filter form, a whitelist of sorts, a pager, and the same rows for an export.

Staff's lists page by keyset (every page costs the same at a million rows) with a capped count; students'
short lists have page numbers. The state of a list is in its address and nowhere else.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import EmptyResultSet, FieldDoesNotExist, ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.safestring import SafeString, mark_safe

from portal.fields import render_field

PER_PAGE = 25
COUNT_CAP = 1000
#: Parameters that say which page, not which rows: they go when a filter or the sort changes.
PAGE_PARAMETERS = ("page", "after", "before")


class FilterForm(forms.Form):
    """Base of a list's GET form; `narrow` applies what was asked.

    `main` names the fields that always show, the first of them on a phone as well; `more` those that fold away.
    """

    use_required_attribute = False
    main: tuple[str, ...] = ()
    more: tuple[str, ...] = ()

    @property
    def main_drawn(self) -> SafeString:
        """The fields that always show."""
        return self.drawn(self.main)

    @property
    def more_drawn(self) -> SafeString:
        """The fields behind 更多条件."""
        return self.drawn(self.more)

    def drawn(self, names: Sequence[str]) -> SafeString:
        """Some of the fields as HTML."""
        return mark_safe("".join(render_field(self[name]) for name in names))  # noqa: S308 - each is escaped

    @property
    def more_open(self) -> bool:
        """Whether something was asked for that would be out of sight, here or on a phone."""
        return any(self.data.get(name) or name in self.errors for name in (*self.main[1:], *self.more))

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Rows that fit `self.cleaned_data`; a subclass says which."""
        return queryset


class Sorts:
    """The sorts that an address may ask for: a name → fields that are never null, the last one pk.

    `Sorts({"number": ("student_number", "pk")}, default="-number")`; a minus before the name turns all
    fields round.
    """

    def __init__(self, options: Mapping[str, tuple[str, ...]], *, default: str) -> None:
        for name, fields in options.items():
            if fields[-1].lstrip("-") not in {"pk", "id"}:
                raise ValueError(f"sort {name!r} must end in pk, or pages would overlap")
        if default.lstrip("-") not in options:
            raise ValueError(f"default sort {default!r} is not among the options")
        self.options = options
        self.default = default

    def chosen(self, asked: str | None) -> str:
        """The asked sort when it is allowed, the default otherwise."""
        return asked if asked and asked.removeprefix("-") in self.options else self.default

    def fields(self, chosen: str) -> tuple[str, ...]:
        """Fields of a chosen sort, for order_by."""
        fields = self.options[chosen.removeprefix("-")]
        return reversed_order(fields) if chosen.startswith("-") else fields


@dataclass(frozen=True)
class Count:
    """How many rows there are, exact up to a cap."""

    number: int
    capped: bool = False

    def __str__(self) -> str:
        return f"{self.number}+" if self.capped else str(self.number)


def capped_count(queryset: QuerySet, cap: int = COUNT_CAP) -> Count:
    """Count at most `cap` rows: the database stops there, so a million rows cost no more than a thousand."""
    number = _counted(queryset.order_by().values("pk")[: cap + 1])
    return Count(min(number, cap), capped=number > cap)


def _counted(queryset: QuerySet) -> int:
    """Count the rows of a statement as it stands: Django's own count first takes it apart and builds another."""
    compiler = queryset.query.get_compiler(queryset.db)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return 0
    with compiler.connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({sql}) subquery", parameters)  # noqa: S608 - Django's own statement
        return int(cursor.fetchone()[0])


class Listing:
    """One list page: `rows` to show, `queryset` for its export, `form`, `sort`, `pager`, `total`."""

    def __init__(
        self,
        request: HttpRequest,
        queryset: QuerySet,
        *,
        sorts: Sorts,
        form: FilterForm | None = None,
        per_page: int = PER_PAGE,
        keyset: bool = True,
        columns: Sequence[str] = (),
        counted: bool = True,
    ) -> None:
        self.query = request.GET
        self.counted = counted
        self.form = form
        self.sorts = sorts
        self.sort = sorts.chosen(self.query.get("sort"))
        self.queryset = narrowed(queryset, form).order_by(*sorts.fields(self.sort))
        self.pager: KeysetPager | PageNumberPager = (
            KeysetPager(self.queryset, sorts.fields(self.sort), self.query, per_page, columns)
            if keyset
            else PageNumberPager(self.queryset, self.query, per_page)
        )

    @property
    def rows(self) -> Sequence[Any]:
        """Rows of this page, fetched once."""
        return self.pager.rows

    @property
    def total(self) -> Count:
        """Rows on all pages; one query, only when asked."""
        return self.pager.total

    @property
    def is_filtered(self) -> bool:
        """True when the address narrows the list: an empty page then says so."""
        fields = self.form.fields if self.form else {}
        return any(self.query.get(name) for name in fields)

    @property
    def export_query(self) -> str:
        """Query string of the same rows in the same order, all pages."""
        return without_page(self.query).urlencode()


def narrowed(queryset: QuerySet, form: FilterForm | None) -> QuerySet:
    """Rows that fit the form; none while it has errors, because a wrong filter must not show everything."""
    if form is None or not form.is_bound:
        return queryset
    return form.narrow(queryset) if form.is_valid() else queryset.none()


def reversed_order(fields: Sequence[str]) -> tuple[str, ...]:
    """The same fields, each in the other direction."""
    return tuple(field[1:] if field.startswith("-") else f"-{field}" for field in fields)


def without_page(query: QueryDict) -> QueryDict:
    """Copy of a query without the parameters that choose a page."""
    kept = query.copy()
    for name in PAGE_PARAMETERS:
        kept.pop(name, None)
    return kept


class KeysetPager:
    """Pages by "after this row": next and previous, no page numbers, never an OFFSET."""

    numbered = False

    def __init__(
        self,
        queryset: QuerySet,
        fields: tuple[str, ...],
        query: QueryDict,
        per_page: int,
        columns: Sequence[str] = (),
    ) -> None:
        self.queryset = queryset
        self.fields = fields
        self.per_page = per_page
        # Rows as plain dictionaries of these; the count and the export never pay for their joins.
        self.columns = columns
        self.after = decode_cursor(queryset, fields, query.get("after"))
        self.before = None if self.after else decode_cursor(queryset, fields, query.get("before"))

    @cached_property
    def _fetched(self) -> tuple[list[Any], bool]:
        queryset, fields = self.queryset, self.fields
        if self.columns:
            queryset = queryset.values(*self.columns)
        if self.before:
            fields = reversed_order(fields)
            queryset = queryset.order_by(*fields)
        if cursor := self.after or self.before:
            queryset = queryset.filter(beyond(fields, cursor))
        found = list(queryset[: self.per_page + 1])
        more = len(found) > self.per_page
        rows = found[: self.per_page]
        return (rows[::-1] if self.before else rows), more

    @property
    def rows(self) -> list[Any]:
        """Rows of this page."""
        return self._fetched[0]

    @property
    def next_cursor(self) -> str:
        """Value of `after` for the next page, empty on the last."""
        rows, more = self._fetched
        return encode_cursor(rows[-1], self.fields) if rows and (more or self.before) else ""

    @property
    def previous_cursor(self) -> str:
        """Value of `before` for the previous page, empty on the first."""
        rows, more = self._fetched
        return encode_cursor(rows[0], self.fields) if rows and (self.after or (self.before and more)) else ""

    @cached_property
    def total(self) -> Count:
        """Capped count over all pages; a query only when there is more than one."""
        rows, more = self._fetched
        if not (more or self.after or self.before):
            return Count(len(rows))
        return capped_count(self.queryset)


class PageNumberPager:
    """Pages by number, for lists that one person owns: 转到 N 共 X 页 Y 条."""

    numbered = True

    def __init__(self, queryset: QuerySet, query: QueryDict, per_page: int) -> None:
        self.queryset = queryset
        self.per_page = per_page
        self._asked = query.get("page", "")

    @cached_property
    def _beginning(self) -> list[Any] | None:
        """First page and one row more, which tells whether there is a second; None when another page was asked for."""
        return None if self._wanted > 1 else list(self.queryset[: self.per_page + 1])

    @cached_property
    def total(self) -> Count:
        """Exact count; a query only when there is more than one page."""
        if self._beginning is not None and len(self._beginning) <= self.per_page:
            return Count(len(self._beginning))
        return Count(self.queryset.count())

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total.number // self.per_page))

    @property
    def _wanted(self) -> int:
        return int(self._asked) if self._asked.isdecimal() and len(self._asked) < 10 else 1  # noqa: PLR2004 - int32

    @property
    def number(self) -> int:
        """The page shown; an address beyond the ends shows the nearest."""
        return min(max(self._wanted, 1), self.pages)

    @cached_property
    def rows(self) -> list[Any]:
        """Rows of this page."""
        if self._beginning is not None:
            return self._beginning[: self.per_page]
        start = (self.number - 1) * self.per_page
        return list(self.queryset[start : start + self.per_page])

    @property
    def start_index(self) -> int:
        """Running number of the first row, for the 序号 column."""
        return (self.number - 1) * self.per_page + 1

    @property
    def next_number(self) -> int | None:
        """Number of the next page."""
        return self.number + 1 if self.number < self.pages else None

    @property
    def previous_number(self) -> int | None:
        """Number of the previous page."""
        return self.number - 1 if self.number > 1 else None


def beyond(fields: Sequence[str], cursor: Sequence[Any]) -> Q:
    """Rows that come after the cursor in this order.

    (a, b) > (x, y) is written a >= x AND (a > x OR (a = x AND b > y)): the first condition is implied, but
    it is what lets the database enter an index at the cursor.
    """
    (field, value), rest = (fields[0], cursor[0]), (fields[1:], cursor[1:])
    name, sign = field.lstrip("-"), "lt" if field.startswith("-") else "gt"
    strictly = Q(**{f"{name}__{sign}": value})
    if not rest[0]:
        return strictly
    return Q(**{f"{name}__{sign}e": value}) & (strictly | (Q(**{name: value}) & beyond(*rest)))


def encode_cursor(row: Any, fields: Sequence[str]) -> str:
    """The row's sort values, as text for an address."""
    values = [_plain(_value(row, field.lstrip("-"))) for field in fields]
    packed = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode_cursor(queryset: QuerySet, fields: Sequence[str], text: str | None) -> list[Any] | None:
    """Sort values of a cursor; None, and so the first page, for anything that this list did not write."""
    if not text:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(values, list) or len(values) != len(fields):
            return None
        names = (field.lstrip("-") for field in fields)
        cursor = [_field(queryset, name).to_python(value) for name, value in zip(names, values, strict=True)]
    except (binascii.Error, ValueError, TypeError, ValidationError, FieldDoesNotExist, RecursionError):
        return None
    return None if any(value is None for value in cursor) else cursor


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _value(row: Any, name: str) -> Any:
    if isinstance(row, dict):
        return row["pk"] if name == "pk" and "pk" in row else row["id" if name == "pk" else name]
    for part in name.split("__"):
        row = getattr(row, part)
    return row


def _field(queryset: QuerySet, name: str) -> Field:
    """Field behind a sort name, through relations and annotations: it knows how to read its own values."""
    if name in queryset.query.annotations:
        annotated: Field = queryset.query.annotations[name].output_field
        return annotated
    model: type[Model] = queryset.model
    *path, last = name.split("__")
    for part in path:
        model = _options(model).get_field(part).related_model
    found: Field = _options(model).pk if last == "pk" else _options(model).get_field(last)
    return found


def _options(model: type[Model]) -> Any:
    return model._meta
