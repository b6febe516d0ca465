"""The parts of a pack that hold for the whole scheme: names, wording, limits, regulations, colleges."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from credits.evaluation.kinds.limits import MODES
from credits.evaluation.pack.reader import Reader
from credits.evaluation.scheme import Alias, Clause, College, Document, Limits, Rounding
from credits.evaluation.wording import OPTIONAL_WORDING_KEYS, WORDING_KEYS

MOST_PLACES = 2  # the ledger stores hundredths


def read_wording(reader: Reader) -> MappingProxyType[str, str]:
    """Every word of `WORDING_KEYS`, and those of `OPTIONAL_WORDING_KEYS` that are there."""
    words = {key: reader.text(key) for key in WORDING_KEYS}
    words |= {key: word for key in OPTIONAL_WORDING_KEYS if (word := reader.text_or(key))}
    reader.finish()
    return MappingProxyType(words)


def read_aliases(readers: list[Reader]) -> tuple[Alias, ...]:
    """Words with the same meaning."""
    aliases = []
    for reader in readers:
        aliases.append(Alias(term=reader.text("term"), means=reader.text("means")))
        reader.finish()
    return tuple(aliases)


def read_limits(reader: Reader) -> Limits:
    """What forms accept."""
    limits = Limits(
        files_per_claim=reader.whole("files_per_claim", least=1),
        file_bytes=reader.whole("file_bytes", least=1),
        file_types=reader.texts("file_types", least=1),
        min_points=reader.decimal("min_points"),
        max_points=reader.decimal("max_points"),
    )
    reader.finish()
    return limits


def read_rounding(reader: Reader) -> Rounding:
    """Places and mode."""
    places = reader.whole("places")
    if places > MOST_PLACES:
        reader.problem("places", _("至多 %(most)s 位") % {"most": MOST_PLACES})
    rounding = Rounding(places=min(places, MOST_PLACES), mode=reader.one_of("mode", MODES))
    reader.finish()
    return rounding


def read_colleges(readers: list[Reader]) -> tuple[College, ...]:
    """Colleges with rules of their own."""
    colleges = []
    for reader in readers:
        colleges.append(College(code=reader.text("code"), name=reader.text("name")))
        reader.finish()
    return tuple(colleges)


def read_document(reader: Reader) -> Document:
    """A regulation with its articles; a clause is called `document.article` in references."""
    code, short = reader.text("code"), reader.text("short")
    college, example = reader.text_or("college"), reader.flag("example")
    clauses = tuple(
        _read_clause(article, code, short, college, assumed=example) for article in reader.children("article", least=1)
    )
    document = Document(
        code=code,
        title=reader.text("title"),
        short=short,
        college=college,
        example=example,
        note=reader.text_or("note"),
        clauses=clauses,
    )
    reader.finish()
    return document


def _read_clause(reader: Reader, document: str, short: str, college: str, *, assumed: bool) -> Clause:
    clause = Clause(
        id=f"{document}.{reader.text('id')}",
        cite=f"{short}{reader.text('number')}",
        text=reader.text("text"),
        document=document,
        college=college,
        categories=reader.texts("categories"),
        assumed=reader.flag("assumed", default=assumed),
    )
    reader.finish()
    return clause


def json_ready(document: Mapping[str, Any]) -> dict[str, Any]:
    """The pack as JSON can hold it: decimals and dates as text."""
    return {key: _plain_value(value) for key, value in document.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, dict):
        return json_ready(value)
    if isinstance(value, list):
        return [_plain_value(inner) for inner in value]
    return value if isinstance(value, bool | int | str) else str(value)
