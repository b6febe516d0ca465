"""A regulation in the browser: everybody reads it on a phone; the office finds the line that is wrong."""

import pytest

from credits.models import SchemeDraft
from credits.services.drafts import start_draft
from portal.enums import Role
from tests.builders import get_version, make_round, make_scheme_version, make_staff

pytestmark = pytest.mark.django_db(transaction=True)
WRONG = 'mode = "half_op"'


def test_everybody_reads_where_the_round_stands_and_whom_to_call(phone, live_server):
    version = make_scheme_version("whu")
    make_round(version, name="本年认定", staff_closes=40)
    phone.goto(f"{live_server.url}/schemes/whu/")
    now = phone.locator('.line [aria-current="step"]')
    assert "学生申报" in now.first.inner_text()
    assert phone.locator(".line .line-now").first.is_visible()
    office = version.data.service.offices[0]
    assert phone.get_by_role("link", name=office.phone).get_attribute("href").startswith("tel:")
    article = phone.locator("#clause-whu\\.8")
    article.get_by_role("link").click()
    assert phone.url.endswith("#clause-whu.8")
    assert article.is_visible()


def test_a_problem_leads_to_its_line_and_unsaved_text_is_guarded(page, live_server, sign_in_browser):
    office, version = make_staff(Role.OFFICE, scheme="bit"), get_version()
    draft = start_draft(version.scheme, office, source=version.source.replace('mode = "half_up"', WRONG), label="2027")
    sign_in_browser(office)
    page.goto(f"{live_server.url}/office/drafts/{draft.pk}/")
    page.locator("[data-line]").click()
    text = page.get_by_label("办法文本")
    assert text.evaluate("box => box.value.slice(box.selectionStart, box.selectionEnd)") == WRONG
    page.keyboard.type('mode = "half_up"')
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="差异", exact=True).click()
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="保存").click()
    page.get_by_text("算例全部通过").wait_for()
    assert WRONG not in SchemeDraft.objects.get().source
