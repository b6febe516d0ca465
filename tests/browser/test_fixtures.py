"""The browser fixtures can fail: a page with errors, a page that axe refuses."""

import pytest


def test_axe_finds_a_violation(page, check_accessible):
    page.set_content("<html><body><img src='data:,'></body></html>")
    with pytest.raises(AssertionError, match="image-alt"):
        check_accessible(page)


@pytest.mark.expects_browser_errors("planted")
def test_an_expected_error_is_accepted(page):
    page.evaluate("console.error('planted')")


def test_an_error_fails_the_test_that_saw_it(pytester_page):
    outcome = pytester_page("console.error('planted')")
    assert "console: planted" in outcome


@pytest.fixture
def pytester_page(context, request):
    """Run the page fixture's own generator against a script, and return what it complains about."""
    from tests.browsing import page as fixture  # noqa: PLC0415 - its name is the fixture used above

    def run(script):
        generator = fixture.__wrapped__(context, request) if hasattr(fixture, "__wrapped__") else None
        assert generator is not None
        next(generator).evaluate(script)
        with pytest.raises(AssertionError) as caught:
            next(generator)
        return str(caught.value)

    return run
