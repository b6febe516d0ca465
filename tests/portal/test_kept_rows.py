"""Rows drawn through a kept template read as if it had run for each of them."""

import pytest
from django.template import Context, Template, engines
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from portal import kept_rows

ROW = "credits/_claim_row.html"


def claim_row(**facts):
    row = {
        "pk": 7,
        "number": 1,
        "academic_year": "2025-2026",
        "college__name": "学院",
        "cohort": 2023,
        "category__name": "论文",
        "category__recorder": "部门",
        "channel": "student",
        "content": "内容",
        "claimed": "3.0",
        "files": 2,
        "status": "draft",
        "who": mark_safe("<td>甲</td>"),
    }
    return row | facts


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"content": "<script>100% & “%(pk)s” %s"},
        {"content": ""},
        {"files": ""},
        {"channel": "office"},
        {"status": "recognised", "claimed": "—"},
    ],
)
def test_a_kept_row_reads_like_the_template_run_for_it(facts):
    row = claim_row(**facts)
    wording = "a"
    expected = render_to_string(ROW, {"row": row, "wording": wording})
    assert kept_rows.fill_rows(ROW, [row], ["status", "channel"], wording=wording) == expected


def test_the_template_runs_once_per_shape(monkeypatch):
    runs = []
    monkeypatch.setattr(kept_rows, "render_to_string", lambda *args: runs.append(args) or render_to_string(*args))
    rows = [
        claim_row(pk=pk, content=f"第{pk}项", status=status) for pk in range(1, 6) for status in ("draft", "refused")
    ]
    kept_rows.fill_rows(ROW, rows, ["status", "channel"], wording="only here")
    kept_rows.fill_rows(ROW, rows, ["status", "channel"], wording="only here")
    assert len(runs) == 2


def test_the_tag_takes_its_shape_as_words():
    source = '{% load portal %}{% kept_rows "credits/_claim_row.html" rows shape="status channel" wording=words %}'
    template = Template(source, engine=engines["django"].engine)
    html = template.render(Context({"rows": [claim_row(pk=12), claim_row(pk=13, status="refused")], "words": "b"}))
    assert html.count("<tr>") == 2
    assert '/claims/12/"' in html
    assert '/claims/13/"' in html
