"""Addresses of the read API, below /api/."""

from django.urls import path

from credits.api import api, schema

app_name = "api"
urlpatterns = [path("openapi.json", schema, name="schema"), *api.urls[0]]
