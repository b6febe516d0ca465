"""Addresses of students' records, below /office/."""

from django.urls import path, re_path

from review.office import records

urlpatterns = [
    path("records/", records.records, name="records"),
    re_path(
        r"^records/export/(?P<kind>records|records_csv|record_items)/$", records.records_export, name="records_export"
    ),
    path("records/<int:pk>/", records.student_record, name="student_record"),
    path("records/<int:pk>/record.pdf", records.student_record_pdf, name="student_record_pdf"),
]
