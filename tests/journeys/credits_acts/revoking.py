"""What takes a recognition back, and what gives it again: revocation, a finding of fraud, an appeal."""

from __future__ import annotations

from django.utils import timezone

from credits.models import Claim, Sanction
from credits.services.decisions import revoke_claim
from credits.services.sanctions import answer_appeal, file_appeal, sanction_claim
from portal.enums import Status
from portal.points import ZERO
from tests.journeys.credits_acts.run import Change, Run, fair, moved
from tests.journeys.credits_picture import USING
from tests.journeys.machine import pick
from tests.sanctions import finding


class RevokingActs(Run):
    def revoke(self, seed, slip):
        if (mine := self.claim(seed, slip, Status.RECOGNISED)) is None:
            return
        row, lot = Claim.objects.get(pk=mine.pk), self.picture.lots.get(mine.pk)
        is_free = lot is None or lot.held == lot.consumed == ZERO
        legal = mine.status == Status.RECOGNISED and is_free and fair(slip)
        actor, revision = self.office(slip), mine.revision - (slip == "stale")
        verb = lambda: revoke_claim(row, actor, reason="有误", revision=revision)  # noqa: E731 - one line
        self.attempt(verb, lambda _: moved("revoke", [mine.pk], Status.REVOKED), legal=legal)

    def sanction(self, seed, bar, slip):
        if (mine := self.claim(seed, slip, Status.PUBLICITY, Status.RECOGNISED, "experts")) is None:
            return
        row, actor, revision = Claim.objects.get(pk=mine.pk), self.office(slip), mine.revision - (slip == "stale")
        known = any(other.claim_id == mine.pk for other in self.picture.sanctions.values())
        follows = mine.follows_lead and mine.status == Status.IN_REVIEW
        claims = self.picture.along(mine.pk) if mine.status == Status.IN_REVIEW else [mine.pk]
        self.attempt(
            lambda: sanction_claim(row, actor, finding(bar=bar), revision=revision),
            lambda _: moved("cancel", claims, Status.REVOKED),
            legal=mine.status in USING and not known and not follows and fair(slip),
        )

    def appeal(self, seed, slip):
        rows = self.picture.sanctions.values()
        if (mine := pick(seed, slip, [row for row in rows if row.appeal_state == "none"], rows)) is None:
            return
        row = Sanction.objects.get(pk=mine.pk)
        legal = mine.appeal_state == "none" and slip != "who" and timezone.now() <= mine.appeal_until
        change = Change([("sanction", mine.pk, "appeal")])
        verb = lambda: file_appeal(row, self.student(mine, slip), words="并无此事")  # noqa: E731 - one line
        self.attempt(verb, lambda _: change, legal=legal)

    def answer_appeal(self, seed, upheld, slip):
        rows = self.picture.sanctions.values()
        if (mine := pick(seed, slip, [row for row in rows if row.appeal_state == "filed"], rows)) is None:
            return
        row, actor = Sanction.objects.get(pk=mine.pk), self.office(slip)
        change = self.restored(mine) if upheld else Change([("sanction", mine.pk, "reject_appeal")])
        legal = mine.appeal_state == "filed" and slip != "who" and not (upheld and self.counts_twice(mine.claim_id))
        verb = lambda: answer_appeal(row, actor, upheld=upheld, answer="已复核")  # noqa: E731 - one line
        self.attempt(verb, lambda _: change, legal=legal)

    def restored(self, mine):
        """Return what an appeal that is upheld leaves: the claim as before, with those of a team under review."""
        status, _colon, stage = self.state_before(mine.claim_id).partition(":")
        claims = [mine.claim_id]
        if status == Status.IN_REVIEW:
            own = {row.claim_id for row in self.picture.sanctions.values()}
            team = (pk for pk in self.picture.team(mine.claim_id) if pk not in own)
            claims += [pk for pk in team if self.picture.claims[pk].status == Status.REVOKED]
        lead = self.picture.claims[self.picture.lead(mine.claim_id)]
        follows = status == Status.PUBLICITY and lead.status in {Status.PUBLICITY, Status.RECOGNISED}
        points = {mine.claim_id: lead.recognised_points} if follows else {}
        return moved("restore", claims, stage or status, points=points)

    def state_before(self, claim):
        return Claim.objects.get(pk=claim).events.filter(verb="cancel").latest("pk").from_state

    def counts_twice(self, claim):
        """Whether what counts of the same project since then has been used, so that this claim cannot count again."""
        if self.state_before(claim) != Status.RECOGNISED:
            return False
        others = [row.pk for row in self.picture.same_project(claim, Status.RECOGNISED)]
        lots = [self.picture.lots[pk] for pk in [claim, *others] if pk in self.picture.lots]
        best = max(self.picture.claims[pk].recognised_points for pk in [claim, *others])
        free = sum((lot.recognised - lot.held - lot.consumed for lot in lots), ZERO)
        return sum((lot.recognised for lot in lots), ZERO) - best > free
