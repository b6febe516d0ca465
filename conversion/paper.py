"""How the printed form (申请表) of a conversion or an offset is set: Song, hairlines, no colour, one page of A4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from portal.paper import Cell, Paragraph, Row, Sheet, Span
from portal.paper.cells import big, middle, named, pairs, told

if TYPE_CHECKING:
    from collections.abc import Iterable

FACTS = (20.2, 0, 20.2, 0, 15.2, 33.2)
LINES = (12.2, 23.2, 0, 19.2, 19.2)
SUM = (32.2, 0, 32.2, 0)
WORDS = (20.2, 0)
HEAD = 27
NOTE, SMALL, GREY = 7.8, 8.0, 0.27


def form_sheet(said: dict[str, Any]) -> Sheet:
    """Set the form from what it says: the snapshot with its figures as people write them, and the address of its code.

    The pieces are the same for both schemes; an offset says its kind, its relevance and its notice besides.
    """
    number = said["number"]
    sheet = Sheet(f"{said['title']} {number}", _("表单编号") + f" {number}")
    _head(sheet, said)
    sheet.table(sheet.columns(*FACTS), _facts(said))
    sheet.table(sheet.columns(*LINES), [_record(n, line) for n, line in enumerate(said["lines"], 1)], [_headings(said)])
    sheet.table(sheet.columns(*SUM), _offset_sum(said) if "offset" in said else _graded_sum(said))
    sheet.table(sheet.columns(*WORDS), [*_words(said), _seal()])
    _after(sheet, said)
    return sheet


def _head(sheet: Sheet, said: dict[str, Any]) -> None:
    sheet.code(said["address"], size=20, y=0)
    sheet.write(Paragraph((Span(_("扫码核验真伪"), 7),), "center", before=20, leading=1.2), left=153)
    sheet.go_to(0)
    sheet.write(Paragraph((Span(said["title"], 17, hei=True, tracking=0.68),), "center", before=6), left=27, right=27)
    sheet.write(Paragraph((Span(_("表单编号") + f"　{said['number']}", 9),), "center", before=2))
    sheet.go_to(HEAD)


def _facts(said: dict[str, Any]) -> list[Row]:
    student, course = said["student"], said["course"]
    rows = [
        pairs((_("学号"), student["number"]), (_("姓名"), student["name"]), (_("年级"), student["cohort"])),
        pairs((_("学院"), student["college"]), (_("专业"), student["major"]), (_("班级"), student["class"])),
        pairs((_("联系电话"), student["phone"]), ("email", student["email"]), last=3),
        pairs((_("课程编号"), course["code"]), (_("课程名称"), course["name"]), (_("学分"), said["credits"])),
    ]
    if offset := said.get("offset"):
        rows.append(pairs((_("课程性质"), offset["kind"]), (_("专业相关性"), _relevance(offset)), last=3))
    return rows


def _relevance(offset: dict[str, str]) -> str:
    if not offset["relevance"]:
        return _("该性质的课程不要求")
    why = offset["relevance_reason"]
    return offset["relevance"] + _("：") + why if why else offset["relevance"]


def _headings(said: dict[str, Any]) -> Row:
    words = said["words"]
    names = (
        *(_("序号"), _("申请类型"), _("具体内容与认定依据")),
        *(words["recognised"] or _("认定积分"), words["converted"] or _("本次转换积分")),
    )
    return Row(tuple(named(name, shaded=True) for name in names))


def _record(number: int, line: dict[str, Any]) -> Row:
    content = Paragraph((Span(line["content"]), Span(blank=2), Span(line["academic_year"], SMALL, grey=GREY)))
    whys = [Paragraph((Span(text, NOTE, grey=0.2),), before=0.6, leading=1.4) for text in _whys(line)]
    return Row((
        *(middle(str(number)), middle(line["category"]), Cell((content, *whys))),
        *(middle(line["recognised"]), middle(line["used"])),
    ))  # fmt: skip


def _whys(line: dict[str, Any]) -> Iterable[str]:
    """Say where the points of a record come from: the calculation with its articles, or the unit that recorded it."""
    if line["steps"]:
        words = [f"{step['text']}〔{step['article']}〕" if step["article"] else step["text"] for step in line["steps"]]
        documents = "、".join(line["documents"])
        yield f"{'；'.join(words)}。" + (_("依据%(documents)s。") % {"documents": documents} if documents else "")
    elif line["recorder"]:
        yield _("由%(unit)s认定并录入。") % {"unit": line["recorder"]}
    if line["recognised_reason"]:
        yield _("认定说明") + _("：") + line["recognised_reason"]


def _graded_sum(said: dict[str, Any]) -> list[Row]:
    edges: list[Span] = []
    for edge, grade in said["bands"]:
        edges += [Span(f"{edge} {grade}", hei=grade == said["grade"]), Span(blank=5)]
    return [
        Row((named(_("转换积分合计")), big(said["total"]), named(_("对应课程成绩")), big(said["grade"]))),
        Row((named(_("成绩标准")), Cell((Paragraph((*edges, *_basis(said))),), 3))),
    ]


def _offset_sum(said: dict[str, Any]) -> list[Row]:
    grade = Paragraph((Span(said["grade"], hei=True), Span(blank=5), *_basis(said)))
    return [
        Row((named(_("冲抵合计")), big(said["total"]), named(_("冲抵课程学分")), big(said["credits"]))),
        Row((named(_("登记为")), Cell((grade,), 3))),
    ]


def _basis(said: dict[str, Any]) -> tuple[Span, ...]:
    return (Span(said["basis"], SMALL, grey=GREY),) if said["basis"] else ()


def _words(said: dict[str, Any]) -> list[Row]:
    """Return what people say: the student's reason with the line to sign on, the opinions, the notice."""
    pledge = _("本人承诺以上内容真实，所用积分未用于其他课程。")
    if "offset" in said:
        pledge = _("本人承诺以上内容真实，所用部分未用于其他课程。")
    sign = (Span(_("学生签字") + _("：")), Span(blank=40, ruled=True), Span(blank=8), Span(_("年　　月　　日")))
    reason = (
        Paragraph((Span(said["reason"]),), least=18),
        Paragraph((Span(pledge),), before=2),
        Paragraph(sign, "right", before=5),
    )
    rows = [told(_("申请理由"), reason), *(_opinion(row) for row in said["opinions"])]
    if notice := said.get("offset", {}).get("notice"):
        text = _("公示期满无异议，正式发文生效。") + _("发文文号") + _("：") + notice
        rows.append(told(_("公示发文"), (Paragraph((Span(text),)),)))
    return rows


def _opinion(row: dict[str, str]) -> Row:
    by = Span(f"{row['role']}　{row['name']}　{row['at']}")
    record = Span(_("电子审核记录"), NOTE, boxed=True)
    return told(
        row["stage"],
        (
            Paragraph((Span(_("审核通过。") + row["remark"]),)),
            Paragraph((by, Span(blank=3.5), record, Span(blank=0.5)), "right", before=1.5),
        ),
    )


def _seal() -> Row:
    sign = (Span(_("（公章）")), Span(blank=22), Span(_("年　　月　　日")))
    return told(_("学院盖章"), (Paragraph(sign, "right", before=20),))


def _after(sheet: Sheet, said: dict[str, Any]) -> None:
    origin = _("依据：%(version)s · 学年学期 %(term)s · 出具时间 %(at)s") % {
        "version": said["version"],
        "term": said["course"]["term"],
        "at": said["issued_at"],
    }
    sheet.write(Paragraph((Span(origin, SMALL, grey=GREY),), before=2.5, leading=1.5))
    sheet.write(Paragraph((Span(_("核验") + _("：") + said["address"], SMALL, grey=GREY),), leading=1.5))
