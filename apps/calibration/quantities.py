"""What the detector view can show of a run: a number for each pixel, its words, unit and scale."""

from dataclasses import dataclass

import numpy as np

from apps.calibration.gain import Quality


@dataclass(frozen=True)
class Quantity:
    """One choice: `field` of the results, `scale` of `core.detectorview`, decimals."""

    title: str
    unit: str
    field: str
    scale: str = "linear"
    digits: int | None = None


QUANTITIES = {
    "counts": Quantity("Counts", "ct", "counts", "log", 0),
    "gain": Quantity("Gain", "keV/ADC", "gain", digits=5),
    "offset": Quantity("Offset", "ADC", "offset", digits=1),
    "fwhm_31": Quantity("Resolution at 31 keV (FWHM)", "keV", "fwhm_31", digits=2),
    "fwhm_81": Quantity("Resolution at 81 keV (FWHM)", "keV", "fwhm_81", digits=2),
    "counts_31": Quantity("Counts in the 31 keV line", "ct", "counts_31", "log", 0),
}
"""By their names in addresses; `counts` come with the spectra, the rest from the calibration."""

RESULT_FIELDS = (
    *("gain", "gain_error", "offset", "offset_error", "fwhm_31", "fwhm_31_error"),
    *("fwhm_81", "fwhm_81_error", "counts_31", "place_31", "place_35", "place_81", "chi_square"),
)
RESULT_UNITS = {
    "gain": "keV/ADC", "gain_error": "keV/ADC", "offset": "ADC", "offset_error": "ADC",
    "fwhm_31": "keV", "fwhm_31_error": "keV", "fwhm_81": "keV", "fwhm_81_error": "keV",
    "counts_31": "ct", "place_31": "channel", "place_35": "channel", "place_81": "channel",
    "chi_square": "",
}  # fmt: skip


def switched_off(detector_mask, pixel_mask):
    """Pixels that masks exclude, shape (32, 12); nothing where a mask is unknown."""
    detectors = np.array([_bit(detector_mask, place) for place in range(32)])
    pixels = np.array([_bit(pixel_mask, place) for place in range(12)])
    return ~(detectors[:, None] & pixels[None, :])


def _bit(mask, place):
    return mask is None or bool(mask >> place & 1)


def good_values(values, quality):
    """Values of pixels whose calibration is good, NaN elsewhere."""
    return np.where(np.asarray(quality) == 0, values, np.nan)


def summary(result):
    """Medians over the pixels that are calibrated well.

    Returns
    -------
    dict
        ``good`` pixels and ``fitted`` (switched on); ``gain``, ``offset``, ``fwhm_31`` and
        ``fwhm_81``, None where no pixel is good.
    """
    good = result.quality == 0
    fitted = int((result.quality != Quality.SWITCHED_OFF).sum())
    medians = {
        name: float(np.median(getattr(result, name)[good])) if good.any() else None
        for name in ("gain", "offset", "fwhm_31", "fwhm_81")
    }
    return {"good": int(good.sum()), "fitted": fitted, **medians}
