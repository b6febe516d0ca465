"""What is private is read by nobody who may not: unique strings are planted, and every role reads all it can reach."""

import html
import io
import re
from urllib.parse import urlsplit

import pikepdf
import pytest
from python_calamine import load_workbook

from conversion.models import Application
from credits.models import Claim, Evidence, LibraryRequest, Sanction
from portal.models import Notice, Person, StoredFile
from review.models import Assignment, Objection
from tests.journeys.addresses import PLACES, ROLES, address
from tests.journeys.world import db  # noqa: F401 - the fixture

LINKS = re.compile(r'(?:href|hx-get|src|data-suggest)="([^"]+)"')
MOST = 90  # pages that one role follows beyond those of the table
COLLEGE = {"secretary", "counsellor", "office", "committee", "auditor"}
# String → who may read it.
CANARIES = {
    "canary-draft": {"owner"},
    "canary-put-away": {"owner"},
    "canary-app-draft": {"owner"},
    "canary-app-put-away": {"owner"},
    "canary-draft-file": {"owner"},
    "canary-removed-file": {"owner"},
    "canary-notice": {"owner"},
    "canary-pending": {"owner", *COLLEGE},
    "canary-pending-file": {"owner", *COLLEGE},
    "canary-reason": {"owner", *COLLEGE},
    "canary-recorded": {"owner", "unit", *COLLEGE},
    "canary-app-reason": {"owner", *COLLEGE},
    "canary-app-phone": {"owner", *COLLEGE},
    "canary-app@example.org": {"owner", *COLLEGE},
    "canary-foreign": {"classmate", *COLLEGE},
    "canary-foreign-name": {"classmate", "administrator", *COLLEGE},
    "canary-objection": {"classmate", "office"},
    "canary-objection-file": {"classmate", "office"},
    "canary-own-phone": {"owner", "administrator", *COLLEGE},
    "canary-library-request": {"owner", "office"},
    "canary-finding": {"owner", "office", "committee"},
    "canary-appeal": {"owner", "office", "committee"},
    "canary-expert-comment": {"office"},
    "canary-expert-name": {"office", "administrator"},
}
NOWHERE = {"canary-own-phone"}  # the form's own telephone is shown; this one only proposes it
QUERIES = ("credits:claims", "credits:points", "review:claims", "review:applications", "review:missing", "people")
EXPORTS = (
    "review:claims_export",
    "review:list_export",
    "review:sheet_export",
    "review:applications_export",
    "review:missing_export",
    "review:points_export",
    "review:assignments_export",
    "review:sanctions_export",
    "review:records_export",
    "review:graduation_export",
)


@pytest.fixture
def planted(world):
    """Plant the strings, past the verbs: a canary is no decision."""
    things = world.things

    def plant(model, thing, **values):
        assert model.objects.filter(pk=things[thing].pk).update(**values) == 1

    def name_file(thing, name):
        file = Evidence.objects.get(pk=things[thing].pk).file_id
        assert StoredFile.objects.filter(pk=file).update(name=name) == 1

    def name_kept(thing, name):
        assert StoredFile.objects.filter(pk=things[thing].file_id).update(name=name) == 1

    plant(Claim, "draft", content="canary-draft")
    plant(Claim, "put_away", content="canary-put-away")
    plant(Claim, "pending", content="canary-pending")
    plant(Claim, "recorded", content="canary-recorded")
    plant(Claim, "recognised", recognised_reason="canary-reason")
    plant(Claim, "foreign", content="canary-foreign")
    plant(Application, "app_draft", reason="canary-app-draft")
    plant(Application, "app_put_away", reason="canary-app-put-away")
    plant(
        Application, "app_pending", reason="canary-app-reason", phone="canary-app-phone", email="canary-app@example.org"
    )
    plant(Notice, "notice", title="canary-notice")
    plant(Assignment, "other_task", comment="canary-expert-comment")
    Person.objects.filter(pk=things["other_task"].expert_id).update(name="canary-expert-name")
    plant(LibraryRequest, "asked", reason="canary-library-request")
    name_file("draft_evidence", "canary-draft-file.jpg")
    name_file("removed_evidence", "canary-removed-file.jpg")
    name_file("pending_evidence", "canary-pending-file.jpg")
    plant(Objection, "objection", reason="canary-objection")
    plant(Sanction, "sanction", finding="canary-finding")
    plant(Sanction, "appealed", appeal="canary-appeal")
    name_kept("objection_file", "canary-objection-file.jpg")
    Person.objects.filter(pk=world.classmate.person_id).update(name="canary-foreign-name")
    Person.objects.filter(pk=world.owner.person_id).update(phone="canary-own-phone")
    return world


def text_of(answer):
    """Return what a person can read of an answer: a page, a workbook's cells, a document's text."""
    kind = answer.headers.get("Content-Type", "")
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    told = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    if "spreadsheet" in kind:
        book = load_workbook(io.BytesIO(content))
        return told + str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
    if "pdf" in kind:
        with pikepdf.open(io.BytesIO(content)) as document:
            return told + str(document.docinfo)
    if kind.startswith(("text/", "application/json")):
        return told + html.unescape(content.decode())
    return told


def starts(world, role):
    """Yield the addresses that answer the role (those that refuse it stand in that table), and searches."""
    for row in PLACES:
        if row.get[ROLES.index(role)] in "✓→":
            yield address(world, row)
    for name in QUERIES:
        base = address(world, next(row for row in PLACES if row.name == name))
        yield f"{base}?q=canary"


def exports(world, role):
    """Take every workbook that the role is handed."""
    for name in EXPORTS:
        for row in (row for row in PLACES if row.name == name):
            yield world.clients[role].post(address(world, row))


def readings(world, role):
    """Yield the path and the text of everything that the role can reach by following links."""
    client, seen, waiting, followed = world.clients[role], set(), list(starts(world, role)), 0
    planned = len(waiting)
    while waiting and followed < planned + MOST:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        followed += 1
        answer = client.get(path)
        text = text_of(answer)
        yield path, text
        if "text/html" in answer.headers.get("Content-Type", ""):
            waiting += [link for link in links(path, text) if link not in seen]
    for answer in exports(world, role):
        yield answer.wsgi_request.path, text_of(answer)


def links(path, text):
    """Return the portal's own addresses in a page."""
    for link in LINKS.findall(text):
        parts = urlsplit(link)
        if parts.scheme or parts.netloc or link.startswith("#") or parts.path.startswith(("/static/", "/admin/")):
            continue
        where = parts.path or urlsplit(path).path
        if where.startswith("/"):
            yield f"{where}?{parts.query}" if parts.query else where


@pytest.mark.long
@pytest.mark.parametrize("role", ROLES)
def test_each_role_reads_only_what_is_its_to_read(planted, role):
    leaks, read = set(), set()
    for path, text in readings(planted, role):
        for canary, readers in CANARIES.items():
            # A shorter name may begin a longer one: the string ends where a letter or a dash does not follow.
            if re.search(rf"{re.escape(canary)}(?![\w-])", text):
                read.add(canary)
                if role not in readers:
                    leaks.add(f"{canary} on {path}")
    assert sorted(leaks) == []
    if role in {"owner", "secretary", "office"}:
        # The control: whoever may read a string is shown it somewhere, so a leak would have been seen as well.
        assert read >= {canary for canary, readers in CANARIES.items() if role in readers} - NOWHERE
