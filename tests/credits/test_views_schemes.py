"""The public pages of schemes: every clause that a trace cites has its anchor; the raw text is the office's."""

import re

import pytest
from django.urls import reverse

from portal.enums import Role
from tests.builders import get_version, make_claim, make_scheme_version, make_staff, make_student

pytestmark = pytest.mark.django_db


def page_of(version):
    return reverse("credits:scheme_version", args=[version.scheme.code, version.label])


def test_everybody_reads_a_version_without_signing_in(client):
    version = make_scheme_version()
    html = client.get(page_of(version)).content.decode()
    for category in version.data.categories:
        assert f'id="{category.code}"' in html
    assert version.data.note in html


def test_every_clause_has_its_anchor(client):
    version = make_scheme_version()
    html = client.get(page_of(version)).content.decode()
    anchors = set(re.findall(r'id="clause-([^"]+)"', html))
    assert anchors == set(version.data.clauses)
    assert set(re.findall(r'href="#clause-([^"]+)"', html)) <= anchors


def test_assumed_figures_say_so(client):
    html = client.get(page_of(make_scheme_version())).content.decode()
    assert "示例数值" in html


def test_versions_stand_side_by_side_and_a_claim_links_its_own(client, sign_in):
    old = get_version()
    claim = make_claim()
    newer = (
        ('label = "2023"', 'label = "2024"'),
        (f"effective_from = {old.effective_from}", "effective_from = 2024-09-01"),
    )
    new = make_scheme_version(replace=newer)
    index = client.get(reverse("credits:schemes")).content.decode()
    assert page_of(old) in index
    assert page_of(new) in index
    service = client.get(reverse("credits:service", args=["bit"]))
    assert service.context["version"] == new
    assert page_of(new) in service.content.decode()
    html = sign_in(claim.student).get(claim.get_absolute_url()).content.decode()
    assert page_of(old) in html
    assert page_of(new) not in html


def test_the_raw_text_is_the_offices(client, sign_in):
    version = make_scheme_version()
    source = reverse("credits:scheme_source", args=["bit", version.label])
    assert reverse("signin") in client.get(source)["Location"]
    assert sign_in(make_student()).get(source).status_code == 404
    assert sign_in(make_staff(Role.SECRETARY)).get(source).status_code == 404
    response = sign_in(make_staff(Role.OFFICE)).get(source)
    assert response.content.decode() == version.source
    assert response["Content-Type"].startswith("text/plain")


def test_unknown_schemes_and_versions_are_not_found(client):
    make_scheme_version()
    for name, words in [("service", ["nobody"]), ("scheme_version", ["bit", "1999"])]:
        assert client.get(reverse(f"credits:{name}", args=words)).status_code == 404
