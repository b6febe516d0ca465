"""Which columns the queue shows, in which order and how tightly; and how long a stage still has, in the rows."""

import datetime

import pytest
from django.utils import timezone

from credits.models import Claim, RoundWindow
from portal.enums import Role, Status
from review.desk.columns import CLAIM_COLUMNS
from review.models import SavedView
from review.services.saved_views import save_view
from tests.builders import make_claim, make_round, make_window
from tests.review.conftest import shown

LIST, KEEP, FORGET = "/desk/claims/", "/desk/claims/look/keep/", "/desk/claims/look/forget/"


def heads(response):
    return [cell.label for cell in response.context["cells"] if cell.label]


def test_the_address_says_which_columns_are_shown_and_how(staff, secretary):
    make_claim(Status.IN_REVIEW)
    usual = heads(secretary.get(LIST))
    assert usual == ["学生", "班级", "申请类别", "具体内容", "申请积分", "建议", "审核期限", "已等待"]
    page = secretary.get(f"{LIST}?col=year&col=college&col=nonsense&density=compact&sort=-age")
    assert heads(page) == ["学生", "学院", "具体内容", "学年", "已等待"]
    assert 'queue" data-density="compact"' in page.content.decode()
    assert 'data-density="nonsense"' not in secretary.get(f"{LIST}?density=nonsense").content.decode()
    # what leads on carries it along: the row, the tabs, the filters
    assert page.content.decode().count("col=year") > 3
    assert '<input type="hidden" name="col" value="year">' in page.content.decode()


@pytest.mark.parametrize(
    ("show", "last"),
    [("waiting", "审核期限"), ("in_review", "审核期限"), ("returned", "建议"), ("recognised", "认定积分")],
)
def test_each_list_shows_unasked_what_it_can_fill(staff, secretary, show, last):
    assert heads(secretary.get(f"{LIST}?show={show}"))[-2] == last
    assert heads(secretary.get(f"{LIST}?show=all"))[-3:-1] == ["认定积分", "审核期限"]


def test_every_column_can_be_shown_in_every_list(staff, secretary):
    make_claim(Status.RECOGNISED)
    make_claim(Status.IN_REVIEW)
    every = "&".join(f"col={key}" for key in CLAIM_COLUMNS.fields)
    for show in ("waiting", "all", "recognised"):
        page = secretary.get(f"{LIST}?show={show}&{every}")
        assert len(shown(page)) == (2 if show == "all" else 1)
        assert len(heads(page)) == 15


def test_a_look_is_remembered_until_it_is_forgotten_and_is_nobody_elses(staff, secretary):
    make_claim(Status.IN_REVIEW)
    answer = secretary.post(f"{KEEP}?q=建模&col=year&density=comfortable&sort=-points", follow=True)
    assert "q=%E5%BB%BA%E6%A8%A1" in answer.redirect_chain[0][0]
    assert "q=" not in SavedView.objects.get().query
    page = secretary.get(LIST)
    assert (heads(page)[2], page.context["queue"].listing.sort) == ("学年", "-points")
    assert 'queue" data-density="comfortable"' in page.content.decode()
    assert heads(secretary.get(f"{LIST}?col=college"))[1] == "学院"  # an address goes before it
    assert heads(staff.client("colleague").get(LIST))[1] == "班级"
    secretary.post(f"{KEEP}?col=group")
    assert SavedView.objects.count() == 1
    secretary.post(FORGET)
    assert not SavedView.objects.exists()
    assert heads(secretary.get(LIST))[2] == "申请类别"


def test_the_remembered_look_is_no_view_among_the_others(staff, secretary):
    view = save_view(staff.secretary, "claims", "常用", "show=all&col=year")
    secretary.post(f"{KEEP}?col=college")
    own = SavedView.objects.get(name="")
    page = secretary.get(LIST)
    assert page.context["views"] == [{"name": "常用", "query": view.query}]
    assert heads(secretary.get(f"{LIST}?{view.query}"))[-2] == "学年"
    assert secretary.post(f"/desk/claims/views/{own.pk}/delete/").status_code == 404
    assert f"views/{own.pk}/" not in secretary.get("/desk/claims/views/").content.decode()


@pytest.mark.parametrize(
    ("closes", "words", "tone"),
    [
        (datetime.timedelta(days=5), "还剩 5 天", ""),
        (datetime.timedelta(days=2), "还剩 2 天", "warn"),
        (datetime.timedelta(minutes=1), "今天截止", "warn"),
        (datetime.timedelta(minutes=-1), "今天已截止", "bad"),
        (datetime.timedelta(days=-3), "已超 3 天", "bad"),
    ],
)
def test_a_row_says_how_long_its_stage_still_has(staff, time_machine, closes, words, tone):
    time_machine.move_to(timezone.localtime().replace(hour=12, minute=0), tick=False)
    secretary = staff.client("secretary")
    claim = make_claim(Status.IN_REVIEW, round_=make_round(staff_closes=30))
    RoundWindow.objects.filter(role=Role.SECRETARY).update(closes_at=timezone.now() + closes)
    page = secretary.get(LIST)
    assert page.context["rows"][0]["due"] == timezone.now() + closes
    content = page.content.decode()
    assert words in content
    assert ("tag-bad" in content, "tag-warn" in content) == (tone == "bad", tone == "warn")
    Claim.objects.filter(pk=claim.pk).update(stage="office")  # no date is set for the office
    assert staff.client("office").get(LIST).context["rows"][0]["due"] is None


def test_a_cohorts_own_date_goes_before_the_general_one(staff, secretary):
    late = make_round(staff_closes=-2)
    claim = make_claim(Status.IN_REVIEW, round_=late)
    assert "已超 2 天" in secretary.get(LIST).content.decode()
    make_window(late, Role.SECRETARY, closes=5, cohort=claim.cohort)
    page = secretary.get(f"{LIST}?show=all").content.decode()
    assert "还剩 5 天" in page
    assert "已超" not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_dates_cost_one_query_and_none_when_nobody_looks(staff, secretary, django_assert_num_queries, rows):
    for _number in range(rows):
        make_claim(Status.IN_REVIEW, round_=make_round())
    secretary.get(LIST)
    for query, queries in {"": 9, "?col=year": 8, "?col=due": 9}.items():
        with django_assert_num_queries(queries):
            assert len(shown(secretary.get(LIST + query))) == rows
