"""Calibration files into records, and runs into their calibration."""

import numpy as np
from django.db import transaction

from apps.archive.models import DataProduct
from apps.calibration import runs
from apps.calibration.gain import calibrate
from apps.calibration.models import CalibrationRun, PixelCalibration, Spectra, Subspectrum
from apps.calibration.quantities import summary, switched_off
from apps.core.tasks import submit
from apps.core.timeaxis import from_ms

KIND = "calibration"


def record(product, stix_file):
    """Make the runs of a file, in the open transaction, and queue their calibration.

    Parameters
    ----------
    product : DataProduct
        Its earlier runs are replaced.
    stix_file : StixFile

    Raises
    ------
    FitsFileError
        If the file holds no calibration runs as its format describes them.
    """
    CalibrationRun.objects.filter(product=product).delete()
    made = [_store(product, run) for run in runs.read(stix_file)]
    if made:
        queue(made)


def queue(chosen):
    """Queue the calibration of runs; returns the job."""
    ids = [run.pk for run in chosen]
    job = submit(KIND, "apps.calibration.tasks.calibrate", ids)
    CalibrationRun.objects.filter(pk__in=ids).update(job=job)
    return job


def calibrate_run(run, now):
    """Fit all pixels of a run and keep the results; those of an earlier fit are replaced."""
    spectra = run.spectra
    errors = spectra.errors
    active = ~switched_off(run.detector_mask, run.pixel_mask)
    result = calibrate(
        spectra.counts.reshape(384, -1),
        None if errors is None else errors.reshape(384, -1),
        active.ravel(),
    )
    found = summary(result)
    with transaction.atomic():
        PixelCalibration.objects.store(run, result)
        run.calibrated_at = now
        run.good_pixels, run.fitted_pixels = found["good"], found["fitted"]
        for name in ("gain", "offset", "fwhm_31", "fwhm_81"):
            setattr(run, name, found[name])
        run.save(
            update_fields=[
                *("calibrated_at", "good_pixels", "fitted_pixels", "updated_at"),
                *("gain", "offset", "fwhm_31", "fwhm_81"),
            ]
        )


def _store(product: DataProduct, run):
    total = float(np.sum(run.counts, dtype="f8"))
    row = CalibrationRun.objects.create(
        product=product,
        row=run.row,
        start=from_ms(run.start_ms),
        stop=from_ms(run.stop_ms),
        integration_s=run.integration_s,
        live_s=run.live_s,
        quiet_s=run.quiet_s,
        temperature_k=run.temperature_k,
        detector_mask=run.detector_mask,
        pixel_mask=run.pixel_mask,
        total_counts=total if np.isfinite(total) else None,
    )
    Spectra.objects.create(
        run=row,
        counts_packed=runs.pack(run.counts),
        errors_packed=None if run.errors is None else runs.pack(run.errors),
    )
    Subspectrum.objects.bulk_create(
        Subspectrum(
            run=row, number=part.number, lowest=part.lowest, points=part.points, summed=part.summed
        )
        for part in run.subspectra
    )
    return row
