"""What changes for readers when another kernel set answers."""

import numpy as np

from apps.core.timeaxis import from_ms, iso

_INSTANTS = 2000


def switch_effect(active, chosen):
    """The largest differences between two kernel sets, over the time that both cover.

    Parameters
    ----------
    active, chosen : Geometry
        The set that answers now, and the one that would.

    Returns
    -------
    list of (str, str)
        Label and value.
    """
    start = max(active.provenance.start_ms, chosen.provenance.start_ms)
    stop = min(active.provenance.stop_ms, chosen.provenance.stop_ms)
    if start >= stop:
        return [("Covered by both", "no time at all")]
    times = np.linspace(start, stop, _INSTANTS).astype(np.int64)
    before, after = active.ephemeris(times), chosen.ephemeris(times)
    numbers = (
        ("Distance to the Sun", "sun_distance_au", "au", 6),
        ("Light-time difference", "light_time_difference_s", "s", 3),
        ("Earth-Sun-spacecraft angle", "earth_sun_spacecraft_angle_deg", "°", 3),
    )
    rows = [("Covered by both", f"{iso(from_ms(start), 0)} to {iso(from_ms(stop), 0)}")]
    for label, name, unit, digits in numbers:
        change = np.abs(getattr(after, name) - getattr(before, name))
        at = iso(from_ms(times[int(change.argmax())]), 0)
        words = f"up to {change.max():.{digits}f} {unit} (at {at}), median "
        rows.append((f"{label} changes", f"{words}{np.median(change):.{digits}f} {unit}"))
    return rows
