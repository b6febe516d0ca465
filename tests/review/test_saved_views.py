"""Saved views: a name for the filters, of one's own and nobody else's."""

import pytest

from review.models import SavedView
from review.services.saved_views import MOST_VIEWS, save_view
from tests.builders import make_claim

LIST, VIEWS, SAVE = "/desk/claims/", "/desk/claims/views/", "/desk/claims/views/save/"


def test_the_filters_of_the_address_are_kept_and_shown_as_a_tab(staff, secretary):
    address = f"{SAVE}?show=all&q=建模&sort=-newest&page=3&nonsense=1"
    answer = secretary.post(address, {"name": " 建模 "}, follow=True)
    assert answer.redirect_chain[0][0].startswith(LIST)
    view = SavedView.objects.get()
    assert (view.name, view.person) == ("建模", staff.secretary)
    assert "nonsense" not in view.query
    shown = secretary.get(f"{LIST}?{view.query}").content.decode()
    assert shown.count('aria-current="true"') >= 2
    assert "建模" in shown
    assert "建模" not in staff.client("colleague").get(VIEWS).content.decode()


def test_a_view_is_renamed_and_deleted_by_its_owner_alone(staff, secretary):
    view = save_view(staff.secretary, "claims", "旧名", "show=all")
    for act in ("rename", "delete"):
        assert staff.client("colleague").post(f"{VIEWS}{view.pk}/{act}/", {"name": "别人"}).status_code == 404
    secretary.post(f"{VIEWS}{view.pk}/rename/", {"name": "新名"})
    assert SavedView.objects.get().name == "新名"
    secretary.post(f"{VIEWS}{view.pk}/delete/")
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("name", ["", " ", "常用", "字" * 21])
def test_a_name_is_given_once_and_is_short(staff, secretary, name):
    save_view(staff.secretary, "claims", "常用", "show=all")
    other = save_view(staff.secretary, "claims", "另一个", "show=waiting")
    assert secretary.post(f"{VIEWS}{other.pk}/rename/", {"name": name}).status_code == 422
    secretary.post(SAVE, {"name": name})
    assert set(SavedView.objects.values_list("name", flat=True)) == {"常用", "另一个"}
    save_view(staff.colleague, "claims", "常用", "show=all")  # names are one's own


def test_there_is_an_end_of_views(staff, secretary):
    SavedView.objects.bulk_create(SavedView(person=staff.secretary, name=str(n)) for n in range(MOST_VIEWS))
    answer = secretary.post(SAVE, {"name": "再一个"}, follow=True)
    assert f"最多保存 {MOST_VIEWS} 个视图" in answer.content.decode()
    assert SavedView.objects.count() == MOST_VIEWS


def test_the_list_costs_one_query_for_all_views(staff, secretary, django_assert_num_queries):
    make_claim("in_review")
    secretary.get(LIST)
    counts = []
    for number in (1, 3):
        SavedView.objects.bulk_create(SavedView(person=staff.secretary, name=f"{number}{n}") for n in range(number))
        with django_assert_num_queries(9) as captured:
            secretary.get(LIST)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_an_address_of_any_length_is_answered(staff, secretary):
    """PostgreSQL keeps a thousand characters and no more; Python reads no number of five thousand digits."""
    assert secretary.get(f"{LIST}?category={'9' * 5000}").status_code == 200
    answer = secretary.post(f"{SAVE}?q={'长' * 400}", {"name": "长"}, follow=True)
    assert "条件太长" in answer.content.decode()
    assert not SavedView.objects.exists()
    secretary.post(f"/desk/claims/look/keep/?{'col=year&' * 400}sort={'x' * 900}")
    assert SavedView.objects.get().query == "col=year"
