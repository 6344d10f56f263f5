"""Addresses below /quicklook/."""

from django.urls import path

from apps.quicklook import views

app_name = "quicklook"
urlpatterns = [
    path("lightcurves/", views.LightCurves.as_view(), name="lightcurves"),
]
