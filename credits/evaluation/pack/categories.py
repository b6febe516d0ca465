"""A category of the pack: what it asks, its tables of figures, its steps, its proofs."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from django.utils.translation import gettext as _

import credits.evaluation.kinds  # noqa: F401 (enters every kind in the registry)
from credits.evaluation.pack.fields import read_check, read_condition, read_evidence, read_field
from credits.evaluation.pack.procedure import STAGE_ROLES
from credits.evaluation.pack.reader import Reader
from credits.evaluation.pack.tables import read_table
from credits.evaluation.registry import KINDS
from credits.evaluation.scheme import Category, Clause, Identity, PlannedStep

CHANNELS = ("student", "office")
LIBRARY = "library"
IDENTITY_KINDS = ("doi", "patent", "certificate", LIBRARY, "title")


def read_category(reader: Reader, clauses: Iterable[Clause]) -> Category:
    """One category, with the articles that speak of it as its rule text."""
    code = reader.text("code")
    mine = [clause for clause in clauses if code in clause.categories]
    category = Category(
        code=code,
        name=reader.text("name"),
        channel=reader.one_of("channel", CHANNELS),
        unit=reader.text_or("unit"),
        recorder_role=reader.one_of("recorder_role", STAGE_ROLES, ""),
        summary=reader.text_or("summary"),
        fields=tuple(read_field(field) for field in reader.children("field")),
        checks=tuple(read_check(check) for check in reader.children("check")),
        tables=MappingProxyType(
            {name: read_table(name, table) for name, table in reader.named_children("table").items()}
        ),
        steps=tuple(step for step in map(_read_step, reader.children("step")) if step is not None),
        evidence=tuple(read_evidence(item) for item in reader.children("evidence")),
        clauses=tuple(clause.id for clause in mine),
        rule_text=_rule_text(mine, ""),
        college_rule_text=_college_texts(mine),
        assumed=reader.flag("assumed"),
        note=reader.text_or("note"),
        date=reader.text_or("date"),
        identity=tuple(_read_identity(identity) for identity in reader.children("identity")),
        library=reader.flag("library"),
        library_award=reader.text_or("library_award"),
        team=read_condition(reader, "team"),
        off_table=reader.flag("off_table"),
        one_award=reader.texts("one_award"),
    )
    _check_channel(reader, category)
    reader.finish()
    return category


def _check_channel(reader: Reader, category: Category) -> None:
    if category.channel == "office" and not category.unit:
        reader.problem("unit", _("由部门录入的类别要写明部门"))
    if category.channel == "student" and not category.evidence:
        reader.problem("evidence", _("由学生申报的类别至少要有一项证明材料"))


def _read_identity(reader: Reader) -> Identity:
    kind = reader.one_of("kind", IDENTITY_KINDS)
    least = 0 if kind == LIBRARY else 1
    identity = Identity(kind=kind, facts=reader.texts("facts", least=least))
    reader.finish()
    return identity


def _rule_text(clauses: list[Clause], college: str) -> str:
    return "\n".join(f"{clause.cite}　{clause.text}" for clause in clauses if clause.college == college)


def _college_texts(clauses: list[Clause]) -> MappingProxyType[str, str]:
    colleges = dict.fromkeys(clause.college for clause in clauses if clause.college)
    return MappingProxyType({college: _rule_text(clauses, college) for college in colleges})


def _read_step(reader: Reader) -> PlannedStep | None:
    kind = reader.one_of("rule", KINDS)
    if kind not in KINDS:
        return None  # noted already; its other keys cannot be judged
    rule = KINDS[kind].read(reader)
    step = PlannedStep(
        rule=rule,
        label=reader.text("label"),
        clause=reader.text("clause"),
        into=reader.text_or("into", rule.makes),
        assumed=reader.flag("assumed"),
    )
    reader.finish()
    return step
