"""Addresses of claims, points and schemes."""

from django.urls import path, re_path

from credits.views import (
    autosaving,
    claims,
    downloads,
    evidence,
    filling,
    library,
    library_picking,
    points,
    schemes,
    service,
    suggesting,
    teams,
    verbs,
)

app_name = "credits"
urlpatterns = [
    path("claims/", claims.claims, name="claims"),
    path("claims/new/", filling.claim_new, name="claim_new"),
    path("claims/suggestion/", suggesting.suggestion, name="suggestion"),
    path("claims/library/", library_picking.library_choose, name="library_choose"),
    path("claims/library/search/", library_picking.library_search, name="library_search"),
    path("claims/<int:pk>/", claims.claim, name="claim"),
    path("claims/<int:pk>/edit/", filling.claim_edit, name="claim_edit"),
    path("claims/<int:pk>/team/", teams.team, name="team"),
    path("teams/", teams.memberships, name="memberships"),
    path("teams/<int:pk>/", teams.membership, name="membership"),
    path("claims/<int:pk>/saved/", autosaving.claim_saved, name="claim_saved"),
    path("claims/<int:pk>/submit/", filling.claim_submit, name="claim_submit"),
    path("claims/<int:pk>/withdraw/", verbs.claim_withdraw, name="claim_withdraw"),
    path("claims/<int:pk>/discard/", verbs.claim_discard, name="claim_discard"),
    path("claims/<int:pk>/reopen/", verbs.claim_reopen, name="claim_reopen"),
    path("claims/<int:pk>/receipt/", claims.receipt, name="receipt"),
    path("claims/<int:pk>/explanation/", points.explanation, name="explanation"),
    path("claims/<int:pk>/evidence/", evidence.evidence_add, name="evidence_add"),
    path("evidence/<int:pk>/remove/", evidence.evidence_remove, name="evidence_remove"),
    path("evidence/<uuid:key>/", evidence.evidence_file, name="evidence_file"),
    path("points/", points.points, name="points"),
    re_path(r"^points/export\.(?P<kind>xlsx|pdf)$", downloads.points_export, name="points_export"),
    path("points/statement.xlsx", downloads.statement_export, name="statement_export"),
    path("points/statement/", points.points_statement, name="points_statement"),
    path("rounds/files/<uuid:key>/", service.round_file, name="round_file"),
    path("library/", library.library, name="library"),
    path("library/requests/", library.library_request, name="library_request"),
    path("schemes/", schemes.schemes, name="schemes"),
    path("schemes/<slug:code>/", service.service, name="service"),
    path("schemes/<slug:code>/<str:label>/", schemes.scheme_version, name="scheme_version"),
    path("schemes/<slug:code>/<str:label>/source/", schemes.scheme_source, name="scheme_source"),
]
