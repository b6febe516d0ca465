"""Which version holds when and for whom, without a database."""

import datetime
from types import SimpleNamespace

from credits.periods import period_for, periods

DAY = datetime.date(2026, 3, 9)


def version(pk, since, first=None, last=None):
    return SimpleNamespace(pk=pk, effective_from=datetime.date(since, 9, 1), cohort_from=first, cohort_to=last)


def told(*versions, day=DAY):
    return {row.version.pk: (row.state, str(row.ends_on), row.cohort_words) for row in periods(versions, day)}


def test_a_new_version_ends_the_old_one_the_day_before():
    assert told(version(1, 2010), version(2, 2019)) == {
        1: ("past", "2019-08-31", "全部年级"),
        2: ("current", "None", "全部年级"),
    }


def test_a_version_for_later_cohorts_leaves_the_earlier_ones_to_the_old():
    found = told(version(1, 2010), version(2, 2019, first=2016))
    assert found == {1: ("partly", "None", "2015 级及以前"), 2: ("current", "None", "2016 级起")}


def test_what_is_not_yet_in_force_takes_nothing_away_yet():
    found = told(version(1, 2010), version(2, 2030))
    assert found == {1: ("current", "2030-08-31", "全部年级"), 2: ("coming", "None", "全部年级")}


def test_several_versions_together_end_an_old_one():
    rows = (version(1, 2010), version(2, 2012, last=2015), version(3, 2019, first=2016))
    assert told(*rows)[1] == ("past", "2019-08-31", "全部年级")
    assert told(*rows, day=datetime.date(2015, 1, 1))[1] == ("partly", "2019-08-31", "2016 级起")


def test_of_two_with_the_same_first_day_the_later_one_holds():
    found = periods([version(1, 2019), version(2, 2019)], DAY)
    assert [row.state for row in found] == ["current", "past"]
    assert found[1].never_held
    assert found[1].by.pk == 2


def test_each_cohort_finds_its_version():
    found = periods([version(1, 2010), version(2, 2019, first=2016, last=2020)], DAY)
    assert period_for(found, 2015).version.pk == 1
    assert period_for(found, 2018).version.pk == 2
    assert period_for(found, 2022).version.pk == 1
    assert period_for(found, None).version.pk == 2
    assert found[1].cohort_words == "2015 级及以前、2021 级起"
    assert period_for(periods([version(1, 2030)], DAY), None) is None
