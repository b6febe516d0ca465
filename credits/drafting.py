"""What a draft's text says: scheme data, or everything that is wrong with it; its worked examples."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from credits.evaluation import PackError, PackProblem, parse_pack, run_examples
from credits.evaluation.pack.positions import KeyLines

if TYPE_CHECKING:
    from credits.evaluation import ExampleResult, SchemeData

FILE = "draft.toml"
MOST_CHARACTERS = 400_000
LONGEST_LABEL = 32


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it was read: `data` is None while there are problems."""

    data: SchemeData | None
    problems: tuple[PackProblem, ...] = ()
    examples: tuple[ExampleResult, ...] = ()

    @property
    def failed(self) -> list[ExampleResult]:
        """The worked examples that do not come out."""
        return [row for row in self.examples if not row.ok]

    @property
    def is_ready(self) -> bool:
        """Whether the text could be published as far as itself goes."""
        return self.data is not None and not self.failed


def read_draft(source: str, scheme_code: str) -> Reading:
    """Read a text that should be a version of the scheme."""
    try:
        data = parse_pack(source, FILE)
    except PackError as error:
        return Reading(None, tuple(error.problems))
    if data.code != scheme_code:
        line = KeyLines(source).line(("scheme", "code"))
        message = _("本草案属于“%(code)s”，请保持不变。") % {"code": scheme_code}
        return Reading(None, (PackProblem(FILE, line, "scheme.code", message),))
    return Reading(data, (), run_examples(data))


def plain_text(source: str) -> str:
    """A text as it is kept: line ends of one kind, one at the end, whatever the browser or the file had."""
    return source.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").rstrip() + "\n"


def label_in(source: str) -> str:
    """The version's label as far as the text can be read at all; empty otherwise."""
    label = scheme_facts(source).get("label", "")
    return label.strip()[:LONGEST_LABEL] if isinstance(label, str) else ""


def scheme_facts(source: str) -> dict[str, Any]:
    """What stands in `[scheme]`, whatever else is wrong with the text; nothing when it is no TOML."""
    try:
        found = tomllib.loads(source).get("scheme", {})
    except tomllib.TOMLDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
