"""The invented claims: one life each, written with its events, submissions, files, lot and ledger entries.

The rows are made here instead of by the services because a million claims must take minutes; a test compares what
both leave behind, and ``check_ledger`` proves the books.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db import connection

from credits.completeness import is_asked
from credits.enums import Channel, EntryKind
from credits.models import (
    Category,
    Claim,
    ClaimEvent,
    Evidence,
    LedgerEntry,
    Lot,
    Round,
    SchemeVersion,
    Submission,
)
from portal.enums import Role, Status
from portal.models import Person, StoredFile
from review.demo.bulk import Sheet, flush_all
from review.demo.calendar import Calendar
from review.demo.evidence import Drawn, draw_certificate
from review.demo.facts import Case, FactPool
from review.demo.roster import RollEntry, Roster
from review.demo.words import CHANGE_REASONS, REFUSE_REASONS, RETURN_REASONS, content_of

OFFICE_SHARE = 0.42
CHANGED_SHARE = 0.12
COLLEGE, OFFICE = "college", "office"
# How the claims of a finished and of a running round are spread over the states.
FINISHED = {Status.RECOGNISED: 84, Status.REFUSED: 8, Status.WITHDRAWN: 4, Status.RETURNED: 2, Status.REVOKED: 2}
RUNNING = {
    f"{Status.IN_REVIEW}:{COLLEGE}": 40,
    f"{Status.IN_REVIEW}:{OFFICE}": 18,
    Status.DRAFT: 10,
    Status.RETURNED: 9,
    Status.RECOGNISED: 17,
    Status.REFUSED: 3,
    Status.WITHDRAWN: 3,
}
OPINIONS = {"return": RETURN_REASONS, "refuse": REFUSE_REASONS, "revoke": ["经核查证书信息有误。"]}


@dataclass(frozen=True, slots=True)
class Life:
    """One claim's course: who, what, when, and where it ends."""

    student: RollEntry
    category: Category
    case: Case
    content: str
    round: Round | None
    academic_year: str
    end: str
    begun: datetime


class ClaimWriter:
    """Writes lives into the tables."""

    def __init__(
        self, version: SchemeVersion, roster: Roster, calendar: Calendar, random: Random, *, drawn_limit: int
    ) -> None:
        self.version, self.roster, self.calendar, self.random = version, roster, calendar, random
        self.pool = FactPool(version.data, random)
        self.categories = list(version.scheme.categories.order_by("position"))
        self.drawn_limit = drawn_limit
        self.drawn: list[int] = []
        self.keeps_uuid = connection.vendor == "postgresql"  # SQLite keeps 32 letters
        self.people = {p.pk: p for p in [*roster.secretaries.values(), *roster.office, *roster.owners.values()]}
        self.claims = Sheet(
            Claim, "status", "stage", "college_id", "submitted_at", "stage_entered_at", "decided_at", "revision",
            "created_at", "scheme_id", "scheme_version_id", "category_id", "channel", "round_id", "academic_year",
            "student_id", "cohort", "content", "facts", "claimed_points", "points_reason", "suggested_points", "trace",
            "recognised_points", "recognised_reason", "receipt_number",
        )  # fmt: skip
        self.events = Sheet(
            ClaimEvent, "verb", "at", "actor_id", "actor_name", "actor_role", "from_state", "to_state", "reason",
            "before", "after", "request_id", "address", "subject_id",
        )  # fmt: skip
        self.submissions = Sheet(
            Submission, "claim_id", "number", "revision", "content", "sha256", "submitted_at", "submitted_by_id"
        )
        self.files = Sheet(
            StoredFile, "key", "sha256", "size", "media_type", "name", "path", "uploaded_by_id", "uploaded_at"
        )
        self.evidence = Sheet(Evidence, "claim_id", "file_id", "item", "position", "removed_at")
        self.lots = Sheet(Lot, "claim_id", "scheme_id", "student_id", "category_id", "recognised", "held", "consumed")
        self.entries = Sheet(LedgerEntry, "lot_id", "kind", "points", "at", "actor_id", "key", "reference")
        self.sheets = [
            self.files, self.claims, self.events, self.submissions, self.evidence, self.lots, self.entries,
        ]  # fmt: skip

    def fill(self, count: int, students: list[RollEntry], finished: Round, running: Round) -> None:
        """Write ``count`` claims of random students."""
        for _number in range(count):
            self.write(self.life(self.random.choice(students), finished, running))
            flush_all(self.sheets)

    def finish(self) -> None:
        """Write the rest."""
        for sheet in self.sheets:
            sheet.finish()

    def life(self, student: RollEntry, finished: Round, running: Round) -> Life:
        """Return a random life of the student."""
        is_office = self.random.random() < OFFICE_SHARE
        channel = Channel.OFFICE if is_office else Channel.STUDENT
        category = self.random.choice([c for c in self.categories if c.channel == channel])
        case = self.pool.draw(category.code, student.college_code)
        is_past = self.random.random() < 0.55  # noqa: PLR2004 - a little more than half belong to the finished round
        back = 1 if is_past else 0
        year = self.calendar.first_year - back
        content = content_of(category.code, case.facts, year, self.random)
        if is_office:
            begun = self.calendar.day(-330 if is_past else -60, 10) + timedelta(minutes=self.random.randrange(40_000))
            return Life(
                student, category, case, content, None, self.calendar.academic_year(back), Status.RECOGNISED, begun
            )
        table = FINISHED if is_past else RUNNING
        end = self.random.choices(list(table), weights=list(table.values()))[0]
        opened = self.calendar.day(-380 if is_past else -24, 8)
        begun = opened + timedelta(minutes=int(self.random.random() ** 0.6 * 22 * 24 * 60))
        return Life(
            student,
            category,
            case,
            content,
            finished if is_past else running,
            self.calendar.academic_year(back),
            end,
            begun,
        )

    def write(self, life: Life) -> int:
        """Write one life and return the claim's key."""
        return self._office_record(life) if life.round is None else self._student_claim(life)

    def _office_record(self, life: Life) -> int:
        actor = self.roster.owners.get(life.category.code, self.roster.office[0])
        role = Role.OWNER_UNIT if life.category.code in self.roster.owners else Role.OFFICE
        claim = self._claim(
            life, Status.RECOGNISED, "", life.case.points, "", moments=(life.begun, None, life.begun), revision=0
        )
        after = self._facts(life, life.case.points, life.case.points)
        self._event(claim, "record", life.begun, actor, role, "", Status.RECOGNISED, after=after)
        self._award(claim, life, life.case.points, life.begun, actor)
        return claim

    def _student_claim(self, life: Life) -> int:
        status, _colon, stage = life.end.partition(":")
        path = self._path(status, stage)
        at = life.begun
        submitted = at + timedelta(minutes=self.random.randrange(10, 2000)) if "submit" in path else None
        points, reason = (
            self._decision(life) if status in {Status.RECOGNISED, Status.REVOKED} or stage == OFFICE else (None, "")
        )
        moments = [at, submitted]
        moment = submitted or at
        for _verb in path[2:]:
            moment += timedelta(minutes=self.random.randrange(200, 4500))
            moments.append(min(moment, self.calendar.now))
        decided = (
            moments[-1] if status in {Status.RECOGNISED, Status.REFUSED, Status.WITHDRAWN, Status.REVOKED} else None
        )
        claim = self._claim(
            life,
            status,
            stage,
            points,
            reason,
            moments=(submitted, moments[-1] if stage else None, decided),
            revision=len(path) - 1,
        )
        self._trail(claim, life, path, [m for m in moments if m], status, points, reason)
        self._files(claim, life, submitted)
        if points is not None and status in {Status.RECOGNISED, Status.REVOKED}:
            office, is_revoked = self.roster.office[0], status == Status.REVOKED
            awarded_at = moments[3] or at  # start, submit, the college's approval, the office's
            lot = self._award(claim, life, points, awarded_at, office, revoked=is_revoked)
            if is_revoked:
                key, reference = f"revoke:{claim}", f"claim:{claim}"
                self.entries.add(lot, EntryKind.REVOKE.value, points, moments[-1], office.pk, key, reference)
        return claim

    def _path(self, status: str, stage: str) -> list[str]:
        """Return the verbs that lead to the state."""
        if status == Status.DRAFT:
            return ["start"]
        tail = {
            Status.IN_REVIEW: ["approve"] if stage == OFFICE else [],
            Status.RECOGNISED: ["approve", "approve"],
            Status.REVOKED: ["approve", "approve", "revoke"],
            Status.RETURNED: ["return"],
            Status.REFUSED: ["refuse"],
            Status.WITHDRAWN: ["withdraw"],
        }[Status(status)]
        return ["start", "submit", *tail]

    def _decision(self, life: Life) -> tuple[Decimal, str]:
        if self.random.random() < CHANGED_SHARE and life.case.points > 1:
            return (life.case.points - Decimal("0.50"), self.random.choice(CHANGE_REASONS))
        return (life.case.points, "")

    def _claim(
        self, life: Life, status: str, stage: str, points: Decimal | None, reason: str,
        *, moments: tuple[datetime | None, datetime | None, datetime | None], revision: int,
    ) -> int:  # fmt: skip
        submitted, entered, decided = moments
        receipt = f"{submitted:%Y%m%d}-{self.claims.next_id:08d}" if submitted and life.round else ""
        return self.claims.add(
            status, stage, life.student.college_id, submitted, entered, decided, revision, life.begun,
            self.version.scheme_id, self.version.pk, life.category.pk, life.category.channel,
            life.round.pk if life.round else None, life.academic_year, life.student.pk, life.student.cohort,
            life.content, life.case.facts, life.case.points, "", life.case.points, life.case.result.as_json(),
            points, reason, receipt,
        )  # fmt: skip

    def _facts(self, life: Life, claimed: Decimal, recognised: Decimal | None) -> dict[str, Any]:
        return {
            "category": life.category.pk,
            "content": life.content,
            "facts": life.case.facts,
            "claimed_points": f"{claimed:.2f}",
            "recognised_points": None if recognised is None else f"{recognised:.2f}",
        }

    def _trail(
        self, claim: int, life: Life, path: list[str], moments: list[datetime], status: str,
        points: Decimal | None, reason: str,
    ) -> None:  # fmt: skip
        secretary, office = self.roster.secretaries[life.student.college_id], self.roster.office[0]
        state, approvals = "", 0
        for verb, at in zip(path, moments, strict=True):
            actor: Person | RollEntry = life.student
            role, opinion = Role.STUDENT, ""
            after: dict[str, Any] = {}
            if verb in {"approve", "return", "refuse", "revoke"}:
                actor, role = (office, Role.OFFICE) if approvals or verb == "revoke" else (secretary, Role.SECRETARY)
            if verb == "start":
                reached, after = str(Status.DRAFT), self._facts(life, life.case.points, None)
            elif verb == "submit":
                reached = f"{Status.IN_REVIEW}:{COLLEGE}"
                after = self._submission(claim, life, at)
            elif verb == "approve":
                approvals += 1
                opinion = reason if approvals == 1 else ""
                reached = f"{Status.IN_REVIEW}:{OFFICE}" if approvals == 1 else str(Status.RECOGNISED)
                after = {"recognised_points": f"{points:.2f}"} if approvals == 1 else {"awarded": f"{points:.2f}"}
            else:
                reached, opinions = status, OPINIONS.get(verb, [""])
                opinion = opinions[claim % len(opinions)]
            self._event(claim, verb, at, actor, role, state, reached, reason=opinion, after=after)
            state = reached

    def _event(
        self, claim: int, verb: str, at: datetime, actor: Person | RollEntry, role: str, source: str, target: str,
        *, reason: str = "", after: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        actor_id = actor.person_id if isinstance(actor, RollEntry) else actor.pk
        self.events.add(
            verb, at, actor_id, actor.name, str(role), source, target, reason, {}, after or {}, "", None, claim
        )

    def _submission(self, claim: int, life: Life, at: datetime) -> dict[str, str]:
        content = {**self._facts(life, life.case.points, None), "points_reason": "", "files": []}
        digest = hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
        number = f"{at:%Y%m%d}-{claim:08d}"
        self.submissions.add(claim, number, 1, content, digest, at, life.student.person_id)
        return {"receipt": number, "sha256": digest}

    def _award(
        self, claim: int, life: Life, points: Decimal, at: datetime, actor: Person, *, revoked: bool = False
    ) -> int:
        zero = Decimal(0)
        lot = self.lots.add(
            claim, self.version.scheme_id, life.student.pk, life.category.pk, zero if revoked else points, zero, zero
        )
        self.entries.add(lot, EntryKind.AWARD.value, points, at, actor.pk, f"award:{claim}", f"claim:{claim}")
        return lot

    def _files(self, claim: int, life: Life, submitted: datetime | None) -> None:
        checklist = self.version.data.category(life.category.code).evidence
        items = [item for item in checklist if item.required and is_asked(item, life.case.facts)]
        if submitted is None:
            items = items[:1] if claim % 2 else []
        for position, item in enumerate(items, start=1):
            file = self._file(life, item.name, submitted or life.begun)
            self.evidence.add(claim, file, item.code, position, None)

    def _file(self, life: Life, title: str, at: datetime) -> int:
        """Return a file's key: drawn for this claim up to the limit, one of those drawn before beyond it."""
        if len(self.drawn) >= self.drawn_limit and self.drawn:
            return self.random.choice(self.drawn)
        one: Drawn = draw_certificate(
            self.random, name=life.student.name, content=life.content, day=life.begun, title=title
        )
        key = self.files.add(
            one.key if self.keeps_uuid else one.key.hex, one.sha256, one.size, one.media_type, one.name, one.path,
            life.student.person_id, at,
        )  # fmt: skip
        self.drawn.append(key)
        return key
