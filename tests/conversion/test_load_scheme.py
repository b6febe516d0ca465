"""The command that loads a pack: a version with its courses, or nothing and the place of every error."""

import pytest
from django.core.management import CommandError, call_command

from conversion.models import Course
from credits.models import Coverage, SchemeVersion
from portal.models import Event
from tests.builders import PACKS, make_college

pytestmark = pytest.mark.django_db
PACK = PACKS / "bit.toml"


def load(*arguments):
    call_command("load_scheme", *arguments, verbosity=0)


def edited(tmp_path, old, new):
    source = PACK.read_text(encoding="utf-8")
    assert old in source
    path = tmp_path / "edited.toml"
    path.write_text(source.replace(old, new, 1), encoding="utf-8")
    return path


def test_a_pack_becomes_a_version_with_its_courses_and_colleges(capsys):
    college = make_college()
    load(PACK, "--college", college.code)
    version = SchemeVersion.objects.get()
    assert Coverage.objects.get().college == college
    assert Course.objects.count() == len(version.data.conversion.courses)
    assert "loaded" in capsys.readouterr().out


def test_the_same_pack_twice_is_one_version_and_one_event():
    load(PACK)
    load(PACK)
    assert SchemeVersion.objects.count() == 1
    assert Event.objects.filter(subject_kind="scheme", verb="load").count() == 1


def test_an_error_names_file_line_and_key_and_stores_nothing(tmp_path):
    path = edited(tmp_path, 'channel = "student"', 'channel = "studnet"')
    line = path.read_text(encoding="utf-8").split("studnet")[0].count("\n") + 1
    with pytest.raises(CommandError) as caught:
        load(path)
    assert f"edited.toml:{line}: category[1].channel" in str(caught.value)
    assert not SchemeVersion.objects.exists()
    assert not Course.objects.exists()


def test_a_pack_whose_examples_fail_is_refused_with_the_difference(tmp_path):
    path = edited(tmp_path, '["省部级", "一等奖", 3]', '["省部级", "一等奖", 2.9]')
    with pytest.raises(CommandError, match="examples"):
        load(path)
    assert not SchemeVersion.objects.exists()


def test_another_text_needs_another_label(tmp_path):
    load(PACK)
    with pytest.raises(CommandError, match="label"):
        load(edited(tmp_path, "# 北京", "## 北京"))
    assert SchemeVersion.objects.count() == 1


def test_a_new_label_stands_beside_the_old_version(tmp_path):
    load(PACK)
    load(edited(tmp_path, 'label = "2023"', 'label = "2024"'))
    assert SchemeVersion.objects.count() == 2


@pytest.mark.parametrize("arguments", [["nowhere.toml"], [str(PACK), "--college", "nobody"]])
def test_what_does_not_exist_is_named(arguments):
    with pytest.raises(CommandError, match=r"nowhere|nobody"):
        load(*arguments)
