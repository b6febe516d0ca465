"""Rules on the order of authors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from credits.evaluation.context import Context, Impossible
from credits.evaluation.pack.reader import Reader
from credits.evaluation.registry import Names, Result, Rule, rule_kind
from credits.evaluation.spans import Span

SECOND = 2


@rule_kind("supervisor_first")
@dataclass(frozen=True, slots=True)
class SupervisorFirst(Rule):
    """When the supervisor is the first author, the second author counts as the first; others keep their rank."""

    rank: str
    supervisor: str

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(rank=reader.text("rank"), supervisor=reader.text("supervisor"))

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.rank, self.supervisor)

    def apply(self, context: Context) -> Result:
        rank = context.whole(self.rank)
        behind_supervisor = context.flag(self.supervisor)
        if behind_supervisor and rank < SECOND:
            message = _("“%(fact)s”时，“%(rank)s”不可能是第 1")
            labels = {"fact": context.label(self.supervisor), "rank": context.label(self.rank)}
            raise Impossible(context.source(self.rank), message % labels)
        counted = 1 if behind_supervisor and rank == SECOND else rank
        inputs = context.shown(self.rank, self.supervisor)
        return Result(Span.exactly(counted), inputs, f"{rank} → {counted}", source=self.rank)

    def words(self, names: Names) -> str:
        return _("“%(fact)s”时，第 2 位视为第 1 位") % {"fact": names.of(self.supervisor)}


@rule_kind("first_count")
@dataclass(frozen=True, slots=True)
class FirstCount(Rule):
    """Only the first `limit` ranks count, whatever else the rules give; named cases have their own limit."""

    rank: str
    limit: int
    of: str
    case: str
    exceptions: tuple[tuple[str, int], ...]

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(
            rank=reader.text("rank"),
            limit=reader.whole("limit", least=1),
            of=reader.text_or("of", "points"),
            case=reader.text_or("case"),
            exceptions=tuple((each.text("is"), each.whole("limit", least=1)) for each in reader.children("exception")),
        )

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.rank, self.of, *((self.case,) if self.case else ()))

    def apply(self, context: Context) -> Result:
        rank, limit = context.whole(self.rank), self._limit(context)
        value = context.span(self.of) if rank <= limit else Span.exactly(0)
        sign = "≤" if rank <= limit else ">"
        return Result(value, context.shown(self.of, self.rank), f"{rank} {sign} {limit} → {value}")

    def _limit(self, context: Context) -> int:
        return dict(self.exceptions).get(context.text(self.case), self.limit) if self.case else self.limit

    def words(self, names: Names) -> str:
        text = _("%(rank)s仅前 %(limit)s 位计分") % {"rank": names.of(self.rank), "limit": self.limit}
        named = [_("“%(case)s”前 %(limit)s 位") % {"case": case, "limit": limit} for case, limit in self.exceptions]
        return _("；").join([text, *named])
