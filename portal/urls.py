"""Addresses of the whole portal."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from portal.campus import views as campus
from portal.views import account, appointments, design, entrance, notice_settings, notices, outbox, people

urlpatterns = [
    path("", entrance.home, name="home"),
    path("favicon.ico", entrance.favicon, name="favicon"),
    path("signin/", entrance.SignIn.as_view(), name="signin"),
    path("signin/demo/", entrance.signin_demo, name="signin_demo"),
    path("signin/campus/", campus.campus, name="campus"),
    path("signout/", entrance.SignOut.as_view(), name="signout"),
    path("signout/campus/", campus.campus_out, name="campus_out"),
    path("language/", set_language, name="set_language"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_notices, name="read_notices"),
    path("account/notices/", notice_settings.notice_settings, name="notice_settings"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/retry/", outbox.outbox_retry_all, name="outbox_retry_all"),
    path("outbox/<int:pk>/retry/", outbox.outbox_retry, name="outbox_retry"),
    path("account/password/", account.OwnPassword.as_view(), name="password_change"),
    path("powers/", appointments.powers, name="powers"),
    path("powers/<int:pk>/delegate/", appointments.delegation_new, name="delegation_new"),
    path("powers/<int:pk>/revoke/", appointments.delegation_revoke, name="delegation_revoke"),
    path("appointments/", appointments.appointments, name="appointments"),
    path("people/", people.people, name="people"),
    path("people/template/", people.people_template, name="people_template"),
    path("people/import/", people.people_import, name="people_import"),
    path("people/import/apply/", people.people_import_apply, name="people_import_apply"),
    path("design/", design.design, name="design"),
    path("design/form/", design.design_form, name="design_form"),
    path("admin/", admin.site.urls),
    path("api/", include("credits.api_urls")),
    path("", include("credits.urls")),
    path("", include("conversion.urls")),
    path("", include("review.urls")),
    path("jobs/", include("portal.jobs.urls")),
]
