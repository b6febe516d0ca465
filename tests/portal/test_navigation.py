"""The menu: who sees which page, what is highlighted, where the breadcrumbs lead."""

from types import MappingProxyType

import pytest

from portal import navigation
from portal.navigation import HOME, Entry, Group
from portal.wording import DEFAULT, Wording

STUDENT = frozenset({"student"})
OFFICE = frozenset({"office"})
WORK = Group("work", "实践", 10, section="积分", label_word="menu_root", crumb_word="crumb")
WORDS = Wording("v1", MappingProxyType({"menu_root": "实践环节", "crumb": "实践积分", "page": "申报管理"}))


@pytest.fixture
def menu(monkeypatch):
    """Give a registry of its own: three pages that exist in every deployment."""
    monkeypatch.setattr(navigation, "_entries", {})
    navigation.register(
        Entry("notices", "通知", "bell", WORK, 20, STUDENT, word="page", dock=True, short="短"),
        Entry("signin", "登录", "house", HOME, 10, STUDENT),
        Entry("admin:index", "后台", "gear", WORK, 10, OFFICE),
        Entry("design", "设计", "eye", WORK, 30),
    )
    yield
    monkeypatch.undo()
    navigation.register()


def names(roles):
    return [entry.url_name for entry in navigation.entries_for(roles)]


@pytest.mark.usefixtures("menu")
def test_each_role_sees_its_own_pages_in_order():
    assert names(STUDENT) == ["signin", "notices", "design"]
    assert names(OFFICE) == ["admin:index", "design"]
    assert names(STUDENT | OFFICE) == ["signin", "admin:index", "notices", "design"]
    assert names(frozenset()) == ["design"]


@pytest.mark.usefixtures("menu")
@pytest.mark.parametrize(
    ("path", "expected"), [("/notices/", "notices"), ("/notices/7/", "notices"), ("/nowhere/", ""), ("/admin/", "")]
)
def test_the_longest_address_that_begins_the_path_is_current(path, expected):
    assert navigation.current_entry(path, STUDENT) == expected


@pytest.mark.usefixtures("menu")
def test_the_menu_uses_the_schemes_words_and_marks_the_page():
    html = navigation.render_menu(STUDENT, WORDS, "notices")

    assert "实践环节" in html
    assert "申报管理" in html
    assert html.count('aria-current="page"') == 1


@pytest.mark.usefixtures("menu")
def test_without_a_scheme_the_pages_keep_their_own_names():
    html = navigation.render_menu(STUDENT, DEFAULT, "")

    assert "通知" in html
    assert "aria-current" not in html


@pytest.mark.usefixtures("menu")
def test_other_words_make_another_menu():
    other = Wording("v2", MappingProxyType({"page": "成果申报"}))

    assert "申报管理" in navigation.render_menu(STUDENT, WORDS, "")
    assert "成果申报" in navigation.render_menu(STUDENT, other, "")


@pytest.mark.usefixtures("menu")
def test_the_dock_has_the_marked_pages_and_the_menu():
    html = navigation.render_dock(STUDENT, WORDS, "notices")

    assert html.count("<a ") == 2
    assert "短" in html
    assert 'href="#menu"' in html


@pytest.mark.usefixtures("menu")
def test_breadcrumbs_link_to_the_entry_from_below_it_only():
    below = navigation.render_trail(WORDS, "notices", on_it=False)
    on_it = navigation.render_trail(WORDS, "notices", on_it=True)

    assert "实践积分" in below
    assert 'href="/notices/"' in below
    assert "<a " not in on_it
    assert 'aria-current="page"' in on_it


@pytest.mark.usefixtures("menu")
def test_the_first_page_is_the_desk_of_the_role():
    assert navigation.desk_for(STUDENT) == "signin"
    assert navigation.home_address(STUDENT) == "/signin/"
    assert navigation.desk_for(OFFICE) == ""
    assert navigation.home_address(OFFICE) == "/"


@pytest.mark.usefixtures("menu")
def test_a_page_that_leaves_the_menu_leaves_what_is_kept():
    assert "通知" in navigation.render_menu(STUDENT, DEFAULT, "")
    navigation.unregister("notices")

    assert "通知" not in navigation.render_menu(STUDENT, DEFAULT, "")
