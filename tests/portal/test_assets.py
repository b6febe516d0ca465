"""Style sheets, icons and weights: what the design language promises in figures."""

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CSS = ROOT / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text()
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
KILOBYTE = 1000


def declarations(block):
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", block))


def block_after(start):
    begin = TOKENS.index(start)
    return TOKENS[begin : TOKENS.index("}", begin)]


LIGHT = declarations(block_after(":root {"))
DARK_BY_SYSTEM = declarations(block_after(':root:not([data-theme="light"])'))
DARK_BY_CHOICE = declarations(block_after(':root[data-theme="dark"]'))


def luminance(colour):
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_dark_by_system_and_dark_by_choice_are_the_same():
    assert DARK_BY_SYSTEM
    assert DARK_BY_SYSTEM == DARK_BY_CHOICE


INK_ON = [
    *[(ink, paper) for ink in ("--ink", "--ink-2", "--ink-3") for paper in ("--surface", "--page", "--surface-2")],
    *[(ink, "--well") for ink in ("--ink", "--ink-2")],
    *[(f"--{tone}", f"--{tone}-soft") for tone in ("info", "ok", "warn", "bad", "public", "neutral", "accent")],
    *[(f"--{tone}", "--surface") for tone in ("info", "ok", "warn", "bad", "public", "neutral", "accent", "seal")],
    *[("--ink", f"--{tone}-soft") for tone in ("info", "ok", "warn", "bad", "accent")],
    ("--on-accent", "--accent"),
    ("--on-accent", "--accent-hover"),
    ("--ink", "--mark"),
]


@pytest.mark.parametrize("theme", [LIGHT, {**LIGHT, **DARK_BY_CHOICE}], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), INK_ON)
def test_ink_is_readable_on_its_paper(theme, ink, paper):
    assert contrast(theme[ink], theme[paper]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, {**LIGHT, **DARK_BY_CHOICE}], ids=["light", "dark"])
@pytest.mark.parametrize("edge", ["--control", "--focus"])
def test_the_edge_of_a_control_is_seen(theme, edge):
    assert contrast(theme[edge], theme["--surface"]) >= 3


def test_every_token_that_is_used_exists():
    used = {name for path in CSS.glob("*.css") for name in re.findall(r"var\((--(?!bs-)[\w-]+)\)", path.read_text())}
    assert used - set(declarations(TOKENS)) == set()


def test_no_colour_has_its_figure_outside_the_tokens():
    # The count's red stays the same in both themes under white figures; data: pictures cannot read a token.
    allowed = {"#b3362b", "#fff"}
    for name in ("layout", "components", "forms"):
        text = re.sub(r'url\("data:[^"]*"\)', "", (CSS / f"{name}.css").read_text())
        assert set(re.findall(r"#[0-9a-f]{3,8}\b", text)) <= allowed, name


def test_every_icon_that_is_named_exists():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static" / "icons.svg").read_text()))
    named = {
        (path.name, icon)
        for path in TEMPLATES
        for icon in re.findall(r'{% icon "([\w-]+)"|icon="([\w-]+)"', path.read_text())
        for icon in icon
        if icon
    }
    assert named
    assert {pair for pair in named if pair[1] not in drawn} == set()


def test_no_template_has_inline_style_or_script():
    # Style and script come from files, so that the content policy can forbid everything else. Mail and PDF
    # templates are no pages of the browser.
    found = [
        path.relative_to(ROOT).as_posix()
        for path in TEMPLATES
        if "pdf" not in path.parts and re.search(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son\w+=\"", path.read_text())
    ]
    assert found == []


def test_a_first_visit_weighs_little():
    head = (ROOT / "templates" / "components" / "assets.html").read_text()
    names = [*re.findall(r'{% static "([^"]+)" %}', head), "icons.svg"]
    weight = sum(len(gzip.compress((ROOT / "static" / name).read_bytes())) for name in names)

    assert len(names) > 10
    assert weight < 120 * KILOBYTE  # of 150 with the page itself
