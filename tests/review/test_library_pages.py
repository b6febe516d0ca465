"""The office's pages of the achievement library: who gets in, what forms keep, what lists cost and hand out."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credits.enums import LibraryState, RequestState
from credits.models import LibraryEntry, LibraryRequest
from credits.services.library import change_entry
from credits.shelf import EntryData
from portal.enums import Role
from portal.models import Event
from tests.builders import fresh, get_version, make_staff
from tests.review.conftest import client_of
from tests.whu import CONTEST, NATIONAL, make_entry, whu_claim, whu_staff, whu_student
from tests.workbooks import formulas, read_back

pytestmark = pytest.mark.django_db
EXPORT = reverse("review:list_export", args=["library"])
PROVINCIAL = "省部级竞赛获奖"
LIST = reverse("review:library")
NEW = reverse("review:library_new")
REQUESTS = reverse("review:library_requests")
DUPLICATES = reverse("review:library_duplicates")


@pytest.fixture
def office():
    get_version("whu")
    return client_of(whu_staff(Role.OFFICE))


def page_of(name, entry):
    return reverse(f"review:{name}", args=[entry.pk])


def form_data(name="全国大学生机械创新设计大赛", **facts):
    return {
        "name": name,
        "organiser": "教育部",
        "level": NATIONAL,
        "ruling": "2024 年第 1 次会议",
        "valid_from": "2020",
        "valid_to": "",
        "note": "",
        "code": "",
        "score_0": "7",
        "score_1": "6.5",
        **facts,
    }


def make_request(name="大学生无人机竞赛", **facts):
    scheme = get_version("whu").scheme
    wanted = {"year": 2024, "reason": "二十所高校参加", "student": facts.pop("student", None) or whu_student(), **facts}
    return LibraryRequest.objects.create(scheme=scheme, name=name, **wanted)


# --- Who gets in ---


def test_the_office_of_another_scheme_finds_nothing(office):
    entry, asked = make_entry(), make_request()
    stranger = client_of(make_staff(Role.OFFICE, scheme="bit"))
    get_version()
    pages = ("library_entry", "library_level", "library_withdraw", "library_merge")
    for place in [*(page_of(name, entry) for name in pages), page_of("library_answer", asked)]:
        assert stranger.get(place).status_code == 404
        assert stranger.post(place, form_data(revision=0)).status_code == 404
    assert stranger.post(page_of("library_restore", entry), {"revision": 0}).status_code == 404
    assert stranger.get(NEW, {"request": asked.pk}).status_code == 404
    assert entry.name not in stranger.get(LIST, {"scheme": "whu"}).content.decode()
    assert asked.name not in stranger.get(REQUESTS).content.decode()
    group = {"scheme": "whu", "entry": f"{entry.pk}:0", "keep": entry.pk, "reason": "同一"}
    assert stranger.post(DUPLICATES, group).status_code == 404
    assert not Event.objects.filter(subject_kind__startswith="library").exists()


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.COMMITTEE, Role.EXPERT, Role.AUDITOR])
def test_nobody_but_the_office_gets_in(office, role):
    other = client_of(whu_staff(role))
    assert [other.get(place).status_code for place in (LIST, NEW, REQUESTS, DUPLICATES)] == [404] * 4


def test_students_do_not_get_in(office):
    assert client_of(whu_student().person).get(LIST).status_code == 404


def test_an_office_whose_scheme_has_no_library_is_told():
    get_version()
    html = client_of(make_staff(Role.OFFICE, scheme="bit")).get(LIST).content.decode()
    assert "不需要维护成果库" in html
    assert NEW not in html


def test_an_office_of_both_schemes_begins_with_the_library_there_is(office):
    get_version()
    both = client_of(make_staff(Role.OFFICE))
    make_entry("甲竞赛")
    assert "甲竞赛" in both.get(LIST).content.decode()
    assert "甲竞赛" not in both.get(LIST, {"scheme": "bit"}).content.decode()


# --- The list ---


def listed(office, **query):
    return [row.name for row, _years in office.get(LIST, query).context["rows"]]


def test_the_list_is_searched_filtered_and_sorted(office):
    make_entry("乙竞赛", initials="YJS", organiser="教育部")
    make_entry("甲竞赛", level=PROVINCIAL, valid_to=2018)
    kept = make_entry("丙竞赛", state=LibraryState.WITHDRAWN)
    make_entry("丁竞赛", state=LibraryState.MERGED, merged_into=kept)

    assert listed(office) == ["乙竞赛", "甲竞赛", "丙竞赛"]
    assert listed(office, sort="-code") == ["丙竞赛", "甲竞赛", "乙竞赛"]
    assert listed(office, q="yjs") == ["乙竞赛"]
    assert listed(office, q="教育部") == ["乙竞赛"]
    assert listed(office, level=PROVINCIAL) == ["甲竞赛"]
    assert listed(office, year="2019") == ["乙竞赛", "丙竞赛"]
    assert listed(office, state="withdrawn") == ["丙竞赛"]
    assert listed(office, state="merged") == ["丁竞赛"]
    assert listed(office, state="伪造") == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_any_number_of_rows(office, rows, django_assert_num_queries):
    for number in range(rows):
        make_entry(f"竞赛{number}")
    office.get(LIST)
    with django_assert_num_queries(10):
        office.get(LIST)


def test_the_export_holds_the_rows_that_the_filters_show_and_no_formula(office):
    make_entry("=1+1 竞赛", organiser="@甲")
    make_entry("省赛", level=PROVINCIAL, valid_to=2020, suggestions=[])

    book = office.post(f"{EXPORT}?scheme=whu&level={NATIONAL}")
    heading, *rows = read_back(book.content)
    row = dict(zip(heading, rows[0], strict=True))

    assert len(rows) == 1
    assert (row["编号"], row["名称"], row["级别"]) == ("L0001", "=1+1 竞赛", NATIONAL)
    assert (row["建议分值（一等奖）"], row["建议分值（特等奖）"]) == (6.5, "")
    assert (row["起始年度"], row["截止年度"], row["状态"]) == (2015, "", "在库")
    assert formulas(book.content) == []
    event = Event.objects.get(verb="export")
    assert (event.subject_kind, event.after["rows"]) == ("library", 1)


def test_the_export_is_plain_text_too(office):
    make_entry("=1+1 竞赛")

    answer = office.post(EXPORT, {"column": ["编号", "名称"], "format": "csv"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))

    assert answer["Content-Type"].startswith("text/csv")
    assert rows[1][:2] == ["L0001", "'=1+1 竞赛"]


# --- One entry ---


def test_an_entry_is_added_by_its_form(office):
    assert office.post(NEW, form_data()).status_code == 302

    entry = LibraryEntry.objects.get()
    assert (entry.code, entry.level, entry.ruling) == ("L0001", NATIONAL, "2024 年第 1 次会议")
    assert entry.suggestions == [["特等奖", "7.0"], ["一等奖", "6.5"]]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"name": ""}, "请填写"),
        ({"level": ""}, "请选择"),
        ({"level": "伪造的级别"}, "请从列表中选择"),
        ({"score_1": "8"}, "该级别的分值范围是 5.0–7.0"),
        ({"score_1": "六"}, "请输入数字"),
        ({"score_1": "6.555"}, "位小数"),
        ({"valid_from": "20"}, "1990"),
        ({"valid_to": "2019"}, "不能早于"),
    ],
)
def test_a_bad_form_keeps_what_was_typed_and_says_what_is_wrong(office, facts, said):
    answer = office.post(NEW, form_data(note="打错的一项", **facts))

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "打错的一项" in answer.content.decode()
    assert not LibraryEntry.objects.exists()


def test_an_entry_is_changed_and_its_page_tells_its_story(office):
    entry = make_entry(ruling="会议")
    sent = form_data("数学建模竞赛", revision=0, level=PROVINCIAL, code="X")

    assert office.post(page_of("library_entry", entry), sent).status_code == 302

    entry.refresh_from_db()
    assert (entry.name, entry.level, entry.code, entry.ruling) == ("数学建模竞赛", NATIONAL, "L0001", "会议")
    html = office.get(page_of("library_entry", entry)).content.decode()
    assert "变更记录" in html
    assert "<del>全国大学生数学建模竞赛</del>" in html


def test_somebody_was_faster_and_both_texts_are_shown(office):
    entry = make_entry()
    colleague = whu_staff(Role.OFFICE, name="孙老师")
    change_entry(colleague, entry, EntryData(entry.category, "改过的名称", NATIONAL, 2016), revision=0)

    answer = office.post(page_of("library_entry", entry), form_data("我的名称", revision=0))

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "孙老师" in html
    assert "<del>改过的名称</del>" in html
    assert "<ins>我的名称</ins>" in html
    assert 'name="revision" value="1"' in html
    assert LibraryEntry.objects.get().name == "改过的名称"
    office.post(page_of("library_entry", entry), form_data("我的名称", revision=1))
    assert LibraryEntry.objects.get().name == "我的名称"


def test_a_level_is_ruled_on_its_page(office):
    entry = make_entry()
    place = page_of("library_level", entry)

    assert office.get(place).status_code == 200
    refused = office.post(place, {"level": PROVINCIAL, "ruling": "会议", "score_1": "6.5", "revision": 0})
    assert refused.status_code == 422
    assert "2.0–4.0" in refused.content.decode()
    office.post(place, {"level": PROVINCIAL, "ruling": "2025 年会议", "score_1": "4", "revision": 0})

    entry.refresh_from_db()
    assert (entry.level, entry.ruling, entry.suggestions) == (PROVINCIAL, "2025 年会议", [["一等奖", "4.0"]])


def test_an_entry_is_withdrawn_and_restored_and_old_pages_do_nothing(office):
    entry = make_entry()
    place = page_of("library_withdraw", entry)

    assert office.post(place, {"reason": "", "revision": 0}).status_code == 422
    office.post(place, {"reason": "停办", "revision": 0})
    entry.refresh_from_db()
    assert entry.state == LibraryState.WITHDRAWN
    late = office.post(place, {"reason": "停办", "revision": 0}, follow=True)
    assert "刚刚被其他人改动" in late.content.decode()
    office.post(page_of("library_restore", entry), {"revision": 1})
    entry.refresh_from_db()
    assert (entry.state, entry.revision) == (LibraryState.ACTIVE, 2)


def test_an_entry_is_merged_into_the_one_that_is_named(office):
    entry, kept = make_entry("甲竞赛"), make_entry("甲大赛")
    facts = {key: value for key, value in CONTEST.items() if key not in {"team_size", "rank"}} | {"form": "个人"}
    claim = whu_claim("draft", category="competition", facts=facts, entry=entry)
    place = page_of("library_merge", entry)

    assert "没有这个编号" in office.post(place, {"into": "L9", "reason": "同一", "revision": 0}).content.decode()
    assert office.post(place, {"into": entry.code, "reason": "同一", "revision": 0}).status_code == 422
    office.post(place, {"into": kept.code, "reason": "同一赛事", "revision": 0})

    entry.refresh_from_db()
    claim.refresh_from_db()
    assert (entry.merged_into, claim.library_entry) == (kept, entry)
    assert office.get(page_of("library_entry", entry)).status_code == 200
    assert "已并入本条目" in office.get(page_of("library_entry", kept)).content.decode()


def test_duplicates_are_shown_and_merged_as_a_group(office):
    rows = [make_entry("甲竞赛"), make_entry("甲大赛"), make_entry("第三届甲比赛")]
    make_entry("乙竞赛")
    html = office.get(DUPLICATES).content.decode()
    assert "第三届甲比赛" in html
    assert "乙竞赛" not in html

    sent = {"entry": [f"{row.pk}:{row.revision}" for row in rows], "scheme": "whu"}
    asked = office.post(DUPLICATES, {**sent, "reason": "同一"}, follow=True)
    assert "请选择要保留的条目" in asked.content.decode()
    told = office.post(DUPLICATES, {**sent, "keep": rows[1].pk, "reason": ""}, follow=True)
    assert "合并的理由" in told.content.decode()
    assert not LibraryEntry.objects.filter(state=LibraryState.MERGED).exists()

    office.post(DUPLICATES, {**sent, "keep": rows[1].pk, "reason": "同一赛事"})
    assert set(LibraryEntry.objects.filter(merged_into=rows[1])) == {rows[0], rows[2]}


def test_a_group_with_one_stale_row_is_not_merged_at_all(office):
    rows = [make_entry("甲竞赛"), make_entry("甲大赛"), make_entry("甲比赛")]
    LibraryEntry.objects.filter(pk=rows[2].pk).update(revision=5)

    sent = {"entry": [f"{row.pk}:0" for row in rows], "keep": rows[0].pk, "reason": "同一", "scheme": "whu"}
    told = office.post(DUPLICATES, sent, follow=True)

    assert "甲比赛" in told.content.decode()
    assert not LibraryEntry.objects.filter(state=LibraryState.MERGED).exists()


@pytest.mark.parametrize("groups", [1, 3])
def test_duplicates_cost_the_same_for_any_number_of_groups(office, groups, django_assert_num_queries):
    for number in range(groups):
        make_entry(f"甲{number}号竞赛")
        make_entry(f"甲{number}号大赛")
    office.get(DUPLICATES)
    with django_assert_num_queries(10):
        office.get(DUPLICATES)


# --- Requests ---


def test_the_queue_shows_what_waits_and_the_list_counts_it(office):
    make_request("先来的")
    make_request("后来的")
    make_request("答过的", state=RequestState.DECLINED)

    found = office.get(REQUESTS)
    assert [row.name for row in found.context["listing"].rows] == ["先来的", "后来的"]
    assert "答过的" in office.get(REQUESTS, {"state": "declined"}).content.decode()
    assert len(office.get(REQUESTS, {"state": "all"}).context["listing"].rows) == 3
    assert [row.name for row in office.get(REQUESTS, {"q": "后来"}).context["listing"].rows] == ["后来的"]
    assert office.get(LIST).context["waiting"] == 2


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_costs_the_same_for_any_number_of_rows(office, rows, django_assert_num_queries):
    for number in range(rows):
        make_request(f"赛事{number}", student=whu_student(f"学生{number}"))
    office.get(REQUESTS)
    with django_assert_num_queries(7):
        office.get(REQUESTS)


def test_a_request_is_pointed_at_a_similar_entry(office):
    asked, entry = make_request("全国大学生数学建模大赛"), make_entry("全国大学生数学建模竞赛")
    place = page_of("library_answer", asked)

    assert f'name="chosen" value="{entry.code}"' in office.get(place).content.decode()
    assert office.post(place, {"verb": "accept", "entry": "", "answer": ""}).status_code == 422
    office.post(place, {"verb": "accept", "chosen": entry.code, "entry": "", "answer": "同一赛事"})

    asked.refresh_from_db()
    assert (asked.state, asked.entry, asked.answer) == (RequestState.ACCEPTED, entry, "同一赛事")
    assert office.get(place).status_code == 200
    late = office.post(place, {"verb": "decline", "answer": "不行"}, follow=True)
    assert "已经有人答复" in late.content.decode()


def test_a_request_is_declined_with_an_answer(office):
    asked = make_request()
    place = page_of("library_answer", asked)

    assert office.post(place, {"verb": "decline", "answer": ""}).status_code == 422
    office.post(place, {"verb": "decline", "answer": "培训机构活动"})

    asked.refresh_from_db()
    assert asked.state == RequestState.DECLINED


def test_a_request_is_accepted_with_a_new_entry(office):
    asked = make_request()
    html = office.get(NEW, {"request": asked.pk}).content.decode()
    assert 'value="大学生无人机竞赛"' in html

    office.post(NEW, form_data("大学生无人机竞赛", request=asked.pk))

    asked.refresh_from_db()
    assert (asked.state, asked.entry.name) == (RequestState.ACCEPTED, "大学生无人机竞赛")
    again = office.post(NEW, form_data("另一项", request=asked.pk), follow=True)
    assert "已经有人答复" in again.content.decode()
    assert LibraryEntry.objects.count() == 1


def test_an_entry_page_costs_the_same_for_any_story(office):
    entry = make_entry()

    def cost():
        with CaptureQueriesContext(connection) as queries:
            office.get(page_of("library_entry", entry))
        return len(queries)

    cost()
    short = cost()
    for number in range(3):
        name = f"第{number}个名称"
        actor = whu_staff(Role.OFFICE, name=f"老师{number}")
        change_entry(fresh(actor), entry, EntryData(entry.category, name, NATIONAL, 2016), revision=None)
    assert cost() == short
