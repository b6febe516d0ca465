"""Addresses of the desks and of the office's pages."""

from django.urls import include, path

from review.reports import views as reports
from review.statistics import views as statistics
from review.views import applications, batches, claims, desk, duplicates, exports, filing, joining, saved_views, teams

app_name = "review"
urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("desk/claims/", claims.claims, name="claims"),
    path("desk/claims/start/", claims.claim_first, name="claim_first"),
    path("desk/claims/export/", exports.claims_export, name="claims_export"),
    path("desk/claims/views/", saved_views.saved_views, name="saved_views"),
    path("desk/claims/views/save/", saved_views.view_save, name="view_save"),
    path("desk/claims/views/<int:pk>/rename/", saved_views.view_rename, name="view_rename"),
    path("desk/claims/views/<int:pk>/delete/", saved_views.view_delete, name="view_delete"),
    path("desk/claims/batch/", batches.batch, name="batch"),
    path("desk/claims/batch/carry-out/", batches.batch_carry_out, name="batch_carry_out"),
    path("desk/claims/batch/<uuid:number>/", batches.batch_result, name="batch_result"),
    path("desk/claims/sheets/", include("review.roundtrip.urls")),
    path("desk/claims/batch/<uuid:number>/undo/", batches.batch_undo, name="batch_undo"),
    path("desk/claims/<int:pk>/", claims.claim, name="claim"),
    path("desk/claims/<int:pk>/decide/", claims.claim_decide, name="claim_decide"),
    path("desk/claims/<int:pk>/undo/", claims.claim_undo, name="claim_undo"),
    path("desk/claims/<int:pk>/duplicates/", duplicates.duplicates, name="duplicates"),
    path("desk/claims/<int:pk>/duplicates/<int:pair>/dismiss/", duplicates.duplicate_dismiss, name="duplicate_dismiss"),
    path("desk/claims/<int:pk>/duplicates/<int:pair>/restore/", duplicates.duplicate_restore, name="duplicate_restore"),
    path("desk/claims/<int:pk>/join/", joining.claim_join, name="claim_join"),
    path("desk/claims/<int:pk>/revoke/", claims.claim_revoke, name="claim_revoke"),
    path("desk/claims/<int:pk>/share/", teams.claim_share, name="claim_share"),
    path("desk/claims/<int:pk>/members/<int:member>/exclude/", teams.claim_exclude, name="claim_exclude"),
    path("desk/applications/", applications.applications, name="applications"),
    path("desk/applications/start/", applications.application_first, name="application_first"),
    path("desk/applications/export/", exports.applications_export, name="applications_export"),
    path("desk/applications/results/", applications.results, name="results"),
    path("desk/applications/<int:pk>/", applications.application, name="application"),
    path("desk/applications/<int:pk>/decide/", applications.application_decide, name="application_decide"),
    path("desk/applications/<int:pk>/undo/", applications.application_undo, name="application_undo"),
    path("desk/filing/", filing.filing, name="filing"),
    path("desk/filing/missing/", filing.missing, name="missing"),
    path("desk/filing/missing/export/", exports.missing_export, name="missing_export"),
    path("desk/filing/<int:pk>/", filing.form_file, name="form_file"),
    path("desk/filing/<int:pk>/undo/", filing.form_unfile, name="form_unfile"),
    path("desk/committee/", include("review.committee.urls")),
    path("", include("review.experts.urls")),
    path("reports/", reports.reports, name="reports"),
    path("reports/<slug:code>/", reports.report, name="report"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/<slug:code>/take/", statistics.statistics_take, name="statistics_take"),
    path("audit/", include("review.audit.urls")),
    path("office/", include("review.office.urls")),
    path("", include("review.publicity.urls")),
]
