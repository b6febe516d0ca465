"""What a browser would post to each mutating address: the form as its page carries it, filled in and valid."""

from __future__ import annotations

import datetime

from django.utils import timezone

from credits.models import Claim
from credits.services.decisions import return_claim
from review.imports.course_sheet import course_sheet
from tests.builders import FACTS, PASSWORD, YEAR, get_category, jpeg
from tests.journeys.committee import FORMS as COMMITTEE
from tests.journeys.duplicates import FORMS as DUPLICATES
from tests.journeys.experts import FORMS as EXPERTS
from tests.journeys.offsets import FORMS as OFFSETS
from tests.journeys.organisation import FORMS as ORGANISATION
from tests.journeys.powers import FORMS as POWERS
from tests.journeys.publicity import FORMS as PUBLICITY
from tests.journeys.records import FORMS as RECORD
from tests.journeys.regulation import FORMS as REGULATION
from tests.journeys.second import FORMS as SECOND
from tests.journeys.sheets import FORMS as SHEETS
from tests.journeys.world import RECORDS
from tests.workbooks import workbook

WORDS = {"phone": "13800000000", "email": "li@example.org", "reason": "已完成项目，申请转换。"}
FRESH = "yet another long password"
BECAUSE = "核对后有误。"


def revision(world, thing, **more):
    """Return a form that carries the revision that its page showed."""
    row = world.things[thing]
    row.refresh_from_db()
    return {"revision": row.revision, **more}


def decision(world, thing, verb, **more):
    """Return a reviewer's decision."""
    return revision(world, thing, verb=verb, reason=BECAUSE, **more)


def taken_back(world):
    """Let the secretary return the claim, and return the form that takes this back."""
    row = Claim.objects.get(pk=world.things["pending"].pk)
    return_claim(row, world.people["secretary"], reason=BECAUSE, revision=None)
    return {"revision": row.revision}


def written(world, thing=None, **more):
    """Return the claim form."""
    facts = {f"fact_{name}": value for name, value in FACTS.items()}
    typed = {"content": "全国大学生数学建模竞赛二等奖", "claimed_points": "2", "action": "save", **facts, **more}
    return revision(world, thing, **typed) if thing else typed


def wish(world, thing=None, **more):
    """Return the application form; the records are the draft's own, or a free one."""
    lots = [world.things["recorded"].lot] if thing is None else [line.lot for line in world.things[thing].lines.all()]
    typed = {**WORDS, "uses": [str(lot.pk) for lot in lots], "action": "save", **more}
    return revision(world, thing, **typed) if thing else typed


def ticked(world, *things):
    """Return the ticked rows of a queue."""
    rows = []
    for thing in things:
        row = world.things[thing]
        row.refresh_from_db()
        rows.append(f"{row.pk}:{row.revision}")
    return {"row": rows, "verb": "approve"}


def moments(prefix=""):
    """Return two dates as the browser's own control writes them."""
    now = timezone.localtime()
    return {
        f"{prefix}opens_at": f"{now:%Y-%m-%dT%H:%M}",
        f"{prefix}closes_at": f"{now + datetime.timedelta(days=30):%Y-%m-%dT%H:%M}",
    }


def round_form(world, name):
    """Return the form of a round with one row of dates."""
    rows = {"windows-TOTAL_FORMS": "1", "windows-INITIAL_FORMS": "0", "windows-0-role": "student"}
    categories = [world.things["pending"].category_id]
    return {"name": name, "academic_year": YEAR, "categories": categories, **rows, **moments("windows-0-")}


def course_form(world, code):
    """Return the form of a course with one band."""
    rows = {"bands-TOTAL_FORMS": "1", "bands-INITIAL_FORMS": "0", "bands-0-interval": "≥2", "bands-0-grade": "合格"}
    categories = [world.things["category"].pk]
    return {"code": code, "name": "素质拓展", "credits": "2", "categories": categories, "is_active": "on", **rows}


def offering_form(world):
    """Return the form of an offering in a term that has none yet."""
    return {"term": world.things["next_term"].pk, "cohorts": "2022", **moments()}


def records(world):
    """Return the form of an import with its workbook."""
    line = (world.owner.person.number, world.owner.person.name, "", "又一个项目", "", "", "", "0.5", "")
    category = world.things["category"]
    return {
        "category": category.pk,
        "academic_year": YEAR,
        "published_on": f"{timezone.localdate() - datetime.timedelta(days=2)}",
        "workbook": workbook(category.name, RECORDS, [line]),
    }


def courses(world):
    """Return the form of an import of courses with its workbook."""
    sheet = course_sheet()
    heading = [f"{column.title}*" if column.required else str(column.title) for column in sheet.columns]
    line = ("C-new", "新课程", "2", get_category("innovation").name, "≥2 合格", "是", "")
    return {"scheme": world.version.scheme.code, "workbook": workbook(str(sheet.title), heading, [line])}


def evidence(_world):
    """Return one file for the checklist."""
    return {"file": jpeg("another.jpg", colour=(1, 2, 3)), "item": "certificate"}


def term(_world):
    """Return a term."""
    return {"code": "2030-2031-1", "starts_on": "2030-09-01", "ends_on": "2031-01-15"}


# Name of the address → the form, given the world. What is in no list is posted empty.
FORMS = {
    **POWERS,
    **ORGANISATION,
    "credits:claim_new": written,
    "credits:claim_edit": lambda world: written(world, "draft"),
    "credits:claim_submit": lambda world: revision(world, "draft"),
    "credits:claim_withdraw": lambda world: revision(world, "pending"),
    "credits:claim_discard": lambda world: revision(world, "draft"),
    "credits:claim_reopen": lambda world: revision(world, "withdrawn"),
    "credits:evidence_add": evidence,
    "conversion:apply": wish,
    "conversion:application_edit": lambda world: wish(world, "app_draft", reason="另一个理由。"),
    "conversion:application_submit": lambda world: revision(world, "app_draft"),
    "conversion:application_withdraw": lambda world: revision(world, "app_pending"),
    "review:batch_carry_out": lambda world: ticked(world, "pending"),
    "review:award_decide": lambda world: {**ticked(world, "pending"), "step": "confirm"},
    "review:view_save": lambda _world: {"name": "我的视图"},
    "review:view_rename": lambda _world: {"name": "改名的视图"},
    "review:claim_decide": lambda world: decision(world, "pending", "approve", points="2"),
    "review:claim_undo": taken_back,
    "review:claim_revoke": lambda world: decision(world, "recognised", "revoke"),
    "review:application_decide": lambda world: decision(world, "app_pending", "approve"),
    "review:application_undo": lambda world: decision(world, "app_approved", "reissue"),
    "review:scan": lambda world: {"code": world.things["form"].number, "shelf": "A-2"},
    "review:forms_print": lambda _world: {"all": "1"},
    "review:form_file": lambda _world: {"shelf": "A-2"},
    "review:form_unfile": lambda _world: {"reason": BECAUSE},
    "review:round_new": lambda world: round_form(world, "新的活动"),
    "review:round_edit": lambda world: round_form(world, "改名的活动"),
    "review:course_new": lambda world: course_form(world, "C-brand-new"),
    "review:course_edit": lambda world: course_form(world, "C-course"),
    "review:course_import": courses,
    "review:offering_new": offering_form,
    "review:offering_edit": offering_form,
    "review:terms": term,
    "review:import_new": records,
    "review:import_roll_back": lambda _world: {"reason": BECAUSE},
    "password_change": lambda _world: {"old_password": PASSWORD, "new_password1": FRESH, "new_password2": FRESH},
    "read_notices": lambda world: {"notice": world.things["notice"].pk},
    "set_language": lambda _world: {"language": "en", "next": "/"},
    **SECOND,
    **SHEETS,
    **EXPERTS,
    **COMMITTEE,
    **PUBLICITY,
    **RECORD,
    **OFFSETS,
    **REGULATION,
    **DUPLICATES,
}


def form_for(name, world):
    """Return the fields and files to post to an address."""
    make = FORMS.get(name)
    return make(world) if make else {}
