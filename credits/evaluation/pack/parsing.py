"""A pack's text becomes scheme data, or a list of everything that is wrong with it."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from credits.evaluation.pack import general, procedure
from credits.evaluation.pack.categories import read_category
from credits.evaluation.pack.checks import check_scheme
from credits.evaluation.pack.conversions import read_conversion
from credits.evaluation.pack.minima import read_minimum
from credits.evaluation.pack.positions import KeyLines
from credits.evaluation.pack.procedure import read_if_there
from credits.evaluation.pack.reader import Reader
from credits.evaluation.pack.report import PackError, PackProblem, Report
from credits.evaluation.pack.worked import read_example
from credits.evaluation.scheme import Counting, SchemeData

FORMAT = 1
_LINE = re.compile(r"at line (\d+)")


def parse_pack(text: str, filename: str) -> SchemeData:
    """Read a pack; raises PackError with every problem found, each with file, line and dotted key.

    First the shape is checked (keys and types), then, once that holds, whether the parts fit together. Worked examples
    are not run here: see `run_examples`.
    """
    document = _load(text, filename)
    report = Report(filename, KeyLines(text))
    data = _read(Reader(document, (), report), document)
    report.close()
    for path, message in check_scheme(data):
        report.add(path, message)
    report.close()
    return data


def _load(text: str, filename: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.replace("\r\n", "\n"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        place = _LINE.search(str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        message = _("TOML 语法错误：%(error)s") % {"error": error}
        raise PackError([PackProblem(filename, line, "", message)]) from error


def _read(reader: Reader, document: dict[str, Any]) -> SchemeData:
    if reader.whole("format") != FORMAT:
        reader.problem("format", _("应为 %(format)s") % {"format": FORMAT})
    scheme = reader.child("scheme")
    documents = tuple(general.read_document(each) for each in reader.children("document", least=1))
    clauses = {clause.id: clause for each in documents for clause in each.clauses}
    data = SchemeData(
        code=scheme.text("code"),
        label=scheme.text("label"),
        name=scheme.text("name"),
        institution=scheme.text("institution"),
        effective_from=scheme.date_or("effective_from"),
        cohort_from=scheme.whole_or("cohort_from"),
        cohort_to=scheme.whole_or("cohort_to"),
        note=scheme.text_or("note"),
        wording=general.read_wording(reader.child("wording")),
        aliases=general.read_aliases(reader.children("alias")),
        limits=general.read_limits(reader.child("limits")),
        rounding=general.read_rounding(reader.child("rounding")),
        stages=procedure.read_stages(reader.child("stages")),
        colleges=general.read_colleges(reader.children("college")),
        documents=documents,
        clauses=MappingProxyType(clauses),
        categories=tuple(read_category(each, clauses.values()) for each in reader.children("category", least=1)),
        conversion=read_conversion(reader.child("conversion")),
        examples=tuple(read_example(each) for each in reader.children("example", least=1)),
        counting=read_if_there(reader, "counting", procedure.read_counting) or Counting(),
        eligibility=read_if_there(reader, "eligibility", procedure.read_eligibility),
        scoring=read_if_there(reader, "scoring", procedure.read_scoring),
        publicity=read_if_there(reader, "publicity", procedure.read_publicity),
        sanction=read_if_there(reader, "sanction", procedure.read_sanction),
        service=read_if_there(reader, "service", procedure.read_service),
        return_reasons=tuple(procedure.read_return_reason(each) for each in reader.children("return_reason")),
        minima=tuple(read_minimum(each) for each in reader.children("minimum")),
        plain=MappingProxyType(general.json_ready(document)),
    )
    scheme.finish()
    reader.finish()
    return data
