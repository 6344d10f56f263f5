"""Addresses below /ancillary/."""

from django.urls import path

from apps.ancillary import feeds, plots, views

app_name = "ancillary"
urlpatterns = [
    path("", views.Ephemeris.as_view(), name="ephemeris"),
    path("plot.json", feeds.Plot.as_view(draw=plots.ephemeris), name="ephemeris-plot"),
    path("window.bin", feeds.EphemerisWindow.as_view(), name="ephemeris-window"),
    *(
        path(f"data.{form}", feeds.EphemerisFile.as_view(form=form), name=f"ephemeris-{form}")
        for form in views.DOWNLOADS
    ),
    path("pointing/", views.Pointing.as_view(), name="pointing"),
    path("pointing/plot.json", feeds.Plot.as_view(draw=plots.attitude), name="attitude-plot"),
    path("pointing/window.bin", feeds.AttitudeWindow.as_view(), name="attitude-window"),
    *(
        path(
            f"pointing/data.{form}",
            feeds.AttitudeFile.as_view(form=form),
            name=f"attitude-{form}",
        )
        for form in views.DOWNLOADS
    ),
    path("light-time/", views.LightTime.as_view(), name="light-time"),
]
