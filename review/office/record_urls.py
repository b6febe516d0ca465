"""Addresses of students' records and of the keys by which programs read them, below /office/."""

from django.urls import path, re_path

from review.office import reader_keys, records

urlpatterns = [
    path("records/", records.records, name="records"),
    re_path(
        r"^records/export/(?P<kind>records|records_csv|record_items)/$", records.records_export, name="records_export"
    ),
    path("reader-keys/", reader_keys.reader_keys, name="reader_keys"),
    path("reader-keys/<int:pk>/revoke/", reader_keys.reader_key_revoke, name="reader_key_revoke"),
    path("records/<int:pk>/", records.student_record, name="student_record"),
    path("records/<int:pk>/record.pdf", records.student_record_pdf, name="student_record_pdf"),
]
