"""Tags and parts of pages: what they write, and that they escape what people typed."""

from decimal import Decimal

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.datastructures import MultiValueDict

from portal.enums import Status
from portal.fields import render_field
from portal.forms import FilesField, Worded
from portal.icons import icon_html

NASTY = "<script>alert('1')</script>"


def draw(source, **context):
    return Template("{% load portal %}" + source).render(Context(context))


class Sample(Worded, forms.Form):
    name = forms.CharField(label="名称", help_text="与证书一致", max_length=5)
    note = forms.CharField(label="备注", required=False, widget=forms.Textarea)
    amount = forms.DecimalField(label="积分", max_digits=4, decimal_places=2)
    kind = forms.ChoiceField(label="类别", choices=[("a", "甲"), ("b", "乙")])
    place = forms.ChoiceField(label="排名", choices=[("1", "一"), ("2", "二")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="确认")
    key = forms.CharField(widget=forms.HiddenInput, required=False)


# --- States, points, tags ---


@pytest.mark.parametrize("state", Status)
def test_a_state_is_told_by_word_shape_and_colour(state):
    html = draw("{% status value %}", value=state)

    assert str(state.label) in html
    assert "icons.svg#" in html
    assert f"st-{state.value}" in html
    assert "status-solid" not in html


def test_no_two_states_look_alike():
    assert len({draw("{% status value %}", value=state) for state in Status}) == len(Status)


def test_a_state_speaks_the_language_of_the_reader():
    with translation.override("zh-hans"):
        chinese = draw("{% status value solid=True %}", value="returned")

    assert "退回修改" in chinese
    assert "status-solid" in chinese


def test_an_unknown_state_is_an_error_not_a_blank():
    with pytest.raises(ValueError, match="nonsense"):
        draw("{% status value %}", value="nonsense")


@pytest.mark.parametrize(
    ("value", "text"), [(Decimal("3.00"), "3.0"), (Decimal("0.50"), "0.5"), (Decimal("1.25"), "1.25"), (None, "—")]
)
def test_points_are_written_the_shortest_honest_way(value, text):
    assert draw("{{ value|points }}", value=value) == text


def test_points_carry_their_unit_only_when_there_are_some():
    assert "<small>分</small>" in draw("{% points_with_unit value '分' %}", value=Decimal(2))
    assert "<small>" not in draw("{% points_with_unit value '分' %}", value=None)


def test_a_tag_escapes_its_text():
    html = draw("{% tag text 'bad' 'clock' %}", text=NASTY)

    assert NASTY not in html
    assert 'class="tag tag-bad"' in html


def test_an_icon_is_hidden_from_readers():
    assert 'aria-hidden="true"' in icon_html("bell")


def test_each_form_gets_a_key_of_its_own():
    keys = {draw("{% form_key %}") for _ in range(3)}

    assert len(keys) == 3
    assert all('name="form_key"' in key for key in keys)


# --- Fields ---


def test_a_field_ties_label_help_and_error_to_its_control():
    form = Sample({})
    form.is_valid()
    html = render_field(form["name"])

    assert '<label class="form-label" for="id_name">名称' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert "is-invalid" in html


def test_only_required_fields_carry_the_mark():
    assert "required-mark" in render_field(Sample()["name"])
    assert "required-mark" not in render_field(Sample()["note"])


def test_a_field_escapes_what_was_typed():
    form = Sample({"name": NASTY, "note": NASTY})
    html = "".join(render_field(item) for item in form)

    assert "<script>" not in html


@pytest.mark.parametrize("name", ["name", "place", "sure"])
def test_a_field_escapes_its_label_and_help(name):
    form = Sample()
    form.fields[name].label = form.fields[name].help_text = NASTY

    assert "<script>" not in render_field(form[name])


def test_a_hidden_field_is_its_input_alone():
    assert render_field(Sample()["key"]) == '<input type="hidden" name="key" id="id_key">'


def test_choices_stand_in_a_fieldset_with_a_label_each():
    html = render_field(Sample({"place": "2"})["place"])

    assert "<legend" in html
    assert html.count('type="radio"') == 2
    assert '<label class="form-check-label" for="id_place_1">二</label>' in html
    assert html.count("checked") == 1


def test_a_tick_box_has_its_label_behind_it():
    html = render_field(Sample()["sure"])

    assert html.index('type="checkbox"') < html.index("<label")


def test_a_select_looks_like_one():
    assert 'class="form-select"' in render_field(Sample()["kind"])


def test_crispy_draws_the_same_field():
    form = Sample({"name": "一二三四五六"})
    form.is_valid()
    html = draw("{% load crispy_forms_filters %}{{ form.name|as_crispy_field }}", form=form)

    assert html.strip() == render_field(form["name"])


def test_the_error_summary_links_to_each_field():
    form = Sample({"name": "", "kind": "a", "amount": "1", "place": "1", "sure": "on"})
    html = render_to_string("components/error_summary.html", {"form": form})

    assert '<a href="#id_name">' in html
    assert "名称：请填写。" in html
    assert html.count("<li>") == 1


def test_a_form_without_errors_has_no_summary():
    assert not render_to_string("components/error_summary.html", {"form": Sample()}).strip()


# --- Words of errors ---


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({}, "name", "请填写。"),
        ({}, "kind", "请选择。"),
        ({}, "sure", "请勾选。"),
        ({"kind": "z"}, "kind", "请从列表中选择。"),
        ({"amount": "一"}, "amount", "请输入数字，例如 1.5。"),
        ({"amount": "1.234"}, "amount", "最多保留 2 位小数。"),
    ],
)
def test_errors_say_what_to_do(data, field, message):
    with translation.override("zh-hans"):
        assert list(Sample(data).errors[field]) == [message]


def test_words_that_a_field_was_given_stay():
    class Own(Worded, forms.Form):
        name = forms.CharField(error_messages={"required": "没有名称不能登记。"})

    assert list(Own({}).errors["name"]) == ["没有名称不能登记。"]


# --- Several files ---


class Files(Worded, forms.Form):
    papers = FilesField(label="材料", max_files=2, max_bytes=10, accept=".pdf")


def upload(name, content=b"12345"):
    return SimpleUploadedFile(name, content)


def sent(*uploads):
    return Files({}, MultiValueDict({"papers": list(uploads)}))


def test_several_files_come_as_a_list():
    form = sent(upload("a.pdf"), upload("b.pdf"))

    assert form.is_valid()
    assert [paper.name for paper in form.cleaned_data["papers"]] == ["a.pdf", "b.pdf"]


@pytest.mark.parametrize(
    ("uploads", "message"),
    [
        ([], "请选择文件。"),
        ([upload("a.pdf"), upload("b.pdf"), upload("c.pdf")], "最多 2 个文件。"),
        ([upload("big.pdf", b"x" * 11)], "“big.pdf”超过"),
    ],
)
def test_files_beyond_the_limits_are_refused(uploads, message):
    with translation.override("zh-hans"):
        assert sent(*uploads).errors["papers"][0].startswith(message)


def test_the_drop_zone_tells_its_limits_and_takes_several():
    html = render_field(Files()["papers"])

    assert 'data-max-files="2"' in html
    assert 'accept=".pdf"' in html
    assert " multiple" in html


# --- Parts ---


def test_an_explained_number_lists_its_steps_with_clauses():
    steps = [{"label": "等级", "formula": "2 × 1", "output": "2.0", "clause": "第三条"}]
    html = render_to_string("components/explained.html", {"value": Decimal("2.00"), "steps": steps, "unit": "分"})

    assert html.index("2.0") < html.index("等级") < html.index("第三条")
    assert "<details" in html


def test_the_record_shows_who_when_and_what_changed():
    entry = {
        "status": "returned",
        "title": "退回修改",
        "who": "王敏",
        "at": timezone.now(),
        "text": NASTY,
        "changes": [{"label": "积分", "before": "2.5", "after": "2.0"}],
    }
    html = render_to_string("components/timeline.html", {"entries": [entry]})

    assert "王敏" in html
    assert "<del>2.5</del>" in html
    assert "<ins>2.0</ins>" in html
    assert NASTY not in html


def test_a_picture_is_shown_and_a_pdf_is_framed():
    picture = {"name": "a.png", "url": "/f/1", "media_type": "image/png", "href": "?f=1", "current": True}
    paper = {"name": "b.pdf", "url": "/f/2", "media_type": "application/pdf", "href": "?f=2", "current": True}

    assert "<img" in render_to_string("components/viewer.html", {"files": [picture]})
    assert "<iframe" in render_to_string("components/viewer.html", {"files": [paper]})


def test_a_claim_without_evidence_says_so():
    assert "没有证明材料" in render_to_string("components/viewer.html", {"files": []})


def test_progress_without_a_total_shows_no_figure():
    assert "value=" not in render_to_string("components/progress.html", {"label": "导出", "total": 0})
    assert "3 / 9" in render_to_string("components/progress.html", {"label": "导出", "done": 3, "total": 9})
