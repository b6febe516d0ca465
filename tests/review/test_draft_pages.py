"""The office's pages of drafts: what is typed is kept, what is wrong is named, what differs is shown."""

import datetime
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from conversion.models import Course
from credits.models import SchemeDraft, SchemeVersion
from credits.services.drafts import discard_draft, save_draft, start_draft
from portal.models import Event
from tests.builders import get_version, make_scheme_version
from tests.packs import SMALL

pytestmark = pytest.mark.django_db
TABS = ("draft", "draft_difference", "draft_examples", "draft_replays")
SOON = timezone.localdate() + datetime.timedelta(days=20)


def address(name, *args):
    return reverse(f"review:{name}", args=args)


@pytest.fixture
def draft(staff):
    version = get_version()
    return start_draft(version.scheme, staff.office, source=version.source, label="2027")


def typed(draft, *replace, **more):
    source = draft.source
    for old, new in replace:
        assert old in source
        source = source.replace(old, new)
    return {"source": source.replace("\n", "\r\n"), "note": draft.note, "revision": draft.revision, **more}


# --- Start ---


def test_a_draft_begins_with_the_version_in_force(office):
    version = get_version()
    page = office.get(address("draft_new")).content.decode()
    assert f'<option value="{version.pk}" selected>2023</option>' in page
    answer = office.post(address("draft_new"), {"base": version.pk, "label": "2027", "note": "修订"})
    row = SchemeDraft.objects.get()
    assert answer["Location"] == address("draft", row.pk)
    assert row.source == version.source.replace('label = "2023"', 'label = "2027"')
    assert (row.label, row.note) == ("2027", "修订")


def test_a_draft_begins_with_a_file(office):
    get_version()
    upload = SimpleUploadedFile("办法.toml", SMALL.encode())
    office.post(address("draft_new"), {"base": "", "file": upload})
    assert SchemeDraft.objects.get().source == SMALL
    assert SchemeDraft.objects.get().label == "1"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"base": "", "label": "2027"}, "请选择底稿"),
        ({"label": ""}, "请填写新版本名称"),
        ({"label": "2023"}, "请换一个名称"),
        ({"base": "", "file": SimpleUploadedFile("a.toml", "办法".encode("gbk"))}, "UTF-8"),
        ({"base": "", "file": SimpleUploadedFile("a.toml", b"x" * 2_100_000)}, "文件过大"),
    ],
)
def test_a_start_without_a_text_or_a_name_is_refused(office, data, words):
    answer = office.post(address("draft_new"), {"base": get_version().pk, **data})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not SchemeDraft.objects.exists()


# --- Text ---


def test_errors_are_shown_with_line_and_key_and_the_text_is_kept(office, draft):
    wrong = ('mode = "half_up"', 'mode = "half_op"')
    answer = office.post(address("draft", draft.pk), typed(draft, wrong))
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert wrong[1] in draft.source
    assert "\r" not in draft.source
    page = office.get(address("draft", draft.pk)).content.decode()
    line = draft.source.splitlines().index(wrong[1]) + 1
    assert re.search(rf'data-line="{line}">{line}</a></td><td><code>rounding.mode</code>', page)
    assert "mode = &quot;half_op&quot;" in page


def test_a_text_that_is_no_toml_is_kept_too(office, draft):
    office.post(address("draft", draft.pk), typed(draft, source="[scheme\nlabel"))
    draft.refresh_from_db()
    assert draft.source == "[scheme\nlabel\n"
    for name in TABS:
        assert office.get(address(name, draft.pk)).status_code == 200
    assert "TOML 语法错误" in office.get(address("draft", draft.pk)).content.decode()


def test_who_comes_too_late_gets_the_text_back_and_sees_what_the_other_wrote(office, staff, draft):
    old = typed(draft, ("同一成果只申报一次", "同一成果只申报一回"))
    save_draft(draft, staff.office, source=draft.source.replace("整条转换", "整条冲抵"), revision=None)
    answer = office.post(address("draft", draft.pk), old)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "同一成果只申报一回" in page
    assert "整条冲抵" in page
    assert "梁志远" in page
    draft.refresh_from_db()
    assert "同一成果只申报一回" not in draft.source
    again = office.post(
        address("draft", draft.pk), {**old, "revision": re.search(r'name="revision" value="(\d+)"', page)[1]}
    )
    assert again.status_code == 302
    draft.refresh_from_db()
    assert "同一成果只申报一回" in draft.source


def test_a_draft_that_is_closed_is_read_not_written(office, staff, draft):
    discard_draft(draft, staff.office, revision=None)
    page = office.get(address("draft", draft.pk)).content.decode()
    assert "<textarea" not in page
    assert address("draft_publish", draft.pk) not in page
    assert office.post(address("draft_publish", draft.pk), publication(draft)).status_code in {302, 409, 422}
    assert SchemeVersion.objects.count() == 1


# --- Difference ---


def test_the_difference_is_shown_by_article_by_figure_and_by_line(office, draft):
    changes = (
        ("同一成果只申报一次。", "同一成果在校期间只申报一次。"),
        ('["国家级", "一等奖", 4]', '["国家级", "一等奖", 4.5]'),
    )
    office.post(address("draft", draft.pk), typed(draft, *changes))
    page = office.get(address("draft_difference", draft.pk)).content.decode()
    assert "<ins>在校期间</ins>" in page
    assert re.search(r"国家级 · 一等奖</th><td class=\"num\"><del>4</del></td><td class=\"num\"><ins>4.5</ins>", page)
    lines = office.get(address("draft_difference", draft.pk) + "?view=lines&against=2023").content.decode()
    assert lines.count('class="line-added"') == lines.count('class="line-removed"') == 3
    assert "<code>label = &quot;2027&quot;</code>" in lines


def test_any_version_may_be_compared_with(office, draft):
    make_scheme_version(
        replace=[('label = "2023"', 'label = "2025"'), ("同一成果只申报一次。", "同一成果可以申报两次。")]
    )
    page = office.get(address("draft_difference", draft.pk) + "?against=2025").content.decode()
    assert "<del>可以</del>" in page
    other = office.get(address("draft_difference", draft.pk) + "?against=2023").content.decode()
    assert "条文没有变化" in other
    assert office.get(address("draft_difference", draft.pk) + "?against=1999&view=sideways").status_code == 200


# --- Examples and publishing ---


def publication(draft, **more):
    return {"label": "2027", "effective_from": f"{SOON}", "revision": draft.revision, **more}


def test_examples_are_run_and_the_failing_ones_come_first(office, draft):
    office.post(address("draft", draft.pk), typed(draft, ('["校级", "三等奖", 1]', '["校级", "三等奖", 2]')))
    page = office.get(address("draft_examples", draft.pk)).content.decode()
    assert page.index("第 8 名视为三等奖") < page.index("数学建模国家级一等奖，团队第二")
    assert "共 50 个，1 个不符" in page


def test_a_draft_is_published_from_a_day_for_a_cohort(office, draft):
    assert office.get(address("draft_publish", draft.pk)).status_code == 200
    answer = office.post(address("draft_publish", draft.pk), publication(draft, cohort_from="2026"))
    assert answer["Location"] == reverse("credits:scheme_version", args=["bit", "2027"])
    version = SchemeVersion.objects.get(label="2027")
    assert (version.effective_from, version.cohort_from) == (SOON, 2026)
    assert Course.objects.filter(scheme=version.scheme).count() == len(version.data.conversion.courses)
    page = office.get(address("drafts")).content.decode()
    assert "已发布" in page


def test_failing_examples_and_a_taken_label_are_told_and_nothing_is_published(office, draft):
    answer = office.post(address("draft_publish", draft.pk), publication(draft, label="2023"))
    assert answer.status_code == 422
    assert "已有“2023”版" in answer.content.decode()
    office.post(address("draft", draft.pk), typed(draft, ('["校级", "三等奖", 1]', '["校级", "三等奖", 2]')))
    draft.refresh_from_db()
    page = office.get(address("draft_publish", draft.pk)).content.decode()
    assert "发布前必须一致" in page
    assert 'name="effective_from"' not in page
    assert office.post(address("draft_publish", draft.pk), publication(draft)).status_code == 422
    assert SchemeVersion.objects.count() == 1


def test_publishing_an_old_page_says_that_somebody_was_faster(office, staff, draft):
    old = publication(draft)
    save_draft(draft, staff.office, source=draft.source + "# x\n", revision=None)
    assert office.post(address("draft_publish", draft.pk), old).status_code == 409
    assert SchemeVersion.objects.count() == 1


def test_discarding_asks_first(office, draft):
    assert office.get(address("draft_discard", draft.pk)).status_code == 200
    draft.refresh_from_db()
    assert draft.is_open
    office.post(address("draft_discard", draft.pk), {"revision": draft.revision})
    draft.refresh_from_db()
    assert not draft.is_open


def test_the_text_is_handed_over_as_a_file(office, draft):
    answer = office.get(address("draft_source", draft.pk))
    assert answer.content.decode() == draft.source
    assert "bit-2027.toml" in answer["Content-Disposition"]


# --- Who ---


def test_auditors_read_and_change_nothing_others_find_nothing(staff, draft):
    auditor = staff.client("auditor")
    assert auditor.get(address("drafts")).status_code == 200
    for name in (*TABS, "draft_source"):
        assert auditor.get(address(name, draft.pk)).status_code == 200
    page = auditor.get(address("draft", draft.pk)).content.decode()
    assert "<textarea" not in page
    for name in ("draft", "draft_publish", "draft_discard", "draft_replays"):
        assert auditor.post(address(name, draft.pk), typed(draft)).status_code == 404
    assert auditor.get(address("draft_new")).status_code == 404
    for somebody in ("secretary", "counsellor", "committee", "owner_unit", "administrator", "student"):
        client = staff.client(somebody)
        for path in (address("drafts"), address("draft_new"), *(address(name, draft.pk) for name in TABS)):
            assert client.get(path).status_code == 404, (somebody, path)
        assert client.post(address("draft", draft.pk), typed(draft)).status_code == 404
    draft.refresh_from_db()
    assert draft.revision == 0
    assert Event.objects.filter(subject_kind="draft").count() == 1


# --- Cost ---


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_with_more_drafts(office, staff, django_assert_num_queries, count):
    version = get_version()
    for number in range(count):
        start_draft(version.scheme, staff.office, source=version.source, label=f"草案 {number}")
    office.get(address("drafts"))
    with django_assert_num_queries(7):
        page = office.get(address("drafts")).content.decode()
    assert all(f"草案 {number}" in page for number in range(count))


def test_a_page_of_a_draft_asks_little(office, draft, django_assert_num_queries):
    for name, queries in (("draft", 7), ("draft_difference", 8), ("draft_examples", 6), ("draft_replays", 8)):
        office.get(address(name, draft.pk))
        with django_assert_num_queries(queries):
            assert office.get(address(name, draft.pk)).status_code == 200
