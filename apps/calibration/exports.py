"""Calibration as CSV: results of all pixels, spectra of all pixels."""

import numpy as np

from apps.calibration.gain import quality_words
from apps.calibration.lines import ADC_STEPS, CHANNELS
from apps.calibration.quantities import RESULT_FIELDS, RESULT_UNITS
from apps.core.detectors import DETECTORS
from apps.core.timeaxis import iso

CITATION = "Xiao et al. 2023, A&A 673, A142 (STIX Data Center)"


def head(run, what):
    """Comment lines that say what the numbers are."""
    lines = [
        what,
        f"run: {run.pk}",
        f"start_utc_solo: {iso(run.start)}",
        f"stop_utc_solo: {iso(run.stop)}",
        f"source_file: {run.product.name}",
        f"simulated: {'yes' if run.simulated else 'no'}",
        f"citation: {CITATION}",
    ]
    return "".join(f"# {line}\n" for line in lines)


def results(run, arrays):
    """Results of the pixels, a line for each; an absent value is empty.

    Parameters
    ----------
    run : CalibrationRun
    arrays : dict of str to ndarray, shape (32, 12)

    Yields
    ------
    str
    """
    yield head(run, "Energy calibration: energy in keV = (ADC - offset) * gain, ADC of 4096 steps")
    names = [f"{name}_{_plain(RESULT_UNITS[name])}".rstrip("_") for name in RESULT_FIELDS]
    yield ",".join(["detector", "index", "label", "pixel", *names, "quality", "meaning"]) + "\n"
    for one in DETECTORS:
        for pixel in range(12):
            values = [_number(arrays[name][one.index, pixel]) for name in RESULT_FIELDS]
            flags = int(arrays["quality"][one.index, pixel])
            row = [one.number, one.index, one.label, pixel, *values, flags]
            yield ",".join(map(str, row)) + f',"{quality_words(flags)}"\n'


def spectra(run, counts):
    """Spectra, a line for each channel and a column for each pixel.

    Parameters
    ----------
    run : CalibrationRun
    counts : ndarray, shape (32, 12, 1024)

    Yields
    ------
    str
    """
    what = f"Counts; a channel holds {ADC_STEPS} ADC steps from adc on; d9p0 is detector 9, pixel 0"
    yield head(run, what)
    names = [f"d{one.number}p{pixel}" for one in DETECTORS for pixel in range(12)]
    yield ",".join(["channel", "adc", *names]) + "\n"
    table = np.asarray(counts).reshape(len(names), CHANNELS).T
    for channel, row in enumerate(table.tolist()):
        yield (
            f"{channel},{channel * ADC_STEPS}," + ",".join(f"{value:.12g}" for value in row) + "\n"
        )


def _plain(unit):
    return unit.replace("/", "_per_")


def _number(value):
    return "" if not np.isfinite(value) else f"{value:.7g}"
