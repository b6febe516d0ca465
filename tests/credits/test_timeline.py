"""Where a round stands: its windows, what apps above add, and today among them."""

import datetime

import pytest
from django.utils import timezone

from credits import timeline
from credits.timeline import Milestone, timelines
from portal.enums import Role
from tests.builders import get_version, make_round, make_scheme_version, make_window

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def alone(monkeypatch):
    """Leave out what other apps have added."""
    providers = []
    monkeypatch.setattr(timeline, "_providers", providers)
    return providers


def line_of(round_, version=None):
    return timelines([round_], (version or get_version()).data, timezone.now())[round_.pk]


def told(line):
    return [(stop.milestone.title, stop.state) for stop in line.stops]


def test_windows_stand_in_the_order_of_their_dates_and_say_where_today_is(alone):
    round_ = make_round(opens=-30, closes=-10)
    make_window(round_, Role.OFFICE, opens=20, closes=30)
    make_window(round_, Role.SECRETARY, opens=-10, closes=10)
    line = line_of(round_)
    assert told(line) == [("学生申报", "done"), ("学院审核", "current"), ("教务部复核", "coming")]
    assert line.today == "50.00%"
    assert [stop.left for stop in line.stops] == ["", "还有 10 天", ""]
    assert [(stop.start, stop.width) for stop in line.stops] == [
        ("0.00%", "33.33%"),
        ("33.33%", "33.33%"),
        ("83.33%", "16.67%"),
    ]
    assert not line.is_over


def test_a_cohorts_own_window_says_so(alone):
    round_ = make_round()
    make_window(round_, Role.STUDENT, cohort=2022)
    assert [title for title, _state in told(line_of(round_))] == ["学生申报", "学生申报（2022 级）"]


def test_a_round_behind_us_is_over_and_has_no_today(alone):
    line = line_of(make_round(opens=-30, closes=-10))
    assert line.is_over
    assert line.today == ""


def test_publicity_is_foreseen_until_an_app_above_gives_its_dates(alone):
    version = make_scheme_version("whu")
    round_ = make_round(version)
    assert told(line_of(round_, version))[1:] == [("公示", "open"), ("正式发文", "open")]
    now = timezone.now()
    alone.append(lambda rounds: {row.pk: [Milestone("publicity", "公示", now + DAY, now + 8 * DAY)] for row in rounds})
    assert told(line_of(round_, version)) == [("学生申报", "current"), ("公示", "coming"), ("正式发文", "open")]


def test_a_moment_is_a_thin_bar_inside_the_line(alone):
    now = timezone.now()
    alone.append(lambda rounds: {row.pk: [Milestone("notice", "发文", now + 90 * DAY)] for row in rounds})
    last = line_of(make_round()).stops[-1]
    assert (last.state, last.start, last.width) == ("coming", "98.50%", "1.50%")


def test_a_round_without_windows_has_an_empty_line(alone):
    round_ = make_round()
    round_.windows.all().delete()
    assert line_of(round_) == timeline.Timeline(())
