"""一致确认: what one press confirms, what it leaves for a look of its own, and that it is all or nothing."""

import pytest

from credits.models import Claim, ClaimEvent
from credits.services.claims import withdraw_claim
from portal.enums import Role, Status
from portal.models import Event
from portal.trail import set_origin
from portal.workflow import NotAllowed
from review.committee.unanimous import open_rows, results
from review.desk.batches import BatchRefused, Wanted
from review.models import AgendaItem, ItemOutcome, Vote
from review.services.meetings import MeetingMoved, close_meeting
from review.services.sitting import cast_vote, confirm_unanimously, recuse
from tests.builders import fresh


def wanted(meeting):
    return [Wanted(item.pk, item.claim.revision) for item in meeting.items.select_related("claim")]


def world():
    """Everything that a press could change."""
    return (
        list(AgendaItem.objects.order_by("pk").values_list("pk", "outcome", "score")),
        list(Claim.objects.order_by("pk").values_list("pk", "status", "revision", "recognised_points")),
        ClaimEvent.objects.count(),
        Event.objects.count(),
        Vote.objects.count(),
    )


def test_one_press_confirms_all_with_the_vote_of_everybody_present(house):
    claims = [house.claim() for _number in range(3)]
    meeting = house.meeting(*claims, present=house.members[:2])
    cast_vote(meeting.items.first(), house.members[0], "for")
    events, office = ClaimEvent.objects.count(), Event.objects.count()
    set_origin(None, number := "5c0ffee0-0000-4000-8000-000000000001")
    confirm_unanimously(meeting, house.office, wanted(meeting))
    set_origin(None)
    assert set(Claim.objects.values_list("status", flat=True)) == {Status.PUBLICITY}
    assert set(AgendaItem.objects.values_list("outcome", flat=True)) == {ItemOutcome.CONFIRMED}
    assert ClaimEvent.objects.count() == events + 3
    assert Event.objects.count() == office
    assert set(ClaimEvent.objects.filter(verb="confirm").values_list("actor_role", flat=True)) == {Role.COMMITTEE}
    assert Vote.objects.filter(ballot="for").count() == 6
    assert Vote.objects.filter(recorded_by=house.office).count() == 5
    assert [item.claim for item in results(house.office, meeting, number)] == claims
    assert not results(house.auditor, meeting, number).exists()


def doubtful(kind, house, meeting, item):
    """Make an item one that needs a look of its own."""
    if kind == "escalated":
        Claim.objects.filter(pk=item.claim_id).update(escalated="分差过大")
    elif kind == "recused":
        recuse(item, house.members[1], "申报人是我的学生")
    elif kind == "against":
        cast_vote(item, house.members[1], "against")
    elif kind == "abstain":
        cast_vote(item, house.members[1], "abstain")
    elif kind == "withdrawn":
        withdraw_claim(item.claim, fresh(item.claim.student.person), revision=None)


@pytest.mark.parametrize("kind", ["escalated", "recused", "against", "abstain", "withdrawn"])
def test_what_is_disputed_is_left_out_of_the_preview_and_stops_the_press(house, kind):
    meeting = house.meeting(house.claim(), house.claim())
    good, bad = meeting.items.order_by("position")
    seen = wanted(meeting)
    doubtful(kind, house, meeting, bad)
    rows = {row.pk: row for row in open_rows(meeting)}
    assert rows[good.pk].fault + rows[good.pk].doubt == ""
    assert rows[bad.pk].fault + rows[bad.pk].doubt != ""
    before = world()
    with pytest.raises(BatchRefused) as refused:
        confirm_unanimously(meeting, house.office, seen)
    assert [name for name, _why in refused.value.offenders] == [rows[bad.pk].label]
    assert world() == before
    confirm_unanimously(meeting, house.office, [one for one in seen if one.pk == good.pk])
    good.refresh_from_db()
    assert good.outcome == ItemOutcome.CONFIRMED


@pytest.mark.parametrize("kind", ["foreign", "missing", "stale", "none"])
def test_a_row_that_is_not_what_it_was_stops_the_press(house, kind):
    meeting = house.meeting(house.claim())
    rows, named = wanted(meeting), []
    if kind == "foreign":
        rows += wanted(house.meeting(house.claim()))
        named = [f"编号 {rows[-1].pk}"]
    elif kind == "missing":
        rows.append(Wanted(987654, 1))
        named = ["编号 987654"]
    elif kind == "stale":
        rows = [Wanted(row.pk, row.revision - 1) for row in rows]
        named = [open_rows(meeting)[0].label]
    else:
        rows = []
    before = world()
    with pytest.raises(BatchRefused) as refused:
        confirm_unanimously(meeting, house.office, rows)
    assert [name for name, _why in refused.value.offenders] == named
    assert world() == before


def test_off_the_table_nothing_is_unanimous_before_it_has_a_score(house):
    meeting = house.meeting(house.unlisted())
    (row,) = open_rows(meeting)
    assert "标准未列出" in row.doubt


def test_without_a_quorum_nobody_is_unanimous(house):
    meeting = house.meeting(house.claim(), present=house.members[:1])
    before = world()
    with pytest.raises(BatchRefused) as refused:
        confirm_unanimously(meeting, house.office, wanted(meeting))
    assert "须有 2 人出席" in refused.value.offenders[0][1]
    assert world() == before


def test_only_the_office_presses_and_only_while_the_meeting_is_open(house):
    meeting = house.meeting(house.claim())
    rows = wanted(meeting)
    for actor in (house.members[0], house.auditor, house.stranger):
        with pytest.raises(NotAllowed):
            confirm_unanimously(meeting, actor, rows)
    close_meeting(meeting, house.office, words="", revision=meeting.revision)
    with pytest.raises(MeetingMoved):
        confirm_unanimously(meeting, house.office, rows)


@pytest.mark.parametrize(("number", "queries"), [(1, 6), (3, 6)])
def test_the_preview_reads_the_same_however_many_items_there_are(house, django_assert_num_queries, number, queries):
    meeting = house.meeting(*[house.claim() for _number in range(number)])
    # items, the called, votes, appointments, roll, declared conflicts
    open_rows(meeting)
    with django_assert_num_queries(queries):
        assert len([row.points for row in open_rows(meeting)]) == number
