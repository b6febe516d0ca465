import base64
import json
from datetime import datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone

from portal.listing import Count, FilterForm, Listing, Sorts, capped_count
from portal.models import StoredFile

SORTS = Sorts({"uploaded": ("uploaded_at", "pk"), "name": ("name", "pk"), "size": ("size", "-pk")}, default="-uploaded")


class FileFilter(FilterForm):
    q = forms.CharField(required=False)
    size = forms.IntegerField(required=False)

    def narrow(self, queryset):
        if wanted := self.cleaned_data["q"]:
            queryset = queryset.filter(name__contains=wanted)
        if (size := self.cleaned_data["size"]) is not None:
            queryset = queryset.filter(size=size)
        return queryset


@pytest.fixture
def files(db):
    """Seven files, two sharing each size, times with microseconds."""
    start = timezone.make_aware(datetime(2026, 1, 1, 8, 0, 0, 123456))  # noqa: DTZ001 - made aware here
    made = [
        StoredFile.objects.create(
            name=f"{'甲乙丙丁戊己庚'[n]}.pdf", size=n // 2, sha256="0" * 64, path=str(n), media_type="x"
        )
        for n in range(7)
    ]
    for n, file in enumerate(made):
        StoredFile.objects.filter(pk=file.pk).update(uploaded_at=start + timedelta(microseconds=n // 2))
    return made


def _listing(rf, query="", **options):
    request = rf.get(f"/files/?{query}")
    options.setdefault("form", FileFilter(request.GET))
    return Listing(request, StoredFile.objects.all(), sorts=SORTS, per_page=3, **options)


@pytest.mark.parametrize("sort", ["uploaded", "-uploaded", "name", "-name", "size", "-size"])
@pytest.mark.parametrize("values", [False, True])
def test_keyset_walks_every_row_once_both_ways(rf, files, sort, values):
    queryset = StoredFile.objects.values("id", "name", "size", "uploaded_at") if values else StoredFile.objects.all()
    expected = [row["pk"] for row in StoredFile.objects.order_by(*SORTS.fields(sort)).values("pk")]

    def page(query):
        return Listing(rf.get(f"/?sort={sort}&{query}"), queryset, sorts=SORTS, per_page=3)

    def keys(listing):
        return [row["id"] if values else row.pk for row in listing.rows]

    first = page("")
    second = page(f"after={first.pager.next_cursor}")
    third = page(f"after={second.pager.next_cursor}")
    assert keys(first) + keys(second) + keys(third) == expected
    assert (first.pager.previous_cursor, third.pager.next_cursor) == ("", "")

    back = page(f"before={third.pager.previous_cursor}")
    start = page(f"before={back.pager.previous_cursor}")
    assert keys(back) == keys(second)
    assert keys(start) == keys(first)
    assert start.pager.previous_cursor == ""
    assert page(f"after={start.pager.next_cursor}").pager.previous_cursor != ""


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!!!",
        "bnVsbA",
        base64.urlsafe_b64encode(json.dumps(["no date", 1]).encode()).decode(),
        "W251bGwsbnVsbF0",
    ],
)
def test_foreign_cursor_shows_the_first_page(rf, files, cursor):
    assert [f.pk for f in _listing(rf, f"after={cursor}").rows] == [f.pk for f in _listing(rf).rows]


def test_unknown_sort_falls_back(rf, files):
    listing = _listing(rf, "sort=sha256")

    assert listing.sort == "-uploaded"


def test_sort_must_end_in_pk():
    with pytest.raises(ValueError, match="must end in pk"):
        Sorts({"name": ("name",)}, default="name")


def test_invalid_filter_shows_nothing_and_its_error(rf, files):
    listing = _listing(rf, "size=many")

    assert list(listing.rows) == []
    assert "size" in listing.form.errors


def test_filter_narrows_rows_total_and_export_alike(rf, files):
    listing = _listing(rf, "q=甲&page=1", keyset=False)

    assert [file.name for file in listing.rows] == ["甲.pdf"]
    assert str(listing.total) == "1"
    assert [file.name for file in listing.queryset] == ["甲.pdf"]
    assert listing.export_query == "q=%E7%94%B2"
    assert listing.is_filtered


@pytest.mark.parametrize(
    ("asked", "shown"), [("", 1), ("2", 2), ("9", 3), ("0", 1), ("-1", 1), ("x", 1), ("9" * 40, 1), ("²", 1)]
)
def test_page_numbers_stay_inside(rf, files, asked, shown):
    pager = _listing(rf, f"page={asked}", keyset=False).pager

    assert (pager.number, pager.pages) == (shown, 3)
    assert pager.start_index == (shown - 1) * 3 + 1


def test_count_is_capped(files):
    assert capped_count(StoredFile.objects.all(), cap=5) == Count(5, capped=True)
    assert str(capped_count(StoredFile.objects.all(), cap=5)) == "5+"
    assert str(capped_count(StoredFile.objects.all(), cap=7)) == "7"
    assert capped_count(StoredFile.objects.none(), cap=5) == Count(0)


@pytest.mark.parametrize("keyset", [True, False])
def test_page_costs_two_queries(rf, files, keyset, django_assert_num_queries):
    with django_assert_num_queries(2):
        source = "{% load listing %}{{ listing.rows|length }}{% pager listing %}"
        _render(rf, source, "sort=name", keyset=keyset)


def test_links_keep_the_filter_and_drop_the_page(rf, files):
    html = _render(rf, "{% load listing %}{% sort_heading listing 'name' '名称' %}", "q=p%26d&page=2&after=abc")

    assert 'href="?q=p%26d&amp;sort=name"' in html


def test_current_sort_is_announced_and_turns(rf, files):
    html = _render(rf, "{% load listing %}{% sort_heading listing 'name' '名称' %}", "sort=name")

    assert 'aria-sort="ascending"' in html
    assert 'href="?sort=-name"' in html


def test_numbered_pager_speaks_the_portals_words(rf, files):
    html = _render(rf, "{% load listing %}{% pager listing %}", 'q="><b&page=1', keyset=False)

    assert "转到" in html
    assert "共1页 0条" in html
    assert '<input type="hidden" name="q" value="&quot;&gt;&lt;b">' in html


def _render(rf, source, query, **options):
    listing = _listing(rf, query, **options)
    return Template(source).render(Context({"listing": listing, "request": rf.get(f"/files/?{query}")}))
