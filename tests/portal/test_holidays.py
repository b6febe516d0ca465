"""The holiday table: how a year is written as text, who may keep it, and what a change leaves."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from portal.enums import Role
from portal.holiday_text import read_days, write_days
from portal.holidays import days_of, holiday_table, known_years, save_year
from portal.models import Event, Holiday
from portal.workdays import SpecialDay
from portal.workflow import NotAllowed
from tests.builders import make_staff

OCTOBER = "2027-10-01至2027-10-03 国庆节\n2027-10-09 国庆节 上班"


def day(month, number, year=2027):
    return datetime.date(year, month, number)


def test_a_year_reads_as_offices_write_it():
    text = "2027年1月1日 元旦\n5月1日—5月3日 劳动节\n2027/6/9\t端午节\n9月26日至28日 中秋节\n2027-10-09 国庆节 上班"
    days, problems = read_days(text, 2027)
    assert problems == []
    assert sorted(days) == [
        day(1, 1),
        *(day(5, n) for n in (1, 2, 3)),
        day(6, 9),
        *(day(9, n) for n in (26, 27, 28)),
        day(10, 9),
    ]
    assert days[day(10, 9)] == SpecialDay("国庆节", works=True)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("国庆节", "请按"),
        ("2027-10-01", "请写明名称"),
        ("2027-02-30 某日", "没有 2027 年 02 月 30 日"),
        ("2026-10-01 国庆节", "不在 2027 年"),
        ("2027-10-07至2027-10-01 国庆节", "早于"),
        ("2027-01-01至2027-12-31 全年", "最多 31 天"),
        ("2027-10-11 国庆节 上班", "本来就是工作日"),
        ("2027-10-01 " + "长" * 33, "名称太长"),
    ],
)
def test_a_line_that_cannot_be_kept_is_named_with_its_reason(line, told):
    _days, problems = read_days(f"\n{line}", 2027)
    assert len(problems) == 1
    assert problems[0].startswith("第 2 行：")
    assert told in problems[0]


def test_a_day_that_stands_twice_is_named():
    assert "写了两次" in read_days("2027-10-01 国庆节\n10月1日 国庆", 2027)[1][0]


names = st.text(alphabet="元旦春节清明劳动端午中秋国庆", min_size=1, max_size=6)
days_ = st.dates(datetime.date(2027, 1, 1), datetime.date(2027, 12, 31))


@given(st.dictionaries(days_, st.builds(SpecialDay, names, st.booleans()), max_size=40))
def test_what_is_written_is_read_back(days):
    kept = {when: row for when, row in days.items() if not row.works or when.weekday() >= 5}
    assert read_days(write_days(kept.items()), 2027) == (kept, [])


@pytest.mark.django_db
def test_saving_a_year_replaces_it_and_leaves_one_event():
    office = make_staff(Role.OFFICE)
    Holiday.objects.create(day=day(12, 31, 2026), name="元旦")
    save_year(office, 2027, OCTOBER)
    save_year(office, 2027, OCTOBER)
    event = Event.objects.get(subject_kind="holidays")
    assert (event.subject_key, event.after) == ("2027", {"days": OCTOBER})
    save_year(office, 2027, "2027-10-01 国庆节")
    assert list(days_of(2027)) == [day(10, 1)]
    assert known_years() == [2027, 2026]
    assert holiday_table(day(12, 1, 2026)).works(day(10, 1)) is False


@pytest.mark.django_db
def test_a_year_with_a_bad_line_changes_nothing():
    office = make_staff(Role.OFFICE)
    save_year(office, 2027, OCTOBER)
    with pytest.raises(ValidationError) as refused:
        save_year(office, 2027, "2027-10-01 国庆节\n哪天")
    assert "第 2 行" in refused.value.message_dict["text"][0]
    assert len(days_of(2027)) == 4


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.SECRETARY, Role.COUNSELLOR, Role.EXPERT, Role.AUDITOR])
def test_only_offices_and_administrators_keep_the_table(role):
    with pytest.raises(NotAllowed):
        save_year(make_staff(role), 2027, OCTOBER)
    assert not Holiday.objects.exists()
    assert save_year(make_staff(Role.ADMINISTRATOR), 2027, OCTOBER)
