"""The job's page in a real browser follows the work by itself."""

import pytest
from django.urls import reverse

from portal.jobs import enqueue
from portal.jobs.services import run_job
from portal.models import Job, JobState


@pytest.mark.parametrize("width", [390, 1440])
def test_page_follows_the_work_to_its_download(
    page, live_server, transactional_db, sign_in_browser, check_accessible, kinds, person, make_file, width
):
    page.set_viewport_size({"width": width, "height": 800})
    kinds(make_file)
    job = enqueue("test", person)
    sign_in_browser(person)
    page.goto(live_server.url + reverse("job_detail", args=[job.pk]))
    assert page.get_by_text("排队中").is_visible()
    check_accessible(page)

    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, done=3, total=10, message="正在导出")
    page.get_by_text("3 / 10").wait_for()
    check_accessible(page)

    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED)
    run_job(job.pk)
    page.get_by_role("link", name="下载结果").wait_for()
    check_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    with page.expect_download() as download:
        page.get_by_role("link", name="下载结果").click()
    assert download.value.suggested_filename == "结果.txt"

    page.goto(live_server.url + reverse("job_list"))
    assert page.get_by_role("link", name="下载").first.is_visible()
    check_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_cancel_by_button(page, live_server, transactional_db, sign_in_browser, kinds, person, make_file):
    kinds(make_file)
    job = enqueue("test", person)
    sign_in_browser(person)
    page.goto(live_server.url + reverse("job_detail", args=[job.pk]))
    page.get_by_role("button", name="取消任务").click()
    page.get_by_text("已取消").first.wait_for()

    page.get_by_role("button", name="重新运行").click()
    page.get_by_text("排队中").wait_for()
