"""The second scheme in the small portal: its library, and who claims from it."""

from __future__ import annotations

import datetime
from decimal import Decimal

from credits.models import LibraryRequest
from credits.services.claims import Content, start_claim
from credits.services.library import entry_record, withdraw_entry
from credits.shelf import Shelf
from portal.enums import Role
from portal.files import store_content
from portal.models import Appointment, SheetImport
from review.imports.library_sheet import library_sheet
from tests.builders import cover, fresh, get_version, make_round
from tests.whu import NATIONAL, SCHEME, make_entry, whu_category
from tests.workbooks import XLSX, workbook


def second(world):
    """Cover the owner's college by the second scheme too, appoint the same office for it, and fill its library."""
    version = get_version(SCHEME)
    cover(version.scheme, world.owner.college)
    office = world.people["office"]
    Appointment.objects.create(person=office, role=Role.OFFICE, scheme_code=SCHEME, starts_on=datetime.date(2020, 1, 1))
    world.second = version
    world.second_round = make_round(version, name="本学年第二办法认定")
    library(world, fresh(office))


def library(world, office):
    """Put entries in every state into the library, a draft that names one, and a request that waits."""
    things = world.things
    things["entry"] = make_entry("全国大学生数学建模竞赛")
    things["entry_kept"], things["entry_twin"] = make_entry("甲杯竞赛"), make_entry("甲杯大赛")
    mistaken = make_entry("误导入的竞赛")
    kept = store_content(
        workbook("成果库", ["竞赛名称"], [["误导入的竞赛"]]), name="library.xlsx", media_type=XLSX, actor=office
    )
    facts = {"name": kept.name, "sha256": kept.sha256, "report": {"create": 1}}
    things["history"] = SheetImport.objects.create(
        kind="library", scheme_code=SCHEME, workbook=kept, imported_by=office, **facts
    )
    things["history"].rows.create(table="library", key=mistaken.pk, name=mistaken.name, after=entry_record(mistaken))
    things["entry_withdrawn"] = withdraw_entry(office, make_entry("停办的竞赛"), reason="停办", revision=0)
    owner = fresh(world.owner.person)
    written = Content("全国赛一等奖", {"award": "一等奖"}, Decimal(6), entry=things["entry"])
    things["contest_draft"] = start_claim(world.second_round, whu_category("competition"), owner, written)
    things["asked"] = LibraryRequest.objects.create(
        scheme=world.second.scheme, student=world.owner, name="大学生无人机竞赛", year=2024, reason="二十所高校参加"
    )


# --- Forms ---


def entry_form(name, **more):
    """Return the form of an entry."""
    return {
        "scheme": SCHEME,
        "name": name,
        "level": NATIONAL,
        "ruling": "2024 年会议",
        "valid_from": "2020",
        "score_1": "6.5",
        **more,
    }


def revised(world, thing, **more):
    """Return a form that carries the revision that its page showed."""
    row = world.things[thing]
    row.refresh_from_db()
    return {"revision": row.revision, **more}


def group(world):
    """Return the form that merges two entries into one of them."""
    rows = [world.things["entry_kept"], world.things["entry_twin"]]
    sent = [f"{row.pk}:{row.revision}" for row in rows]
    return {"scheme": SCHEME, "entry": sent, "keep": rows[0].pk, "reason": "同一赛事"}


def sheet(world):
    """Return the form of an import of one new entry."""
    columns = library_sheet(Shelf(world.second.scheme)).columns
    cells = {"name": "新来的竞赛", "level": NATIONAL, "valid_from": 2020}
    line = [cells.get(column.key, "") for column in columns]
    return {"scheme": SCHEME, "workbook": workbook("成果库", [column.heading for column in columns], [line])}


def wish(_world):
    """Return a request for an entry; the owner's college knows two schemes, one of them with a library."""
    return {"name": "另一项赛事", "year": "2024", "reason": "三十所高校参加"}


FORMS = {
    "credits:library_request": wish,
    "review:library_new": lambda _world: entry_form("新建的竞赛"),
    "review:library_entry": lambda world: entry_form("改名的竞赛", **revised(world, "entry")),
    "review:library_level": lambda world: revised(world, "entry", level="省部级竞赛获奖", ruling="2025 年会议"),
    "review:library_withdraw": lambda world: revised(world, "entry", reason="停办"),
    "review:library_restore": lambda world: revised(world, "entry_withdrawn"),
    "review:library_merge": lambda world: revised(
        world, "entry_twin", into=world.things["entry_kept"].code, reason="同一赛事"
    ),
    "review:library_duplicates": group,
    "review:library_import": sheet,
    "review:import_record_roll_back": lambda _world: {"reason": "导错了文件", "removed": 1, "restored": 0, "left": 0},
    "review:library_answer": lambda _world: {"verb": "decline", "answer": "培训机构活动"},
}
EVENTS = {
    "credits:library_request": ["ask"],
    "review:library_new": ["add"],
    "review:library_entry": ["change"],
    "review:library_level": ["rule"],
    "review:library_withdraw": ["withdraw"],
    "review:library_restore": ["restore"],
    "review:library_merge": ["merge"],
    "review:library_duplicates": ["merge"],
    "review:list_export": ["export"],
    "review:library_import_apply": ["add", "import"],
    "review:import_record_roll_back": ["remove", "roll_back"],
    "review:library_answer": ["decline"],
}
