"""What the worker does of itself, without anybody waiting for it: nobody's job, so it stands on nobody's page."""

from __future__ import annotations

from django_tasks import task

# Behind whatever somebody waits for.
PRIORITY = -10


@task(priority=PRIORITY)
def look_at_claim(claim: int) -> None:
    """Compare a claim that was handed in with all others; what a killed worker leaves, ``find_duplicates`` does."""
    from credits.models import Claim  # noqa: PLC0415 - services enqueue this task, so they come second
    from credits.services.duplicates import look_for_duplicates  # noqa: PLC0415 - as above

    row = Claim.objects.filter(pk=claim).first()
    if row is not None:
        look_for_duplicates(row)


@task(priority=PRIORITY)
def draw_evidence(stored: int) -> None:
    """Draw the pages of a PDF that was attached, for the viewer; what a killed worker leaves, the chore does."""
    from portal.models import StoredFile  # noqa: PLC0415 - services enqueue this task, so they come second
    from portal.pages.keeping import render_file  # noqa: PLC0415 - as above

    row = StoredFile.objects.filter(pk=stored).first()
    if row is not None:
        render_file(row)
