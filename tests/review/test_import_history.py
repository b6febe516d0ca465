"""The history of workbooks taken in: kept with them, seen by who imports, taken back where nothing stands on it."""

import pytest
from django.urls import reverse

from credits.models import LibraryEntry, LibraryRequest
from credits.services.library import entry_record
from credits.shelf import Shelf
from portal.enums import Role
from portal.models import Event, SheetImport, StoredFile
from portal.staging import STAGED, expire_staged
from review.office.library_forms import EntryForm, entry_initial
from tests.builders import get_version, make_staff, make_student
from tests.portal.test_people_import import book, pupil
from tests.review.conftest import client_of
from tests.review.test_library_import import apply, line, preview
from tests.whu import whu_staff

pytestmark = pytest.mark.django_db
HISTORY = reverse("review:import_history")


@pytest.fixture
def office():
    get_version("whu")
    return client_of(whu_staff(Role.OFFICE))


def imported(office, *names):
    apply(office, preview(office, *(line(name) for name in names)))
    return SheetImport.objects.latest("pk")


def page(row, what="import_record"):
    return reverse(f"review:{what}", args=[row.pk])


def download(client, row):
    answer = client.get(page(row, "import_record_workbook"))
    return b"" if answer.status_code == 404 else b"".join(answer.streaming_content)


def take_back(client, row, numbers=None, reason="导错了文件"):
    where = page(row, "import_record_roll_back")
    if numbers is None:
        numbers = client.get(where).context["plan"].numbers
    return client.post(where, {"reason": reason, **dict(zip(("removed", "restored", "left"), numbers, strict=True))})


def test_an_import_is_kept_with_its_workbook_and_report(office):
    row = imported(office, "甲杯竞赛", "乙杯竞赛")
    assert (row.kind, row.scheme_code, row.report["create"]) == ("library", "whu", 2)
    kept = dict(row.rows.filter(table="library", before__isnull=True).values_list("key", "name"))
    assert kept == {entry.pk: f"{entry.code} {entry.name}" for entry in LibraryEntry.objects.all()}
    StoredFile.objects.update(uploaded_at="2020-01-01T00:00Z")
    assert expire_staged() == 0
    assert "新建 2" in office.get(HISTORY).content.decode()
    assert row.name in office.get(page(row)).content.decode()
    assert download(office, row)[:2] == b"PK"
    assert row.sha256 == row.workbook.sha256


def test_what_an_import_created_is_taken_back_with_a_reason_and_once(office):
    make_kept = imported(office, "原有竞赛")
    row = imported(office, "甲杯竞赛", "乙杯竞赛")
    before = Event.objects.count()
    assert take_back(office, row, reason=" ").status_code == 422
    assert take_back(office, row, (1, 0, 0)).status_code == 409
    assert LibraryEntry.objects.count() == 3
    assert take_back(office, row).status_code == 302
    assert list(LibraryEntry.objects.values_list("pk", flat=True)) == [make_kept.rows.get().key]
    events = list(Event.objects.order_by("pk")[before:].values_list("verb", "reason"))
    assert events == [("remove", ""), ("remove", ""), ("roll_back", "导错了文件")]
    assert take_back(office, row, (2, 0, 0)).url == page(row)
    assert office.get(page(row, "import_record_roll_back")).status_code == 404
    assert Event.objects.count() == before + 3
    assert "已撤回" in office.get(HISTORY).content.decode()


def test_an_entry_that_somebody_names_or_changed_stays_and_is_named(office):
    row = imported(office, "甲杯竞赛", "乙杯竞赛", "丙杯竞赛")
    asked, changed, free = LibraryEntry.objects.order_by("name")
    LibraryRequest.objects.create(
        scheme=asked.scheme, student=make_student(), name="甲杯", year=2024, reason="有", entry=asked
    )
    shelf = Shelf(changed.scheme)
    data = EntryForm(shelf, changed, initial=entry_initial(shelf, changed)).initial
    change = {**data, "note": "另有说明", "revision": 0}
    office.post(reverse("review:library_entry", args=[changed.pk]), {k: v for k, v in change.items() if v is not None})
    shown = office.get(page(row, "import_record_roll_back"))
    assert shown.context["plan"].numbers == (1, 0, 2)
    left = {line.row.name: line.why for line in shown.context["plan"].left}
    assert left[f"{asked.code} {asked.name}"] == "被引用：入库申请 1"
    who = Event.objects.latest("pk").actor_name
    assert left[f"{changed.code} {changed.name}"].startswith(f"导入之后已被修改：{who}，")
    assert take_back(office, row).status_code == 302
    assert set(LibraryEntry.objects.values_list("pk", flat=True)) == {asked.pk, changed.pk}
    assert free.name not in {entry.name for entry in LibraryEntry.objects.all()}
    record = office.get(page(row)).content.decode()
    assert "删除 1 行，恢复 0 行，保留 2 行" in record
    assert "被引用：入库申请 1" in record
    LibraryRequest.objects.all().delete()
    assert take_back(office, row, (1, 0, 1)).status_code == 302
    assert LibraryEntry.objects.get() == changed


def test_what_an_import_changed_returns(office):
    imported(office, "甲杯竞赛")
    entry = LibraryEntry.objects.get()
    before = entry_record(entry)
    changed = line("甲杯大赛", code=entry.code)
    apply(office, preview(office, changed))
    entry.refresh_from_db()
    assert entry.name == "甲杯大赛"
    row = SheetImport.objects.latest("pk")
    shown = office.get(page(row, "import_record_roll_back"))
    assert [line.differences for line in shown.context["plan"].restored] == [[("名称", "甲杯大赛", "甲杯竞赛")]]
    assert take_back(office, row).status_code == 302
    entry.refresh_from_db()
    assert entry_record(entry) == before
    first = SheetImport.objects.earliest("pk")
    assert take_back(office, first, (1, 0, 0)).status_code == 302
    assert not LibraryEntry.objects.exists()


def test_an_import_of_old_says_what_it_cannot_give_back(office):
    row = imported(office, "甲杯竞赛")
    row.rows.update(after={"revision": 0})
    assert "没有保存修改前的内容" in office.get(page(row)).content.decode()
    assert office.get(page(row, "import_record_roll_back")).context["plan"].numbers == (1, 0, 0)
    row.rows.all().delete()
    assert "没有保存导入前的内容，不能整体撤回" in office.get(page(row)).content.decode()
    assert office.get(page(row, "import_record_roll_back")).status_code == 404


def test_each_sees_the_imports_of_what_they_may_import(office):
    row = imported(office, "甲杯竞赛")
    administrator = client_of(make_staff(Role.ADMINISTRATOR))
    other = client_of(make_staff(Role.OFFICE, scheme="bit"))
    for client in (administrator, other):
        assert row.name not in client.get(HISTORY).content.decode()
        assert client.get(page(row)).status_code == 404
        assert client.get(page(row, "import_record_workbook")).status_code == 404
        assert take_back(client, row, (1, 0, 0)).status_code == 404
    assert LibraryEntry.objects.exists()
    assert client_of(make_staff(Role.SECRETARY)).get(HISTORY).status_code == 404


@pytest.mark.parametrize("password", ["", "a first long password"])
def test_a_workbook_of_people_is_kept_unless_it_holds_first_passwords(password):
    administrator = client_of(make_staff(Role.ADMINISTRATOR))
    shown = administrator.post(reverse("people_import"), {"workbook": book(学生=[pupil(password=password or None)])})
    data = {"workbook": shown.context["stored"].key, "rows": "1", "complete": ""}
    administrator.post(reverse("people_import_apply"), data)
    row = SheetImport.objects.get()
    assert (row.kind, row.report["students"]["new"], bool(row.workbook)) == ("people", 1, not password)
    assert StoredFile.objects.exists() is not bool(password)
    assert not StoredFile.objects.filter(media_type=STAGED).exists()
    text = administrator.get(page(row)).content.decode()
    assert "学生：新建 1" in text
    assert ("没有保留" in text) is bool(password)
    assert bool(download(administrator, row)) is not bool(password)
