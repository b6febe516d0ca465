"""The office keeps the library: entries, levels, withdrawals, mergers; students ask, the office answers."""

import datetime
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from credits.enums import LibraryState, RequestState
from credits.library import suggestion_for
from credits.likeness import duplicates, similar_entries
from credits.models import LibraryEntry, LibraryRequest
from credits.services.library import (
    StaleEntry,
    add_entries,
    add_entry,
    change_entry,
    merge_entries,
    restore_entry,
    rule_level,
    withdraw_entry,
)
from credits.services.library_requests import (
    AnsweredAlready,
    Wish,
    accept_request,
    accept_with_entry,
    decline_request,
    file_request,
)
from credits.shelf import EntryData, award_key
from portal.enums import Role
from portal.models import Event, Notice
from portal.outbox.delivery import deliver_due
from portal.outbox.digests import compose_digests
from portal.workflow import NotAllowed
from tests.builders import fresh, get_version, make_staff, make_student
from tests.whu import NATIONAL, make_entry, whu_category, whu_staff, whu_student

pytestmark = pytest.mark.django_db
PROVINCIAL = "省部级竞赛获奖"


@pytest.fixture
def office():
    get_version("whu")
    return whu_staff(Role.OFFICE)


def scheme():
    return get_version("whu").scheme


def data(name="全国大学生机械创新设计大赛", **facts):
    wanted = {
        "level": NATIONAL,
        "valid_from": 2020,
        "organiser": "教育部",
        "suggestions": (("一等奖", Decimal("6.5")), ("二等奖", Decimal("5.75"))),
        "ruling": "2024 年第 1 次会议",
        **facts,
    }
    return EntryData(category=whu_category("competition"), name=name, **wanted)


def events(verb=None):
    found = Event.objects.filter(subject_kind__in=["library", "library_request"]).order_by("pk")
    return list(found.filter(verb=verb) if verb else found)


def refusal(call, *args, **facts):
    with pytest.raises(ValidationError) as refused:
        call(*args, **facts)
    return refused.value.message_dict


# --- Entries ---


def test_an_entry_is_added_with_its_initials_its_number_and_one_event(office):
    entry = add_entry(office, scheme(), data("  “挑战杯”全国大学生课外学术科技作品竞赛 "))

    assert (entry.code, entry.name) == ("L0001", "“挑战杯”全国大学生课外学术科技作品竞赛")
    assert entry.initials == "TZBQGDXSKWXSKJZPJS"
    assert suggestion_for(entry, "二等奖") == Decimal("5.75")
    [event] = events()
    assert (event.verb, event.subject_key, event.actor_role) == ("add", "whu:L0001", "office")
    assert event.after["suggestions"] == [["一等奖", "6.5"], ["二等奖", "5.75"]]
    assert not mail.outbox
    assert not Notice.objects.exists()


def test_codes_go_on_after_the_highest_one_also_of_merged_entries(office):
    add_entry(office, scheme(), data("甲竞赛", code="L0041"))
    gone = add_entry(office, scheme(), data("乙竞赛"))
    merge_entries(office, gone, LibraryEntry.objects.get(code="L0041"), reason="同一赛事", revision=0)

    assert add_entry(office, scheme(), data("丙竞赛")).code == "L0043"


@pytest.mark.parametrize(
    ("facts", "field", "said"),
    [
        ({"level": "宇宙级"}, "level", "办法规定的级别"),
        ({"suggestions": (("一等奖", Decimal("7.01")),)}, award_key("一等奖"), "5.0–7.0"),
        ({"suggestions": (("一等奖", Decimal("4.99")),)}, award_key("一等奖"), "5.0–7.0"),
        ({"suggestions": (("安慰奖", Decimal(5)),)}, award_key("安慰奖"), "没有"),
        ({"valid_to": 2019}, "valid_to", "不能早于"),
        ({"name": "！“”"}, "name", "请填写名称"),
        ({"code": "L0001"}, "code", "已有这个编号"),
        ({"name": "全国大学生 数学建模 竞赛（CUMCM）"}, "name", "编号 L0001"),
    ],
)
def test_what_does_not_fit_the_shelf_is_refused_by_field(office, facts, field, said):
    make_entry("全国大学生数学建模竞赛（cumcm）", code="L0001")

    problems = refusal(add_entry, office, scheme(), data(**facts))

    assert list(problems) == [field]
    assert said in problems[field][0]
    assert not events()


@pytest.mark.parametrize("score", ["5", "7"])
def test_both_ends_of_the_levels_range_may_be_suggested(office, score):
    assert add_entry(office, scheme(), data(suggestions=(("一等奖", Decimal(score)),))).pk


def test_the_same_name_may_stand_again_for_other_years(office):
    make_entry("甲竞赛", valid_to=2019)

    assert add_entry(office, scheme(), data("甲竞赛", valid_from=2020)).pk
    assert "L0001" in refusal(add_entry, office, scheme(), data("甲竞赛", valid_from=2019, valid_to=2019))["name"][0]


def test_a_category_without_a_library_takes_no_entries(office):
    wrong = EntryData(category=whu_category("paper"), name="甲", level=NATIONAL, valid_from=2020)

    assert "category" in refusal(add_entry, office, scheme(), wrong)


def test_many_are_added_whole_or_not_at_all_and_compared_with_each_other(office):
    assert "name" in refusal(add_entries, office, scheme(), [data("甲竞赛"), data("乙竞赛"), data("甲竞赛")])
    assert not LibraryEntry.objects.exists()
    assert not events()


def test_a_change_keeps_code_category_and_level_and_says_what_was_there(office):
    entry = make_entry()

    changed = change_entry(office, entry, data("数学建模竞赛", level=PROVINCIAL, code="X"), revision=0)

    assert (changed.code, changed.level, changed.name, changed.revision) == ("L0001", NATIONAL, "数学建模竞赛", 1)
    assert changed.initials == "SXJMJS"
    [event] = events()
    assert (event.verb, event.before["name"], event.after["name"]) == (
        "change",
        "全国大学生数学建模竞赛",
        "数学建模竞赛",
    )
    assert "level" not in event.after


def test_saving_what_is_there_already_leaves_no_event(office):
    entry = add_entry(office, scheme(), data())

    change_entry(office, entry, data(), revision=0)

    assert [event.verb for event in events()] == ["add"]
    entry.refresh_from_db()
    assert entry.revision == 0


def test_the_second_of_two_changes_at_once_is_told(office):
    entry = make_entry()
    change_entry(office, entry, data("甲竞赛"), revision=0)

    with pytest.raises(StaleEntry) as stale:
        change_entry(office, entry, data("乙竞赛"), revision=0)

    assert stale.value.entry.name == "甲竞赛"
    assert LibraryEntry.objects.get().name == "甲竞赛"
    assert len(events()) == 1


def test_a_level_is_ruled_with_its_ruling_and_scores_that_fit_it(office):
    entry = make_entry()

    ruled = rule_level(
        office,
        entry,
        level=PROVINCIAL,
        ruling="2025 年第 2 次会议",
        suggestions=(("一等奖", Decimal(4)),),
        revision=0,
    )

    assert (ruled.level, ruled.ruling, ruled.suggestions) == (PROVINCIAL, "2025 年第 2 次会议", [["一等奖", "4.0"]])
    [event] = events()
    assert (event.verb, event.reason, event.before["level"]) == ("rule", "2025 年第 2 次会议", NATIONAL)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"ruling": "  "}, "ruling"),
        ({"level": "没有的级别"}, "level"),
        ({"suggestions": (("一等奖", Decimal("6.5")),)}, award_key("一等奖")),
    ],
)
def test_a_ruling_that_says_nothing_is_refused(office, facts, field):
    wanted = {"level": PROVINCIAL, "ruling": "会议", "suggestions": (), **facts}

    assert field in refusal(rule_level, office, make_entry(), revision=0, **wanted)


def test_an_entry_is_withdrawn_with_a_reason_and_restored(office):
    entry = make_entry()
    assert "reason" in refusal(withdraw_entry, office, entry, reason=" ", revision=0)

    gone = withdraw_entry(office, entry, reason="停办", revision=0)
    assert gone.state == LibraryState.WITHDRAWN
    assert not LibraryEntry.objects.choosable().exists()
    with pytest.raises(StaleEntry):
        withdraw_entry(office, gone, reason="停办", revision=1)

    assert restore_entry(office, gone, revision=1).state == LibraryState.ACTIVE
    with pytest.raises(StaleEntry):
        restore_entry(office, gone, revision=2)
    assert [(event.verb, event.reason) for event in events()] == [("withdraw", "停办"), ("restore", "")]


def test_duplicates_are_merged_and_what_was_merged_before_follows(office):
    kept, middle, first = make_entry("甲竞赛"), make_entry("甲大赛"), make_entry("甲比赛")
    merge_entries(office, first, middle, reason="同一赛事", revision=0)

    merge_entries(office, middle, kept, reason="同一赛事", revision=0)

    first.refresh_from_db()
    middle.refresh_from_db()
    assert (first.state, first.merged_into, middle.merged_into) == (LibraryState.MERGED, kept, kept)
    assert [event.after["merged_into"] for event in events("merge")] == [middle.code, kept.code]
    with pytest.raises(StaleEntry):
        change_entry(office, first, data(), revision=None)


def test_an_entry_is_merged_only_into_another_one_in_use_with_a_reason(office):
    entry, other = make_entry("甲竞赛"), make_entry("乙竞赛", state=LibraryState.WITHDRAWN)

    assert "into" in refusal(merge_entries, office, entry, entry, reason="同一赛事", revision=0)
    assert set(refusal(merge_entries, office, entry, other, reason="", revision=0)) == {"into", "reason"}
    assert not events()


def test_only_the_schemes_own_office_keeps_its_library(office):
    entry = make_entry()
    others = [make_staff(Role.OFFICE, scheme="bit"), whu_staff(Role.COMMITTEE), whu_student().person]
    for person in others:
        actor = fresh(person)
        for call in (
            lambda actor=actor: add_entry(actor, scheme(), data()),
            lambda actor=actor: change_entry(actor, entry, data(), revision=0),
            lambda actor=actor: withdraw_entry(actor, entry, reason="停办", revision=0),
            lambda actor=actor: merge_entries(actor, entry, make_entry("另一项"), reason="同一", revision=0),
        ):
            with pytest.raises(NotAllowed):
                call()
    assert not events()


# --- Looking for entries ---


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("数学建模", {"甲"}),
        ("SXJM", {"甲"}),
        ("sxjm", {"甲"}),
        ("icpc", {"乙"}),
        ("工业与应用", {"甲"}),
        ("大学生", {"甲", "乙"}),
        ("大学生 数学", {"甲"}),
        ("L0002", {"乙"}),
        ("没有的", set()),
        ("%", set()),
        ("数学 2021", {"甲"}),
        ("2021", {"甲", "乙"}),
        ("数学 2019", set()),
        ("", {"甲", "乙"}),
    ],
)
def test_entries_are_found_by_name_initials_organiser_and_code(office, text, found):
    for data_ in (
        data("全国大学生数学建模竞赛", organiser="中国工业与应用数学学会", note="甲"),
        data("ACM-ICPC 国际大学生程序设计竞赛", organiser="", note="乙"),
    ):
        add_entry(office, scheme(), data_)

    assert {row.note for row in LibraryEntry.objects.matching(text)} == found


def test_entries_are_found_by_the_year_in_which_they_hold(office):
    make_entry("甲", valid_to=2018)
    make_entry("乙")

    assert [row.name for row in LibraryEntry.objects.holding_in(2018).order_by("pk")] == ["甲", "乙"]
    assert [row.name for row in LibraryEntry.objects.holding_in(2019)] == ["乙"]
    assert not LibraryEntry.objects.holding_in(2014).exists()


def test_names_that_look_alike_in_the_same_years_are_grouped(office):
    same = [make_entry("第十五届全国大学生数学建模大赛"), make_entry("全国大学生数学建模竞赛")]
    make_entry("全国研究生数学建模竞赛")
    make_entry("甲竞赛", valid_to=2018)
    make_entry("甲大赛", valid_from=2019)

    assert [[row.pk for row in group] for group in duplicates(scheme())] == [[row.pk for row in same]]


def test_similar_entries_begin_with_the_likest(office):
    make_entry("全国大学生电子设计竞赛")
    make_entry("美国大学生数学建模竞赛")
    make_entry("全国大学生数学建模竞赛")

    names = [row.name for row in similar_entries(scheme(), "2024年全国大学生数学建模大赛")]

    assert names[0] == "全国大学生数学建模竞赛"
    assert names[1] == "美国大学生数学建模竞赛"


# --- Requests ---


def wish(name="大学生无人机竞赛", **facts):
    return Wish(**{"name": name, "year": 2024, "reason": "省内二十所高校参加", "organiser": "航空学会", **facts})


@pytest.fixture
def student():
    get_version("whu")
    found = whu_student("李明")
    found.person.email = "li@example.org"
    found.person.save()
    return fresh(found.person)


def test_a_student_asks_and_nothing_but_the_request_and_its_event_are_there(student):
    asked = file_request(student, scheme(), wish())

    assert (asked.state, asked.student.person) == (RequestState.OPEN, student)
    assert [(event.verb, event.actor_role) for event in events()] == [("ask", "student")]
    assert not Notice.objects.exists()


def test_the_same_request_is_not_filed_twice(student):
    file_request(student, scheme(), wish())

    assert "name" in refusal(file_request, student, scheme(), wish("大学生 无人机竞赛"))
    assert file_request(student, scheme(), wish(year=2025)).pk


def test_requests_that_wait_are_limited(student):
    for number in range(10):
        file_request(student, scheme(), wish(f"第{number}号赛事"))

    with pytest.raises(ValidationError, match="最多同时"):
        file_request(student, scheme(), wish("再一项"))


def test_only_students_whom_the_scheme_covers_ask(student, office):
    stranger = fresh(make_student("外院学生").person)
    for actor in (stranger, office):
        with pytest.raises(NotAllowed):
            file_request(actor, scheme(), wish())


def test_a_request_is_accepted_with_an_entry_and_its_student_told(student, office):
    asked, entry = file_request(student, scheme(), wish()), make_entry("大学生无人机竞赛")

    accept_request(office, asked, entry=entry, answer="请核对级别")
    with time_machine.travel(timezone.now() + datetime.timedelta(days=1)):
        compose_digests()
        deliver_due()

    asked.refresh_from_db()
    assert (asked.state, asked.entry, asked.answered_by) == (RequestState.ACCEPTED, entry, office)
    [notice] = Notice.objects.filter(person=student)
    assert notice.title == "入库申请：已采纳"
    assert entry.code in notice.text
    assert "请核对级别" in notice.text
    assert notice.path.endswith(f"#request-{asked.pk}")
    assert [message.to for message in mail.outbox] == [["li@example.org"]]
    assert [(event.verb, event.after) for event in events()][1:] == [
        ("accept", {"state": "accepted", "entry": entry.code})
    ]


def test_a_request_is_accepted_with_a_new_entry_both_or_neither(student, office):
    asked = file_request(student, scheme(), wish())
    refusal(accept_with_entry, office, asked, data("大学生无人机竞赛", level="没有"))
    asked.refresh_from_db()
    assert asked.state == RequestState.OPEN

    accept_with_entry(office, asked, data("大学生无人机竞赛"))

    asked.refresh_from_db()
    assert (asked.state, asked.entry.name) == (RequestState.ACCEPTED, "大学生无人机竞赛")
    assert [event.verb for event in events()] == ["ask", "add", "accept"]


def test_a_request_is_declined_only_with_an_answer_and_answered_once(student, office):
    asked = file_request(student, scheme(), wish())
    assert "answer" in refusal(decline_request, office, asked, answer=" ")

    decline_request(office, asked, answer="属于培训机构活动")
    with pytest.raises(AnsweredAlready):
        accept_request(office, asked, entry=make_entry())

    assert Notice.objects.get(person=student).title == "入库申请：未采纳"
    assert LibraryRequest.objects.get().answer == "属于培训机构活动"
    assert [event.verb for event in events()] == ["ask", "decline"]


def test_a_request_cannot_be_pointed_at_an_entry_that_is_not_in_use(student, office):
    asked = file_request(student, scheme(), wish())

    assert "entry" in refusal(accept_request, office, asked, entry=make_entry(state=LibraryState.WITHDRAWN))


def test_only_the_schemes_office_answers(student):
    asked = file_request(student, scheme(), wish())
    for actor in (student, make_staff(Role.OFFICE, scheme="bit")):
        with pytest.raises(NotAllowed):
            decline_request(fresh(actor), asked, answer="不行")
