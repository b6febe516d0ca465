"""Regulations in the making, in the small portal: drafts, a replay, a ruling, attachments of notices."""

from __future__ import annotations

from decimal import Decimal

from django.utils import timezone

from credits.services.drafts import start_draft
from credits.services.replays import job_of, start_replay
from credits.services.round_files import attach_file
from credits.services.rulings import record_ruling
from portal.jobs.services import run_job
from tests.builders import YEAR, fresh, jpeg, make_round, pdf
from tests.whu import whu_category, whu_claim

# An achievement that no table lists, as its student tells it.
OFF_TABLE = {
    "title": "省级党报理论版文章",
    "near": "学术论文类",
    "reason": "分值表没有列出省级党报理论版。",
    "authority": "省级党报",
    "achieved_on": "2024-05-20",
    "form": "个人",
    "first_affiliation": "true",
}


def regulation(world):
    """Draft both regulations, replay one over a round that is over, rule on one of two achievements off the table."""
    office, things = fresh(world.people["office"]), world.things
    things["scheme_draft"] = draft_of(world.version, office)
    things["second_draft"] = draft_of(world.second, office)
    over = make_round(world.version, name="前年认定", year=YEAR, opens=-400, closes=-370)
    things["replay"] = start_replay(things["scheme_draft"], office, [over])
    run_job(job_of(things["replay"]).pk)
    things["over_round"] = over
    things["file_hidden"] = attach_file(things["hidden"], office, pdf("未发布的通知.pdf"))
    things["file_shown"] = attach_file(things["shown"], office, pdf("已发布的通知.pdf"))
    things["off_table"] = off_table(world, office, "等待登记的成果")
    claim = off_table(world, office, "已经登记的成果")
    things["ruling"] = record_ruling(
        claim, office, title="省级党报理论版", category=whu_category(), low=Decimal(3), high=Decimal(5), reason="相当。"
    )


def draft_of(version, office):
    """Begin a draft with the text of a version."""
    return start_draft(version.scheme, office, source=version.source, label="next")


def off_table(world, office, title):
    """Let the committee decide an achievement of the owner's that no table lists."""
    code = next(category.code for category in world.second.data.categories if category.off_table)
    return whu_claim(
        "publicity",
        student=world.owner,
        category=code,
        facts={**OFF_TABLE, "title": title},
        points="4",
        content=title,
        round_=world.second_round,
        score=Decimal(4),
        office=office,
    )


# --- Forms ---


def start(world):
    """Return the form that begins a draft."""
    return {"scheme": world.version.scheme.code, "base": world.version.pk, "label": "another"}


def saved(world):
    """Return the draft's form with a comment more."""
    row = world.things["scheme_draft"]
    row.refresh_from_db()
    return {"source": f"{row.source}# note\n", "note": "修订", "revision": row.revision}


def seen(thing):
    """Return what makes a form that carries only the revision that its page showed."""

    def form(world):
        row = world.things[thing]
        row.refresh_from_db()
        return {"revision": row.revision}

    return form


def publication(world):
    """Return the form that publishes the draft from today on."""
    return {**seen("scheme_draft")(world), "label": "next", "effective_from": f"{timezone.localdate()}"}


def ruling(_world):
    """Return the form of a ruling."""
    return {"title": "省级党报理论版文章", "low": "3", "high": "5", "reason": "与扩展版相当。"}


def adoption(world):
    """Return the form that puts the ruling into the second scheme's draft."""
    keys = {"key_0": "省级党报理论版", "key_1": ""}
    draft = world.things["second_draft"]
    return {**seen("second_draft")(world), "draft": draft.pk, "table": "paper.standard", **keys}


FORMS = {
    "review:round_files": lambda _world: {"file": jpeg("another.jpg", colour=(4, 5, 6))},
    "review:draft_new": start,
    "review:draft": saved,
    "review:draft_discard": seen("scheme_draft"),
    "review:draft_publish": publication,
    "review:draft_replays": lambda world: {"rounds": [world.things["over_round"].pk]},
    "review:ruling_new": ruling,
    "review:ruling_adopt": adoption,
}
EVENTS = {
    "review:round_files": ["attach"],
    "review:round_file_remove": ["detach"],
    "review:draft_new": ["start"],
    "review:draft": ["save"],
    "review:draft_discard": ["discard"],
    # One for the version, one for the draft, and one for each course that the office did not have yet.
    "review:draft_publish": ["adopt", "adopt", "adopt", "load", "publish"],
    "review:draft_replays": ["replay"],
    "review:replay_export": ["export"],
    "review:ruling_new": ["rule"],
    "review:ruling_adopt": ["adopt"],
}
