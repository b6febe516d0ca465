"""What the office and those who object do to lists, until what was shown is effective."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from portal.enums import Status
from portal.jobs.services import run_job
from portal.models import Job
from review.models import Objection, PublicityEntry, PublicityList
from review.services.notices import Heading, issue_notice
from review.services.objections import Decision, decide_objection, object_to, take_back
from review.services.publicity import draft_list, preview, publish_list, withdraw_list
from tests.journeys.credits_acts.claims import HIGH, LOW
from tests.journeys.credits_acts.run import Change, Run, fair
from tests.journeys.credits_picture import LIVE
from tests.journeys.machine import pick
from tests.publicity import plan


class PublicityActs(Run):
    def time_passes(self, how):
        """Let a day go by, or the time to the last second or the very end of a list's period."""
        ends = [row.closes_at for row in self.picture.lists.values() if row.state == "published"]
        ends = sorted(end for end in ends if end > timezone.now())
        if how == "day" or not ends:
            self.now.shift(datetime.timedelta(days=1))
        else:
            self.now.move_to(ends[0] - datetime.timedelta(seconds=how == "last second"))

    def publish(self, kind, slip):
        waiting, actor = self.picture.waiting(kind), self.office(slip)

        @transaction.atomic
        def verb():
            row = draft_list(actor, self.world.scheme, None, kind, plan())
            return publish_list(row, actor, revision=row.revision, seen=preview(row).digest)

        def then(row):
            entries = PublicityEntry.objects.filter(list=row)
            subjects = {entry.claim_id or entry.application_id for entry in entries}
            assert subjects == waiting, "not exactly what waits was publicised"
            events = [("publicity", row.pk, "create"), ("publicity", row.pk, "publish")]
            return Change(events, lists={row.pk: "published"}, entries={entry.pk: "listed" for entry in entries})

        self.attempt(verb, then, legal=bool(waiting) and slip != "who")

    def list_of(self, seed, slip, *states):
        rows = [row for row in self.picture.lists.values() if row.state in states]
        return pick(seed, slip, rows, self.picture.lists.values())

    def withdraw_list(self, seed, slip):
        if (mine := self.list_of(seed, slip, "published")) is None:
            return
        row, revision = PublicityList.objects.get(pk=mine.pk), mine.revision - (slip == "stale")
        listed = [entry.pk for entry in self.picture.lines_of(mine.pk) if entry.state == "listed"]
        events = [("publicity", mine.pk, "withdraw")]
        change = Change(events, lists={mine.pk: "withdrawn"}, entries=dict.fromkeys(listed, "carried"))
        verb = lambda: withdraw_list(row, self.office(slip), reason="有误", revision=revision)  # noqa: E731 - one line
        self.attempt(verb, lambda _: change, legal=mine.state == "published" and fair(slip))

    def object(self, seed, who, slip):
        lines = self.picture.entries.values()
        running = {r.pk for r in self.picture.lists.values() if r.state == "published"}
        if (line := pick(seed, slip, [r for r in lines if r.list_id in running and r.state in LIVE], lines)) is None:
            return
        mine, person = self.picture.lists[line.list_id], getattr(self.world, who)
        known = any(row.person_id == person.pk for row in self.picture.disputed([line]))
        in_time = mine.state == "published" and mine.opens_at <= timezone.now() < mine.closes_at
        held = [row.pk for row in self.picture.group(line) if row.state == "listed"]
        entry = PublicityEntry.objects.get(pk=line.pk)

        def then(objection):
            events = [("objection", objection.pk, "object")]
            return Change(events, objections={objection.pk: "open"}, entries=dict.fromkeys(held, "held"))

        legal = in_time and line.state in LIVE and not known
        self.attempt(lambda: object_to(entry, person, reason="署名有误"), then, legal=legal)

    def decide(self, seed, verb, score, together, slip):
        rows = self.picture.objections.values()
        if (mine := pick(seed, slip, [row for row in rows if row.state == "open"], rows)) is None:
            return
        picture, line = self.picture, self.picture.entries[mine.entry_id]
        subject, lead = picture.subject(line), line.claim_id and picture.claims[picture.lead(line.claim_id)]
        decided = lead if lead and (together or verb == "correct") else subject
        shown = decided.recognised_points if lead else None
        score = next(n for n in (score, LOW, HIGH) if n != shown) if verb == "correct" else None
        change = self.decision(mine, verb, decided, score)
        legal = mine.state == "open" and fair(slip) and mine.person_id != self.world.office.pk
        if verb != "reject":
            legal = legal and subject.status == decided.status == Status.PUBLICITY
        if verb == "correct":
            legal = legal and bool(lead) and LOW <= score <= HIGH
        row, actor = Objection.objects.select_related("entry__list").get(pk=mine.pk), self.office(slip)
        revision, words = mine.revision - (slip == "stale"), Decision(verb, "经核查", score, together=together)
        self.attempt(lambda: decide_objection(row, actor, words, revision=revision), lambda _: change, legal=legal)

    def decision(self, mine, verb, decided, score):
        """Return what a decision leaves: the objections that it answers, the results, and their lines."""
        line = self.picture.entries[mine.entry_id]
        kind = "claim" if line.claim_id else "application"
        moves = [] if verb == "reject" else self.picture.along(decided.pk) if line.claim_id else [decided.pk]
        gone = moves if verb == "strike" else []
        answered = {mine.pk: "rejected" if verb == "reject" else "upheld"}
        for row in self.picture.disputed(self.picture.group(line)) if gone else ():
            if self.picture.subject(self.picture.entries[row.entry_id]).pk in self.over(line, gone):
                answered[row.pk] = "upheld"
        scores = dict.fromkeys(moves, None if gone else score) if line.claim_id and moves else {}
        change = Change([("objection", mine.pk, verb), *((kind, pk, verb) for pk in moves)], objections=answered)
        change.entries, change.points = self.settled(line, answered, gone, scores), scores
        (change.claims if line.claim_id else change.applications).update(dict.fromkeys(gone, Status.REFUSED))
        return change

    def over(self, line, gone):
        """Return of a line's group the results that are in publicity no longer, ``gone`` by the present act."""
        group = [self.picture.subject(row) for row in self.picture.group(line)]
        return {row.pk for row in group if row.status != Status.PUBLICITY} | set(gone)

    def settled(self, line, answered, gone, scores):
        """Return what becomes of the lines of a group once these objections are answered."""
        picture, found, over = self.picture, {}, self.over(line, gone)
        group = picture.group(line)
        disputed = any(row.pk not in answered for row in picture.disputed(group))
        for row in group:
            subject = picture.subject(row)
            if row.state not in {"held", "corrected"}:
                continue
            if subject.pk in over:
                found[row.pk] = "removed"
            elif row.state == "corrected" or scores.get(subject.pk, picture.score(row)) != row.score:
                found[row.pk] = "corrected"
            elif not disputed:
                found[row.pk] = "listed" if picture.lists[row.list_id].state == "published" else "carried"
        return found

    def think_better(self, seed, slip):
        rows = self.picture.objections.values()
        if (mine := pick(seed, slip, [row for row in rows if row.state == "open"], rows)) is None:
            return
        people = (self.world.secretary, self.world.stranger, self.world.office)
        actor = next(person for person in people if (person.pk == mine.person_id) != (slip == "who"))
        answered = {mine.pk: "withdrawn"}
        lines = self.settled(self.picture.entries[mine.entry_id], answered, [], {})
        change = Change([("objection", mine.pk, "take_back")], objections=answered, entries=lines)
        row = Objection.objects.select_related("entry__list").get(pk=mine.pk)
        verb = lambda: take_back(row, actor, revision=mine.revision - (slip == "stale"))  # noqa: E731 - one line
        self.attempt(verb, lambda _: change, legal=mine.state == "open" and fair(slip))

    def issue(self, seed, slip):
        if (mine := self.list_of(seed, slip, "published")) is None:
            return
        picture, entries = self.picture, {}
        lines = picture.lines_of(mine.pk)
        ready = [row for row in lines if picture.ready(row)]
        for row in lines:
            if row.state == "listed" and row not in ready:
                is_public = picture.subject(row).status == Status.PUBLICITY
                entries[row.pk] = "corrected" if is_public else "removed"
        is_over = mine.state == "published" and timezone.now() >= mine.closes_at
        row, revision = PublicityList.objects.get(pk=mine.pk), mine.revision - (slip == "stale")
        heading = Heading(f"〔2026〕{mine.pk}号", "关于公布结果的通知", timezone.localdate())
        change = Change([("publicity", mine.pk, "issue")], lists={mine.pk: "noticed"}, entries=entries)
        self.attempt(
            lambda: issue_notice(row, self.office(slip), heading, revision=revision),
            lambda _: change,
            legal=is_over and bool(ready) and fair(slip),
        )

    issue_early = issue

    def effect(self):
        """Run the job of a notice, and once more as after a crash: what is done stays done once."""
        if (notice := pick(0, "", self.unfinished(), ())) is None:
            return
        job = Job.objects.filter(kind="publicity_effect", params__notice=notice.pk).get()
        change, complete = Change([]), True
        for line in self.picture.lines_of(notice.list_id):
            subject = self.picture.subject(line)
            kind = "claim" if line.claim_id else "application"
            if line.state != "listed":
                continue
            if subject.status != Status.PUBLICITY:
                change.entries[line.pk] = "removed"
            elif kind == "application" and self.picture.is_fed_by_fraud(subject.pk):
                complete = False
            else:
                change.entries[line.pk] = "effective"
                change.events.append((kind, subject.pk, "effect"))
                (change.claims if line.claim_id else change.applications)[subject.pk] = Status.RECOGNISED
        if complete:
            change.events.append(("publicity", notice.list_id, "take_effect"))
        self.attempt(lambda: self.deliver(job), lambda _: change, legal=True, once=False)
        self.deliver(job)
        self.nothing_has_changed()

    def unfinished(self):
        return [row for row in self.picture.notices.values() if row.effective_at is None]

    def deliver(self, job):
        """Put the job into the queue, whatever became of it, and run it."""
        Job.objects.filter(pk=job.pk).update(state="queued")
        run_job(job.pk)
