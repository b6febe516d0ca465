"""What a rule sees: the facts, the results of earlier steps, and the category's tables."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.translation import gettext as _

from credits.evaluation.registry import Result
from credits.evaluation.scheme import Category, Rounding, Table
from credits.evaluation.spans import Span

Value = Span | str | bool | datetime.date


class Impossible(Exception):  # noqa: N818 (a state of the facts, not a failure of the program)
    """The facts allow no result; `field` says which fact to look at."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = message
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Context:
    """Facts and results by name. A rule reads it and never changes it; `with_result` makes the next one."""

    category: Category
    college: str | None
    rounding: Rounding
    values: Mapping[str, Value]
    labels: Mapping[str, str]
    sources: Mapping[str, str]

    def value(self, name: str) -> Value:
        """A fact or result; raises Impossible when it was not given."""
        if name not in self.values:
            raise Impossible(self.source(name), _("请填写“%(label)s”") % {"label": self.label(name)})
        return self.values[name]

    def span(self, name: str) -> Span:
        """A number or range."""
        value = self.value(name)
        if not isinstance(value, Span):
            raise Impossible(self.source(name), _("“%(label)s”应为数字") % {"label": self.label(name)})
        return value

    def whole(self, name: str) -> int:
        """A count or a rank."""
        return int(self.span(name).low)

    def flag(self, name: str) -> bool:
        """A yes or no; what was not asked is a no."""
        return self.values.get(name) is True

    def text(self, name: str) -> str:
        """A value as tables spell it."""
        value = self.value(name)
        return str(value).lower() if isinstance(value, bool) else str(value)

    def label(self, name: str) -> str:
        """What people call the fact or result."""
        return self.labels.get(name, name)

    def source(self, name: str) -> str:
        """The fact behind a name: itself, or the fact an earlier step made it from."""
        return self.sources.get(name, name)

    def shown(self, *names: str) -> dict[str, str]:
        """Inputs as a trace shows them, label to value; what was not given is left out."""
        return {self.label(name): self._display(name) for name in names if name in self.values}

    def _display(self, name: str) -> str:
        value = self.value(name)
        if isinstance(value, bool):
            return _("是") if value else _("否")
        return str(value)

    def table(self, code: str) -> Table:
        """A table of the category."""
        return self.category.tables[code]

    def with_result(self, name: str, label: str, result: Result) -> Context:
        """The context of the next step, in which `name` stands for this result."""
        return Context(
            category=self.category,
            college=self.college,
            rounding=self.rounding,
            values=MappingProxyType({**self.values, name: result.value}),
            labels=MappingProxyType({**self.labels, name: self.labels.get(name, label)}),
            sources=MappingProxyType({**self.sources, name: result.source or name}),
        )
