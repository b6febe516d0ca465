"""The script that sets everything up: it parses, explains itself and knows its commands."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = ["demo", "test", "check", "bench", "screenshots", "setup", "manage"]


def run(*arguments):
    return subprocess.run([ROOT / "run", *arguments], capture_output=True, text=True, check=False)


def test_the_script_is_posix_and_parses():
    assert (ROOT / "run").read_text().startswith("#!/bin/sh\n")
    assert subprocess.run(["sh", "-n", ROOT / "run"], check=False).returncode == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command):
    done = run(command, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"usage: ./run {command}")
    assert f"  {command}" in run("--help").stdout


def test_an_unknown_command_is_refused_with_the_list():
    done = run("frobnicate")
    assert done.returncode == 2
    assert "usage: ./run COMMAND" in done.stderr


def test_every_variable_of_the_settings_is_in_the_example():
    settings = (ROOT / "portal" / "settings.py").read_text()
    used = set(re.findall(r"(?:env\.\w+|required)\(\s*\"([A-Z_]+)\"", settings))
    documented = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert used
    assert used == documented
