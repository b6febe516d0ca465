"""The pages of rulings: what waits to be put on record, the form, the way into a draft."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from credits.models import Claim, Ruling
from credits.services.drafts import start_draft
from credits.services.rulings import record_ruling
from portal.enums import Role, Status
from portal.models import Event
from portal.remarks import remarks_on
from tests.builders import make_scheme_version, make_staff, make_student
from tests.credits.test_rulings import WORDS, category, decided

pytestmark = pytest.mark.django_db
FORM = {"title": "省级党报理论版文章", "category": "", "low": "3", "high": "5", "reason": "与扩展版相当。"}


def address(name, *args):
    return reverse(f"review:{name}", args=args)


def client_of(person):
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def version():
    return make_scheme_version("whu")


@pytest.fixture
def office(version):
    return make_staff(Role.OFFICE, scheme="whu")


@pytest.fixture
def as_office(office):
    return client_of(office)


def test_what_the_committee_decided_off_the_table_waits_until_it_is_on_record(version, as_office):
    claim = decided(version)
    decided(version, code="paper")
    decided(version, follows_lead=True)
    decided(version, Status.IN_REVIEW, stage="committee")
    page = as_office.get(address("rulings"))
    assert [row.pk for row in page.context["waiting"]] == [claim.pk]
    answer = as_office.post(address("ruling_new", claim.pk), FORM)
    assert answer["Location"] == address("rulings")
    page = as_office.get(address("rulings"))
    assert page.context["waiting"] == []
    assert "省级党报理论版文章" in page.content.decode()
    assert Event.objects.filter(subject_kind="ruling", verb="rule").count() == 1


def test_the_form_begins_with_the_score_that_was_decided(version, as_office):
    claim = decided(version, facts={"score": "4.5"}, recognised_reason="参照核心期刊。")
    page = as_office.get(address("ruling_new", claim.pk)).content.decode()
    assert page.count('value="4.5"') == 2
    assert "参照核心期刊。" in page


def test_a_ruling_without_sense_is_shown_again_with_what_is_wrong(version, as_office):
    answer = as_office.post(address("ruling_new", decided(version).pk), {**FORM, "low": "6", "title": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请填写" in page
    answer = as_office.post(address("ruling_new", decided(version).pk), {**FORM, "low": "6"})
    assert "最高分值不能低于最低分值" in answer.content.decode()
    assert not Ruling.objects.exists()


def test_once_on_record_the_form_leads_to_the_list(version, office, as_office):
    claim = decided(version)
    record_ruling(claim, office, category=None, **WORDS)
    assert as_office.get(address("ruling_new", claim.pk))["Location"] == address("rulings")
    assert as_office.post(address("ruling_new", claim.pk), FORM)["Location"] == address("rulings")
    assert Ruling.objects.count() == 1


def test_the_claims_page_asks_whoever_may_for_the_ruling(version, office):
    claim, member = decided(version), make_staff(Role.COMMITTEE, scheme="whu")
    asked = [remark.href for remark in remarks_on(claim, member)]
    assert address("ruling_new", claim.pk) in asked
    for person in (claim.student.person, make_staff(Role.AUDITOR, scheme="whu"), make_staff(Role.SECRETARY)):
        assert address("ruling_new", claim.pk) not in [remark.href for remark in remarks_on(claim, person)]
    record_ruling(claim, office, category=None, **WORDS)
    assert address("rulings") in [remark.href for remark in remarks_on(claim, office)]
    assert address("rulings") not in [remark.href for remark in remarks_on(claim, member)]


# --- Into a draft ---


@pytest.fixture
def ruling(version, office):
    return record_ruling(decided(version), office, category=category(version, "paper"), **WORDS)


@pytest.fixture
def draft(version, office):
    return start_draft(version.scheme, office, source=version.source, label="2027")


def test_draft_table_and_keys_are_chosen_one_after_the_other(as_office, ruling, draft):
    path = address("ruling_adopt", ruling.pk)
    first = as_office.get(path).content.decode()
    assert f'<option value="{draft.pk}">2027</option>' in first
    assert "key_0" not in first
    second = as_office.get(path, {"draft": draft.pk}).content.decode()
    assert second.index('value="paper.standard"') < second.index('value="research.standard"')
    assert "key_0" not in second
    third = as_office.get(path, {"draft": draft.pk, "table": "paper.standard"}).content.decode()
    assert 'name="key_0"' in third
    assert 'name="key_1" value="省级党报理论版文章"' in third
    answer = as_office.post(
        path,
        {
            "draft": draft.pk,
            "table": "paper.standard",
            "key_0": "省级党报理论版",
            "key_1": "",
            "revision": draft.revision,
        },
    )
    assert answer["Location"] == address("draft", draft.pk)
    draft.refresh_from_db()
    assert '["省级党报理论版", "", 3, 5],' in draft.source
    page = as_office.get(address("rulings")).content.decode()
    assert address("draft", draft.pk) in page
    assert address("ruling_adopt", ruling.pk) not in page


def test_a_row_that_is_there_is_refused_and_what_was_typed_stays(as_office, ruling, draft):
    answer = as_office.post(
        address("ruling_adopt", ruling.pk),
        {"draft": draft.pk, "table": "paper.standard", "key_0": "SCI、SSCI", "key_1": "一区", "revision": 0},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "表中已有这一行" in page
    assert 'value="SCI、SSCI"' in page


def test_an_old_page_says_that_somebody_was_faster(as_office, ruling, draft):
    data = {"draft": draft.pk, "table": "paper.standard", "key_0": "甲", "key_1": "", "revision": 5}
    answer = as_office.post(address("ruling_adopt", ruling.pk), data)
    assert answer.status_code == 409
    assert address("draft", draft.pk) in answer.content.decode()


def test_a_draft_with_errors_is_named(as_office, version, office, ruling):
    broken = start_draft(version.scheme, office, source="[scheme")
    page = as_office.get(address("ruling_adopt", ruling.pk), {"draft": broken.pk}).content.decode()
    assert "这份草案的文本还有错误" in page


def test_without_a_draft_the_page_leads_to_a_new_one(as_office, ruling):
    assert address("draft_new") in as_office.get(address("ruling_adopt", ruling.pk)).content.decode()


# --- Who ---


def test_the_committee_rules_and_reads_the_office_adopts_others_find_nothing(version, ruling, draft):
    claim = decided(version)
    member, auditor = make_staff(Role.COMMITTEE, scheme="whu"), make_staff(Role.AUDITOR, scheme="whu")
    assert client_of(member).get(address("rulings")).status_code == 200
    assert client_of(member).get(address("ruling_new", claim.pk)).status_code == 200
    assert client_of(member).get(address("ruling_adopt", ruling.pk)).status_code == 404
    assert client_of(auditor).get(address("rulings")).status_code == 200
    assert client_of(auditor).get(address("ruling_new", claim.pk)).status_code == 404
    assert client_of(auditor).post(address("ruling_new", claim.pk), FORM).status_code == 404
    strangers = (
        make_staff(Role.OFFICE, scheme="bit"),
        make_staff(Role.COMMITTEE, scheme="bit"),
        make_staff(Role.EXPERT, scheme="whu"),
        make_staff(Role.SECRETARY),
        make_student().person,
    )
    for person in strangers:
        client = client_of(person)
        assert client.get(address("ruling_new", claim.pk)).status_code == 404
        assert client.post(address("ruling_new", claim.pk), FORM).status_code == 404
        assert client.post(address("ruling_adopt", ruling.pk), {"draft": draft.pk}).status_code == 404
    for person in strangers[2:]:
        assert client_of(person).get(address("rulings")).status_code == 404
    assert Ruling.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_with_more_of_both(version, office, as_office, django_assert_num_queries, count):
    for number in range(count):
        decided(version)
        record_ruling(decided(version), office, category=None, **{**WORDS, "title": f"项目 {number}"})
    as_office.get(address("rulings"))
    with django_assert_num_queries(9):
        page = as_office.get(address("rulings"))
    assert len(page.context["waiting"]) == len(page.context["listing"].rows) == count
    assert Claim.objects.filter(recognised_points=Decimal(4)).count() == 2 * count
