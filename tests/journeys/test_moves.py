"""Role × state × move: whoever may carries the move out, everybody else leaves the row and the trail as they were.

Both ways in are tried: the services, which every page and job calls, and the addresses that browsers post to.
"""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from conversion.services import applications, decisions, forms
from conversion.services.applications import Wish
from credits.services import claims
from credits.services import decisions as claim_decisions
from credits.services.claims import Content
from tests.builders import FACTS, jpeg
from tests.journeys.cells import attempt, cells, wrong_cells
from tests.journeys.posting import BECAUSE, WORDS, wish, written
from tests.journeys.world import db  # noqa: F401 - the fixture

# Who may, by the thing's state: o owner, s the college's secretary, O office, - nobody.
CLAIMS = """
          draft pending second returned refused withdrawn put_away recognised revoked
save      o     -       -      o        -       -         -        -          -
attach    o     -       -      o        -       -         -        -          -
detach    o     -       -      o        -       -         -        -          -
submit    o     -       -      o        -       -         -        -          -
withdraw  -     o       o      -        -       -         -        -          -
discard   o     -       -      -        -       -         -        -          -
reopen    -     -       -      -        -       o         o        -          -
approve   -     s       O      -        -       -         -        -          -
return    -     s       O      -        -       -         -        -          -
refuse    -     s       O      -        -       -         -        -          -
revoke    -     -       -      -        -       -         -        O          -
"""
APPLICATIONS = """
          app_draft app_pending app_returned app_refused app_put_away app_approved app_filed app_revoked app_public
save      o         -           o            -           -            -            -         -           -
submit    o         -           o            -           -            -            -         -           -
withdraw  o         o           o            -           -            -            -         -           -
approve   -         s           -            -           -            -            -         -           -
return    -         s           -            -           -            -            -         -           -
refuse    -         s           -            -           -            -            -         -           -
strike    -         -           -            -           -            -            -         -           O
effect    -         -           -            -           -            -            -         -           O
reissue   -         -           -            -           -            sO           sO        -           -
file      -         -           -            -           -            sO           -         -           -
unfile    -         -           -            -           -            -            sO        -           -
revoke    -         -           -            -           -            O            O         -           -
"""
NONE = SimpleNamespace(pk=0)  # nothing has this number
# Carried out for whole lists, by the pages of publicity and their job.
BY_LIST = {"strike", "effect"}
# The addresses are asked by those who could come near the row; all other roles stand in the table of access.
NEAR = ("owner", "secretary", "office")


def form_of(row):
    """Return the newest form of an application, or None."""
    return row.forms.order_by("pk").last()


def amended(row, actor):
    content = Content("改过的内容", dict(FACTS), row.claimed_points)
    return claims.save_claim(row, actor, content, revision=None)


def rewritten(row, actor):
    uses = {line.lot_id: line.points for line in row.lines.all()}
    return applications.save_application(
        row, actor, Wish(**{**WORDS, "reason": "换一个理由。"}, uses=uses), revision=None
    )


def decided(verb):
    return lambda row, actor: verb(row, actor, reason=BECAUSE, revision=None)


def plain(verb):
    return lambda row, actor: verb(row, actor, revision=None)


def taken_off_file(row, actor):
    form = form_of(row)
    if form:
        forms.unfile_form(form, actor, reason=BECAUSE)


SERVICES = {
    "Claim": {
        "save": amended,
        "attach": lambda row, actor: claims.attach_evidence(row, actor, jpeg("more.jpg", colour=(3, 2, 1))),
        "detach": lambda row, actor: row.evidence.exists() and claims.detach_evidence(row.evidence.first(), actor),
        "submit": plain(claims.submit_claim),
        "withdraw": plain(claims.withdraw_claim),
        "discard": plain(claims.discard_claim),
        "reopen": plain(claims.reopen_claim),
        "approve": lambda row, actor: claim_decisions.approve_claim(
            row, actor, points=row.claimed_points, revision=None
        ),
        "return": decided(claim_decisions.return_claim),
        "refuse": decided(claim_decisions.refuse_claim),
        "revoke": decided(claim_decisions.revoke_claim),
    },
    "Application": {
        "save": rewritten,
        "submit": plain(applications.submit_application),
        "withdraw": plain(applications.withdraw_application),
        "approve": plain(decisions.approve_application),
        "return": decided(decisions.return_application),
        "refuse": decided(decisions.refuse_application),
        "strike": decided(decisions.strike_application),
        "effect": lambda row, actor: decisions.effect_application(row, actor, notice="校发 9 号"),
        "revoke": decided(decisions.revoke_application),
        "reissue": decided(forms.reissue_form),
        "file": lambda row, actor: form_of(row) and forms.file_form(form_of(row), actor),
        "unfile": taken_off_file,
    },
}


def posts(world, row, verb):
    """Return the address and the form by which a browser asks for the move."""
    seen = {"revision": row.revision}
    words = {**seen, "verb": verb, "reason": BECAUSE}
    thing = next(name for name, kept in world.things.items() if kept is row)
    if type(row).__name__ == "Claim":
        evidence = row.evidence.first()
        return {
            "save": ("credits:claim_edit", row, written(world, thing, content="改过的内容")),
            "attach": ("credits:evidence_add", row, {"file": jpeg("more.jpg", colour=(3, 2, 1))}),
            "detach": ("credits:evidence_remove", evidence or NONE, {}),
            **{name: (f"credits:claim_{name}", row, seen) for name in ("submit", "withdraw", "discard", "reopen")},
            "approve": ("review:claim_decide", row, {**words, "points": str(row.claimed_points), "reason": ""}),
            **dict.fromkeys(("return", "refuse"), ("review:claim_decide", row, words)),
            "revoke": ("review:claim_revoke", row, words),
        }[verb]
    form = form_of(row) or NONE
    return {
        "save": ("conversion:application_edit", row, wish(world, thing, reason="换一个理由。")),
        **{name: (f"conversion:application_{name}", row, seen) for name in ("submit", "withdraw")},
        **dict.fromkeys(("approve", "return", "refuse"), ("review:application_decide", row, words)),
        **dict.fromkeys(("reissue", "revoke"), ("review:application_undo", row, words)),
        "file": ("review:form_file", form, {}),
        "unfile": ("review:form_unfile", form, {"reason": BECAUSE}),
    }[verb]


def through_services(world, row, verb, role):
    """Call the verb as the person; a refusal is an answer."""
    attempt(SERVICES[type(row).__name__][verb], row, world.people[role])


def through_pages(world, row, verb, role):
    """Post the form as the person."""
    name, thing, form = posts(world, row, verb)
    answer = world.clients[role].post(reverse(name, args=[thing.pk]), form)
    assert answer.status_code < 500


@pytest.mark.long
@pytest.mark.parametrize("text", [CLAIMS, APPLICATIONS], ids=["claims", "applications"])
def test_services_carry_out_what_the_table_allows_and_nothing_else(world, text):
    everybody = [role for role, person in world.people.items() if person]
    assert list(wrong_cells(world, text, everybody, through_services)) == []


@pytest.mark.long
@pytest.mark.parametrize("text", [CLAIMS, APPLICATIONS], ids=["claims", "applications"])
def test_pages_carry_out_what_the_table_allows_and_nothing_else(world, text):
    assert list(wrong_cells(world, text, NEAR, through_pages, but=BY_LIST)) == []


@pytest.mark.parametrize(("text", "thing"), [(CLAIMS, "draft"), (APPLICATIONS, "app_draft")])
def test_the_tables_allow_no_move_from_another_state(world, text, thing):
    moves = world.things[thing].MOVES
    for verb, name, allowed in cells(text):
        if allowed:
            assert world.things[name].status in moves[verb].sources
