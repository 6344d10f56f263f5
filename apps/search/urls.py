"""Addresses of the search app."""

from django.urls import path

from apps.search import views

app_name = "search"
urlpatterns = [path("", views.Search.as_view(), name="search")]
