"""The scenes that the sign-in page leads to, played with the portal's own verbs.

陈思远 has something in every state and points to convert; 林晓彤 is the manual's example (1 + 3 + 3.6 → 7.6);
the third has a rare character in the name and a filed form; 周雨桐 has nothing yet. Others fill the conversion queue.
"""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile

from conversion.models import Application, Offering
from conversion.services.applications import Wish, start_application, submit_application, withdraw_application
from conversion.services.decisions import (
    approve_application,
    refuse_application,
    return_application,
    revoke_application,
)
from conversion.services.forms import file_form
from credits.completeness import is_asked
from credits.evaluation import evaluate
from credits.evaluation.bands import grade_for
from credits.models import Claim, Lot, Round, SchemeVersion
from credits.services.claims import Content, attach_evidence, start_claim, submit_claim
from credits.services.decisions import Record, approve_claim, record_claim, refuse_claim, return_claim
from portal.files.storing import private_storage
from portal.models import Person, Student
from portal.points import ZERO
from review.demo.calendar import Calendar
from review.demo.evidence import draw_certificate
from review.demo.roster import Roster
from review.demo.words import APPLY_REASONS

if TYPE_CHECKING:
    from collections.abc import Iterable

COMPETITION = {
    "competition": "全国大学生数学建模竞赛",
    "level": "国家级",
    "basis": "奖项等次",
    "award": "二等奖",
    "form": "团队",
    "team_size": "3",
    "rank": "2",
}
ENDS = [
    "approve",
    "approve",
    "file",
    "file",
    "in_review",
    "in_review",
    "in_review",
    "return",
    "refuse",
    "withdraw",
    "draft",
    "revoke",
]


class Stage:
    """Everything that a scene needs at hand."""

    def __init__(
        self, version: SchemeVersion, roster: Roster, calendar: Calendar, running: Round, random: Random
    ) -> None:
        self.version, self.calendar, self.running, self.random = version, calendar, running, random
        self.roster = roster
        self.categories = {row.code: row for row in version.scheme.categories.all()}
        self.office = Person.objects.get(pk=roster.office[0].pk)

    def student(self, position: int) -> Student:
        """Return one of the first students."""
        return Student.objects.select_related("person", "college").get(pk=self.roster.students[position].pk)

    def secretary(self, student: Student) -> Person:
        """Return the secretary of the student's college."""
        return Person.objects.get(pk=self.roster.secretaries[student.college_id].pk)

    def record(
        self, student: Student, category: str, content: str, points: str, facts: dict[str, str] | None = None
    ) -> Claim:
        """Let the office of the category record something."""
        actor = self.roster.owners.get(category, self.office)
        record = Record(
            student=student,
            category=self.categories[category],
            academic_year=self.calendar.academic_year(1),
            content=content,
            points=Decimal(points),
            facts=facts or {},
        )
        return record_claim(record, self.version, Person.objects.get(pk=actor.pk))

    def claim(self, student: Student, content: str, facts: dict[str, str], *, ready: bool = True) -> Claim:
        """Let the student fill in a competition claim in the open round; a ready one has points and evidence."""
        actor, data = student.person, self.version.data
        suggested = evaluate(data, "competition", facts, college=student.college.name).points
        words = Content(content=content, facts=facts, claimed_points=suggested if ready else None)
        claim = start_claim(self.running, self.categories["competition"], actor, words)
        for item in data.category("competition").evidence if ready else ():
            if item.required and is_asked(item, facts):
                attach_evidence(claim, actor, self._upload(student, content, item.name), item=item.code)
        return claim

    def _upload(self, student: Student, content: str, title: str) -> SimpleUploadedFile:
        drawn = draw_certificate(
            self.random, name=student.person.name, content=content, day=self.calendar.day(-40), title=title
        )
        with private_storage().open(drawn.path) as file:
            data = BytesIO(file.read()).getvalue()
        private_storage().delete(drawn.path)
        return SimpleUploadedFile(drawn.name, data, content_type=drawn.media_type)


def play(stage: Stage) -> None:
    """Play all scenes."""
    _everything(stage, stage.student(0))
    _manual_example(stage, stage.student(1))
    _rare_name(stage, stage.student(2))
    _conversions(stage, [entry.pk for entry in stage.roster.students[4:]])


def _everything(stage: Stage, student: Student) -> None:
    year = stage.calendar.first_year - 1
    stage.record(
        student,
        "innovation",
        f"{year}年校级大学生创新训练项目",
        "0.50",
        {"level": "校级", "result": "合格", "role": "成员"},
    )
    stage.record(student, "lab", f"{year}年开放实验“低功耗无线传感网”，64学时", "2.00", {"hours": "64", "carried": "0"})
    actor, secretary = student.person, stage.secretary(student)
    won = stage.claim(student, f"{year}年全国大学生数学建模竞赛国家级二等奖，队员第二", COMPETITION)
    submit_claim(won, actor, revision=won.revision)
    approve_claim(won, secretary, points=won.claimed_points or ZERO, revision=won.revision)
    approve_claim(won, stage.office, points=won.claimed_points or ZERO, revision=won.revision)
    cup = "蓝桥杯全国软件和信息技术专业人才大赛"
    alone = {
        **{fact: COMPETITION[fact] for fact in ("competition", "level", "basis")},
        "form": "个人",
        "award": "一等奖",
    }
    unclear = stage.claim(student, f"{year}年{cup}省部级一等奖", {**alone, "competition": cup, "level": "省部级"})
    submit_claim(unclear, actor, revision=unclear.revision)
    reason = "证书照片不清晰，看不到编号，请重新上传完整的扫描件。"
    return_claim(unclear, secretary, reason=reason, revision=unclear.revision)
    school = {**alone, "competition": "目录外竞赛", "level": "校级"}
    pending = stage.claim(student, f"{year}年校级程序设计竞赛一等奖", school)
    submit_claim(pending, actor, revision=pending.revision)
    debate = stage.claim(student, "大一新生杯辩论赛最佳辩手", {**school, "award": "三等奖"})
    submit_claim(debate, actor, revision=debate.revision)
    reason = "该比赛不属于学科竞赛，不在认定范围内。"
    refuse_claim(debate, secretary, reason=reason, revision=debate.revision)
    stage.claim(student, f"{year + 1}年全国大学生数学建模竞赛", {**COMPETITION, "award": "一等奖"}, ready=False)


def _manual_example(stage: Stage, student: Student) -> None:
    year = stage.calendar.first_year - 1
    used = [
        stage.record(
            student, "lab", f"{year}年开放实验“智能仓储调度”，32学时", "1.00", {"hours": "32", "carried": "0"}
        ),
        stage.record(student, "practice", f"{year}年暑期延安社会实践团", "3.00"),
        stage.record(student, "practice", f"{year}年寒假方山支教实践团", "3.60"),
    ]
    stage.record(student, "practice", f"{year}年暑期拉萨社会实践团", "5.40")
    application = _apply(stage, student, "100050415", Lot.objects.filter(claim__in=used))
    approve_application(
        application, stage.secretary(student), revision=application.revision, remark="材料齐全，同意转换。"
    )


def _rare_name(stage: Stage, student: Student) -> None:
    year = stage.calendar.first_year - 1
    used = [
        stage.record(student, "practice", f"{year}年暑期凉山社会实践团", "3.00"),
        stage.record(
            student, "art", f"{year}年校庆文艺晚会，主创或主演", "2.00", {"level": "校级", "role": "主创或主演"}
        ),
    ]
    application = _apply(stage, student, "02000012", Lot.objects.filter(claim__in=used))
    secretary = stage.secretary(student)
    approve_application(application, secretary, revision=application.revision)
    file_form(application.forms.get(), secretary, shelf="A-01")


def _apply(stage: Stage, student: Student, course: str, lots: Iterable[Lot]) -> Application:
    offering = Offering.objects.get(course__code=course, course__scheme=stage.version.scheme)
    wish = Wish(
        phone=student.person.phone,
        email=student.person.email,
        reason=stage.random.choice(APPLY_REASONS),
        uses={lot.pk: lot.usable for lot in lots},
    )
    application = start_application(offering, student.person, wish)
    return submit_application(application, student.person, revision=application.revision)


def _conversions(stage: Stage, students: list[int]) -> None:
    """Let students with enough points apply, one after the other, until every end was reached."""
    remaining = ENDS * 4
    for student in Student.objects.select_related("person", "college").filter(pk__in=students[:600]):
        if not remaining:
            return
        for code in ("100050415", "02000012", "01710207"):
            lots = _enough(student, code)
            if lots and remaining:
                _end(stage, student, _start(stage, student, code, lots), remaining.pop())
                break


def _enough(student: Student, code: str) -> list[Lot]:
    """Return the first records that together earn a grade of the course; none when they do not suffice."""
    offering = Offering.objects.for_student(student).filter(course__code=code).first()
    if offering is None:
        return []
    course = offering.course
    lots, total = [], ZERO
    for lot in Lot.objects.usable().filter(student=student, held=0, consumed=0, category__in=course.categories.all()):
        lots.append(lot)
        total += lot.usable
        if grade_for(course.rule_bands, total):
            return lots
    return []


def _start(stage: Stage, student: Student, code: str, lots: list[Lot]) -> Application:
    offering = Offering.objects.get(course__code=code, course__scheme=stage.version.scheme)
    uses = {lot.pk: lot.usable for lot in lots}
    person = student.person
    wish = Wish(phone=person.phone, email=person.email, reason=stage.random.choice(APPLY_REASONS), uses=uses)
    return start_application(offering, person, wish)


def _end(stage: Stage, student: Student, application: Application, end: str) -> None:
    """Bring an application to its end."""
    actor, secretary = student.person, stage.secretary(student)
    if end == "draft":
        return
    submit_application(application, actor, revision=application.revision)
    if end == "return":
        return_application(
            application, secretary, reason="申请理由过于简单，请说明与课程目标的关系。", revision=application.revision
        )
    elif end == "refuse":
        refuse_application(application, secretary, reason="该课程已通过修读取得学分。", revision=application.revision)
    elif end == "withdraw":
        withdraw_application(application, actor, revision=application.revision)
    elif end in {"approve", "file", "revoke"}:
        approve_application(application, secretary, revision=application.revision)
        if end == "file":
            file_form(application.forms.get(), secretary, shelf="A-02")
        if end == "revoke":
            revoke_application(
                application, stage.office, reason="学生已修读该课程，撤销转换。", revision=application.revision
            )
