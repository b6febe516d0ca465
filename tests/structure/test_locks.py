"""The locks name packages and hashes, never the registry they came from."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.txt", "requirements-dev.txt"]
# The CAS server of the tests has an environment of its own.
ALL_LOCKS = [*LOCKS, "tests/cas-requirements.txt"]
ADDRESS = re.compile(r"\w+://|--(?:extra-)?index-url|--find-links|\"resolved\"|@ file", re.ASCII)


def pins(name):
    """Return name -> version of a lock."""
    found = re.findall(r"^([a-z0-9][\w.-]*)(?:\[[\w,]+\])?==(\S+)", (ROOT / name).read_text(), re.MULTILINE)
    return dict(found)


def test_the_pattern_finds_addresses():
    assert ADDRESS.search("--index-url https://registry.example/simple")
    assert ADDRESS.search('"resolved": "registry"')


def test_no_lock_holds_an_address():
    npm = list(ROOT.glob("*lock*.json"))
    for path in [*(ROOT / name for name in ALL_LOCKS), *npm]:
        assert not ADDRESS.search(path.read_text()), path.name
    assert not (ROOT / "uv.lock").exists()
    assert not (ROOT / "pylock.toml").exists()


def test_the_development_lock_contains_the_other():
    runtime, development = map(pins, LOCKS)
    assert runtime.items() <= development.items()


@pytest.mark.parametrize("lock", ALL_LOCKS)
def test_each_package_has_hashes(lock):
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text())
    assert [b.split()[0] for b in blocks if "--hash=sha256:" not in b] == []


def test_the_locks_know_every_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for lock, wanted in (
        ("requirements.txt", project["project"]["dependencies"]),
        ("requirements-dev.txt", project["dependency-groups"]["dev"]),
    ):
        names = {re.match(r"[\w.-]+", line)[0].lower().replace("_", "-") for line in wanted}
        assert names <= set(pins(lock))


def test_psycopg_3_is_in_no_lock():
    # Django prefers it whenever it is importable; the portal is tested with psycopg2.
    for lock in ALL_LOCKS:
        assert not {"psycopg", "psycopg-binary"} & set(pins(lock))
