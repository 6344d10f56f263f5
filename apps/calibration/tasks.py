"""Calibration as background work."""

from django.utils import timezone

from apps.calibration.ingest import calibrate_run
from apps.calibration.models import CalibrationRun
from apps.core.tasks import in_portions


def calibrate(pk):
    """Fit the runs of a job, one after the other."""
    in_portions(pk, _calibrate, at_once=1)


def _calibrate(job, ids):
    chosen = CalibrationRun.objects.filter(pk__in=ids).select_related("spectra")
    for run in chosen:
        calibrate_run(run, timezone.now())
    return len(chosen)
