"""Addresses below /calibration/."""

from django.urls import path

from apps.calibration import views

app_name = "calibration"
urlpatterns = [
    path("", views.Runs.as_view(), name="runs"),
    path("spectrum-plot.json", views.spectrum_plot, name="spectrum-plot"),
    path("transmission/", views.Transmission.as_view(), name="transmission"),
    path("transmission/data.csv", views.TransmissionCsv.as_view(), name="transmission-csv"),
    path("transmission/data.json", views.TransmissionJson.as_view(), name="transmission-json"),
    path("runs/<int:pk>/", views.Run.as_view(), name="run"),
    path("runs/<int:pk>/spectrum.json", views.Spectrum.as_view(), name="spectrum"),
    path("runs/<int:pk>/detectors.svg", views.Picture.as_view(), name="detectors"),
    path("runs/<int:pk>/results.csv", views.Results.as_view(), name="results"),
    path("runs/<int:pk>/spectra.csv", views.SpectraFile.as_view(), name="spectra"),
    path("runs/<int:pk>/report/", views.Report.as_view(), name="report"),
]
