"""Attachments of a round's notice, as the office puts them on: refusals, events, who gets in."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from credits.models import RoundFile
from credits.services.round_files import MOST_FILES, attach_file
from portal.enums import Role
from portal.models import Event
from tests.builders import get_version, jpeg, make_round, make_staff, pdf, png

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files_apart(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def round_(db):
    return make_round(get_version(), is_published=False)


def page_of(round_):
    return reverse("review:round_files", args=[round_.pk])


def test_a_file_is_put_on_with_one_event_and_taken_off_with_one(office, round_, django_capture_on_commit_callbacks):
    answer = office.post(page_of(round_), {"file": pdf("申报通知.pdf")})
    assert answer["Location"] == page_of(round_)
    attached = RoundFile.objects.get()
    assert attached.file.name == "申报通知.pdf"
    html = office.get(page_of(round_)).content.decode()
    assert reverse("credits:round_file", args=[attached.file.key]) in html
    with django_capture_on_commit_callbacks(execute=True):
        office.post(reverse("review:round_file_remove", args=[attached.pk]))
    assert not RoundFile.objects.exists()
    rows = Event.objects.filter(subject_kind="round").values_list("verb", "subject_key")
    assert list(rows) == [("attach", str(round_.pk)), ("detach", str(round_.pk))]
    assert Event.objects.get(verb="detach").before["sha256"] == Event.objects.get(verb="attach").after["sha256"]


def test_the_same_file_twice_is_one(office, round_):
    for _again in range(2):
        office.post(page_of(round_), {"file": pdf("通知.pdf")})
    assert RoundFile.objects.count() == Event.objects.filter(verb="attach").count() == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("a.pdf", b"hello", "文件内容不是"), ("a.pdf", b"", "空"), (None, None, "请选择文件")],
)
def test_a_bad_file_is_refused_beside_its_field(office, round_, name, content, words):
    data = {"file": SimpleUploadedFile(name, content)} if name else {}
    answer = office.post(page_of(round_), data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not RoundFile.objects.exists()


def test_one_file_too_many_is_refused(office, round_):
    keeper = make_staff(Role.OFFICE)
    for number in range(MOST_FILES):
        attach_file(round_, keeper, png(f"{number}.png"))
    answer = office.post(page_of(round_), {"file": jpeg()})
    assert answer.status_code == 422
    assert f"最多 {MOST_FILES} 个附件" in answer.content.decode()
    assert round_.files.count() == MOST_FILES


def test_files_stand_in_the_order_in_which_they_came(round_):
    keeper = make_staff(Role.OFFICE)
    names = ["b.pdf", "a.png", "c.jpg"]
    for upload in (pdf("b.pdf"), png("a.png"), jpeg("c.jpg")):
        attach_file(round_, keeper, upload)
    assert [row.file.name for row in round_.files.all()] == names


def test_another_schemes_office_finds_no_such_page(staff, round_, client):
    attached = attach_file(round_, staff.office, pdf())
    client.force_login(make_staff(Role.OFFICE, scheme="other"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(page_of(round_)).status_code == 404
    assert client.post(page_of(round_), {"file": jpeg()}).status_code == 404
    assert client.post(reverse("review:round_file_remove", args=[attached.pk])).status_code == 404
    for somebody in ("secretary", "auditor", "student"):
        assert staff.client(somebody).get(page_of(round_)).status_code == 404
    assert RoundFile.objects.count() == 1


def test_the_rounds_form_leads_there(office, round_):
    assert page_of(round_) in office.get(reverse("review:round_edit", args=[round_.pk])).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_with_more_files(office, round_, django_assert_num_queries, count):
    for number in range(count):
        attach_file(round_, make_staff(Role.OFFICE), png(f"{number}.png"))
    office.get(page_of(round_))
    with django_assert_num_queries(7):
        assert office.get(page_of(round_)).status_code == 200
