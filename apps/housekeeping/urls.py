"""Addresses below /housekeeping/."""

from django.urls import path

from apps.housekeeping import views

app_name = "housekeeping"
urlpatterns = [
    path("", views.Housekeeping.as_view(), name="housekeeping"),
    path("plot.json", views.HousekeepingPlot.as_view(), name="plot"),
    path("window.bin", views.HousekeepingWindow.as_view(), name="window"),
    path("parameters/", views.Dictionary.as_view(), name="parameters"),
    *(
        path(f"data.{form}", views.HousekeepingFile.as_view(form=form), name=form)
        for form in views.DOWNLOADS
    ),
]
