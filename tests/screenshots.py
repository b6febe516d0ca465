"""Makes the pictures of the manual: ./run screenshots [--address URL] [NAME...]

Starts a demo with fresh data on a free port, signs in by the sign-in page as a reader would, and writes
docs/manual/images/NAME.png for every line of docs/manual/images/shots.toml.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import tomllib
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

from playwright.sync_api import sync_playwright

from portal.demo.servers import free_port
from portal.processes import stop
from tests.browsing import CHROMIUM, FLAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "manual" / "images"
VIEWPORTS: Final = {"desktop": (1440, 900), "phone": (390, 844)}


@contextmanager
def demo() -> "Iterator[str]":
    """Run a demo with fresh data and give its address."""
    folder, port = tempfile.mkdtemp(prefix="portal-shots."), free_port()
    command = [str(ROOT / "run"), "demo", "--data", folder, "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    try:
        for line in process.stdout or ():
            if line.startswith(b"ready: "):
                yield line.decode().removeprefix("ready: ").strip()
                return
        sys.exit("The demo did not start; its messages are above.")
    finally:
        stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def sign_in(page: "Page", address: str, account: str) -> None:
    """Sign in by the button that shows the account's number or name."""
    page.goto(urljoin(address, "signin/"))
    page.locator(".demo-account", has_text=account).first.click()
    page.wait_for_load_state("networkidle")


def go_to(page: "Page", address: str, shot: dict[str, Any]) -> None:
    """Open the shot's page: its path, then a click on each of its links or buttons in turn."""
    if "path" in shot:
        page.goto(urljoin(address, shot["path"].lstrip("/")))
    for selector in shot.get("click", []):
        page.locator(selector).first.click()
        page.wait_for_load_state("networkidle")


def take(browser: "Browser", address: str, shot: dict[str, Any]) -> None:
    """Take one picture."""
    width, height = VIEWPORTS[shot.get("viewport", "desktop")]
    context = browser.new_context(
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": width, "height": height},
        color_scheme=shot.get("scheme", "light"),
        reduced_motion="reduce",
    )
    page = context.new_page()
    if "account" in shot:
        sign_in(page, address, shot["account"])
    go_to(page, address, shot)
    target = IMAGES / f"{shot['name']}.png"
    if "part" in shot:
        page.locator(shot["part"]).first.screenshot(path=target)
    else:
        page.screenshot(path=target, full_page=shot.get("full_page", False))
    print(target.relative_to(ROOT), flush=True)
    context.close()


def main() -> None:
    """Take the pictures with the given names, or all."""
    parser = argparse.ArgumentParser(prog="./run screenshots")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--address", help="of a demo that runs already, instead of a fresh one")
    options = parser.parse_args()
    names = options.names
    shots = tomllib.loads((IMAGES / "shots.toml").read_text())["shot"]
    unknown = set(names) - {shot["name"] for shot in shots}
    if unknown:
        sys.exit(f"shots.toml has no {', '.join(sorted(unknown))}")
    place = nullcontext(options.address.rstrip("/") + "/") if options.address else demo()
    with place as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for shot in shots:
            if not names or shot["name"] in names:
                take(browser, address, shot)
        browser.close()


if __name__ == "__main__":
    main()
