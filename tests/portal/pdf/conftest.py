"""Documents of a template folder that only tests see."""

import pytest
from django.template import engines


@pytest.fixture
def render(monkeypatch):
    """Render a body (and styles) as a document on the base sheet."""
    from portal.pdf import rendering  # noqa: PLC0415 - WeasyPrint is slow to import

    def as_html(_template, context):
        source = '{% extends "pdf/base.html" %}{% block content %}' + context["body"] + "{% endblock content %}"
        return engines["django"].from_string(source).render({})

    def go(body):
        with monkeypatch.context() as patch:
            real = rendering.render_to_string
            patch.setattr(
                rendering,
                "render_to_string",
                lambda name, context: as_html(name, context) if name == "test" else real(name, context),
            )
            return rendering.render_pdf("test", {"body": body})

    return go
