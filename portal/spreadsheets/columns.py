"""The columns of an export: a title, where the value comes from, how it is typed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal

from portal.spreadsheets.spec import Text

#: `auto` follows the value's own type; the others are quicker and say what an empty column would hold.
ExportKind = Literal["auto", "text", "number", "decimal", "date", "datetime"]


@dataclass(frozen=True)
class ExportColumn:
    """One column of an export.

    `value` is a key of the row (a path with "__" for objects) or a function of it. A `private` column holds what only
    those who act on the rows need whole (a telephone number); `hide` is what others get of its values.
    """

    title: Text
    value: str | Callable[[Any], Any]
    kind: ExportKind = "auto"
    width: int = 14
    private: bool = False
    hide: Callable[[Any], Any] | None = None

    @property
    def getter(self) -> Callable[[Any], Any]:
        """Function from a row to this column's value."""
        whole, hide = self._whole, self.hide
        return whole if hide is None else lambda row: hide(whole(row))

    @property
    def _whole(self) -> Callable[[Any], Any]:
        if callable(self.value):
            return self.value
        key, path = self.value, self.value.split("__")

        def get(row: Any) -> Any:
            return row.get(key) if isinstance(row, dict) else reduce(_attribute, path, row)

        return get


def _attribute(thing: Any, name: str) -> Any:
    found = getattr(thing, name, None)
    return found() if callable(found) else found
