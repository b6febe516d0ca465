"""A PDF in the viewer: its pages, their text, what stands there instead, and who is handed a page."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from credits.services.pages import draw_some
from credits.tasks import draw_evidence
from portal.enums import Status
from portal.models import RenderedPage, Rendering
from tests.builders import jpeg, make_claim, make_pages, pdf


@pytest.fixture
def claim(staff):
    """A claim with a PDF first and a photo second."""
    return make_claim(Status.IN_REVIEW, evidence=[(pdf(), "certificate"), (jpeg("现场.jpg"), "")])


def paper_of(claim):
    return claim.evidence.order_by("pk")[0].file


def text_of(client, claim, query=""):
    return client.get(f"/desk/claims/{claim.pk}/{query}").content.decode()


def test_the_pages_stand_beneath_each_other_with_sizes_and_text(claim, secretary):
    make_pages(paper_of(claim), "获奖证书 2024-0815", "")
    text = text_of(secretary, claim)
    for number in (1, 2):
        address = reverse("credits:evidence_page", args=[paper_of(claim).key, number])
        assert f'<img src="{address}" width="80" height="113"' in text
    assert text.count('loading="lazy"') == 1, "the first page is there at once"
    assert "获奖证书 2024-0815" in text
    assert text.count('class="page-text"') == 1, "the second page is a scan"
    assert "<iframe" not in text
    assert "data-find" in text


def test_a_long_file_says_how_much_is_shown_and_a_scan_that_nothing_can_be_searched(claim, secretary):
    make_pages(paper_of(claim), "", total=120)
    text = text_of(secretary, claim)
    assert "这里显示前 1 页，共 120 页" in text
    assert "没有可搜索的文字" in text
    assert "data-find" not in text


@pytest.mark.parametrize(("drawn", "sentence"), [(False, "正在后台生成"), (True, "不能逐页显示")])
def test_without_pages_the_browsers_reader_stands_in_and_says_why(claim, secretary, drawn, sentence):
    if drawn:
        Rendering.objects.create(file=paper_of(claim))
    text = text_of(secretary, claim)
    assert sentence in text
    assert "<iframe" in text
    assert "data-pages" not in text


def test_beside_another_file_the_pages_are_there_too(claim, secretary):
    make_pages(paper_of(claim), "获奖证书")
    first, second = claim.evidence.order_by("pk")
    text = text_of(secretary, claim, f"?file={second.pk}&beside={first.pk}")
    assert 'id="viewer-beside"' in text
    assert text.count("data-pages") == 1


def test_the_student_sees_the_pages_as_well(claim, client):
    make_pages(paper_of(claim), "获奖证书")
    client.force_login(claim.student.person)
    assert "data-pages" in client.get(claim.get_absolute_url()).content.decode()


def test_a_page_is_the_files_readers_and_nobody_elses(claim, secretary, staff):
    make_pages(paper_of(claim), "获奖证书")
    address = reverse("credits:evidence_page", args=[paper_of(claim).key, 1])
    answer = secretary.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert b"".join(answer.streaming_content).startswith(b"RIFF")
    assert staff.client("away").get(address).status_code == 404
    assert secretary.get(reverse("credits:evidence_page", args=[paper_of(claim).key, 2])).status_code == 404
    photo = claim.evidence.order_by("pk")[1].file
    assert secretary.get(reverse("credits:evidence_page", args=[photo.key, 1])).status_code == 404


def test_attaching_a_pdf_asks_for_its_pages_and_attaching_a_photo_does_not(claim):
    asked = [row for row in DBTaskResult.objects.all() if row.task_path.endswith("draw_evidence")]
    assert [row.args_kwargs["args"] for row in asked] == [[paper_of(claim).pk]]
    draw_evidence.call(paper_of(claim).pk)
    assert Rendering.objects.get().drawn == 1


def test_what_was_attached_before_is_drawn_by_the_chore_or_the_command(claim, capsys, monkeypatch):
    make_claim(Status.IN_REVIEW, evidence=[(pdf("别的.pdf"), "certificate")])
    monkeypatch.setattr("credits.services.pages.EVERY_HOUR", 1)
    assert draw_some() == 1
    call_command("draw_pages")
    call_command("draw_pages")
    assert capsys.readouterr().out.splitlines() == [
        "1 files drawn, 1 pages, 0 cannot be drawn",
        "0 files drawn, 0 pages, 0 cannot be drawn",
    ]
    assert RenderedPage.objects.count() == 2


def test_the_page_costs_one_query_more_whatever_the_number_of_pages(claim, secretary, django_assert_max_num_queries):
    text_of(secretary, claim)
    with django_assert_max_num_queries(200) as without:
        text_of(secretary, claim)
    make_pages(paper_of(claim), *["文字"] * 3)
    with django_assert_max_num_queries(len(without) + 1):
        text_of(secretary, claim)
