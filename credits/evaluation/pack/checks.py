"""Whether the parts of a pack fit together: names that refer to something, order, coverage."""

from __future__ import annotations

from django.utils.translation import gettext as _

from credits.evaluation.pack.category_checks import CategoryCheck
from credits.evaluation.pack.minima import check_minima, check_minimum_example
from credits.evaluation.pack.names import Found, repeated, unknown, unknown_clause
from credits.evaluation.pack.positions import Path
from credits.evaluation.scheme import SchemeData


def check_scheme(data: SchemeData) -> Found:
    """Every inconsistency, with the path of the key that causes it."""
    yield from _check_codes(data)
    yield from _check_documents(data)
    yield from _check_limits(data)
    for position, category in enumerate(data.categories):
        yield from CategoryCheck(data, category, ("category", position)).run()
    yield from _check_procedure(data)
    yield from _check_conversion(data)
    yield from check_minima(data)
    yield from _check_examples(data)


def _check_codes(data: SchemeData) -> Found:
    yield from repeated("category", (each.code for each in data.categories), (), "code")
    yield from repeated("college", (each.code for each in data.colleges), (), "code")
    yield from repeated("document", (each.code for each in data.documents), (), "code")
    yield from repeated("example", (each.name for each in data.examples), (), "name")
    yield from repeated("return_reason", (each.code for each in data.return_reasons), (), "code")
    yield from repeated("claim", (each.code for each in data.stages.claims), ("stages",), "code")
    yield from repeated("conversion", (each.code for each in data.stages.conversions), ("stages",), "code")
    yield from repeated("course", (each.code for each in data.conversion.courses), ("conversion",), "code")


def _check_documents(data: SchemeData) -> Found:
    categories = [category.code for category in data.categories]
    colleges = [college.code for college in data.colleges]
    for position, document in enumerate(data.documents):
        path: Path = ("document", position)
        yield from repeated("article", (clause.id for clause in document.clauses), path, "id")
        if document.college:
            yield from unknown((*path, "college"), document.college, colleges, _("没有学院“%(word)s”"))
        for number, clause in enumerate(document.clauses):
            for place, code in enumerate(clause.categories):
                where = (*path, "article", number, "categories", place)
                yield from unknown(where, code, categories, _("没有类别“%(word)s”"))


def _check_limits(data: SchemeData) -> Found:
    if data.limits.min_points > data.limits.max_points:
        yield ("limits", "min_points"), _("min_points 大于 max_points")
    if data.cohort_from is not None and data.cohort_to is not None and data.cohort_from > data.cohort_to:
        yield ("scheme", "cohort_from"), _("cohort_from 大于 cohort_to")


def _check_procedure(data: SchemeData) -> Found:
    """Every part that the scheme has cites its clause; stages that score need to know how scores become one."""
    for key, part in (("scoring", data.scoring), ("publicity", data.publicity), ("sanction", data.sanction)):
        if part is not None:
            yield from unknown_clause(data, (key, "clause"), part.clause)
    if data.counting.clause:
        yield from unknown_clause(data, ("counting", "clause"), data.counting.clause)
    if data.eligibility is not None:
        yield from unknown_clause(data, ("eligibility", "clause"), data.eligibility.clause)
        if data.eligibility.clause_once:
            yield from unknown_clause(data, ("eligibility", "clause_once"), data.eligibility.clause_once)
    for position, stage in enumerate(data.stages.claims):
        if stage.acts == "score" and data.scoring is None:
            yield ("stages", "claim", position, "acts"), _("由专家评分的环节需要 [scoring]")


def _check_offset(data: SchemeData) -> Found:
    """Offsets: kinds named once, of categories that exist."""
    categories = [category.code for category in data.categories]
    yield from repeated("kind", (each.code for each in data.conversion.kinds), ("conversion",), "code")
    for position, kind in enumerate(data.conversion.kinds):
        path: Path = ("conversion", "kind", position)
        if kind.clause:
            yield from unknown_clause(data, (*path, "clause"), kind.clause)
        for place, code in enumerate(kind.categories):
            yield from unknown((*path, "categories", place), code, categories, _("没有类别“%(word)s”"))
    if data.conversion.publicity is not None:
        yield from unknown_clause(data, ("conversion", "publicity", "clause"), data.conversion.publicity.clause)


def _check_conversion(data: SchemeData) -> Found:
    categories = [category.code for category in data.categories]
    yield from unknown_clause(data, ("conversion", "clause"), data.conversion.clause)
    yield from _check_offset(data)
    for code, template in data.conversion.templates.items():
        yield from unknown_clause(data, ("conversion", "bands", code, "clause"), template.clause)
    for position, course in enumerate(data.conversion.courses):
        for place, code in enumerate(course.categories):
            where = ("conversion", "course", position, "categories", place)
            yield from unknown(where, code, categories, _("没有类别“%(word)s”"))


def _check_examples(data: SchemeData) -> Found:
    categories = [category.code for category in data.categories]
    courses = [course.code for course in data.conversion.courses]
    colleges = [name for college in data.colleges for name in (college.code, college.name)]
    for position, example in enumerate(data.examples):
        path: Path = ("example", position)
        if example.kind == "grade":
            yield from unknown((*path, "course"), example.course, courses, _("没有课程“%(word)s”"))
            continue
        if example.kind == "minimum":
            yield from check_minimum_example(data, path, example)
            continue
        yield from unknown((*path, "category"), example.category, categories, _("没有类别“%(word)s”"))
        if example.college:
            yield from unknown((*path, "college"), example.college, colleges, _("没有学院“%(word)s”"))
        if example.category in categories:
            names = [field.name for field in data.category(example.category).fields]
            for name in example.facts:
                yield from unknown((*path, "facts", name), name, names, _("该类别没有“%(word)s”这一项"))
