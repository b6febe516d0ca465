"""Builders for the second scheme: claims judged in a range, by a team, confirmed, publicised, put into effect."""

from __future__ import annotations

from decimal import Decimal

from credits.models import Category, LibraryEntry
from credits.services.claims import Content, attach_evidence, start_claim, submit_claim
from credits.services.decisions import endorse_claim
from credits.services.judging import confirm_claim, effect_claim, settle_score
from credits.services.moving import moving
from credits.services.teams import Mate, answer_membership, name_team
from credits.stages import stage_of
from portal.enums import Role, Status
from portal.verdict import Verdict
from tests.builders import cover, fresh, get_version, make_college, make_round, make_staff, make_student, pdf

SCHEME = "whu"
COLLEGE = ("geo", "测绘学院")
# A first-zone paper written alone: the table leaves 6 to 8.
PAPER = {
    "title": "城市内涝的遥感监测",
    "item": "SCI、SSCI",
    "level": "一区",
    "journal": "Remote Sensing of Environment",
    "published_on": "2024-05-20",
    "doi": "10.1016/j.rse.2024.01",
    "form": "独立完成",
    "first_affiliation": "true",
}
# A national competition won by a team of three, the claimant first: the table leaves 5 to 7.
CONTEST = {
    "award": "一等奖",
    "year": "2024",
    "awarded_on": "2024-06-01",
    "form": "团队",
    "team_size": "3",
    "rank": "1",
    "first_affiliation": "true",
}
NATIONAL = "国家级竞赛获奖"


def together(size, rank=1, **facts):
    """Return the facts of a paper by several authors."""
    return {**PAPER, "form": "合作完成", "team_size": str(size), "rank": str(rank), **facts}


def whu_college():
    """Return the college that the scheme covers."""
    return make_college(*COLLEGE)


def whu_student(name="林一鸣", **facts):
    """Put a student on the roll whom the scheme covers."""
    facts.setdefault("cohort", 2022)
    student = make_student(name, college=facts.pop("college", None) or whu_college(), **facts)
    cover(get_version(SCHEME).scheme, student.college)
    return student


def whu_category(code="paper"):
    """Return a category of the scheme."""
    return Category.objects.get(scheme=get_version(SCHEME).scheme, code=code)


def whu_round(**facts):
    """Publish a round of the scheme."""
    return make_round(get_version(SCHEME), **facts)


def whu_staff(role, **facts):
    """Appoint somebody for the scheme; a secretary for its college."""
    if role == Role.SECRETARY:
        return make_staff(role, college=facts.pop("college", None) or whu_college(), **facts)
    return make_staff(role, scheme=SCHEME, **facts)


def make_entry(name="全国大学生数学建模竞赛", *, level=NATIONAL, code=None, **facts):
    """Put a competition into the library."""
    return LibraryEntry.objects.create(
        scheme=get_version(SCHEME).scheme,
        category=whu_category("competition"),
        code=code or f"L{LibraryEntry.objects.count() + 1:04d}",
        name=name,
        level=level,
        **{"valid_from": 2015, "suggestions": [["一等奖", "6.50"], ["二等奖", "5.50"]], **facts},
    )


def whu_claim(
    stage="college",
    *,
    student=None,
    category="paper",
    facts=None,
    points="6",
    content="城市内涝的遥感监测",
    mates=(),
    round_=None,
    score=None,
    entry=None,
    office=None,
):
    """Bring a claim to a stage, or to "draft", "publicity" or "recognised", through the services.

    ``mates`` are (rank, student) pairs who are named and have confirmed; ``score`` is what the experts settled on.
    """
    student, round_ = student or whu_student(), round_ or whu_round()
    actor, office = fresh(student.person), office or whu_staff(Role.OFFICE)
    facts = dict(facts if facts is not None else PAPER)
    written = Content(content, facts, Decimal(points), entry=entry)
    claim = start_claim(round_, whu_category(category), actor, written)
    attach_all(claim, actor)
    if mates:
        name_mates(claim, mates)
    claim.refresh_from_db()
    if stage == "draft":
        return claim
    submit_claim(claim, actor, revision=claim.revision)
    while claim.status == Status.IN_REVIEW and claim.stage != stage:
        _advance(claim, score, office)
    if stage == "recognised":
        effect_claim(claim, office, notice="武大本字〔2026〕1号")
    return claim


def attach_all(claim, actor):
    """Attach what the checklist asks for."""
    from credits.completeness import is_asked  # noqa: PLC0415 - beside its use

    for item in claim.scheme_version.data.category(claim.category.code).evidence:
        if item.required and is_asked(item, claim.facts):
            attach_evidence(claim, actor, pdf(f"{item.code}.pdf"), item=item.code)
    claim.refresh_from_db()


def name_mates(claim, mates, *, answer=True):
    """Name mates by (rank, student) and let them confirm."""
    actor = fresh(claim.student.person)
    sheet = [Mate(rank, student.person.name, student.person.number) for rank, student in mates]
    team = name_team(claim, actor, sheet, revision=None)
    if answer:
        for member in team.members.filter(state="waiting"):
            answer_membership(member, fresh(member.student.person), agrees=True)
    return team


def settle(claim, score, actor=None):
    """Let the experts' result be this score."""
    actor = actor or whu_staff(Role.EXPERT)
    with moving(claim, "score", actor, may=lambda _person, _claim: Verdict.yes(Role.EXPERT)) as (row, step):
        settle_score(row, step, Decimal(score), actor)
    return claim


def _advance(claim, score, office):
    acts = stage_of(claim.scheme_version, claim.stage).acts
    if acts == "score":
        low = claim.trace["range"][0]
        settle(claim, score or low)
    elif acts == "confirm":
        confirm_claim(claim, office, revision=None, score=None if "score" in claim.facts else score and Decimal(score))
    elif stage_of(claim.scheme_version, claim.stage).role == Role.OFFICE:
        endorse_claim(claim, office, revision=None)
    else:
        endorse_claim(claim, whu_staff(Role.SECRETARY, college=claim.college), revision=None, remark="材料属实")
