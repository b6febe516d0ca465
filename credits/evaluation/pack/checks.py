"""Whether the parts of a pack fit together: names that refer to something, order, coverage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from credits.evaluation.facts import NUMERIC
from credits.evaluation.kinds.limits import Cap, Round
from credits.evaluation.pack.positions import Path
from credits.evaluation.pack.reader import did_you_mean
from credits.evaluation.registry import RESULT
from credits.evaluation.scheme import Category, FactField, SchemeData, ShownWhen, Table

Found = Iterator[tuple[Path, str]]


def check_scheme(data: SchemeData) -> Found:
    """Every inconsistency, with the path of the key that causes it."""
    yield from _check_codes(data)
    yield from _check_documents(data)
    yield from _check_limits(data)
    for position, category in enumerate(data.categories):
        yield from _CategoryCheck(data, category, ("category", position)).run()
    yield from _check_conversion(data)
    yield from _check_examples(data)


def _repeated(kind: str, codes: Iterable[str], path: Path, key: str) -> Found:
    seen: set[str] = set()
    for position, code in enumerate(codes):
        if code in seen:
            yield (*path, kind, position, key), _("“%(code)s”出现了两次") % {"code": code}
        seen.add(code)


def _unknown(path: Path, word: str, known: Iterable[str], message: str) -> Found:
    options = tuple(known)
    if word not in options:
        yield path, message % {"word": word} + did_you_mean(word, options)


def _check_codes(data: SchemeData) -> Found:
    yield from _repeated("category", (each.code for each in data.categories), (), "code")
    yield from _repeated("college", (each.code for each in data.colleges), (), "code")
    yield from _repeated("document", (each.code for each in data.documents), (), "code")
    yield from _repeated("example", (each.name for each in data.examples), (), "name")
    yield from _repeated("claim", (each.code for each in data.stages.claims), ("stages",), "code")
    yield from _repeated("conversion", (each.code for each in data.stages.conversions), ("stages",), "code")
    yield from _repeated("course", (each.code for each in data.conversion.courses), ("conversion",), "code")


def _check_documents(data: SchemeData) -> Found:
    categories = [category.code for category in data.categories]
    colleges = [college.code for college in data.colleges]
    for position, document in enumerate(data.documents):
        path: Path = ("document", position)
        yield from _repeated("article", (clause.id for clause in document.clauses), path, "id")
        if document.college:
            yield from _unknown((*path, "college"), document.college, colleges, _("没有学院“%(word)s”"))
        for number, clause in enumerate(document.clauses):
            for place, code in enumerate(clause.categories):
                where = (*path, "article", number, "categories", place)
                yield from _unknown(where, code, categories, _("没有类别“%(word)s”"))


def _check_limits(data: SchemeData) -> Found:
    if data.limits.min_points > data.limits.max_points:
        yield ("limits", "min_points"), _("min_points 大于 max_points")
    if data.cohort_from is not None and data.cohort_to is not None and data.cohort_from > data.cohort_to:
        yield ("scheme", "cohort_from"), _("cohort_from 大于 cohort_to")


def _check_conversion(data: SchemeData) -> Found:
    categories = [category.code for category in data.categories]
    yield from _clause(data, ("conversion", "clause"), data.conversion.clause)
    for code, template in data.conversion.templates.items():
        yield from _clause(data, ("conversion", "bands", code, "clause"), template.clause)
    for position, course in enumerate(data.conversion.courses):
        for place, code in enumerate(course.categories):
            where = ("conversion", "course", position, "categories", place)
            yield from _unknown(where, code, categories, _("没有类别“%(word)s”"))


def _check_examples(data: SchemeData) -> Found:
    categories = [category.code for category in data.categories]
    courses = [course.code for course in data.conversion.courses]
    colleges = [name for college in data.colleges for name in (college.code, college.name)]
    for position, example in enumerate(data.examples):
        path: Path = ("example", position)
        if example.kind == "grade":
            yield from _unknown((*path, "course"), example.course, courses, _("没有课程“%(word)s”"))
            continue
        yield from _unknown((*path, "category"), example.category, categories, _("没有类别“%(word)s”"))
        if example.college:
            yield from _unknown((*path, "college"), example.college, colleges, _("没有学院“%(word)s”"))
        if example.category in categories:
            names = [field.name for field in data.category(example.category).fields]
            for name in example.facts:
                yield from _unknown((*path, "facts", name), name, names, _("该类别没有“%(word)s”这一项"))


def _clause(data: SchemeData, path: Path, clause: str) -> Found:
    yield from _unknown(path, clause, data.clauses, _("没有条款“%(word)s”"))


class _CategoryCheck:
    """The checks of one category, which share its names."""

    def __init__(self, data: SchemeData, category: Category, path: Path) -> None:
        self.data = data
        self.category = category
        self.path = path
        self.fields = {field.name: field for field in category.fields}
        self.names = [*self.fields, *(step.into for step in category.steps)]

    def run(self) -> Found:
        yield from _repeated("field", self.fields_in_order(), self.path, "name")
        yield from _repeated("evidence", (item.code for item in self.category.evidence), self.path, "code")
        for position, field in enumerate(self.category.fields):
            yield from self.check_field(position, field)
        yield from self.check_comparisons()
        yield from self.check_evidence()
        for table in self.category.tables.values():
            yield from self.check_table(table)
        yield from self.check_steps()
        yield from self.check_end()

    def fields_in_order(self) -> list[str]:
        return [field.name for field in self.category.fields]

    def check_field(self, position: int, field: FactField) -> Found:
        path = (*self.path, "field", position)
        if field.choices_from:
            yield from self.check_source(path, field)
        if field.shown_when:
            earlier = self.fields_in_order()[:position]
            yield from self.check_condition(path, field.shown_when, earlier)

    def check_source(self, path: Path, field: FactField) -> Found:
        table, _dot, column = field.choices_from.partition(".")
        where = (*path, "choices_from")
        yield from _unknown(where, table, self.category.tables, _("没有表“%(word)s”"))
        if table in self.category.tables:
            columns = self.category.tables[table].by
            yield from _unknown(where, column or field.name, columns, _("表中没有“%(word)s”这一列"))

    def check_condition(self, path: Path, condition: ShownWhen, known: list[str]) -> Found:
        where = (*path, "shown_when")
        yield from _unknown((*where, "field"), condition.field, known, _("前面没有“%(word)s”这一项"))
        choices = [choice.value for choice in self.fields[condition.field].choices] if condition.field in known else []
        for place, value in enumerate(condition.values if choices else ()):
            yield from _unknown((*where, "is", place), value, choices, _("“%(word)s”不在选项中"))

    def check_comparisons(self) -> Found:
        numbers = [name for name, field in self.fields.items() if field.kind in NUMERIC]
        for position, check in enumerate(self.category.checks):
            path = (*self.path, "check", position)
            yield from _unknown((*path, "number"), check.lower, numbers, _("没有数字项“%(word)s”"))
            yield from _unknown((*path, "at_most"), check.upper, numbers, _("没有数字项“%(word)s”"))

    def check_evidence(self) -> Found:
        for position, item in enumerate(self.category.evidence):
            if item.shown_when:
                path = (*self.path, "evidence", position)
                yield from self.check_condition(path, item.shown_when, self.fields_in_order())

    def check_table(self, table: Table) -> Found:
        path = (*self.path, "table", table.code)
        yield from _clause(self.data, (*path, "clause"), table.clause)
        for place, name in enumerate(table.by):
            yield from _unknown((*path, "by", place), name, self.names, _("没有“%(word)s”这一项或步骤结果"))
        yield from self.check_keys(table, path)
        colleges = [college.code for college in self.data.colleges]
        for college, clause in table.college_clauses.items():
            where = (*path, "college", college)
            yield from _unknown(where, college, colleges, _("没有学院“%(word)s”"))
            yield from _clause(self.data, (*where, "clause"), clause)

    def check_keys(self, table: Table, path: Path) -> Found:
        """A key that no choice offers would never be reached: most are misspelt."""
        for column, name in enumerate(table.by):
            choices = [choice.value for choice in self.fields[name].choices] if name in self.fields else []
            for position, row in enumerate(table.rows if choices else ()):
                where = (*path, "rows", position, column)
                yield from _unknown(where, row.keys[column], choices, _("“%(word)s”不在选项中"))

    def check_steps(self) -> Found:
        known = self.fields_in_order()
        for position, step in enumerate(self.category.steps):
            path = (*self.path, "step", position)
            yield from _clause(self.data, (*path, "clause"), step.clause)
            for table in step.rule.tables:
                yield from _unknown((*path, "table"), table, self.category.tables, _("没有表“%(word)s”"))
                keys = self.category.tables[table].by if table in self.category.tables else ()
                yield from self.check_reads(path, keys, known)
            yield from self.check_reads(path, step.rule.reads, known)
            if step.into in self.fields:
                yield (*path, "into"), _("“%(into)s”已是填写项的名字") % {"into": step.into}
            known.append(step.into)

    def check_reads(self, path: Path, names: Iterable[str], known: list[str]) -> Found:
        for name in names:
            yield from _unknown(path, name, known, _("这一步用到的“%(word)s”在它之前不存在"))

    def check_end(self) -> Found:
        """The last step rounds the points, so that no result has more places than the ledger; caps have as few."""
        steps = self.category.steps
        if not steps:
            if self.category.claimable:
                yield self.path, _("由学生申报的类别要有计算步骤")
            return
        last = steps[-1]
        if last.into != RESULT or not isinstance(last.rule, Round):
            yield (*self.path, "step", len(steps) - 1), _("最后一步应为 round，结果记入 points")
        for position, step in enumerate(steps):
            if isinstance(step.rule, Cap) and not self.has_places(step.rule.limit):
                yield (*self.path, "step", position, "limit"), _("小数位多于 rounding.places")

    def has_places(self, number: Decimal) -> bool:
        return number == round(number, self.data.rounding.places)
