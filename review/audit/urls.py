"""Addresses of the audit pages, below /audit/."""

from django.urls import path, re_path

from review.audit import views

urlpatterns = [
    path("", views.audit, name="audit"),
    path("export/", views.audit_export, name="audit_export"),
    re_path(r"^(?P<trail>claims|applications|office)/(?P<pk>[0-9]{1,18})/$", views.audit_event, name="audit_event"),
]
