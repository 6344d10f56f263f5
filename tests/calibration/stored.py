"""Calibration runs in the database, whose numbers are known."""

from datetime import timedelta

import numpy as np
from django.utils import timezone

from apps.calibration import runs
from apps.calibration.gain import Calibration, Quality
from apps.calibration.models import CalibrationRun, PixelCalibration, Spectra, Subspectrum
from apps.calibration.quantities import RESULT_FIELDS
from tests.factories import a_product, utc

HOURS = timedelta(hours=11)


def a_run(product=None, *, start=None, counts=None, fitted=True, gain=0.1077, **fields):
    """A run with its spectra; `fitted` ones have the same gain in all pixels but the first.

    The first pixel was not calibrated: it has no lines.
    """
    start = start or utc("2022-03-28")
    product = product or a_product("cal-energy", start=start)
    row = {
        "product": product,
        "row": 0,
        "start": start + timedelta(hours=4),
        "stop": start + timedelta(hours=4) + HOURS,
        "integration_s": 39_600.0,
        "live_s": 36_432.0,
        "quiet_s": 0.004,
        "temperature_k": 238.15,
        "detector_mask": 0xFFFFFFFF,
        "pixel_mask": 0xFFF,
        "total_counts": 384 * 1024.0,
    } | fields
    if fitted:
        row |= {"calibrated_at": timezone.now(), "good_pixels": 383, "fitted_pixels": 384}
        row |= {"gain": gain, "offset": 888.0, "fwhm_31": 1.05, "fwhm_81": 1.3}
    run = CalibrationRun.objects.create(**row)
    counts = np.ones(runs.SHAPE, int) if counts is None else counts
    Spectra.objects.create(run=run, counts_packed=runs.pack(counts))
    Subspectrum.objects.create(run=run, number=0, lowest=0, points=1024, summed=1)
    if fitted:
        PixelCalibration.objects.store(run, a_result(gain))
    return run


def a_result(gain=0.1077):
    """A result of 384 pixels, all good but the first."""
    quality = np.zeros(384, int)
    quality[0] = Quality.NO_LINES
    values = dict.fromkeys(RESULT_FIELDS, 1.0) | {"gain": gain, "offset": 888.0}
    arrays = {name: np.where(quality == 0, value, np.nan) for name, value in values.items()}
    return Calibration(**arrays, quality=quality)
