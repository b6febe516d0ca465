"""Addresses of the student's desk, of conversion applications and of printed forms."""

from django.urls import path

from conversion.views import applications, desk, forms, offerings

app_name = "conversion"
urlpatterns = [
    path("my/", desk.desk, name="desk"),
    path("conversion/", offerings.offerings, name="offerings"),
    path("conversion/offerings/<int:pk>/apply/", applications.apply, name="apply"),
    path("conversion/offerings/<int:pk>/reckon/", applications.reckon, name="reckon"),
    path("conversion/<int:pk>/", applications.application, name="application"),
    path("conversion/<int:pk>/edit/", applications.application_edit, name="application_edit"),
    path("conversion/<int:pk>/submit/", applications.application_submit, name="application_submit"),
    path("conversion/<int:pk>/withdraw/", applications.application_withdraw, name="application_withdraw"),
    path("conversion/<int:pk>/form/", forms.form_pdf, name="form_pdf"),
    path("verify/<slug:code>/", forms.verify, name="verify"),
]
