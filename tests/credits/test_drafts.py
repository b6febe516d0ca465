"""Drafts of a regulation: who may, what is kept, and what cannot be published."""

import datetime
import hashlib

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from credits.drafting import read_draft
from credits.enums import DraftState
from credits.evaluation import PackError
from credits.models import SchemeDraft, SchemeVersion
from credits.services.drafts import Publication, discard_draft, publish_draft, save_draft, start_draft
from credits.services.schemes import ExamplesFail
from portal.enums import Role
from portal.models import Event
from portal.workflow import NotAllowed, StaleRecord
from tests.builders import get_version, make_claim, make_scheme_version, make_staff, make_student

pytestmark = pytest.mark.django_db
SOON = timezone.localdate() + datetime.timedelta(days=30)


@pytest.fixture
def version():
    return get_version()


@pytest.fixture
def office(version):
    return make_staff(Role.OFFICE, scheme="bit")


def draft_of(version, office, *replace):
    source = version.source
    for old, new in replace:
        assert old in source
        source = source.replace(old, new)
    return start_draft(version.scheme, office, source=source, label="2027")


def events(draft):
    return list(Event.objects.filter(subject_kind="draft", subject_key=str(draft.pk)).values_list("verb", flat=True))


# --- Start and save ---


def test_a_draft_begins_with_any_text_and_takes_its_label_from_it(version, office):
    draft = start_draft(version.scheme, office, source=version.source, note=" 修订 ")
    assert (draft.label, draft.note, draft.state, draft.version) == ("2023", "修订", DraftState.OPEN, None)
    assert draft.source == version.source
    assert events(draft) == ["start"]
    broken = start_draft(version.scheme, office, source="[scheme")
    assert broken.label == "未命名"
    assert len(read_draft(broken.source, "bit").problems) == 1


def test_a_new_label_is_written_into_the_text(version, office):
    assert read_draft(draft_of(version, office).source, "bit").data.label == "2027"


def test_line_ends_of_browsers_and_files_make_no_difference(version, office):
    draft = start_draft(version.scheme, office, source="\ufeff" + version.source.replace("\n", "\r\n") + "\r\n\r\n")
    assert draft.source == version.source
    assert save_draft(draft, office, source=version.source.replace("\n", "\r\n"), revision=0).revision == 0
    assert events(draft) == ["start"]


def test_what_is_typed_is_kept_right_or_wrong(version, office):
    draft = draft_of(version, office)
    saved = save_draft(draft, office, source="x = 1 ", note="半途", revision=draft.revision)
    assert (saved.source, saved.note, saved.revision, saved.label) == ("x = 1\n", "半途", 1, "2027")
    assert events(draft) == ["start", "save"]
    event = Event.objects.get(verb="save")
    assert event.actor_role == Role.OFFICE
    assert event.after["sha256"] == hashlib.sha256(b"x = 1\n").hexdigest()


@pytest.mark.parametrize("source", ["", " \n ", "x" * 400_001])
def test_a_text_that_is_empty_or_endless_is_refused(version, office, source):
    with pytest.raises(ValidationError) as refused:
        start_draft(version.scheme, office, source=source)
    assert list(refused.value.message_dict) == ["source"]
    assert not SchemeDraft.objects.exists()


def test_who_saves_an_old_page_overwrites_nothing(version, office):
    draft = draft_of(version, office)
    save_draft(draft, office, source="a = 1", revision=0)
    with pytest.raises(StaleRecord):
        save_draft(draft, office, source="b = 2", revision=0)
    draft.refresh_from_db()
    assert draft.source == "a = 1\n"


def test_a_discarded_draft_is_closed(version, office):
    draft = draft_of(version, office)
    discard_draft(draft, office, revision=0)
    draft.refresh_from_db()
    assert draft.state == DraftState.DISCARDED
    for verb in (
        lambda: save_draft(draft, office, source="a = 1", revision=None),
        lambda: discard_draft(draft, office, revision=None),
        lambda: publish_draft(draft, office, Publication("2027", SOON), revision=None),
    ):
        with pytest.raises(StaleRecord):
            verb()
    assert events(draft) == ["start", "discard"]


# --- Publish ---


def test_publishing_writes_label_day_and_cohorts_into_the_text_that_is_stored(version, office):
    draft = draft_of(version, office)
    plan = Publication("2027 试行", SOON, cohort_from=2026)
    published = publish_draft(draft, office, plan, revision=0)
    draft.refresh_from_db()
    assert (draft.state, draft.version, draft.label) == (DraftState.PUBLISHED, published, "2027 试行")
    assert (published.label, published.effective_from) == ("2027 试行", SOON)
    assert (published.cohort_from, published.cohort_to, published.loaded_by) == (2026, None, office)
    assert published.source == draft.source
    assert 'label = "2027 试行"' in published.source
    assert f"effective_from = {SOON}" in published.source
    assert published.data.cohort_from == 2026
    assert sorted(events(draft)) == ["publish", "start"]
    assert Event.objects.filter(subject_kind="scheme", verb="load", actor=office).count() == 1


def test_the_version_holds_from_its_day_for_its_cohorts(version, office):
    publish_draft(draft_of(version, office), office, Publication("2027", SOON, cohort_from=2024), revision=None)

    def held(day, cohort):
        return SchemeVersion.objects.in_force(day, cohort).first().label

    assert held(timezone.localdate(), 2024) == "2023"
    assert held(SOON, 2024) == "2027"
    assert held(SOON, 2023) == "2023"


def test_claims_keep_the_version_they_were_judged_by(version, office):
    claim = make_claim()
    publish_draft(draft_of(version, office), office, Publication("2027", timezone.localdate()), revision=None)
    claim.refresh_from_db()
    assert claim.scheme_version == version


def test_a_version_whose_examples_fail_cannot_be_published(version, office):
    draft = draft_of(version, office, ('["国家级", "一等奖", 4]', '["国家级", "一等奖", 4.5]'))
    with pytest.raises(ExamplesFail) as failed:
        publish_draft(draft, office, Publication("2027", SOON), revision=None)
    assert "数学建模国家级一等奖，团队第二" in [row.name for row in failed.value.failed]
    draft.refresh_from_db()
    assert (draft.state, draft.version) == (DraftState.OPEN, None)
    assert SchemeVersion.objects.count() == 1


def test_a_text_with_errors_cannot_be_published(version, office):
    draft = draft_of(version, office, ('mode = "half_up"', 'mode = "half_op"'))
    with pytest.raises(PackError) as failed:
        publish_draft(draft, office, Publication("2027", SOON), revision=None)
    (problem,) = failed.value.problems
    assert problem.key == "rounding.mode"
    assert draft.source.splitlines()[problem.line - 1] == 'mode = "half_op"'


def test_a_text_of_another_scheme_cannot_be_published(version, office):
    draft = draft_of(version, office, ('code = "bit"', 'code = "other"'))
    assert [problem.key for problem in read_draft(draft.source, "bit").problems] == ["scheme.code"]
    with pytest.raises(PackError):
        publish_draft(draft, office, Publication("2027", SOON), revision=None)
    assert SchemeVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (Publication("2023", SOON), "label"),
        (Publication(" ", SOON), "label"),
        (Publication("2" * 33, SOON), "label"),
        (Publication("2027", datetime.date(2016, 8, 31)), "effective_from"),
        (Publication("2027", SOON, cohort_from=2027, cohort_to=2026), "cohort_to"),
    ],
)
def test_a_plan_that_cannot_be_kept_is_named_by_its_field(version, office, plan, field):
    draft = draft_of(version, office)
    with pytest.raises(ValidationError) as refused:
        publish_draft(draft, office, plan, revision=None)
    assert list(refused.value.message_dict) == [field]
    assert SchemeVersion.objects.count() == 1


def test_a_day_before_a_version_to_come_is_refused(version, office):
    make_scheme_version(
        replace=[('label = "2023"', 'label = "2030"'), ("effective_from = 2016-09-01", "effective_from = 2040-09-01")]
    )
    with pytest.raises(ValidationError, match="不能早于"):
        publish_draft(draft_of(version, office), office, Publication("2027", SOON), revision=None)


# --- Who may ---


@pytest.mark.parametrize(
    "person",
    [
        lambda: make_staff(Role.OFFICE, scheme="other"),
        lambda: make_staff(Role.AUDITOR, scheme="bit"),
        lambda: make_staff(Role.COMMITTEE, scheme="bit"),
        lambda: make_staff(Role.SECRETARY),
        lambda: make_student().person,
    ],
)
def test_only_the_schemes_office_drafts_and_publishes(version, office, person):
    draft, somebody = draft_of(version, office), person()
    for verb in (
        lambda: start_draft(version.scheme, somebody, source=version.source),
        lambda: save_draft(draft, somebody, source="a = 1", revision=None),
        lambda: discard_draft(draft, somebody, revision=None),
        lambda: publish_draft(draft, somebody, Publication("2027", SOON), revision=None),
    ):
        with pytest.raises(NotAllowed):
            verb()
    assert SchemeDraft.objects.get().revision == 0
    assert events(draft) == ["start"]


def test_drafts_are_read_by_the_office_and_the_auditors_of_their_scheme(version, office):
    draft = draft_of(version, office)
    readers = {
        make_staff(Role.OFFICE, scheme="bit"): (True, True),
        make_staff(Role.AUDITOR, scheme="bit"): (True, False),
        make_staff(Role.OFFICE, scheme="other"): (False, False),
        make_staff(Role.AUDITOR, scheme="other"): (False, False),
        make_staff(Role.SECRETARY): (False, False),
        make_student().person: (False, False),
    }
    for person, expected in readers.items():
        seen = SchemeDraft.objects.visible_to(person).filter(pk=draft.pk).exists()
        kept = SchemeDraft.objects.kept_by(person).filter(pk=draft.pk).exists()
        assert (seen, kept) == expected
