"""The sheet of a recorded category: who, what, the facts that the rules ask for, the points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from credits.evaluation import fields_for
from credits.models import SchemeVersion
from portal.spreadsheets import Column, SheetSpec, write_template

if TYPE_CHECKING:
    from credits.evaluation import FactField, SchemeData
    from credits.models import Category
    from portal.spreadsheets.spec import Kind

FACT = "fact_"
MAX_ROWS = 50_000
KINDS: dict[str, Kind] = {"integer": "number", "decimal": "decimal", "date": "date", "text": "text"}


def newest_version(category: Category) -> SchemeVersion | None:
    """Return the version in force today, whose fields the sheet asks for."""
    return SchemeVersion.objects.in_force(timezone.localdate()).filter(scheme=category.scheme_id).first()


def sheet_for(category: Category, data: SchemeData) -> SheetSpec:
    """Return what a workbook of the category must look like; the sheet bears the category's name."""
    return SheetSpec(
        title=category.name,
        columns=(
            Column("number", _("学号"), "code", required=True, max_length=32),
            Column("name", _("姓名"), required=True, max_length=64, width=12, help=_("须与学籍一致。")),
            Column("college", _("学院"), max_length=64, width=20, help=_("可不填；填写时须与学籍一致。")),
            Column("content", _("具体内容"), required=True, max_length=300, width=40),
            *(_fact_column(field) for field in _all_fields(category, data)),
            Column(
                "points",
                _("认定积分"),
                "decimal",
                width=12,
                help=_("可不填：前面的计算列填全时按规则计算。"),
            ),
            Column("reason", _("说明"), max_length=300, width=30, help=_("认定积分与规则计算不同时必须填写。")),
        ),
        unique=("number", "content"),
        max_rows=MAX_ROWS,
    )


def template_for(category: Category, data: SchemeData) -> bytes:
    """Return an empty workbook to fill in, with lists to choose from."""
    notes = [
        _("每行一名学生的一项成果。学号、姓名和具体内容必须填写。"),
        _("认定积分可以直接填写，也可以只填计算列由规则计算；两者都填且不同时请写明说明。"),
        _("同一学生的同一具体内容只能出现一次；已经录入过的行会自动跳过。"),
    ]
    return write_template(sheet_for(category, data), notes=notes)


def _all_fields(category: Category, data: SchemeData) -> list[FactField]:
    """Return the category's fields with the choices of every college: a sheet holds students of all of them."""
    if category.code not in {row.code for row in data.categories}:
        return []  # a newer text dropped the category; its records are still taken, with points
    return list(fields_for(data, category.code))


def _fact_column(field: FactField) -> Column:
    if field.kind == "boolean":
        return Column(f"{FACT}{field.name}", field.label, "choice", choices={_("是"): "true", _("否"): "false"})
    if field.kind == "choice" and field.choices:
        choices = {choice.label: choice.value for choice in field.choices}
        return Column(f"{FACT}{field.name}", field.label, "choice", choices=choices, help=field.help)
    help_text = "".join(part for part in (field.help, _("单位：%s。") % field.unit if field.unit else "") if part)
    return Column(f"{FACT}{field.name}", field.label, KINDS.get(field.kind, "text"), help=help_text)
