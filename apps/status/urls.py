"""Addresses of the status app."""

from django.urls import path

from apps.status import views

app_name = "status"
urlpatterns = [
    path("health/", views.health, name="health"),
    path("status/", views.status, name="status"),
    path("team/", views.team, name="team"),
]
