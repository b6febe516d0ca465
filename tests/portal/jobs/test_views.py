import pytest
from django.urls import reverse
from django.utils import timezone

from portal.enums import Role
from portal.jobs import enqueue
from portal.models import Job, JobState, Person
from tests.builders import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(kinds, person, work, make_file):
    kinds(make_file)
    return enqueue("test", person)


def test_owner_follows_the_job_and_downloads(client, job, person, work):
    client.force_login(person)
    page = client.get(reverse("job_detail", args=[job.pk]))
    assert "测试任务" in page.content.decode()
    assert 'http-equiv="refresh"' in page.content.decode()
    assert client.get(reverse("job_result", args=[job.pk])).status_code == 404

    work()
    part = client.get(reverse("job_detail", args=[job.pk]), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "hx-get" not in part, "a finished job is not asked again"
    response = client.get(reverse("job_result", args=[job.pk]))
    assert response.getvalue().decode() == "结果"
    response.close()


@pytest.mark.parametrize("name", ["job_detail", "job_cancel", "job_retry", "job_result"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_find_nothing(client, job, stranger, work, name, method):
    work()
    client.force_login(stranger)
    response = getattr(client, method)(reverse(name, args=[job.pk]))

    assert response.status_code in {404, 405}
    if (name in {"job_cancel", "job_retry"}) == (method == "post"):
        assert response.status_code == 404


def test_administrator_sees_it(client, job, work):
    work()
    client.force_login(Person.objects.create_superuser("admin", name="管理员"))

    assert client.get(reverse("job_detail", args=[job.pk])).status_code == 200


@pytest.mark.parametrize("name", ["job_list", "job_detail", "job_result"])
def test_anonymous_is_sent_to_sign_in(client, job, name, settings):
    settings.LOGIN_URL = "/signin/"
    args = [] if name == "job_list" else [job.pk]
    response = client.get(reverse(name, args=args))

    assert response.url.startswith("/signin/?next=/jobs/")


def test_cancel_and_retry_by_button(client, job, person, work):
    client.force_login(person)
    client.post(reverse("job_cancel", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED

    answer = client.post(reverse("job_retry", args=[job.pk]))
    again = Job.objects.get(retry_of=job)
    assert answer.url == reverse("job_detail", args=[again.pk])
    assert (again.state, again.cancel_requested) == (JobState.QUEUED, False)
    assert f"任务 {again.pk}" in client.get(reverse("job_detail", args=[job.pk])).content.decode()


def test_reading_changes_nothing(client, job, person):
    client.force_login(person)
    for name in ("job_cancel", "job_retry"):
        assert client.get(reverse(name, args=[job.pk])).status_code == 405


def test_expired_result_is_gone_and_says_so(client, job, person, work):
    work()
    Job.objects.filter(pk=job.pk).update(result_expires_at=timezone.now())
    client.force_login(person)

    assert client.get(reverse("job_result", args=[job.pk])).status_code == 404
    assert "结果已过期" in client.get(reverse("job_detail", args=[job.pk])).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_any_number(client, kinds, person, make_file, rows, django_assert_num_queries):
    kinds(make_file)
    for _ in range(rows):
        enqueue("test", person)
    client.force_login(person)
    client.get(reverse("job_list"))
    with django_assert_num_queries(JOB_LIST_QUERIES):
        page = client.get(reverse("job_list")).content.decode()

    assert page.count('<th scope="row" class="card-head">测试任务') == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_all_jobs_cost_the_same_for_any_number(client, kinds, make_file, rows, django_assert_num_queries):
    kinds(make_file)
    for place in range(rows):
        enqueue("test", make_staff(Role.SECRETARY, name=f"秘书{place}"), about="申报")
    client.force_login(make_staff(Role.OFFICE))
    client.get(ALL)
    with django_assert_num_queries(JOB_LIST_QUERIES):
        page = client.get(ALL).content.decode()

    assert page.count('<th scope="row" class="card-head">测试任务') == rows
    assert "秘书0" in page


def test_an_office_looks_after_the_jobs_of_its_schemes_staff(client, kinds, make_file, person):
    kinds(make_file)
    secretary = make_staff(Role.SECRETARY, name="秘书")
    unit = make_staff(Role.OWNER_UNIT, name="归口", scheme="whu")
    jobs = {one.name: enqueue("test", one) for one in (person, secretary, unit)}

    def seen_by(somebody):
        client.force_login(somebody)
        return {job.owner.name for job in client.get(ALL).context["listing"].rows}

    assert seen_by(make_staff(Role.OFFICE, scheme="bit")) == {"秘书"}
    assert seen_by(make_staff(Role.OFFICE, scheme="whu")) == {"秘书", "归口"}
    assert seen_by(make_staff(Role.ADMINISTRATOR)) == {"甲", "秘书", "归口"}
    assert seen_by(secretary) == {"秘书"}
    client.force_login(make_staff(Role.OFFICE, scheme="bit"))
    assert client.get(reverse("job_detail", args=[jobs["归口"].pk])).status_code == 404
    assert client.post(reverse("job_cancel", args=[jobs["秘书"].pk])).status_code == 302
    jobs["秘书"].refresh_from_db()
    assert jobs["秘书"].state == JobState.CANCELLED
    assert client.post(reverse("job_retry", args=[jobs["秘书"].pk])).status_code == 403


def test_jobs_are_narrowed_by_state_and_owner(client, kinds, make_file):
    kinds(make_file)
    first, second = (enqueue("test", make_staff(Role.SECRETARY, name=name)) for name in ("钱老师", "孙老师"))
    Job.objects.filter(pk=first.pk).update(state=JobState.FAILED)
    client.force_login(make_staff(Role.OFFICE))
    for query, expected in (("state=failed", [first]), ("owner=孙", [second]), ("state=wrong", [])):
        assert list(client.get(f"{ALL}&{query}").context["listing"].rows) == expected


ALL = "/jobs/?of=all"
JOB_LIST_QUERIES = 6  # session, user, rows; the frame: appointments, roll, unread notices
