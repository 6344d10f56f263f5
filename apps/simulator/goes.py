"""GOES class estimated from the 4-10 keV light curve, as the flare lists do it.

Source: production flare list of the STIX data centre, log F = -6.90 + 0.07505 x + 0.07064 x^2 with
x = log10 of background-subtracted counts per 4 s times the squared distance in au.
"""

import numpy as np


def log_flux(excess, distance_au):
    """Estimated log10 of the GOES 1-8 A flux in W/m2; minus infinity where nothing is in excess.

    Examples
    --------
    >>> round(float(log_flux(3199 - 247, 0.9871007)), 3)
    -5.795
    """
    reduced = np.asarray(excess, dtype=float) * distance_au**2
    x = np.log10(np.maximum(reduced, 1e-30))
    return np.where(reduced > 0, -6.90 + 0.07505 * x + 0.07064 * x**2, -np.inf)


def goes_class(excess, distance_au):
    """Estimated class, such as ``C2``: rounded to a whole number, so that B10 may appear.

    Examples
    --------
    >>> goes_class(3199 - 247, 0.9871007), goes_class(9727 - 247, 0.9865394), goes_class(0, 1)
    ('C2', 'C3', 'NA')
    """
    logarithm = float(log_flux(excess, distance_au))
    if logarithm == -np.inf:
        return "NA"
    flux = float(f"{10**logarithm:.1e}")
    if flux < 1e-7:
        return "A"
    letter, unit = next(
        (letter, unit)
        for letter, unit in (("X", 1e-4), ("M", 1e-5), ("C", 1e-6), ("B", 1e-7))
        if flux >= unit
    )
    return f"{letter}{round(flux / unit)}"
