"""How the application form (申请表) of a claim is set: Song, hairlines, no colour, A4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from portal.paper import Cell, Paragraph, Row, Sheet, Span
from portal.paper.cells import big, named, pairs, plain, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FACTS = (20.2, 0, 20.2, 0, 15.2, 33.2)
ITEM = (33.2, 0, 29.2, 0, 29.2, 0)
PAIRS = (33.2, 0, 0, 0)
SUM = (25.2, 0, 25.2, 0, 25.2, 0)
STEPS = (12.2, 37.2, 0, 20.2, 51.2)
TEAM = (12.2, 33.2, 0, 29.2, 20.2)
FILES = (12.2, 43.2, 0, 21.2, 40.2)
WORDS = (30.2, 0)
DOWN, TOLD_DOWN = 1.15, 1.6
NUMBER, LIST, NOTE, SMALL, GREY = 9, 8.8, 7.8, 8, 0.27


def claim_sheet(said: dict[str, Any]) -> Sheet:
    """Set the form from what it says (`credits.claim_form`); the pieces are the same for every scheme."""
    number = said["number"] or "—"
    foot = _("受理编号") + f" {number}　{said['student']['name']}"
    sheet = Sheet(f"{said['title']} {said['number']}".strip(), foot, top=13)
    _head(sheet, said, number)
    sheet.table(sheet.columns(*FACTS), _facts(said))
    item = [(said["words"]["category"], said["category"]), *said["item"]]
    sheet.table(sheet.columns(*ITEM[: 2 * len(item)]), [pairs(*item, down=DOWN)])
    sheet.table(sheet.columns(*PAIRS), _content(said))
    sheet.table(sheet.columns(*SUM), _sum(said))
    if said["steps"]:
        _steps(sheet, said["steps"])
    if said["team"]:
        _team(sheet, said["team"])
    _files(sheet, said["files"])
    sheet.table(sheet.columns(*WORDS), list(_words(said)))
    _after(sheet, said)
    return sheet


def _head(sheet: Sheet, said: dict[str, Any], number: str) -> None:
    sheet.write(Paragraph((Span(said["title"], 18, hei=True, tracking=0.72),), "center", before=2))
    told_by = ((_("受理编号"), number), (_("提交时间"), said["submitted_at"]), (_("状态"), said["status"]))
    spans: list[Span] = []
    for label, value in told_by:
        spans += [Span(f"{label}　{value}", NUMBER), Span(blank=8)]
    sheet.write(Paragraph(tuple(spans[:-1]), "center", before=3))
    sheet.write(Paragraph((Span("", 4),)))


def _facts(said: dict[str, Any]) -> list[Row]:
    student = said["student"]
    of_round = (named(_("申报活动")), plain(said["round"] or "—", 3), named(_("学年")), plain(said["academic_year"]))
    return [
        pairs(
            *((_("学号"), student["number"]), (_("姓名"), student["name"]), (_("年级"), student["cohort"])), down=DOWN
        ),
        pairs(
            *((_("学院"), student["college"]), (_("专业"), student["major"]), (_("班级"), student["class"])), down=DOWN
        ),
        Row(of_round, DOWN),
    ]


def _content(said: dict[str, Any]) -> list[Row]:
    lines = [[(said["words"]["content"], said["content"])], *said["facts"]]
    return [pairs(*line, last=3 if len(line) == 1 else 1, down=DOWN) for line in lines]


def _sum(said: dict[str, Any]) -> list[Row]:
    words = said["words"]
    counted = _("计入 %(points)s") % {"points": said["counted"]}
    below = (Paragraph((Span(counted, SMALL),), "center", leading=1.3),) if said["counted"] else ()
    figures = (
        *(named(words["claimed"]), big(said["claimed"])),
        *(named(_("评定分值") if said["score"] else _("分值范围")), big(said["score"] or said["range"] or "—")),
        *(named(words["recognised"]), big(said["recognised"] or "—", *below)),
    )
    reasons = ((_("申请说明"), said["points_reason"]), (_("认定说明"), said["recognised_reason"]))
    return [Row(figures, DOWN), *(pairs((label, text), last=5, down=DOWN) for label, text in reasons if text)]


def _steps(sheet: Sheet, steps: Sequence[dict[str, str]]) -> None:
    heads = [_headings(_("步骤"), _("规则"), _("计算"), _("结果"), _("依据条款"))]
    rows = [
        _listed((str(number), step["label"], step["formula"], step["output"], step["clause"]), {0, 3})
        for number, step in enumerate(steps, 1)
    ]
    sheet.table(sheet.columns(*STEPS), rows, heads)


def _team(sheet: Sheet, team: dict[str, Any]) -> None:
    heads = [_headings(_("排位"), _("团队成员"), _("学院"), _("本人确认"), _("比例"))]
    if team["method"]:
        why = f"（{team['reason']}）" if team["reason"] else ""
        method = Span(_("团队计分方式") + _("：") + team["method"] + why, LIST)
        heads.insert(0, Row((Cell((Paragraph((method,), leading=1.35),), 5),), DOWN))
    rows = [
        _listed(
            (str(one["rank"]), one["name"], one["place"], one["state"], one["ratio"] or "—"),
            {0, 1, 3, 4},
        )
        for one in team["members"]
    ]
    sheet.table(sheet.columns(*TEAM), rows, heads)


def _files(sheet: Sheet, files: Sequence[dict[str, str]]) -> None:
    heads = [_headings(_("附件"), _("材料类型"), _("文件名"), _("大小"), _("SHA-256（前 16 位）"))]
    rows = [
        _listed((str(number), file["item"] or "—", file["name"], file["size"], file["sha256"]), {0, 3, 4})
        for number, file in enumerate(files, 1)
    ]
    none = Row((_list_cell(_("没有附件"), "center", 5),), DOWN)
    sheet.table(sheet.columns(*FILES), rows or [none], heads)


def _words(said: dict[str, Any]) -> Iterator[Row]:
    """Yield what people say: the student's pledge with the line to sign on, the opinions, the publicity."""
    pledge = _("本人承诺以上内容和所附材料真实，没有弄虚作假；如有不实，愿按规定承担责任。")
    sign = _signature(_("申报人签字") + _("："), before=4)
    yield told(_("申报人承诺"), (Paragraph((Span(pledge),)), sign), down=TOLD_DOWN)
    for opinion in said["opinions"]:
        stage = opinion["stage"] or _("后续处理")
        yield told(stage, _decided(opinion) if opinion["at"] else _awaited(opinion), down=TOLD_DOWN)
    if said["publicity"]:
        texts = tuple(Paragraph((Span(text),)) for text in said["publicity"])
        yield told(_("公示与发文"), texts, down=TOLD_DOWN)


def _decided(opinion: dict[str, str]) -> tuple[Paragraph, ...]:
    text = f"{opinion['result']}。{opinion['text']}" if opinion["text"] else opinion["result"]
    by = Span(f"{opinion['by']}　{opinion['at']}")
    record = Span(_("电子审核记录"), NOTE, boxed=True)
    return (
        Paragraph((Span(text),)),
        Paragraph((by, Span(blank=3.5), record, Span(blank=0.5)), "right", before=1.2),
    )


def _awaited(opinion: dict[str, str]) -> tuple[Paragraph, ...]:
    return (_signature(opinion["by"] + _("（签章）"), before=8),)


def _signature(who: str, *, before: float) -> Paragraph:
    spans = (Span(who), Span(blank=35, ruled=True), Span(blank=10), Span(_("年　　月　　日")))
    return Paragraph(spans, "right", before=before)


def _after(sheet: Sheet, said: dict[str, Any]) -> None:
    origin = _("依据：%(version)s") % {"version": said["version"]}
    sheet.write(Paragraph((Span(origin, SMALL, grey=GREY),), before=2.5, leading=1.5))
    if said["sha256"]:
        digest = _("提交内容摘要（SHA-256）") + _("：") + said["sha256"]
        sheet.write(Paragraph((Span(digest, SMALL, grey=GREY),), leading=1.5))


def _headings(*texts: str) -> Row:
    return Row(tuple(named(text, shaded=True) for text in texts), DOWN)


def _listed(texts: Sequence[str], centred: set[int]) -> Row:
    """Return a row of a list, these of its columns in the middle."""
    cells = (_list_cell(text, "center" if place in centred else "left") for place, text in enumerate(texts))
    return Row(tuple(cells), DOWN)


def _list_cell(text: str, align: str, span: int = 1) -> Cell:
    return Cell((Paragraph((Span(text, LIST),), align, leading=1.35),), span)
