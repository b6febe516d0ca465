"""The library by workbook: template, preview by cell, applied whole or not at all, and round trip."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from credits.enums import LibraryState
from credits.library import suggestion_for
from credits.models import LibraryEntry
from portal.enums import Role
from portal.models import Event
from portal.workflow import NotAllowed
from review.services.library import import_library
from tests.builders import get_version, make_staff
from tests.review.conftest import client_of
from tests.whu import NATIONAL, make_entry, whu_staff
from tests.workbooks import XLSX, read_back, workbook

pytestmark = pytest.mark.django_db
PROVINCIAL = "省部级竞赛获奖"
IMPORT, APPLY = reverse("review:library_import"), reverse("review:library_import_apply")
SHEET = "成果库"
HEADING = (
    "编号",
    "名称*",
    "主办单位",
    "级别*",
    "级别认定依据",
    "建议分值（一等奖）",
    "建议分值（二等奖）",
    "起始年度*",
    "截止年度",
    "说明",
)


@pytest.fixture
def office():
    get_version("whu")
    return client_of(whu_staff(Role.OFFICE))


def line(name="全国大学生机械创新设计大赛", **facts):
    cells = {
        "code": "",
        "name": name,
        "organiser": "教育部",
        "level": NATIONAL,
        "ruling": "",
        "first": 6.5,
        "second": "",
        "valid_from": 2020,
        "valid_to": "",
        "note": "",
    }
    return tuple({**cells, **facts}.values())


def preview(office, *lines):
    return office.post(IMPORT, {"scheme": "whu", "workbook": workbook(SHEET, HEADING, lines)})


def apply(office, shown):
    return office.post(APPLY, {"scheme": "whu", "workbook": shown.context["stored"].key})


def places(shown):
    return [problem.place for problem in shown.context["plan"].problems]


def test_entries_come_from_a_workbook_previewed_and_applied_as_a_whole(office):
    known = make_entry("旧名", code="L0007")
    same = make_entry("不变的", organiser="教育部", suggestions=[["一等奖", "6.50"]], valid_from=2020)
    lines = [
        line("新名", code="L0007", first=6),
        line("全国大学生机械创新设计大赛"),
        line("省赛", level=PROVINCIAL, first=4, ruling="2024 年会议", valid_to=2026),
        line("不变的", code=same.code),
    ]

    shown = preview(office, *lines)
    assert shown.context["plan"].counts == {"create": 2, "rule": 0, "change": 1, "same": 1}
    assert LibraryEntry.objects.count() == 2
    assert apply(office, shown)["Location"] == reverse("review:library")

    known.refresh_from_db()
    assert (known.name, known.initials, known.suggestions) == ("新名", "XM", [["一等奖", "6.0"]])
    added = LibraryEntry.objects.get(name="省赛")
    assert (added.code, added.level, added.ruling, added.valid_to) == ("L0009", PROVINCIAL, "2024 年会议", 2026)
    assert Event.objects.get(verb="import").after == {"create": 2, "rule": 0, "change": 1, "same": 1}
    assert Event.objects.filter(subject_kind="library", verb="add").count() == 2
    assert Event.objects.filter(subject_kind="library", verb="change").count() == 1
    again = apply(office, shown)
    assert again["Location"] == IMPORT


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        ({"name": ""}, "B2"),
        ({"name": "=A1"}, "B2"),
        ({"name": "“”"}, "B2"),
        ({"level": "宇宙级"}, "D2"),
        ({"level": ""}, "D2"),
        ({"first": 7.5}, "F2"),
        ({"first": "六分"}, "F2"),
        ({"second": 4.99}, "G2"),
        ({"second": 5.555}, "G2"),
        ({"valid_from": ""}, "H2"),
        ({"valid_from": 20}, "H2"),
        ({"valid_from": 2020.5}, "H2"),
        ({"valid_to": 2019}, "I2"),
        ({"valid_to": 3000}, "I2"),
        ({"name": "赛" * 129}, "B2"),
        ({"name": "已有的 竞赛"}, "B2"),
        ({"code": "L0002"}, "A2"),
        ({"code": "L0001", "name": "已有的竞赛", "level": PROVINCIAL, "first": 3}, "E2"),
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_kept(office, facts, place):
    kept = make_entry("已有的竞赛", code="L0001")
    make_entry("并走的竞赛", code="L0002", state=LibraryState.MERGED, merged_into=kept)

    shown = preview(office, line(**facts), line("好的一行"))

    assert places(shown) == [place]
    assert apply(office, shown).status_code == 422
    assert LibraryEntry.objects.count() == 2
    assert not Event.objects.filter(subject_kind="library").exists()


def test_rows_are_compared_with_each_other(office):
    shown = preview(office, line("甲竞赛"), line("甲 竞赛"), line("乙", code="X1"), line("丙", code="X1"))

    assert places(shown) == ["B3", "A5"]
    assert "第 2 行" in shown.context["plan"].problems[0].message


def test_a_new_level_needs_its_ruling_and_leaves_the_event_of_a_ruling(office):
    entry = make_entry("甲竞赛", suggestions=[["一等奖", "6.50"]], organiser="教育部", valid_from=2020)
    changed = line("甲竞赛", code=entry.code, level=PROVINCIAL, first=4)
    assert places(preview(office, changed)) == ["E2"]

    ruled = line("甲竞赛", code=entry.code, level=PROVINCIAL, first=4, ruling="2025 年会议")
    shown = preview(office, ruled)
    assert shown.context["plan"].counts["rule"] == 1
    apply(office, shown)

    entry.refresh_from_db()
    assert (entry.level, entry.ruling, entry.suggestions) == (PROVINCIAL, "2025 年会议", [["一等奖", "4.0"]])
    assert [event.verb for event in Event.objects.filter(subject_kind="library").order_by("pk")] == ["rule", "import"]


def test_columns_that_the_sheet_lacks_leave_entries_as_they_are(office):
    entry = make_entry(organiser="学会", note="说明", valid_to=2030)
    titles = ("编号", "名称", "级别", "级别认定依据", "起始年度")
    sheet = workbook(SHEET, titles, [(entry.code, "新名", NATIONAL, "", 2015)])

    apply(office, office.post(IMPORT, {"scheme": "whu", "workbook": sheet}))

    entry.refresh_from_db()
    assert (entry.name, entry.organiser, entry.note, entry.valid_to) == ("新名", "学会", "说明", 2030)
    assert suggestion_for(entry, "一等奖") == Decimal("6.50")


def test_the_export_is_taken_in_again_without_a_difference(office):
    make_entry(organiser="@学会", ruling="会议", valid_to=2030)
    make_entry("省赛", level=PROVINCIAL, suggestions=[])
    exported = office.post(reverse("review:list_export", args=["library"]) + "?scheme=whu").content

    shown = office.post(IMPORT, {"scheme": "whu", "workbook": SimpleUploadedFile("l.xlsx", exported, XLSX)})

    assert shown.context["plan"].problems == []
    assert shown.context["plan"].counts == {"create": 0, "rule": 0, "change": 0, "same": 2}
    assert "完全一致" in shown.content.decode()


def test_the_template_has_the_schemes_own_levels_and_awards(office):
    content = office.get(reverse("review:library_import_template"), {"scheme": "whu"}).content

    heading = read_back(content, SHEET)[0]
    assert heading[:5] == ["编号", "名称*", "主办单位", "级别*", "级别认定依据"]
    assert "建议分值（特等奖）" in heading
    assert [NATIONAL in row for row in read_back(content, "_lists")].count(True) == 1


@pytest.mark.parametrize("title", ["别的", SHEET])
def test_a_workbook_without_the_sheet_or_without_rows_is_refused_beside_the_file(office, title):
    answer = office.post(IMPORT, {"scheme": "whu", "workbook": workbook(title, HEADING, [])})

    assert answer.status_code == 422
    assert not LibraryEntry.objects.exists()


def test_three_hundred_rows_are_taken_in_with_few_statements(office, django_assert_max_num_queries):
    lines = [line(f"第{number}号大学生创新竞赛") for number in range(300)]
    shown = preview(office, *lines)

    with django_assert_max_num_queries(60):
        apply(office, shown)

    assert LibraryEntry.objects.count() == 300
    assert LibraryEntry.objects.get(code="L0300").initials == "D299HDXSCXJS"
    assert Event.objects.filter(subject_kind="library", verb="add").count() == 300


def test_only_the_schemes_office_imports(office):
    bit = client_of(make_staff(Role.OFFICE, scheme="bit"))
    get_version()
    refused = bit.post(IMPORT, {"scheme": "whu", "workbook": workbook(SHEET, HEADING, [line()])})
    assert "没有与成果库绑定" in refused.content.decode()
    with pytest.raises(NotAllowed):
        import_library(make_staff(Role.OFFICE, scheme="bit"), get_version("whu").scheme, workbook(SHEET, HEADING, []))
    assert not LibraryEntry.objects.exists()
