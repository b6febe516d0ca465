"""Flags on the review page, in the student's form, and on the page of the claim that comes back."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from credits.models import Claim, ReturnFlag
from credits.services.claims import Content, attach_evidence, detach_evidence, save_claim, submit_claim
from credits.services.decisions import Flag, return_claim
from portal.enums import Status
from tests.builders import FACTS, fresh, jpeg, make_claim, pdf
from tests.review.conftest import client_of

FACTS_SENT = {f"fact_{name}": value for name, value in FACTS.items()}


@pytest.fixture
def claim(staff):
    return make_claim(Status.IN_REVIEW, evidence=[(pdf(), "certificate"), (jpeg("现场.jpg"), "")])


def decide(client, claim, verb="return", **sent):
    data = {"verb": verb, "revision": claim.revision, "reason": "", "points": "2", **sent}
    return client.post(
        f"/desk/claims/{claim.pk}/decide/", {name.replace("__", ":"): value for name, value in data.items()}
    )


def sent_back(staff, claim, *flags):
    return return_claim(claim, staff.secretary, flags=flags, revision=None)


def owner(claim):
    return client_of(fresh(claim.student.person))


def save(claim, **changes):
    data = {"content": claim.content, **FACTS_SENT, "claimed_points": "2", "revision": claim.revision, "action": "save"}
    return owner(claim).post(f"/claims/{claim.pk}/edit/", {**data, **changes})


def test_everything_that_the_student_wrote_can_be_flagged_with_reasons_that_suit_it(secretary, claim):
    rows = {row.key: row for row in secretary.get(f"/desk/claims/{claim.pk}/").context["flags"]}
    certificate, photo = claim.evidence.get(item="certificate"), claim.evidence.get(item="")
    for key in ("fact_award", "content", "claimed_points", "files_certificate", f"file-{certificate.pk}", "whole"):
        assert key in rows
    assert "fact_rank" not in rows
    assert (rows["fact_award"].value, rows[f"file-{photo.pk}"].has_pages) == ("二等奖", False)
    assert rows[f"file-{certificate.pk}"].has_pages
    assert "unreadable" in dict(rows[f"file-{certificate.pk}"].reasons)
    assert "unreadable" not in dict(rows["fact_award"].reasons)


def test_a_reviewer_flags_by_a_plain_form_and_needs_no_other_word(secretary, claim):
    certificate = claim.evidence.get(item="certificate")
    key = f"file-{certificate.pk}"
    sent = {"flag_code:fact_award": "mismatch", f"flag_page:{key}": "1", f"flag_words:{key}": "盖章看不清"}
    assert decide(secretary, claim, **sent).status_code == 302
    flags = ReturnFlag.objects.order_by("pk").values_list("kind", "field", "evidence", "page", "code", "words")
    assert list(flags) == [
        ("field", "fact_award", None, None, "mismatch", ""),
        ("file", "", certificate.pk, 1, "", "盖章看不清"),
    ]


def test_what_was_flagged_wrongly_is_said_and_everything_typed_stays(secretary, claim):
    key = f"file-{claim.evidence.get(item='certificate').pk}"
    sent = {f"flag_page:{key}": "7", f"flag_words:{key}": "看不清", "flag_words:nonsense": "错"}
    response = decide(secretary, claim, **sent)
    text = response.content.decode()
    assert response.status_code == 422
    assert "共 1 页，没有第 7 页" in text
    assert "表单中没有“nonsense”" in text
    assert next(row for row in response.context["flags"] if row.key == key).words == "看不清"
    for verb in ("approve", "refuse"):
        assert (
            "请退回修改，或先清除标注"
            in decide(secretary, claim, verb, **{"flag_words:content": "错"}).content.decode()
        )
    claim.refresh_from_db()
    assert claim.status == Status.IN_REVIEW


def test_the_student_reads_beside_the_field_what_is_wrong_and_finds_the_rest_locked(staff, claim):
    photo = claim.evidence.get(item="")
    sent_back(
        staff, claim, Flag("fact_award", code="mismatch", words="证书是三等奖"), Flag(evidence=photo.pk, words="模糊")
    )
    response = owner(claim).get(f"/claims/{claim.pk}/edit/")
    text, form = response.content.decode(), response.context["form"]
    assert '<a href="#div_id_fact_award">奖项等次</a>：与证明材料不一致；证书是三等奖' in text
    assert 'id="id_fact_award_remark"' in text
    assert f'<a href="#file-{photo.pk}">现场.jpg</a>：模糊' in text
    assert text.count("data-remove=") == 1
    locked = {name for name, field in form.fields.items() if field.disabled}
    assert {"content", "fact_level", "files_certificate"} <= locked
    assert not locked & {"fact_award", "claimed_points", "points_reason", "files_other"}


def test_a_crafted_form_changes_only_what_was_flagged_and_says_so(staff, claim):
    sent_back(staff, claim, Flag("fact_award", code="mismatch"))
    response = save(claim, content="别的成果", fact_level="国家级", fact_award="三等奖", claimed_points="1.5")
    assert response.status_code == 422
    assert response.content.decode().count("退回时没有要求修改这一项") >= 2
    kept = Claim.objects.get(pk=claim.pk)
    assert (kept.content, kept.facts["level"], kept.facts["award"]) == (claim.content, "省部级", "三等奖")
    crafted = owner(claim).post(
        f"/claims/{claim.pk}/evidence/", {"file": jpeg("另一张.jpg", colour=(9, 9, 9)), "item": ""}
    )
    assert crafted.status_code == 422
    removed = owner(claim).post(f"/evidence/{claim.evidence.first().pk}/remove/")
    assert removed.status_code == 422
    assert claim.evidence.kept().count() == 2


def test_a_browser_that_sends_only_open_fields_saves_and_hands_in(staff, claim):
    sent_back(staff, claim, Flag("fact_award", code="mismatch"))
    data = {"fact_award": "三等奖", "claimed_points": "1.5", "points_reason": "", "revision": claim.revision}
    response = owner(claim).post(f"/claims/{claim.pk}/edit/", {**data, "action": "submit"})
    assert response.status_code == 302, response.context["form"].errors
    kept = Claim.objects.get(pk=claim.pk)
    assert (kept.status, kept.facts) == (Status.IN_REVIEW, {**FACTS, "award": "三等奖"})


def test_the_reviewer_sees_what_became_of_each_flag(staff, secretary, claim):
    photo = claim.evidence.get(item="")
    flags = [
        Flag("fact_award", code="mismatch"),
        Flag("content", words="写全称"),
        Flag(evidence=photo.pk, words="模糊"),
    ]
    sent_back(staff, claim, *flags)
    actor = fresh(claim.student.person)
    words = Content(claim.content, {**FACTS, "award": "三等奖"}, claim.claimed_points, "按证书")
    save_claim(claim, actor, words, revision=None)
    detach_evidence(photo, actor)
    attach_evidence(claim, actor, jpeg("清晰.jpg", colour=(1, 2, 3)))
    claim.refresh_from_db()
    submit_claim(claim, actor, revision=None)
    response = secretary.get(f"/desk/claims/{claim.pk}/")
    rows = [(row.changed, row.before, row.after) for row in response.context["flagged"]]
    assert rows == [(True, "二等奖", "三等奖"), (False, "", ""), (True, "现场.jpg", "清晰.jpg")]
    assert {row.place: row.flagged for row in response.context["changes"]}["fact_award"]
    text = response.content.decode()
    assert "退回时标出的地方" in text
    assert "未修改" in text


def test_a_later_handing_in_is_still_compared_with_what_was_returned(staff, secretary, claim):
    from credits.services.claims import reopen_claim, withdraw_claim  # noqa: PLC0415 - one test withdraws

    sent_back(staff, claim, Flag("fact_award", code="mismatch"))
    actor = fresh(claim.student.person)
    save_claim(
        claim,
        actor,
        Content(claim.content, {**FACTS, "award": "三等奖"}, claim.claimed_points, "按证书"),
        revision=None,
    )
    submit_claim(claim, actor, revision=None)
    withdraw_claim(claim, actor, revision=None)
    reopen_claim(claim, actor, revision=None)
    submit_claim(claim, actor, revision=None)
    changes = secretary.get(f"/desk/claims/{claim.pk}/").context["changes"]
    assert [(row.before, row.after) for row in changes if row.place == "fact_award"] == [("二等奖", "三等奖")]


def test_the_next_page_offers_to_take_the_decision_back_for_ten_seconds(staff, secretary, claim):
    assert decide(secretary, claim, "approve").status_code == 302
    page = secretary.get("/desk/claims/")
    offer = page.context["undo"]
    assert offer.claim == claim.pk
    assert f'action="/desk/claims/{claim.pk}/undo/' in page.content.decode()
    done = secretary.post(f"/desk/claims/{claim.pk}/undo/", {"revision": offer.revision}, follow=True)
    assert "已撤回这个决定" in done.content.decode()
    claim.refresh_from_db()
    assert (claim.status, claim.stage) == (Status.IN_REVIEW, "college")
    assert secretary.get("/desk/claims/").context["undo"] is None


def test_the_offer_runs_out_and_a_late_or_foreign_press_is_told_why(staff, secretary, claim):
    decide(secretary, claim, "refuse", reason="不属于竞赛")
    claim.refresh_from_db()
    sent = {"revision": claim.revision}
    foreign = staff.client("colleague").post(f"/desk/claims/{claim.pk}/undo/", sent)
    assert foreign.status_code == 403
    assert "不能撤回" in foreign.content.decode()
    assert staff.client("away").post(f"/desk/claims/{claim.pk}/undo/", sent).status_code == 404
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=12)):
        assert secretary.get("/desk/claims/").context["undo"] is None
        late = secretary.post(f"/desk/claims/{claim.pk}/undo/", sent)
    assert "撤回时限已过" in late.content.decode()
    assert Claim.objects.get(pk=claim.pk).status == Status.REFUSED
    assert secretary.post(f"/desk/claims/{claim.pk}/undo/", {"revision": "x"}).status_code == 409
