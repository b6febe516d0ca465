"""Points for every full group of things done; what is left over carries to the next time."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from django.utils.translation import gettext as _

from credits.evaluation.context import Context
from credits.evaluation.pack.reader import Reader
from credits.evaluation.registry import Names, Result, Rule, rule_kind
from credits.evaluation.spans import Span, plain


def accumulate(total: int, per: int, worth: Decimal) -> tuple[Decimal, int]:
    """Points for the full groups of `per` in `total`, and the rest that carries over."""
    groups, rest = divmod(total, per)
    return groups * worth, rest


@rule_kind("accumulate")
@dataclass(frozen=True, slots=True)
class Accumulate(Rule):
    """Every `per` of the counts together are worth `worth` points."""

    counts: tuple[str, ...]
    per: int
    worth: Decimal

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(
            counts=reader.texts("counts", least=1),
            per=reader.whole("per", least=1),
            worth=reader.decimal("worth"),
        )

    @property
    def reads(self) -> tuple[str, ...]:
        return self.counts

    def apply(self, context: Context) -> Result:
        total = sum(context.whole(name) for name in self.counts)
        points, rest = accumulate(total, self.per, self.worth)
        whole = _("取整(%(quotient)s)") % {"quotient": f"{total} ÷ {self.per}"}
        formula = f"{whole} × {plain(self.worth)} = {plain(points)}"
        left_over = _("%(rest)s 结转") % {"rest": rest}
        return Result(
            Span.exactly(points),
            context.shown(*self.counts),
            f"{formula}（{left_over}）" if rest else formula,
        )

    def words(self, names: Names) -> str:
        return _("%(counts)s每满 %(per)s 计 %(worth)s 分，余数结转") % {
            "counts": " + ".join(map(names.of, self.counts)),
            "per": self.per,
            "worth": plain(self.worth),
        }
