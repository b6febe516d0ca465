"""Addresses of the office's pages of sanctions, below /office/."""

from django.urls import path

from review.office import sanctioning, sanctions

urlpatterns = [
    path("claims/<int:pk>/sanction/", sanctioning.claim_sanction, name="claim_sanction"),
    path("sanctions/", sanctions.sanctions, name="sanctions"),
    path("sanctions/export/", sanctions.sanctions_export, name="sanctions_export"),
    path("sanctions/<int:pk>/", sanctions.sanction, name="sanction"),
    path("sanctions/<int:pk>/answer/", sanctions.sanction_answer, name="sanction_answer"),
    path(
        "sanctions/<int:pk>/conversions/<int:application>/", sanctions.sanction_conversion, name="sanction_conversion"
    ),
]
