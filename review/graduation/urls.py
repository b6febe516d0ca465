"""Addresses of the graduation radar, below /desk/graduation/."""

from django.urls import path

from review.graduation import views
from review.views import reminding

urlpatterns = [
    path("", views.graduation, name="graduation"),
    path("classes/", views.graduation_classes, name="graduation_classes"),
    path("classes/<int:pk>/", views.graduation_class, name="graduation_class"),
    path("tell/", reminding.graduation_tell, name="graduation_tell"),
    path("export/", views.graduation_export, name="graduation_export"),
]
