"""The direction portal <- credits <- conversion <- review: no arrow points back."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Each app may import itself and what stands before it.
FLOORS = ["portal", "credits", "conversion", "review"]


def imported_modules(source):
    """Return every module that the source imports, also inside functions."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module


def backward_imports(app, source):
    above = set(FLOORS[FLOORS.index(app) + 1 :]) | {"tests"}
    return sorted({name for name in imported_modules(source) if name.split(".")[0] in above})


@pytest.mark.parametrize("app", FLOORS)
def test_no_app_imports_one_above_it(app):
    found = {
        str(path.relative_to(ROOT)): backward_imports(app, path.read_text()) for path in (ROOT / app).rglob("*.py")
    }
    assert {path: names for path, names in found.items() if names} == {}


def test_a_backward_import_is_found_wherever_it_hides():
    source = "def f():\n    from review.models import ImportBatch\n    import conversion.models\n"
    assert backward_imports("credits", source) == ["conversion.models", "review.models"]
    assert backward_imports("review", source) == []
