"""The library on the student's side: browsing, choosing for a claim with and without a script, asking for more."""

import pytest
from django.urls import reverse

from credits.enums import LibraryState
from credits.models import Claim, LibraryEntry, LibraryRequest
from credits.services.library import withdraw_entry
from portal.enums import Role, Status
from tests.builders import OTHER_COLLEGE, cover, get_version, make_college, make_student
from tests.whu import CONTEST, NATIONAL, make_entry, whu_claim, whu_round, whu_staff, whu_student

pytestmark = pytest.mark.django_db
SOLO = {key: value for key, value in CONTEST.items() if key not in {"team_size", "rank"}} | {"form": "个人"}
LIBRARY, SEARCH, CHOOSE, REQUEST = (
    reverse(f"credits:{name}") for name in ("library", "library_search", "library_choose", "library_request")
)


@pytest.fixture
def student():
    get_version("whu")
    return whu_student("李明")


@pytest.fixture
def signed(sign_in, student):
    return sign_in(student)


def new_url(round_):
    return f"{reverse('credits:claim_new')}?round={round_.pk}&category=competition"


def edit_url(claim):
    return reverse("credits:claim_edit", args=[claim.pk])


def typed(entry, *, action="save", claim=None, **more):
    data = {"action": action, "content": "全国赛一等奖", "claimed_points": "6.5", "points_reason": ""}
    data |= {f"fact_{name}": value for name, value in SOLO.items()}
    data["fact_competition"] = entry.pk if entry else ""
    if claim is not None:
        data["revision"] = claim.revision
    return data | more


def draft(student, entry=None):
    return whu_claim("draft", student=student, category="competition", facts=SOLO, entry=entry, points="6.5")


# --- Browsing ---


def test_students_read_what_may_be_claimed_and_nothing_that_was_withdrawn(signed):
    make_entry("甲竞赛", organiser="教育部")
    make_entry("停办的竞赛", state=LibraryState.WITHDRAWN)

    html = signed.get(LIBRARY).content.decode()

    assert "甲竞赛" in html
    assert "教育部" in html
    assert "一等奖 6.50" in html
    assert "停办的竞赛" not in html


def test_the_library_is_searched_by_initials_level_and_year(signed):
    entry = make_entry("全国大学生数学建模竞赛", initials="QGDXSSXJMJS")
    make_entry("省赛", level="省部级竞赛获奖", valid_to=2019)

    def names(**query):
        return [row.name for row, _years in signed.get(LIBRARY, query).context["rows"]]

    assert names(q="sxjm") == [entry.name]
    assert names(level="省部级竞赛获奖") == ["省赛"]
    assert names(year="2020") == [entry.name]
    assert names(q="没有") == []
    assert names(level="伪造的级别") == []


def test_a_student_of_another_scheme_reads_nothing_of_this_library(sign_in):
    make_entry("甲竞赛")
    other = make_student("外院学生", college=make_college(*OTHER_COLLEGE))
    cover(get_version().scheme, other.college)

    html = sign_in(other).get(LIBRARY, {"scheme": "whu"}).content.decode()

    assert "甲竞赛" not in html
    assert "没有成果库" in html


def test_only_where_the_scheme_has_a_library_does_the_menu_offer_it(sign_in, student):
    other = make_student("外院学生", college=make_college(*OTHER_COLLEGE))
    cover(get_version().scheme, other.college)
    link = f'href="{LIBRARY}"'

    assert link in sign_in(student).get(reverse("credits:claims")).content.decode()
    assert link not in sign_in(other).get(reverse("credits:claims")).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_library_costs_the_same_for_any_number_of_rows(signed, rows, django_assert_num_queries):
    for number in range(rows):
        make_entry(f"竞赛{number}")
    signed.get(LIBRARY)
    with django_assert_num_queries(10):
        signed.get(LIBRARY)


# --- The claim form ---


def test_the_form_asks_for_an_entry_and_never_for_its_level(signed, student):
    html = signed.get(new_url(whu_round())).content.decode()

    assert 'name="fact_competition"' in html
    assert 'name="action" value="library"' in html
    assert 'name="fact_level"' not in html
    assert 'name="fact_item"' not in html
    assert 'name="fact_score"' not in html


def test_what_a_crafted_form_says_of_name_level_and_score_is_not_kept(signed, student):
    entry = make_entry()
    crafted = {"fact_level": "国际竞赛获奖", "fact_item": "学科竞赛获奖", "fact_score": "10", "fact_beyond_range": "on"}

    signed.post(new_url(whu_round()), typed(entry, **crafted))

    facts = Claim.objects.get().facts
    assert (facts["competition"], facts["level"]) == (entry.name, NATIONAL)
    assert not {"item", "score", "beyond_range"} & set(facts)


@pytest.mark.parametrize("sent", ["全国大学生数学建模竞赛", "0", "999999999", "99999999999999", "-1", "1 OR 1=1"])
def test_a_typed_name_or_a_foreign_key_is_no_entry(signed, student, sent):
    claim = draft(student, make_entry())

    answer = signed.post(edit_url(claim), typed(None, claim=claim, fact_competition=sent))

    assert answer.status_code == 422
    assert "请从创新成果库中选择" in answer.content.decode()
    assert Claim.objects.get().library_entry.name == "全国大学生数学建模竞赛"


def test_an_entry_of_another_category_or_a_withdrawn_one_is_refused_and_the_rest_is_kept(signed, student):
    claim = draft(student, make_entry())
    gone = make_entry("停办的竞赛", state=LibraryState.WITHDRAWN)

    answer = signed.post(edit_url(claim), typed(gone, claim=claim, content="改过的说明"))

    assert answer.status_code == 422
    assert "已停用" in answer.content.decode()
    claim.refresh_from_db()
    assert (claim.library_entry.name, claim.content) == ("全国大学生数学建模竞赛", "改过的说明")


def test_without_a_script_the_entry_is_chosen_on_a_page_of_its_own(signed, student):
    entry = make_entry(organiser="教育部")
    led = signed.post(new_url(whu_round()), typed(None, action="library"))
    claim = Claim.objects.get()
    assert (claim.content, claim.library_entry) == ("全国赛一等奖", None)

    page = signed.get(led["Location"])
    back = f"{edit_url(claim)}?entry={entry.pk}"
    html = page.content.decode()
    assert f'href="{back}"' in html
    assert "教育部" in html

    form = signed.get(back)
    assert form.context["form"].chosen_entry == entry
    assert "已选用" in form.content.decode()
    assert Claim.objects.get().library_entry is None

    signed.post(edit_url(claim), typed(entry, claim=claim))
    assert Claim.objects.get().library_entry == entry


def test_an_address_that_names_no_choosable_entry_changes_nothing_on_the_form(signed, student):
    claim, gone = draft(student), make_entry("停办的竞赛", state=LibraryState.WITHDRAWN)
    for number in (gone.pk, 999, "x"):
        form = signed.get(edit_url(claim), {"entry": number}).context["form"]
        assert form.chosen_entry is None


def test_the_picker_is_the_owners_and_only_for_what_can_still_be_edited(signed, student, sign_in):
    claim = draft(student, make_entry())
    assert signed.get(CHOOSE, {"claim": claim.pk}).status_code == 200
    assert signed.get(CHOOSE).status_code == 404
    paper = whu_claim("draft", student=student)
    assert signed.get(CHOOSE, {"claim": paper.pk}).status_code == 404
    pending = whu_claim("college", student=student, category="competition", facts=SOLO, entry=make_entry("乙"))
    assert signed.get(CHOOSE, {"claim": pending.pk})["Location"] == reverse("credits:claim", args=[pending.pk])
    for name in (CHOOSE, SEARCH):
        assert sign_in(whu_student("王强")).get(name, {"claim": claim.pk, "q": "全国"}).status_code == 404


def test_the_search_inside_the_form_answers_with_the_first_entries_that_fit(signed, student):
    claim = draft(student)
    entry = make_entry(initials="QGDXSSXJMJS", organiser="教育部", valid_to=2020)
    for number in range(9):
        make_entry(f"其他竞赛{number}")

    found = signed.get(SEARCH, {"claim": claim.pk, "q": "sxjm"}).content.decode()
    assert f'data-take="{entry.pk}"' in found
    assert "不适用于 2024 年" in found
    many = signed.get(SEARCH, {"claim": claim.pk, "q": "竞赛"}).content.decode()
    assert many.count("data-take") == 8
    assert "还有更多" in many
    none = signed.get(SEARCH, {"claim": claim.pk, "q": "<b>没有"}).content.decode()
    assert f"{REQUEST}?name=%3Cb%3E" in none
    assert "<b>没有" not in none
    assert "data-take" not in signed.get(SEARCH, {"claim": claim.pk}).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_looking_for_an_entry_costs_the_same_for_any_number_of_rows(signed, student, rows, django_assert_num_queries):
    claim = draft(student)
    for number in range(rows):
        make_entry(f"竞赛{number}")
    query = {"claim": claim.pk, "q": "竞赛"}
    signed.get(CHOOSE, query)
    with django_assert_num_queries(6):
        signed.get(SEARCH, query)
    with django_assert_num_queries(7):
        signed.get(CHOOSE, query)


def test_what_was_taken_is_drawn_with_its_suggestion_and_can_be_adopted(signed, student):
    entry, round_ = make_entry(), whu_round()
    address = reverse("credits:suggestion")
    query = {"round": round_.pk, "category": "competition", "shown": "", "fact_competition": entry.pk}

    drawn = signed.get(address, {**query, **{f"fact_{name}": value for name, value in SOLO.items()}}).content.decode()
    assert entry.name in drawn
    assert "成果库建议" in drawn
    assert 'data-adopt="6.5"' in drawn

    adopted = signed.post(new_url(round_), typed(entry, action="adopt", claimed_points="")).content.decode()
    assert 'name="claimed_points" value="6.5"' in adopted
    assert not Claim.objects.exists()


def test_an_entry_withdrawn_while_the_form_was_open_is_told_on_submission(signed, student):
    entry = make_entry()
    claim = draft(student, entry)
    withdraw_entry(whu_staff(Role.OFFICE), entry, reason="停办", revision=0)

    answer = signed.post(edit_url(claim), typed(entry, claim=claim, action="submit", content="改过的说明"))

    assert answer.status_code == 422
    assert "已停用" in answer.content.decode()
    claim.refresh_from_db()
    assert (claim.status, claim.content, claim.library_entry) == (Status.DRAFT, "改过的说明", entry)


def test_a_claim_by_the_library_is_handed_in(signed, student):
    claim = draft(student, make_entry())

    answer = signed.post(edit_url(claim), typed(claim.library_entry, claim=claim, action="submit"))

    assert answer["Location"] == reverse("credits:receipt", args=[claim.pk])
    assert Claim.objects.get().stage == "college"


# --- Requests ---


def asked(**more):
    return {"name": "大学生无人机竞赛", "organiser": "航空学会", "year": "2024", "reason": "二十所高校参加", **more}


def test_a_student_asks_for_an_entry_and_reads_the_answer_on_the_same_page(signed, student):
    page = signed.get(REQUEST, {"name": "大学生无人机竞赛"}).content.decode()
    assert 'value="大学生无人机竞赛"' in page

    assert signed.post(REQUEST, asked())["Location"] == REQUEST
    LibraryRequest.objects.update(state="declined", answer="属于培训机构活动")

    page = signed.get(REQUEST).content.decode()
    assert "大学生无人机竞赛" in page
    assert "属于培训机构活动" in page


@pytest.mark.parametrize(
    ("more", "said"),
    [({"name": ""}, "请填写"), ({"year": "24"}, "1990"), ({"reason": " "}, "请填写"), ({"name": "！"}, "请填写")],
)
def test_an_incomplete_request_keeps_what_was_typed(signed, more, said):
    answer = signed.post(REQUEST, asked(**more))

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "航空学会" in answer.content.decode()
    assert not LibraryRequest.objects.exists()


def test_a_request_sent_fifty_times_is_filed_once(signed):
    for _press in range(50):
        assert signed.post(REQUEST, asked(form_key="0b5ab6c2")).status_code == 302
    assert LibraryRequest.objects.count() == 1


def test_requests_of_others_are_not_on_the_page(signed, sign_in):
    signed.post(REQUEST, asked())

    assert "大学生无人机竞赛" not in sign_in(whu_student("王强")).get(REQUEST).content.decode()


def test_staff_file_no_requests(sign_in):
    get_version("whu")
    assert sign_in(whu_staff(Role.OFFICE)).get(REQUEST).status_code == 403
    assert not LibraryEntry.objects.exists()
