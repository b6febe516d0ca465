"""Addresses of claims, points and schemes."""

from django.urls import path

from credits.views import claims

app_name = "credits"
urlpatterns = [
    path("claims/", claims.claims, name="claims"),
    path("claims/<int:pk>/", claims.claim, name="claim"),
]
