"""Fixtures of the browser tests: real Chromium that fails a test on any error it reports."""

import re
from pathlib import Path

import pytest

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-gpu",
]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1440, "height": 900},
        "reduced_motion": "reduce",
    }


def watch(page, problems):
    """Note every error of the console, of a script and of the network."""
    page.on("console", lambda m: problems.append(f"console: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda e: problems.append(f"script: {e}"))
    page.on("requestfailed", lambda r: problems.append(f"request: {r.url} {r.failure}"))


def is_abandoned(problem):
    # The browser gives up what a navigation or a download makes pointless; nobody sees it.
    return problem.startswith("request: ") and problem.endswith("net::ERR_ABORTED")


@pytest.fixture
def page(context, request):
    """Give a page whose console, scripts and requests must stay clean until the test ends."""
    problems = []
    context.on("page", lambda page: watch(page, problems))
    yield context.new_page()
    marks = request.node.iter_markers("expects_browser_errors")
    expected = [re.compile(mark.args[0]) for mark in marks]
    unexpected = [p for p in problems if not is_abandoned(p) and not any(e.search(p) for e in expected)]
    assert not unexpected, "\n".join(unexpected)


@pytest.fixture
def phone(page):
    """Give the page of a phone."""
    page.set_viewport_size({"width": 390, "height": 844})
    return page


@pytest.fixture(scope="session")
def check_accessible():
    """Give a check that fails with every WCAG 2.2 AA violation axe finds on a page."""
    source = AXE.read_text()

    def check(page, *, include="html", rules=None):
        # Evaluated through the debugger, so the page's content policy stays as strict as it is.
        if not page.evaluate("'axe' in window"):
            page.evaluate(f"() => {{ {source} }}")
        # What passes is not written out: that is most of the work, and nobody reads it.
        only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": AXE_RULES}
        options = {"runOnly": only, "resultTypes": ["violations"]}
        found = page.evaluate(
            "async ([root, options]) => (await axe.run(root, options)).violations", [include, options]
        )
        lines = [
            f"{v['id']} ({v['impact']}): {v['help']}\n  {node['target']}: {node['html'][:160]}"
            for v in found
            for node in v["nodes"]
        ]
        assert not lines, f"{page.url}\n" + "\n".join(lines)

    return check


@pytest.fixture
def sign_in_browser(page, live_server):
    """Give a function that signs a person in by putting their session into the browser."""
    from django.conf import settings  # noqa: PLC0415 - after pytest-django configured it
    from django.test import Client  # noqa: PLC0415 - as above

    def sign_in(person):
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        return page

    return sign_in
