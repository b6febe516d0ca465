"""Committee rulings: who puts them on record, and how one becomes a row of a draft's table with its example."""

import difflib
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from credits.drafting import read_draft
from credits.evaluation import evaluate
from credits.models import Category, Claim, Ruling
from credits.services.drafts import discard_draft, start_draft
from credits.services.rulings import Adoption, adopt_ruling, adoptable_tables, record_ruling
from portal.enums import Role, Status
from portal.models import Event
from portal.workflow import NotAllowed, StaleRecord
from tests.builders import cover, get_version, make_claim, make_round, make_scheme_version, make_staff, make_student

pytestmark = pytest.mark.django_db
D = Decimal
WORDS = {"title": "省级党报理论版文章", "low": D(3), "high": D(5), "reason": "与扩展版相当。"}
PLACE = Adoption("paper", "standard", ("省级党报理论版", ""))


@pytest.fixture
def version():
    return make_scheme_version("whu")


@pytest.fixture
def office(version):
    return make_staff(Role.OFFICE, scheme="whu")


def category(version, code):
    return Category.objects.get(scheme=version.scheme, code=code)


def off_table(version):
    return next(row.code for row in version.data.categories if row.off_table)


def decided(version, status=Status.RECOGNISED, *, code=None, student=None, **facts):
    """Make a claim as the committee leaves it; how it got there is told elsewhere."""
    student = student or make_student()
    cover(version.scheme, student.college)
    return Claim.objects.create(
        scheme=version.scheme,
        scheme_version=version,
        category=category(version, code or off_table(version)),
        round=make_round(version),
        academic_year="2025-2026",
        student=student,
        college=student.college,
        cohort=student.cohort,
        content="理论版文章一篇",
        claimed_points=D(4),
        recognised_points=D(4),
        status=status,
        **facts,
    )


def ruled(version, office, **facts):
    words = {"category": category(version, "paper"), **WORDS, **facts}
    return record_ruling(decided(version), office, **words)


# --- On record ---


def test_a_ruling_says_what_the_committee_decided(version, office):
    ruling = ruled(version, office)
    assert (ruling.title, ruling.category.code, ruling.low, ruling.high) == ("省级党报理论版文章", "paper", D(3), D(5))
    event = Event.objects.get(subject_kind="ruling")
    assert (event.verb, event.subject_key, event.actor, event.reason) == (
        "rule",
        str(ruling.pk),
        office,
        WORDS["reason"],
    )
    assert event.after["claim"] == ruling.claim_id


def test_the_same_again_is_the_one_on_record_and_another_is_refused(version, office):
    claim, words = decided(version), {"category": None, **WORDS}
    first = record_ruling(claim, office, **words)
    assert record_ruling(claim, office, **words) == first
    with pytest.raises(ValidationError, match="已登记"):
        record_ruling(claim, office, **{**words, "high": D(6)})
    assert Ruling.objects.count() == Event.objects.filter(subject_kind="ruling").count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"reason": ""}, "reason"),
        ({"low": D(0)}, "low"),
        ({"low": D(6)}, "high"),
        ({"high": D(11)}, "high"),
    ],
)
def test_a_ruling_without_sense_is_refused_by_field(version, office, wrong, field):
    with pytest.raises(ValidationError) as refused:
        ruled(version, office, **wrong)
    assert list(refused.value.message_dict) == [field]
    assert not Ruling.objects.exists()


def test_a_category_of_another_scheme_is_refused(version, office):
    get_version("bit")
    other = Category.objects.get(scheme__code="bit", code="paper")
    with pytest.raises(ValidationError) as refused:
        ruled(version, office, category=other)
    assert list(refused.value.message_dict) == ["category"]


def test_only_what_stands_in_no_table_and_was_decided_gets_a_ruling(version, office):
    member = make_staff(Role.COMMITTEE, scheme="whu")
    for claim in (
        decided(version, code="paper"),
        decided(version, Status.IN_REVIEW, stage="committee"),
        decided(version, follows_lead=True),
        decided(version, Status.REFUSED),
    ):
        for person in (office, member):
            with pytest.raises(NotAllowed):
                record_ruling(claim, person, category=None, **WORDS)
    assert not Ruling.objects.exists()


@pytest.mark.parametrize(
    ("role", "scheme", "may"),
    [
        (Role.OFFICE, "whu", True),
        (Role.COMMITTEE, "whu", True),
        (Role.COMMITTEE, "bit", False),
        (Role.OFFICE, "bit", False),
        (Role.AUDITOR, "whu", False),
        (Role.EXPERT, "whu", False),
        (Role.SECRETARY, "", False),
    ],
)
@pytest.mark.parametrize("status", [Status.PUBLICITY, Status.RECOGNISED])
def test_the_committee_and_its_office_rule(version, role, scheme, may, status):
    claim, person = decided(version, status), make_staff(role, scheme=scheme)
    if may:
        assert record_ruling(claim, person, category=None, **WORDS).decided_by == person
        assert Event.objects.get(subject_kind="ruling").actor_role == role
        return
    with pytest.raises(NotAllowed):
        record_ruling(claim, person, category=None, **WORDS)


def test_nobody_rules_on_the_own_achievement(version):
    member = make_staff(Role.COMMITTEE, scheme="whu")
    student = make_student()
    student.person = member
    student.save()
    with pytest.raises(NotAllowed):
        record_ruling(decided(version, student=student), member, category=None, **WORDS)


# --- Into a draft ---


def draft_of(version, office, source=None):
    return start_draft(version.scheme, office, source=source or version.source, label="2027")


def test_a_ruling_becomes_a_row_and_an_example_and_nothing_else_changes(version, office):
    ruling, draft = ruled(version, office), draft_of(version, office)
    row, has_example = adopt_ruling(ruling, draft, office, PLACE, revision=0)
    assert has_example
    lines = [
        line
        for line in difflib.unified_diff(draft.source.splitlines(), row.source.splitlines(), lineterm="", n=0)
        if line[0] in "+-" and not line.startswith(("+++", "---"))
    ]
    assert [line for line in lines if line.startswith("-")] == []
    assert lines[0].strip("+ ") == '["省级党报理论版", "", 3, 5],'
    reading = read_draft(row.source, "whu")
    assert reading.is_ready
    assert (reading.examples[-1].name, reading.examples[-1].ok) == ("省级党报理论版文章", True)
    facts = dict(reading.data.examples[-1].facts)
    result = evaluate(reading.data, "paper", facts, college=None)
    assert (result.minimum, result.maximum) == (D(3), D(5))
    ruling.refresh_from_db()
    assert (ruling.draft, row.revision) == (row, 1)
    event = Event.objects.get(subject_kind="draft", verb="adopt")
    assert (event.subject_key, event.after["ruling"], event.after["keys"]) == (
        str(row.pk),
        ruling.pk,
        ["省级党报理论版", ""],
    )


def test_an_exact_figure_is_written_once(version, office):
    ruling, draft = ruled(version, office, low=D(4), high=D(4)), draft_of(version, office)
    row, _has_example = adopt_ruling(ruling, draft, office, PLACE, revision=0)
    assert '["省级党报理论版", "", 4],' in row.source


def test_where_no_example_can_be_made_the_row_goes_in_alone_and_says_so(version, office):
    taken = version.data.examples[0].name  # examples are told apart by their names
    ruling, draft = ruled(version, office, title=taken), draft_of(version, office)
    row, has_example = adopt_ruling(ruling, draft, office, PLACE, revision=0)
    assert not has_example
    assert '["省级党报理论版", "", 3, 5],' in row.source
    reading = read_draft(row.source, "whu")
    assert reading.is_ready
    assert len(reading.examples) == len(version.data.examples)


@pytest.mark.parametrize(
    ("place", "field", "words"),
    [
        (Adoption("paper", "nothing", ("a", "b")), "table", "没有这张表"),
        (Adoption("nothing", "standard", ("a", "b")), "table", "没有这张表"),
        (Adoption("paper", "standard", ("a",)), "keys", "每个栏目"),
        (Adoption("paper", "standard", ("", "b")), "keys", "每个栏目"),
        (Adoption("paper", "standard", ("SCI、SSCI", "一区")), "keys", "已有这一行"),
    ],
)
def test_a_row_without_a_place_is_refused_with_a_sentence(version, office, place, field, words):
    ruling, draft = ruled(version, office), draft_of(version, office)
    with pytest.raises(ValidationError, match=words) as refused:
        adopt_ruling(ruling, draft, office, place, revision=0)
    assert list(refused.value.message_dict) == [field]
    draft.refresh_from_db()
    ruling.refresh_from_db()
    assert (draft.revision, ruling.draft) == (0, None)


def test_a_draft_with_errors_takes_nothing(version, office):
    draft = draft_of(version, office, version.source.replace('mode = "half_up"', 'mode = "half_op"'))
    with pytest.raises(ValidationError, match="错误"):
        adopt_ruling(ruled(version, office), draft, office, PLACE, revision=0)


def test_a_ruling_goes_into_one_draft_and_after_that_was_discarded_into_another(version, office):
    ruling, first, second = ruled(version, office), draft_of(version, office), draft_of(version, office)
    adopt_ruling(ruling, first, office, PLACE, revision=0)
    with pytest.raises(ValidationError, match="已纳入"):
        adopt_ruling(ruling, second, office, PLACE, revision=0)
    discard_draft(first, office, revision=None)
    adopt_ruling(ruling, second, office, PLACE, revision=0)
    ruling.refresh_from_db()
    assert ruling.draft == second


def test_a_draft_that_was_changed_meanwhile_is_left_alone(version, office):
    ruling, draft = ruled(version, office), draft_of(version, office)
    with pytest.raises(StaleRecord):
        adopt_ruling(ruling, draft, office, PLACE, revision=7)


@pytest.mark.parametrize(("role", "scheme"), [(Role.COMMITTEE, "whu"), (Role.AUDITOR, "whu"), (Role.OFFICE, "bit")])
def test_only_the_office_puts_a_ruling_into_a_draft(version, office, role, scheme):
    ruling, draft = ruled(version, office), draft_of(version, office)
    with pytest.raises(NotAllowed):
        adopt_ruling(ruling, draft, make_staff(role, scheme=scheme), PLACE, revision=0)


def test_a_draft_of_another_scheme_is_refused(version):
    everywhere = make_staff(Role.OFFICE)
    other = start_draft(get_version("bit").scheme, everywhere, source=get_version("bit").source)
    with pytest.raises(ValidationError, match="另一个办法"):
        adopt_ruling(ruled(version, everywhere), other, everywhere, PLACE, revision=0)


def test_tables_of_steps_take_no_rows(version):
    found = {(code, table.code) for code, table in adoptable_tables(get_version("bit").data)}
    assert ("competition", "award") in found
    assert ("competition", "rank") not in found


def test_rulings_are_read_by_office_committee_and_audit_of_their_scheme(version, office):
    ruling = ruled(version, office)
    for role, scheme, seen, kept in (
        (Role.OFFICE, "whu", True, True),
        (Role.COMMITTEE, "whu", True, False),
        (Role.AUDITOR, "whu", True, False),
        (Role.OFFICE, "bit", False, False),
        (Role.SECRETARY, "", False, False),
    ):
        person = make_staff(role, scheme=scheme)
        assert Ruling.objects.visible_to(person).filter(pk=ruling.pk).exists() == seen
        assert Ruling.objects.kept_by(person).filter(pk=ruling.pk).exists() == kept


def test_a_scheme_that_lists_everything_has_no_rulings():
    claim = make_claim(Status.RECOGNISED)
    with pytest.raises(NotAllowed, match="分值表已列出"):
        record_ruling(claim, make_staff(Role.OFFICE), category=None, **WORDS)
