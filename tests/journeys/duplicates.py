"""Claims that look alike, in the small portal: one alarm that stands and one that was dismissed."""

from __future__ import annotations

from credits.models import DuplicatePair
from credits.services.duplicates import dismiss_pair, look_for_duplicates
from tests.builders import fresh


def duplicates(world):
    """Compare the owner's pending claim with all others: the invented certificates are one and the same file."""
    pending = world.things["pending"]
    look_for_duplicates(pending)
    world.things["pair"] = DuplicatePair.objects.get(first=pending, second=world.things["foreign"])
    dismissed = DuplicatePair.objects.get(first=pending, second=world.things["recognised"])
    dismiss_pair(dismissed, pending, fresh(world.people["secretary"]), reason="同一场比赛的两项奖")
    world.things["pair_dismissed"] = dismissed


FORMS = {"review:duplicate_dismiss": lambda _world: {"dismiss_reason": "同一张合影"}}
EVENTS = {"review:duplicate_dismiss": ["dismiss"], "review:duplicate_restore": ["undismiss"]}
