"""All that a run of the credits machine can see at one moment, and what must be true of it at every moment."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from conversion.models import Application, ApplicationEvent, Line
from credits.enums import MemberState
from credits.models import Claim, ClaimEvent, LedgerEntry, Lot, Member, Sanction
from portal.enums import Status
from portal.models import Event
from portal.points import ZERO
from review.models import Assignment, FormalNotice, Objection, PublicityEntry, PublicityList

CAP = 10
PENDING = (Status.IN_REVIEW, Status.PUBLICITY)
USING = (*PENDING, Status.RECOGNISED)
EDITABLE = frozenset({Status.DRAFT, Status.RETURNED})
OVER = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.REVOKED})
LIVE = ("listed", "held")
TABLES = {
    "claims": (Claim, "pk student_id status stage recognised_points counted_points revision follows_lead facts"),
    "applications": (Application, "pk student_id status stage revision course_id course__credits offset_credits"),
    "lines": (Line, "pk application_id lot__claim_id points"),
    "lots": (Lot, "claim_id pk student_id recognised held consumed cancelled"),
    "lists": (PublicityList, "pk kind state opens_at closes_at revision"),
    "entries": (PublicityEntry, "pk list_id claim_id application_id state score"),
    "objections": (Objection, "pk entry_id person_id state revision"),
    "notices": (FormalNotice, "pk list_id effective_at"),
    "sanctions": (Sanction, "pk claim_id student_id appeal_state appeal_until barred_from barred_until"),
    "members": (Member, "pk achievement__lead_id claim_id student_id state"),
    "tasks": (Assignment, "pk claim_id expert_id turn state score"),
}
# The books are proved again when one of these has changed: nothing else goes into them.
BOOKED = ("claims", "applications", "lines", "lots", "entries_booked")


def tails():
    """Return where each trail ends now."""
    found = {}
    for model in (ClaimEvent, ApplicationEvent, Event):
        found[model] = model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return found


def events_after(ends):
    """Return what was written behind these ends, as (kind, key, verb) in order of the words; moves the ends on."""
    found = []
    for model, kind in ((ClaimEvent, "claim"), (ApplicationEvent, "application"), (Event, "")):
        names = ("pk", "subject_id", "verb") if kind else ("pk", "subject_key", "verb", "subject_kind")
        for row in model.objects.filter(pk__gt=ends[model]).order_by("pk").values_list(*names):
            ends[model] = row[0]
            found.append((kind or row[3], int(row[1]), row[2]))
    return sorted(found)


@dataclass
class Picture:
    """The rows by their keys (a lot by its claim's), the number of ledger entries, the events since the last one."""

    rows: dict[str, dict[int, Any]]
    entries_booked: int
    events: list[tuple[str, int, str]] = field(default_factory=list)

    @classmethod
    def take(cls, ends):
        rows = {}
        for name, (model, columns) in TABLES.items():
            found = model.objects.order_by("pk").values_list(*columns.split(), named=True)
            rows[name] = {row[0]: row for row in found}
        return cls(rows, LedgerEntry.objects.count(), events_after(ends))

    def __getattr__(self, name):
        try:
            return self.__dict__["rows"][name]
        except KeyError:
            raise AttributeError(name) from None

    def same_books(self, other):
        """Whether nothing has changed that the proof of the ledger reads."""
        return all(getattr(self, name) == getattr(other, name) for name in BOOKED)

    def states(self, name):
        """Return the state of every row of a table: for what is reviewed the stage, otherwise the status."""
        rows = getattr(self, name).values()
        if name in {"claims", "applications"}:
            return {row.pk: row.stage or row.status for row in rows}
        return {row.pk: row.state for row in rows}

    def points(self):
        """Return the points of every claim."""
        return {row.pk: row.recognised_points for row in self.claims.values()}

    # --- claims and their teams ---

    def lead(self, claim):
        """Return the claim that is decided: the lead's for a mate's, otherwise itself."""
        found = [row.achievement__lead_id for row in self.members.values() if row.claim_id == claim]
        return found[0] if found else claim

    def team(self, claim):
        """Return the claims of the whole team, alone or not."""
        lead = self.lead(claim)
        mates = (row.claim_id for row in self.members.values() if row.achievement__lead_id == lead and row.claim_id)
        return sorted({lead, *mates})

    def along(self, claim):
        """Return the claim and those of the mates that a move of it takes along."""
        status = self.claims[claim].status
        mates = [
            row.claim_id
            for row in self.members.values()
            if row.achievement__lead_id == claim and row.state == MemberState.CONFIRMED and row.claim_id != claim
        ]
        return [claim, *(pk for pk in mates if pk and self.claims[pk].status == status)]

    def member_states(self, claim):
        """Return what the mates of a lead's claim have said."""
        return {row.state for row in self.members.values() if row.achievement__lead_id == claim}

    def same_project(self, claim, *statuses):
        """Return the student's other claims on the same achievement that are in one of the statuses."""
        mine = self.claims[claim]
        return [
            row
            for row in self.claims.values()
            if row.pk != claim and row.status in statuses and project(row) == project(mine)
        ]

    # --- publicity ---

    def subject(self, entry):
        """Return the result behind a line."""
        return self.claims[entry.claim_id] if entry.claim_id else self.applications[entry.application_id]

    def group(self, entry):
        """Return the lines of the same list that are decided together with this one."""
        if not entry.claim_id:
            return [entry]
        team = self.team(entry.claim_id)
        return [row for row in self.entries.values() if row.list_id == entry.list_id and row.claim_id in team]

    def score(self, entry):
        """Return what the line of a result would say today."""
        subject = self.subject(entry)
        return subject.recognised_points if entry.claim_id else subject.offset_credits

    def disputed(self, entries):
        """Return the open objections to these lines."""
        keys = {row.pk for row in entries}
        return [row for row in self.objections.values() if row.entry_id in keys and row.state == "open"]

    def waiting(self, kind):
        """Return the results that may go into a list: unlisted, undisputed."""
        subjects = self.claims if kind == "claims" else self.applications
        busy = set()
        for entry in self.entries.values():
            if entry.state in LIVE or self.disputed([entry]):
                busy.add(entry.claim_id if kind == "claims" else entry.application_id)
        return {row.pk for row in subjects.values() if row.status == Status.PUBLICITY} - busy

    def ready(self, entry):
        """Whether a notice takes this line: listed, and its result as it was shown."""
        is_public = self.subject(entry).status == Status.PUBLICITY
        return entry.state == "listed" and is_public and self.score(entry) == entry.score

    def lines_of(self, publicity):
        """Return the lines of a list."""
        return [row for row in self.entries.values() if row.list_id == publicity]

    # --- points ---

    def usable(self, claim):
        """Return what is free of a claim's points."""
        lot = self.lots[claim]
        return lot.recognised - lot.held - lot.consumed

    def uses(self, application):
        """Return claim → points that an application uses."""
        return {r.lot__claim_id: r.points for r in self.lines.values() if r.application_id == application}

    def is_fed_by_fraud(self, application):
        """Whether the application uses a record that was cancelled."""
        return any(self.lots[claim].cancelled for claim in self.uses(application))

    def taken(self, student):
        """Return the course credits that a student's offsets stand for, pending ones included."""
        mine = [row for row in self.applications.values() if row.student_id == student and row.status in USING]
        return sum((row.course__credits for row in mine), ZERO)


def project(claim):
    """Return whose claim on which achievement it is."""
    return claim.student_id, claim.facts["doi"]


def check(picture):
    """Prove what must be true at every moment."""
    shown = {(r.claim_id, r.application_id) for r in picture.entries.values() if r.state == "effective"}
    check_points(picture, shown)
    check_offsets(picture, shown)
    check_publicity(picture)


def check_points(picture, shown):
    """Prove that of each project the highest counts, once it was publicised, and that no more is used than there is."""
    counts, given = defaultdict(list), defaultdict(lambda: ZERO)
    for claim in picture.claims.values():
        if claim.status == Status.RECOGNISED:
            assert (claim.pk, None) in shown, "effective, and was in no list"
            counts[project(claim)].append(claim.recognised_points)
            given[project(claim)] += picture.lots[claim.pk].recognised if claim.pk in picture.lots else ZERO
    assert {key: max(points) for key, points in counts.items()} == dict(given), "more or less than the highest counts"
    for lot in picture.lots.values():
        assert (lot.claim_id, None) in shown, "awarded before the effect"
        assert lot.held >= ZERO, "less than nothing is pending"
        assert lot.held + lot.consumed <= lot.recognised, "more is pending than the balance holds"


def check_offsets(picture, shown):
    """Prove that nothing is offset without publicity, and nothing beyond the cap, pending offsets included."""
    for application in picture.applications.values():
        if application.status == Status.RECOGNISED:
            assert (None, application.pk) in shown, "offset, and was in no list"
        assert picture.taken(application.student_id) <= CAP, "the cap is passed"


def check_publicity(picture):
    """Prove that nothing disputed is effective, nothing struck is listed, and that a team has one result."""
    for entry in picture.entries.values():
        if picture.disputed([entry]):
            assert picture.subject(entry).status != Status.RECOGNISED, "effective in spite of an open objection"
        if entry.state in LIVE and entry.claim_id:
            assert picture.subject(entry).status != Status.REFUSED, "struck, and still in the list"
    for member in picture.members.values():
        both = [picture.claims[pk] for pk in (member.achievement__lead_id, member.claim_id) if pk]
        if all(claim.status == Status.PUBLICITY for claim in both):
            assert len({claim.recognised_points for claim in both}) == 1, "one team, two results"
