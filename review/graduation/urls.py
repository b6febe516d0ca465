"""Addresses of the graduation radar, below /desk/graduation/."""

from django.urls import path, re_path

from review.graduation import views

urlpatterns = [
    path("", views.graduation, name="graduation"),
    path("classes/", views.graduation_classes, name="graduation_classes"),
    path("classes/<int:pk>/", views.graduation_class, name="graduation_class"),
    re_path(r"^export/(?P<kind>graduation|graduation_csv)/$", views.graduation_export, name="graduation_export"),
]
