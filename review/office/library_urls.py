"""Addresses of the office's pages of the achievement library, below /office/library/."""

from django.urls import path

from review.office import library, library_import, library_requests, library_verbs

urlpatterns = [
    path("", library.library, name="library"),
    path("new/", library.library_new, name="library_new"),
    path("import/", library_import.library_import, name="library_import"),
    path("import/template/", library_import.library_import_template, name="library_import_template"),
    path("import/apply/", library_import.library_import_apply, name="library_import_apply"),
    path("duplicates/", library_verbs.library_duplicates, name="library_duplicates"),
    path("requests/", library_requests.library_requests, name="library_requests"),
    path("requests/<int:pk>/", library_requests.library_answer, name="library_answer"),
    path("<int:pk>/", library.library_entry, name="library_entry"),
    path("<int:pk>/level/", library_verbs.library_level, name="library_level"),
    path("<int:pk>/withdraw/", library_verbs.library_withdraw, name="library_withdraw"),
    path("<int:pk>/restore/", library_verbs.library_restore, name="library_restore"),
    path("<int:pk>/merge/", library_verbs.library_merge, name="library_merge"),
]
