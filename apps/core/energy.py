"""Energy: the 32 science channels, the quick-look bands, detector and pixel masks, labels."""

import math

SCIENCE_EDGES_KEV = (
    0.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 18.0, 20.0, 22.0,
    25.0, 28.0, 32.0, 36.0, 40.0, 45.0, 50.0, 56.0, 63.0, 70.0, 76.0, 84.0, 100.0, 120.0, 150.0,
    math.inf,
)  # fmt: skip
"""Nominal edges of the 32 science channels (keV); a file's own ENERGIES table has precedence."""

QUICKLOOK_EDGES_KEV = (4.0, 10.0, 15.0, 25.0, 50.0, 84.0)
"""Nominal edges of the five quick-look bands since 2021 (keV); 2020 files end at 150."""

CFL_DETECTOR_INDEX = 8
BKG_DETECTOR_INDEX = 9


def band_label(energy_low, energy_high, unit=True):
    """Label of an energy band with an en dash, as the field writes it.

    Examples
    --------
    >>> band_label(4, 10)
    '4–10 keV'
    >>> band_label(150, math.inf, unit=False)
    '> 150'
    """
    suffix = " keV" if unit else ""
    if math.isinf(energy_high):
        return f"> {energy_low:g}{suffix}"
    return f"{energy_low:g}–{energy_high:g}{suffix}"
