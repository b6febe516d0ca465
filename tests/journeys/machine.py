"""What the state machines share: draws that are mostly sensible, how many runs are played."""

import os

from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.workflow import WorkflowError

REFUSALS = (WorkflowError, ValidationError)
# Mostly the right person with the newest page, so that runs get somewhere; wrong ones often enough to be refused.
FRESH = st.sampled_from([True, True, True, True, False])
OWN = st.sampled_from([True, True, True, False])
SEED = st.sampled_from(range(60))
# What is wrong with an act: nothing, mostly; or somebody else does it, with an old page, or to any row at all.
SLIP = st.sampled_from(["", "", "", "", "", "", "who", "stale", "which"])
MORE = 6
QUIET = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


def pick(seed, slip, sensible, everything):
    """Return one of the sensible rows, by a slip any row at all; nothing when there is none."""
    rows = list(everything if slip == "which" else sensible)
    return rows[seed % len(rows)] if rows else None


def act(run, data, names, rules, often=()):
    """Let the run carry out one of the named rules with arguments drawn for it; some come up more often than others."""
    name = data.draw(st.sampled_from([*names, *[name for name in names if name in often] * MORE]))
    arguments = {key: data.draw(strategy) for key, strategy in rules[name][2].items()}
    getattr(run, name)(**arguments)


def size(default):
    """Return how many runs of how many steps are played.

    ``MACHINE=1000x50`` asks for more than the default, ``MACHINE_PART=4`` for a quarter of its runs.
    """
    if asked := os.environ.get("MACHINE"):
        return tuple(int(number) for number in asked.split("x"))
    runs, steps = (int(number) for number in default.split("x"))
    return runs // int(os.environ.get("MACHINE_PART", "1")), steps


def run_machine(play, **options):
    """Play runs until one fails or all have passed."""

    @settings(**QUIET, **options)
    @given(st.data())
    def check(data):
        play(data)

    check()
