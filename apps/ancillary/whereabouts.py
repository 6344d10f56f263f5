"""Where Solar Orbiter was, in the few words for which the time bar and a file's page have room."""

from apps.ancillary.earthclock import signed
from apps.core.timeaxis import iso


def in_words(ephemeris, provenance):
    """Distance, angle and light time: ``0.32 au · 74° from Earth · light time +161.4 s``.

    Parameters
    ----------
    ephemeris : Ephemeris
        Of one instant.
    provenance : Provenance
    """
    words = (
        f"{ephemeris.sun_distance_au[0]:.2f} au · "
        f"{ephemeris.earth_sun_spacecraft_angle_deg[0]:.0f}° from Earth · "
        f"light time {signed(ephemeris.light_time_difference_s[0])}"
    )
    return words + (" · approx." if provenance.approximate else "")


def explained(instant, provenance):
    """What `in_words` means, and which orbit it rests on."""
    return (
        f"Solar Orbiter at the middle of the range, {iso(instant, 0)}: its distance from the Sun; "
        "the angle at the Sun between it and the Earth; how much later the Earth sees the Sun. "
        f"Orbit: {provenance.label}."
    )


def of_file(product, middle, stop, provenance):
    """What is computed for a file, and how far the light time of its header is from that.

    Parameters
    ----------
    product : DataProduct
        With `header`, `level` and `simulated`.
    middle, stop : Ephemeris
        Of the middle and the end of the file: headers of L1A are of its end.
    provenance : Provenance

    Returns
    -------
    list of (label, value, unit)
    """
    orbit = f"orbit {provenance.mk}" + (", approximate" if provenance.approximate else "")
    difference = signed(middle.light_time_difference_s[0])
    facts = [
        ("Distance from the Sun", f"{middle.sun_distance_au[0]:.4f}", f"au, middle; {orbit}"),
        ("Light-time difference", difference, "Earth minus Solar Orbiter, middle"),
    ]
    try:
        stated = float(product.header["EAR_TDEL"])
    except (KeyError, TypeError, ValueError):
        return facts
    instant, computed = ("end", stop) if product.level == "L1A" else ("middle", middle)
    apart = round(stated - float(computed.light_time_difference_s[0]), 3) + 0.0
    unit = f"s, {instant}; {apart:+.3f} s from the computed one".replace("-", "−")
    if product.simulated:
        unit += "; the simulator has an orbit of its own"
    return [*facts, ("EAR_TDEL in the header", f"{stated:.2f}", unit)]
