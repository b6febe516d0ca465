"""What stands at the top of the repository, and which files it does not want."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
TOP = {
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "README.zh.md",
    "conversion",
    "credits",
    "docs",
    "manage.py",
    "portal",
    "pyproject.toml",
    "requirements-dev.txt",
    "requirements.txt",
    "review",
    "run",
    "static",
    "templates",
    "tests",
}


def test_nothing_else_stands_at_the_top():
    ignored = {line.strip("/") for line in (ROOT / ".gitignore").read_text().split()}
    names = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert names - ignored - TOP == set()


def test_no_module_is_called_utils_or_common():
    modules = [path for app in ("portal", "credits", "conversion", "review") for path in (ROOT / app).rglob("*.py")]
    assert [str(p) for p in modules if p.stem in {"utils", "common", "helpers", "misc"}] == []


def test_no_template_has_inline_script_or_style():
    # The content policy would refuse them; printed pages are rendered without a browser.
    pages = [path for path in (ROOT / "templates").rglob("*.html") if "pdf" not in path.parts]
    found = [
        f"{path.relative_to(ROOT)}: {needle}"
        for path in pages
        for needle in (" style=", "<style", "<script>", " onclick=", "javascript:")
        if needle in path.read_text()
    ]
    assert found == []
