"""The scenes of the second university: a finished round with its notice, one in publicity, one open, and offsets."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from credits.models import Claim, Round
from credits.services.decisions import refuse_claim, return_claim
from portal.models import Student
from review.demo.second import words
from review.demo.second.facts import Case
from review.demo.second.sessions import hold_meeting, publicise
from review.demo.second.stage import Stage, achieved
from review.models import FormalNotice, ListKind, PublicityList
from review.services.notices import Heading, issue_notice, put_into_effect
from review.services.objections import object_to

if TYPE_CHECKING:
    from review.demo.second.rounds import Rounds

MIX = ["competition", "competition", "paper", "practice", "competition", "research", "invention", "arts", "venture"]
METHODS = ["按全额", "按人数均分", "按排位"]
FINISHED, PUBLICISED = 54, 36
OPEN = ["college"] * 14 + ["office"] * 8 + ["unassigned"] * 4 + ["experts"] * 8 + ["committee"] * 6 + ["returned"] * 3
OPEN += ["refused"] * 2 + ["draft"] * 4
FIRST_OWN = 4  # the students of the sign-in page have their own scenes


def play(stage: Stage, rounds: Rounds) -> None:
    """Play all rounds in the order of time."""
    students = list(Student.objects.filter(college__in=stage.people.colleges).select_related("person").order_by("pk"))
    others, first = students[FIRST_OWN:], students[:FIRST_OWN]
    _finish(stage, rounds.finished, others, first)
    _publicise(stage, rounds.publicised, others)
    _run(stage, rounds.running, others, first)


def _finish(stage: Stage, round_: Round, students: list[Student], first: list[Student]) -> None:
    """Bring last year's round to its formal notice."""
    with stage.at(-380):
        claims = [stage.submit(claim) for claim in _filed(stage, round_, students, FINISHED, before=-385)]
        claims += [stage.submit(claim) for claim in _records(stage, round_, first[2])]
    _through_review(stage, claims, day=-362)
    hold_meeting(stage, round_, day=-338, title=f"{round_.name}评审委员会会议")
    row = publicise(stage, round_, ListKind.CLAIMS, day=-330)
    notice_and_effect(stage, row, day=-320, number=f"武大本字〔{stage.calendar.now.year - 1}〕56号")


def _publicise(stage: Stage, round_: Round, students: list[Student]) -> None:
    """Bring the spring round into its publicity, with one objection that waits."""
    with stage.at(-60):
        claims = [stage.submit(claim) for claim in _filed(stage, round_, students[60:], PUBLICISED, before=-65)]
    _through_review(stage, claims, day=-45)
    hold_meeting(stage, round_, day=-20, title=f"{round_.name}评审委员会会议")
    row = publicise(stage, round_, ListKind.CLAIMS, day=-2)
    entry = row.entries.filter(claim__follows_lead=False).order_by("-position").first()
    objector = next(one for one in students if entry is not None and one.pk != _student_of(entry.claim))
    if entry is not None:
        with stage.at(-1, 15):
            object_to(entry, stage.fresh(objector.person), reason="该成果的第一完成单位不是本校，请核对论文署名页。")


def _run(stage: Stage, round_: Round, students: list[Student], first: list[Student]) -> None:
    """Spread the open round's claims over all stages."""
    with stage.at(-15):
        claims = list(_filed(stage, round_, students[20:], len(OPEN), before=-20))
    waiting: dict[str, list[Claim]] = {end: [] for end in OPEN}
    for claim, end in zip(claims, OPEN, strict=True):
        waiting[end].append(claim)
        if end == "draft":
            continue
        with stage.at(-12):
            stage.submit(claim)
        if end == "college":
            continue
        with stage.at(-8):
            _college(stage, claim, end)
    scored = [*waiting["experts"], *waiting["committee"]]
    with stage.at(-5):
        for claim in [*scored, *waiting["unassigned"]]:
            stage.endorse(claim)
        stage.deal([claim for claim in scored if claim.stage == "experts"])
    with stage.at(-3):
        for number, claim in enumerate(waiting["experts"]):
            stage.score(claim, most=number % 3)
        for number, claim in enumerate(waiting["committee"]):
            stage.score(claim, spread=number == 0)
    _own_scenes(stage, round_, first)


def _college(stage: Stage, claim: Claim, end: str) -> None:
    secretary = stage.secretary(claim)
    if end == "returned":
        return_claim(claim, secretary, reason=stage.random.choice(words.RETURN_REASONS), revision=None)
    elif end == "refused":
        refuse_claim(claim, secretary, reason=stage.random.choice(words.REFUSALS), revision=None)
    else:
        stage.endorse(claim)


def _own_scenes(stage: Stage, round_: Round, first: list[Student]) -> None:
    """Give the students of the sign-in page something to do: one leads a team, one is asked to confirm."""
    lead, mate, _rich, _new = first
    day = stage.calendar.day(-40).date()
    with stage.at(-2):
        contest = stage.maker.draw("competition", day, size=3)
        claim = stage.file(round_, lead, contest, mates=[mate, first[2]], answer=False)
        stage.submit(claim)
        paper = stage.maker.draw("paper", day)
        stage.file(round_, lead, paper)
        returned = stage.submit(stage.file(round_, lead, stage.maker.draw("practice", day)))
        reason = words.RETURN_REASONS[1]
        return_claim(returned, stage.secretary(returned), reason=reason, revision=None)
        off_table = Case(
            "offtable",
            stage.maker.draw("offtable", day).facts,
            "在省级党报理论版发表理论文章《数字赋能乡村治理》",
        )
        stage.endorse(stage.submit(stage.file(round_, lead, off_table)))


def _records(stage: Stage, round_: Round, student: Student) -> list[Claim]:
    """File what the third student of the sign-in page may offset later."""
    day = student.entered_on + datetime.timedelta(days=60)
    cases = [stage.maker.draw(category, day) for category in ("paper", "competition", "practice")]
    return [stage.file(round_, student, case) for case in cases]


def _filed(stage: Stage, round_: Round, students: list[Student], count: int, *, before: int) -> list[Claim]:
    """Fill in claims of many students, every fourth by a team of three."""
    found, limit = [], stage.calendar.day(before).date()
    eligible = [one for one in students if one.entered_on + datetime.timedelta(days=60) < limit]
    for number in range(count):
        category = MIX[number % len(MIX)]
        lead = eligible[number * 3 % len(eligible)]
        day = achieved(stage.calendar, lead, limit, stage.random)
        team = number % 4 == 0 and category in {"competition", "paper", "practice", "research"}
        mates = [eligible[(number * 3 + step) % len(eligible)] for step in (1, 2)] if team else []
        case = stage.maker.draw(category, day, size=3 if team else 1)
        found.append(stage.file(round_, lead, case, mates=mates))
    return found


def _through_review(stage: Stage, claims: list[Claim], *, day: int) -> None:
    """Let colleges, office and experts do their part on the days that follow."""
    with stage.at(day):
        for number, claim in enumerate(claims):
            if hasattr(claim, "achievement"):
                stage.share(claim, METHODS[number % len(METHODS)])
            stage.endorse(claim)
    with stage.at(day + 6):
        for claim in claims:
            stage.endorse(claim)
        stage.deal([claim for claim in claims if claim.stage == "experts"])
    with stage.at(day + 12):
        for number, claim in enumerate(claims):
            stage.score(claim, spread=number % 17 == 3)  # noqa: PLR2004 - a few disagreements


def notice_and_effect(stage: Stage, row: PublicityList, *, day: int, number: str) -> FormalNotice:
    """Issue the formal notice after the period and put its lines into effect."""
    with stage.at(day):
        heading = Heading(number, f"关于公布{row.title}的通知", stage.calendar.day(day).date())
        notice = issue_notice(row, stage.office, heading, revision=row.revision)
        for pk in row.entries.order_by("position").values_list("pk", flat=True):
            problem = put_into_effect(pk, stage.office, number)
            if problem:
                raise RuntimeError(problem)
    return notice


def _student_of(claim: Claim | None) -> int:
    return claim.student_id if claim is not None else 0
