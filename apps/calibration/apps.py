from django.apps import AppConfig


class CalibrationConfig(AppConfig):
    """Energy calibration: runs of the barium source, gain and offset of every pixel."""

    name = "apps.calibration"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Tell the archive what to make of calibration spectra."""
        from apps.calibration.ingest import record
        from apps.core.registry import recorders

        recorders.register("cal-energy", record, title="Calibration runs")
