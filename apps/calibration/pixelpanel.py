"""What is shown of one pixel: its results in words, its spectrum, and where its lines are."""

import numpy as np

from apps.calibration.gain import quality_words
from apps.calibration.lines import (
    ADC_STEPS,
    LINES,
    NOMINAL_GAIN,
    NOMINAL_OFFSET,
    channel,
)
from apps.core.detectors import DETECTORS, PIXELS, pixel_name
from apps.core.detectorview import written

_SHOWN = (
    ("gain", "Gain", "keV/ADC", 5),
    ("offset", "Offset", "ADC", 2),
    ("fwhm_31", "Resolution at 31 keV", "keV FWHM", 3),
    ("fwhm_81", "Resolution at 81 keV", "keV FWHM", 3),
)


def name_of(flat):
    """Detector and pixel in words."""
    index, pixel = divmod(flat, PIXELS)
    return f"{DETECTORS[index].name}, {pixel_name(pixel)}"


def facts(flat, counts, arrays):
    """What is known of a pixel as (label, value, unit).

    Parameters
    ----------
    flat : int
        Number of the pixel, 0 to 383.
    counts : ndarray, shape (1024,)
    arrays : dict or None
        Results of the run; None before its calibration.
    """
    rows = [("Counts", written(float(np.nansum(counts)), 0), "ct")]
    if arrays is None:
        return [*rows, ("Quality", "not fitted yet", "")]
    place = divmod(flat, PIXELS)
    for name, label, unit, digits in _SHOWN:
        value, error = arrays[name][place], arrays[f"{name}_error"][place]
        if np.isfinite(value):
            text = written(value, digits)
            if np.isfinite(error):
                text += f" ± {written(error, digits)}"
            rows.append((label, text, unit))
    for name, label, digits in (("counts_31", "Counts in the 31 keV line", 0),
                                ("chi_square", "Reduced chi square", 1)):  # fmt: skip
        value = arrays[name][place]
        if np.isfinite(value):
            rows.append((label, written(value, digits), "ct" if digits == 0 else ""))
    return [*rows, ("Quality", quality_words(int(arrays["quality"][place])), "")]


def record(flat, counts, arrays):
    """The spectrum of a pixel for the page script.

    Returns
    -------
    dict
        ``name``, ``facts``, ``counts`` (1024 numbers, None where the file has none), ``energy``
        (gain in keV and offset in steps of the 1024 channels, and whether they are nominal),
        ``nominal`` and ``found`` places of the lines as (channel, label).
    """
    gain, offset, own = NOMINAL_GAIN, NOMINAL_OFFSET, False
    found = []
    if arrays is not None:
        place = divmod(flat, PIXELS)
        if arrays["quality"][place] == 0:
            gain, offset, own = arrays["gain"][place], arrays["offset"][place], True
            names = ("place_31", "place_35", "place_81")
            found = [
                (float(arrays[name][place]), label)
                for name, (label, _) in zip(names, LINES, strict=True)
            ]
    return {
        "name": name_of(flat),
        "facts": facts(flat, counts, arrays),
        "counts": [float(value) if np.isfinite(value) else None for value in counts],
        "energy": {
            "gain": float(gain * ADC_STEPS),
            "offset": float(offset / ADC_STEPS),
            "own": own,
        },
        "nominal": [
            (float(channel(kev, NOMINAL_GAIN, NOMINAL_OFFSET)), label) for label, kev in LINES
        ],
        "found": found,
    }
