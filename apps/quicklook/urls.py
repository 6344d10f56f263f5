"""Addresses below /quicklook/."""

from django.urls import path

from apps.quicklook import views

app_name = "quicklook"
urlpatterns = [
    path("lightcurves/", views.LightCurves.as_view(), name="lightcurves"),
    path("lightcurves/plot.json", views.LightCurvePlot.as_view(), name="lightcurves-plot"),
    path("lightcurves/window.bin", views.LightCurveWindow.as_view(), name="lightcurves-window"),
    *(
        path(
            f"lightcurves/data.{form}",
            views.LightCurveFile.as_view(form=form),
            name=f"lightcurves-{form}",
        )
        for form in views.DOWNLOADS
    ),
]
