"""Whether the parts of one category fit together: its fields, its tables, its steps."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from credits.evaluation.facts import NUMERIC
from credits.evaluation.kinds.limits import Cap, Round
from credits.evaluation.pack.names import Found, repeated, unknown, unknown_clause
from credits.evaluation.pack.positions import Path
from credits.evaluation.registry import RESULT
from credits.evaluation.scheme import Category, FactField, SchemeData, ShownWhen, Table

TEAM_FACTS = ("rank", "team_size")


class CategoryCheck:
    """The checks of one category, which share its names."""

    def __init__(self, data: SchemeData, category: Category, path: Path) -> None:
        self.data = data
        self.category = category
        self.path = path
        self.fields = {field.name: field for field in category.fields}
        self.names = [*self.fields, *(step.into for step in category.steps)]

    def run(self) -> Found:
        yield from repeated("field", self.fields_in_order(), self.path, "name")
        yield from repeated("evidence", (item.code for item in self.category.evidence), self.path, "code")
        for position, field in enumerate(self.category.fields):
            yield from self.check_field(position, field)
        yield from self.check_dependence()
        yield from self.check_comparisons()
        yield from self.check_project()
        yield from self.check_library()
        yield from self.check_team()
        yield from self.check_evidence()
        for table in self.category.tables.values():
            yield from self.check_table(table)
        yield from self.check_steps()
        yield from self.check_end()

    def fields_in_order(self) -> list[str]:
        return [field.name for field in self.category.fields]

    def check_field(self, position: int, field: FactField) -> Found:
        path = (*self.path, "field", position)
        if field.asked_of == "reviewer" and field.required:
            yield (*path, "required"), _("由评审填写的项在申报时还没有，应为 required = false")
        if field.choices_from:
            yield from self.check_source(path, field)
        if field.shown_when:
            earlier = self.fields_in_order()[:position]
            yield from self.check_condition(path, field.shown_when, earlier)

    def check_source(self, path: Path, field: FactField) -> Found:
        table, _dot, column = field.choices_from.partition(".")
        where = (*path, "choices_from")
        yield from unknown(where, table, self.category.tables, _("没有表“%(word)s”"))
        if table in self.category.tables:
            columns = self.category.tables[table].by
            yield from unknown(where, column or field.name, columns, _("表中没有“%(word)s”这一列"))

    def check_condition(self, path: Path, condition: ShownWhen, known: list[str], key: str = "shown_when") -> Found:
        where = (*path, key)
        yield from unknown((*where, "field"), condition.field, known, _("前面没有“%(word)s”这一项"))
        choices = [choice.value for choice in self.fields[condition.field].choices] if condition.field in known else []
        for place, value in enumerate(condition.values if choices else ()):
            yield from unknown((*where, "is", place), value, choices, _("“%(word)s”不在选项中"))

    def check_dependence(self) -> Found:
        """A dependent field stands after the one it depends on, and both are columns of one table."""
        for position, field in enumerate(self.category.fields):
            if not field.within:
                continue
            where = (*self.path, "field", position, "within")
            earlier = self.fields_in_order()[:position]
            yield from unknown(where, field.within, earlier, _("前面没有“%(word)s”这一项"))
            table = self.category.tables.get(field.choices_from.partition(".")[0])
            yield from unknown(where, field.within, table.by if table else (), _("表中没有“%(word)s”这一列"))

    def check_project(self) -> Found:
        """What dates a project and what makes it the same as another are facts."""
        if self.category.date:
            dates = [name for name, field in self.fields.items() if field.kind == "date"]
            yield from unknown((*self.path, "date"), self.category.date, dates, _("没有日期项“%(word)s”"))
        for place, name in enumerate(self.category.one_award):
            yield from unknown((*self.path, "one_award", place), name, self.fields, _("没有“%(word)s”这一项"))
        for position, identity in enumerate(self.category.identity):
            for place, name in enumerate(identity.facts):
                where = (*self.path, "identity", position, "facts", place)
                yield from unknown(where, name, self.fields, _("没有“%(word)s”这一项"))

    def check_library(self) -> Found:
        """Facts that come from the library need a library, and a library needs the one fact that names its entry."""
        entries = [name for name, field in self.fields.items() if field.kind == "library"]
        if self.category.library and len(entries) != 1:
            yield (*self.path, "library"), _("与成果库绑定的类别要有且只有一项 kind 为 library")
        if self.category.library_award:
            where = (*self.path, "library_award")
            yield from unknown(where, self.category.library_award, self.fields, _("没有“%(word)s”这一项"))
        if self.category.library:
            return
        for position, field in enumerate(self.category.fields):
            if field.kind == "library" or field.asked_of == "library":
                yield (*self.path, "field", position), _("只有与成果库绑定的类别（library = true）才有来自库的项")
        for position, identity in enumerate(self.category.identity):
            if identity.kind == "library":
                yield (*self.path, "identity", position, "kind"), _("该类别没有与成果库绑定")

    def check_team(self) -> Found:
        """A team's sheet goes by the claimant's own rank and the number of members."""
        if self.category.team is None:
            return
        yield from self.check_condition(self.path, self.category.team, self.fields_in_order(), "team")
        numbers = [name for name, field in self.fields.items() if field.kind == "integer"]
        for name in TEAM_FACTS:
            if name not in numbers:
                yield (*self.path, "team"), _("团队成果要有整数项“%(name)s”") % {"name": name}

    def check_comparisons(self) -> Found:
        numbers = [name for name, field in self.fields.items() if field.kind in NUMERIC]
        for position, check in enumerate(self.category.checks):
            path = (*self.path, "check", position)
            yield from unknown((*path, "number"), check.lower, numbers, _("没有数字项“%(word)s”"))
            yield from unknown((*path, "at_most"), check.upper, numbers, _("没有数字项“%(word)s”"))

    def check_evidence(self) -> Found:
        for position, item in enumerate(self.category.evidence):
            if item.shown_when:
                path = (*self.path, "evidence", position)
                yield from self.check_condition(path, item.shown_when, self.fields_in_order())

    def check_table(self, table: Table) -> Found:
        path = (*self.path, "table", table.code)
        yield from unknown_clause(self.data, (*path, "clause"), table.clause)
        for place, name in enumerate(table.by):
            yield from unknown((*path, "by", place), name, self.names, _("没有“%(word)s”这一项或步骤结果"))
        yield from self.check_keys(table, path)
        colleges = [college.code for college in self.data.colleges]
        for college, clause in table.college_clauses.items():
            where = (*path, "college", college)
            yield from unknown(where, college, colleges, _("没有学院“%(word)s”"))
            yield from unknown_clause(self.data, (*where, "clause"), clause)

    def check_keys(self, table: Table, path: Path) -> Found:
        """A key that no choice offers would never be reached: most are misspelt."""
        for column, name in enumerate(table.by):
            choices = [choice.value for choice in self.fields[name].choices] if name in self.fields else []
            for position, row in enumerate(table.rows if choices else ()):
                where = (*path, "rows", position, column)
                yield from unknown(where, row.keys[column], choices, _("“%(word)s”不在选项中"))

    def check_steps(self) -> Found:
        known = self.fields_in_order()
        for position, step in enumerate(self.category.steps):
            path = (*self.path, "step", position)
            yield from unknown_clause(self.data, (*path, "clause"), step.clause)
            for table in step.rule.tables:
                yield from unknown((*path, "table"), table, self.category.tables, _("没有表“%(word)s”"))
                keys = self.category.tables[table].by if table in self.category.tables else ()
                yield from self.check_reads(path, keys, known)
            yield from self.check_reads(path, step.rule.reads, known)
            if step.into in self.fields:
                yield (*path, "into"), _("“%(into)s”已是填写项的名字") % {"into": step.into}
            known.append(step.into)

    def check_reads(self, path: Path, names: Iterable[str], known: list[str]) -> Found:
        for name in names:
            yield from unknown(path, name, known, _("这一步用到的“%(word)s”在它之前不存在"))

    def check_end(self) -> Found:
        """The last step rounds the points, so that no result has more places than the ledger; caps have as few."""
        steps = self.category.steps
        if self.category.off_table and self.category.tables:
            yield (*self.path, "off_table"), _("表外类别不能有分值表")
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
