"""A scheme's rules as plain data for pages: tables, formulas in words, clauses.

A template renders any scheme from these blocks without knowing what a rule is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from credits.evaluation.grid import Cell, merged
from credits.evaluation.kinds.lookups import REST
from credits.evaluation.minima import categories_words, cohorts_words
from credits.evaluation.passages import Passage, passages
from credits.evaluation.registry import RESULT, Names
from credits.evaluation.scheme import BandTemplate, Category, Minimum, PlannedStep, Row, SchemeData, Table
from credits.evaluation.spans import plain
from portal.enums import StudentKind

MATRIX_KEYS = 2
NO_KEY = "—"  # a row that one of the table's columns does not divide further


@dataclass(frozen=True, slots=True)
class Block:
    """One thing to show. `kind` is table (headers and rows), steps, list (items) or text.

    `clause` is a citation, `article` its key; `assumed` marks figures that no regulation states.
    """

    kind: str
    title: str
    text: str = ""
    headers: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    items: tuple[str, ...] = ()
    clause: str = ""
    article: str = ""
    college: str = ""
    note: str = ""
    assumed: bool = False

    @property
    def cells(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows as a page draws them: what repeats down a column of a table stands once."""
        if self.kind == "table":
            return merged(self.rows)
        return tuple((Cell(first, heads=True), *map(Cell, rest)) for first, *rest in self.rows)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The text as a page draws it: its lines, and the tables that it holds."""
        return passages(self.text)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the scheme's page, with an anchor."""

    code: str
    title: str
    blocks: tuple[Block, ...]
    note: str = ""
    assumed: bool = False


def describe_scheme(data: SchemeData) -> tuple[Section, ...]:
    """The whole version: each category, conversion, what is demanded before graduation, the regulations' text."""
    categories = (
        Section(
            code=category.code,
            title=category.name,
            blocks=describe_category(data, category.code),
            note=category.note,
            assumed=category.assumed,
        )
        for category in data.categories
    )
    return (*categories, _conversion_section(data), *_minima_sections(data), *_document_sections(data))


def describe_category(data: SchemeData, category: str) -> tuple[Block, ...]:
    """What a category counts, by which formula and tables, with which proofs; KeyError when unknown."""
    rules = data.category(category)
    names = _names(data, rules)
    blocks = [_summary(rules), _steps(data, rules, names)]
    for table in rules.tables.values():
        blocks.append(_table_block(data, table, names))
        blocks += _college_blocks(data, table, names)
    blocks.append(_evidence(rules))
    return tuple(block for block in blocks if block is not None)


def _names(data: SchemeData, category: Category) -> Names:
    values = {step.into: step.label for step in category.steps}
    values |= {field.name: field.label for field in category.fields}
    values[RESULT] = data.wording["points_short"]
    return Names(values=values, tables={table.code: table.label for table in category.tables.values()})


def _summary(category: Category) -> Block | None:
    return Block("text", _("说明"), text=_channel(category) + _("。") + category.summary)


def _channel(category: Category) -> str:
    if not category.claimable:
        return _("由 %(unit)s 录入，不需要申报") % {"unit": category.unit}
    if category.unit:
        return _("由学生申报，归口 %(unit)s 评审") % {"unit": category.unit}
    return _("由学生申报")


def _steps(data: SchemeData, category: Category, names: Names) -> Block | None:
    if not category.steps:
        return None
    rows = tuple(_step_row(data, step, names) for step in category.steps)
    headers = (_("步骤"), _("规则"), _("依据"))
    return Block("steps", _("计算步骤"), headers=headers, rows=rows)


def _step_row(data: SchemeData, step: PlannedStep, names: Names) -> tuple[str, ...]:
    return step.label, step.rule.words(names), data.clauses[step.clause].cite


def _table_block(data: SchemeData, table: Table, names: Names) -> Block:
    headers, rows = _grid(table, table.rows, names)
    clause = data.clauses[table.clause]
    return Block(
        "table",
        table.label,
        headers=headers,
        rows=rows,
        clause=clause.cite,
        article=clause.id,
        note=table.note,
        assumed=table.assumed,
    )


def _college_blocks(data: SchemeData, table: Table, names: Names) -> list[Block]:
    blocks = []
    for code, rows in table.college_rows.items():
        college = next(known.name for known in data.colleges if known.code == code)
        headers, cells = _grid(table, rows, names)
        clause = data.clauses[table.college_clauses[code]]
        title = _("%(table)s：%(college)s另有规定") % {"table": table.label, "college": college}
        blocks.append(
            Block(
                "table",
                title,
                headers=headers,
                rows=cells,
                clause=clause.cite,
                article=clause.id,
                college=college,
                assumed=table.assumed,
            )
        )
    return blocks


Grid = tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]


def _grid(table: Table, rows: Iterable[Row], names: Names) -> Grid:
    rows = tuple(rows)
    value = table.value_label or _("分值")
    if table.stepped:
        return (names.of(table.by[0]), value), _threshold_rows(rows)
    if len(table.by) == MATRIX_KEYS and _is_matrix(rows):
        return _matrix(table, rows, names)
    headers = (*map(names.of, table.by), value)
    return headers, tuple((*(key or NO_KEY for key in row.keys), str(row.value)) for row in rows)


def _threshold_rows(rows: tuple[Row, ...]) -> tuple[tuple[str, ...], ...]:
    lines = []
    below = ""
    for row in rows:
        limit = row.keys[0]
        lines.append((f"> {below}" if limit == REST else _stretch(below, limit), str(row.value)))
        below = limit
    return tuple(lines)


def _stretch(below: str, limit: str) -> str:
    return f"({below}, {limit}]" if below else f"≤ {limit}"


def _is_matrix(rows: tuple[Row, ...]) -> bool:
    """Whether a grid reads better than a list: some column heading holds for several rows."""
    if not all(key for row in rows for key in row.keys):
        return False
    return len({row.keys[1] for row in rows}) < len(rows) and len({row.keys[0] for row in rows}) > 1


def _matrix(table: Table, rows: tuple[Row, ...], names: Names) -> Grid:
    columns = tuple(dict.fromkeys(row.keys[1] for row in rows))
    values = {row.keys: str(row.value) for row in rows}
    lines = dict.fromkeys(row.keys[0] for row in rows)
    cells = tuple((line, *(values.get((line, column), "—") for column in columns)) for line in lines)
    return (names.of(table.by[0]), *columns), cells


def _evidence(category: Category) -> Block | None:
    if not category.evidence:
        return None
    items = tuple(
        item.name if item.required else _("%(name)s（如有）") % {"name": item.name} for item in category.evidence
    )
    return Block("list", _("证明材料"), items=items)


def _conversion_section(data: SchemeData) -> Section:
    blocks = [_offset_block(data)] if data.conversion.offsets else [_courses_block(data)]
    blocks += [_bands_block(data, bands) for bands in data.conversion.templates.values()]
    return Section("conversion", data.wording["conversion"], tuple(blocks), note=data.conversion.note)


def _offset_block(data: SchemeData) -> Block:
    names = {category.code: category.name for category in data.categories}
    everything = _("全部类别")
    rows = tuple(
        (
            kind.name,
            _("、").join(names[code] for code in kind.categories) or everything,
            _("由学院认定是否相关") if kind.judged else _("不需要"),
        )
        for kind in data.conversion.kinds
    )
    clause = data.clauses[data.conversion.clause]
    limit = "" if data.conversion.cap is None else _("累计至多 %(cap)s 学分。") % {"cap": plain(data.conversion.cap)}
    words = {"rate": plain(data.conversion.rate), "points": data.wording["points_short"]}
    return Block(
        "table",
        _("可冲抵的课程"),
        text=_("每 %(rate)s %(points)s冲抵 1 课程学分。") % words + limit,
        headers=(_("课程性质"), _("可使用的类别"), _("相关性认定")),
        rows=rows,
        clause=clause.cite,
        article=clause.id,
    )


def _courses_block(data: SchemeData) -> Block:
    names = {category.code: category.name for category in data.categories}
    rows = tuple(
        (
            course.code,
            course.name,
            str(course.credits),
            _("、").join(names[code] for code in course.categories),
            data.conversion.templates[course.template].label,
        )
        for course in data.conversion.courses
    )
    headers = (_("课程编号"), _("课程名称"), _("学分"), _("可选择申请类型"), _("成绩标准"))
    clause = data.clauses[data.conversion.clause]
    return Block("table", _("可转换课程"), headers=headers, rows=rows, clause=clause.cite, article=clause.id)


def _bands_block(data: SchemeData, template: BandTemplate) -> Block:
    clause = data.clauses[template.clause]
    return Block(
        "table",
        template.label,
        headers=(_("转换积分合计"), _("成绩")),
        rows=tuple((str(band), band.grade) for band in template.bands),
        clause=clause.cite,
        article=clause.id,
        note=template.note,
        assumed=template.assumed,
    )


def _minima_sections(data: SchemeData) -> Iterable[Section]:
    if data.minima:
        yield Section("minima", _("毕业最低要求"), tuple(_minimum_block(data, each) for each in data.minima))


def _minimum_block(data: SchemeData, minimum: Minimum) -> Block:
    unit = data.wording["unit"]
    rows = [(data.wording["total"], _("全部类别"), plain(minimum.total))] if minimum.total else []
    rows += [(part.label, categories_words(data, part), plain(part.least)) for part in minimum.parts]
    clause = data.clauses[minimum.clause]
    return Block(
        "table",
        minimum.name,
        text=_("适用：%(whom)s。%(counts)s") % {"whom": _whom(minimum), "counts": _counts(data, minimum)},
        headers=(_("要求"), _("计入的类别"), _("不少于（%(unit)s）") % {"unit": unit}),
        rows=tuple(rows),
        clause=clause.cite,
        article=clause.id,
        note=minimum.note,
        assumed=minimum.assumed,
    )


def _whom(minimum: Minimum) -> str:
    kinds = _("、").join(str(StudentKind(kind).label) for kind in minimum.student_kinds)
    return f"{cohorts_words(minimum)} {kinds}" if kinds else cohorts_words(minimum)


def _counts(data: SchemeData, minimum: Minimum) -> str:
    words = {"points": data.wording["recognised"]}
    sentences = {
        "recognised": _("按%(points)s计，已用于课程的同样计入。"),
        "unused": _("按%(points)s计，已用于课程的不计。"),
        "usable": _("按%(points)s计，已用于课程和正在申请中的不计。"),
    }
    return sentences[minimum.counts] % words


def _document_sections(data: SchemeData) -> Iterable[Section]:
    for document in data.documents:
        blocks = tuple(
            Block("text", clause.cite, text=clause.text, article=clause.id, assumed=clause.assumed)
            for clause in document.clauses
        )
        yield Section(f"document-{document.code}", document.title, blocks, document.note, document.example)
