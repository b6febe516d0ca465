"""What a sheet must look like: one description for its template, its import and the help beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.utils.functional import Promise

Text = str | Promise
#: `code` is an identifier that spreadsheets like to spoil (a student number, a course code).
Kind = Literal["text", "code", "number", "decimal", "date", "choice"]

MAX_ROWS = 50_000
MAX_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class Column:
    """One column: its key in the rows, its title on the sheet, and what its cells may hold.

    `choices` maps what people write to what the row gets. `places` bounds the digits after the point.
    """

    key: str
    title: Text
    kind: Kind = "text"
    required: bool = False
    choices: Mapping[str, object] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    width: int = 16
    help: Text = ""
    places: int = 2
    max_length: int = 500

    @property
    def heading(self) -> str:
        """Title as the template writes it: a star marks what must be filled."""
        return f"{self.title}*" if self.required else str(self.title)


@dataclass(frozen=True)
class SheetSpec:
    """One sheet: its title, its columns, and the columns that together must not repeat."""

    title: Text
    columns: tuple[Column, ...]
    unique: tuple[str, ...] = ()
    max_rows: int = MAX_ROWS
    max_bytes: int = MAX_BYTES

    def column(self, key: str) -> Column:
        """The column with this key."""
        return next(column for column in self.columns if column.key == key)
