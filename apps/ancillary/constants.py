"""Numbers that every geometry module shares.

Source: IAU 2012 Resolution B2 (astronomical unit), IAU 2015 Resolution B3 (solar radius),
SI (speed of light).
"""

AU_KM = 149_597_870.7
"""Astronomical unit in km."""

LIGHT_KM_S = 299_792.458
"""Speed of light in km/s."""

SUN_RADIUS_KM = 695_700.0
"""Nominal solar radius in km."""

DAY_S = 86_400.0

ARCSEC = 180 * 3600 / 3.141592653589793
"""Seconds of arc in a radian."""
