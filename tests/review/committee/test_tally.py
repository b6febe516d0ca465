"""The arithmetic of a decision: quorum, majority, ties, and the sentence that says what is missing."""

import pytest

from review.committee.tally import Tally, quorum_of


def tally(agree=0, against=0, abstain=0, *, called=5, present=5, recused=0):
    return Tally(called=called, present=present, recused=recused, agree=agree, against=against, abstain=abstain)


@pytest.mark.parametrize(("called", "quorum"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (9, 5), (10, 6)])
def test_a_quorum_is_more_than_half_of_the_called(called, quorum):
    assert quorum_of(called) == quorum


@pytest.mark.parametrize(
    ("votes", "recognised", "refused"),
    [
        ((3, 2, 0), True, False),
        ((2, 3, 0), False, True),
        ((2, 2, 1), False, False),
        ((1, 0, 4), True, False),
        ((0, 0, 5), False, False),
        ((0, 0, 0), False, False),
    ],
)
def test_a_recognition_needs_more_for_than_against_and_a_refusal_the_reverse(votes, recognised, refused):
    found = tally(*votes)
    assert (found.problem(recognises=True) == "") is recognised
    assert (found.problem(recognises=False) == "") is refused


def test_without_a_quorum_nothing_is_decided_however_they_vote():
    found = tally(2, 0, 0, present=2)
    assert not found.is_quorate
    assert "应到 5 人，须有 3 人出席才能作出决定，现出席 2 人" in found.problem(recognises=True)
    assert found.problem(recognises=False) == found.problem(recognises=True) == found.quorum_problem()


def test_at_a_tie_the_sentence_gives_the_votes():
    assert "同意 2 票，不同意 2 票，弃权 1 票" in tally(2, 2, 1).problem(recognises=True)
    assert "还没有表决" in tally().problem(recognises=True)


def test_the_recused_make_up_the_quorum_but_do_not_vote():
    found = tally(2, 0, 0, present=3, recused=1)
    assert (found.is_quorate, found.voting, found.voted, found.silent) == (True, 2, 2, 0)
