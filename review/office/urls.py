"""Addresses of the office's pages, below /office/."""

from django.urls import include, path

from review.office import course_import, courses, imports, round_files, rounds, summaries, waivers

urlpatterns = [
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/new/", rounds.round_new, name="round_new"),
    path("rounds/<int:pk>/", rounds.round_edit, name="round_edit"),
    path("rounds/<int:pk>/publish/", rounds.round_publish, name="round_publish"),
    path("rounds/<int:pk>/unpublish/", rounds.round_unpublish, name="round_unpublish"),
    path("rounds/<int:pk>/files/", round_files.round_files, name="round_files"),
    path("rounds/files/<int:pk>/remove/", round_files.round_file_remove, name="round_file_remove"),
    path("rounds/<int:pk>/waivers/", waivers.waivers, name="waivers"),
    path("rounds/waivers/<int:pk>/end/", waivers.waiver_end, name="waiver_end"),
    path("courses/", courses.courses, name="courses"),
    path("courses/new/", courses.course_new, name="course_new"),
    path("courses/import/", course_import.course_import, name="course_import"),
    path("courses/import/template/", course_import.course_import_template, name="course_import_template"),
    path("courses/import/apply/", course_import.course_import_apply, name="course_import_apply"),
    path("courses/<int:pk>/", courses.course_edit, name="course_edit"),
    path("courses/<int:course_pk>/offerings/new/", courses.offering_new, name="offering_new"),
    path("courses/offerings/<int:pk>/", courses.offering_edit, name="offering_edit"),
    path("courses/terms/", courses.terms, name="terms"),
    path("courses/plans/", include("review.office.plan_urls")),
    path("library/", include("review.office.library_urls")),
    path("", include("review.office.draft_urls")),
    path("", include("review.office.sanction_urls")),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/template/<int:pk>/", imports.import_template, name="import_template"),
    path("imports/<int:pk>/", imports.import_page, name="import"),
    path("imports/<int:pk>/workbook/", imports.import_workbook, name="import_workbook"),
    path("imports/<int:pk>/apply/", imports.import_apply, name="import_apply"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<int:pk>/roll-back/", imports.import_roll_back, name="import_roll_back"),
    path("", include("review.office.record_urls")),
    path("points/", summaries.points, name="points"),
    path("points/export/", summaries.points_export, name="points_export"),
    path("grades/", summaries.grades, name="grades"),
    path("grades/export/", summaries.grades_export, name="grades_export"),
]
