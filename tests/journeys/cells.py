"""Role × state × move: how a table of who may is read, how each cell is asked, and which cells are wrong.

One sign stands for one role; the role's name is the world's. ``-`` is nobody; a ``.`` is not asked.
"""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db import transaction

from portal.workflow import WorkflowError
from tests.journeys.portals import apart
from tests.journeys.test_one_event import added, counted

REFUSED = (WorkflowError, ValidationError)
ROLES = {"o": "owner", "m": "mate", "s": "secretary", "e": "expert", "c": "committee", "O": "office"}


def cells(text):
    """Read a table: yield verb, thing, and the roles that may."""
    heading, *lines = text.strip("\n").splitlines()
    for line in lines:
        verb, *marks = line.split()
        for thing, mark in zip(heading.split(), marks, strict=True):
            if mark != ".":
                yield verb, thing, {ROLES[sign] for sign in mark if sign != "-"}


def anywhere(text):
    """Return verb → who may carry it out from any state at all."""
    found = defaultdict(set)
    for verb, _thing, allowed in cells(text):
        found[verb] |= allowed
    return found


def attempt(act, row, actor):
    """Carry out a move as the person; a refusal is an answer."""
    try:
        with transaction.atomic():
            act(row, actor)
    except REFUSED:
        return


def values(row):
    """Return the row as it is stored."""
    return type(row).objects.filter(pk=row.pk).values().get()


def one_event(verb, _thing):
    """Return what most moves leave on the trail."""
    return [verb]


def wrong_cells(world, text, roles, act, *, leaves=one_event, but=()):
    """Yield each cell in which a move was carried out that should not have been, or the other way round.

    ``leaves`` says which events the move leaves where it is carried out. From a state that the move does not start from
    only those are asked who may from another one: nobody else could get further.
    """
    line = anywhere(text)
    for verb, thing, allowed in cells(text):
        if verb in but:
            continue
        row = world.things[thing]
        row.refresh_from_db()
        for role in roles if row.status in row.MOVES[verb].sources else line[verb] & set(roles):
            row.refresh_from_db()
            before, trail = values(row), counted()
            with apart():
                act(world, row, verb, role)
                events, after = added(trail), values(row)
            expected = leaves(verb, thing) if role in allowed else []
            if events != expected or (not expected and after != before):
                yield f"{verb} {thing} as {role}: left {events}, should leave {expected}"
