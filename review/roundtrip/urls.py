"""Addresses of the round trip."""

from django.urls import path

from review.roundtrip import views

urlpatterns = [
    path("", views.sheets, name="sheets"),
    path("export/", views.sheet_export, name="sheet_export"),
    path("<int:pk>/", views.sheet, name="sheet"),
    path("<int:pk>/workbook/", views.sheet_workbook, name="sheet_workbook"),
    path("<int:pk>/apply/", views.sheet_apply, name="sheet_apply"),
    path("<int:pk>/discard/", views.sheet_discard, name="sheet_discard"),
    path("<int:pk>/refused/export/", views.sheet_refused, name="sheet_refused_export"),
]
