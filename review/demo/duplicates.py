"""Scenes of the duplicate radar: one certificate claimed twice, in a PDF, and one alarm that was a false one."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from credits.models import Claim, DuplicatePair
from credits.services.claims import attach_evidence, detach_evidence, submit_claim
from credits.services.duplicates import claims_to_look_at, dismiss_pair, look_for_duplicates
from credits.tasks import look_at_claim
from portal.enums import Status
from portal.files.storing import private_storage
from portal.models import Student
from portal.pdf import PDF, render_pdf

if TYPE_CHECKING:
    from portal.models import StoredFile
    from review.demo.scenes import Stage

OWN = 4  # the students of the sign-in page have their own scenes
COMPARED = 150
ALONE = {
    "competition": "全国大学生数学建模竞赛",
    "level": "省部级",
    "basis": "奖项等次",
    "award": "二等奖",
    "form": "个人",
}
WON = "全国大学生数学建模竞赛省部级二等奖"
STATEMENT = (
    "本人参加全国大学生数学建模竞赛，获省部级二等奖，证书扫描件附后（第 2 页）。",
    "竞赛由三名队员共同完成，赛题为“公共自行车的调度”，论文编号见证书左下角。",
    "样张：演示数据，非真实材料。",
)
DISMISSED = "两人同队参赛，证书为同一张，各自按本人排名申报，已核对原件。"


def play_duplicates(stage: Stage) -> None:
    """Play both scenes in the college of the first student, and let the worker compare what else waits."""
    college = stage.student(0).college_id
    first = [entry.pk for entry in stage.roster.students[:OWN]]
    students = Student.objects.filter(college=college).exclude(pk__in=first).select_related("person", "college")
    one, copier, mate, other = students.order_by("-pk")[:4]
    _twice(stage, one, copier, "的证书")
    claim, pair = _twice(stage, mate, other, "的团队证书")
    dismiss_pair(pair, claim, stage.secretary(mate), reason=DISMISSED)
    for pk in (
        claims_to_look_at().filter(status=Status.IN_REVIEW).order_by("pk").values_list("pk", flat=True)[:COMPARED]
    ):
        look_at_claim.enqueue(pk)


def _twice(stage: Stage, student: Student, other: Student, what: str) -> tuple[Claim, DuplicatePair]:
    """Let two students claim with one certificate; the second one's file was saved anew."""
    year = stage.calendar.first_year - 1
    claim = stage.claim(student, f"{year}年{WON}", ALONE)
    submit_claim(claim, student.person, revision=claim.revision)
    again = stage.claim(other, f"{year}年{WON}", ALONE)
    for evidence in again.evidence.all():
        detach_evidence(evidence, other.person)
        attach_evidence(again, other.person, _saved_anew(_first_file(claim), what), item=evidence.item)
    again.refresh_from_db()
    submit_claim(again, other.person, revision=again.revision)
    for row in (claim, again):
        look_for_duplicates(row)
    return claim, DuplicatePair.objects.get(first=claim, second=again)


def _first_file(claim: Claim) -> StoredFile:
    return claim.evidence.select_related("file").order_by("pk")[0].file


def _saved_anew(stored: StoredFile, what: str) -> SimpleUploadedFile:
    """Return a photo at another quality, on the second page of a typed statement; a PDF stays the file that it is."""
    with private_storage().open(stored.path) as file:
        data = file.read()
    if stored.is_image:
        out = BytesIO()
        Image.open(BytesIO(data)).save(out, "JPEG", quality=45)
        picture = f"data:image/jpeg;base64,{b64encode(out.getvalue()).decode()}"
        context = {"title": "参赛说明", "lines": STATEMENT, "picture": picture}
        data = render_pdf("review/demo/statement.html", context, styles=["review/demo/statement.css"])
    return SimpleUploadedFile(f"转存{what}.pdf", data, content_type=PDF)
