"""Addresses of the training plans, below /office/courses/plans/."""

from django.urls import path

from review.office import plan_import, plans

urlpatterns = [
    path("", plans.plans, name="plans"),
    path("new/", plans.plan_new, name="plan_new"),
    path("open/", plans.plan_term, name="plan_term"),
    path("import/", plan_import.plan_import, name="plan_import"),
    path("import/template/", plan_import.plan_import_template, name="plan_import_template"),
    path("import/apply/", plan_import.plan_import_apply, name="plan_import_apply"),
    path("<int:pk>/", plans.plan_edit, name="plan_edit"),
]
