"""What the ancillary pages say in words and small tables: numbers as people read them."""

from dataclasses import dataclass

import numpy as np

from apps.ancillary.constants import AU_KM
from apps.ancillary.exports import FLARE
from apps.core.timeaxis import from_ms, iso

MOST_ROWS = 200
"""Rows of a table on a page; files hold all."""


@dataclass(frozen=True)
class Column:
    """A quantity of an ephemeris: its attribute, its name, its unit, its digits on pages."""

    name: str
    title: str
    unit: str
    digits: int


COLUMNS = (
    Column("sun_distance_au", "Distance to the Sun", "au", 4),
    Column("earth_distance_au", "Distance to the Earth", "au", 4),
    Column("apparent_solar_radius_arcsec", "Apparent solar radius", "arcsec", 1),
    Column("earth_sun_spacecraft_angle_deg", "Earth–Sun–spacecraft angle", "deg", 2),
    Column("stonyhurst_longitude_deg", "Stonyhurst longitude", "deg", 2),
    Column("stonyhurst_latitude_deg", "Latitude (B0)", "deg", 2),
    Column("carrington_longitude_deg", "Carrington longitude", "deg", 2),
    Column("elevation_deg", "Above the ecliptic", "deg", 2),
    Column("radial_velocity_km_s", "Radial velocity", "km/s", 2),
    Column("light_time_difference_s", "Light-time difference", "s", 2),
    Column("light_time_from_sun_s", "Light time from the Sun", "s", 2),
    Column("light_time_to_earth_s", "Light time to the Earth", "s", 2),
)
TABLE = tuple(
    column
    for column in COLUMNS
    if column.name not in {"light_time_from_sun_s", "light_time_to_earth_s", "elevation_deg"}
)


def grouped(ephemeris):
    """Facts of one instant in groups for a page.

    Parameters
    ----------
    ephemeris : Ephemeris
        Of one instant.

    Returns
    -------
    list of (str, list of (str, float, str, int))
        Heading, and label, value, unit and digits of each quantity.
    """
    value = {column.name: float(getattr(ephemeris, column.name)[0]) for column in COLUMNS}
    known = {column.name: column for column in COLUMNS}
    groups = (
        ("Distance", ("sun_distance_au", "earth_distance_au", "apparent_solar_radius_arcsec",
                      "radial_velocity_km_s")),
        ("Seen from the Sun", ("earth_sun_spacecraft_angle_deg", "stonyhurst_longitude_deg",
                               "stonyhurst_latitude_deg", "carrington_longitude_deg",
                               "elevation_deg")),
        ("Light time", ("light_time_difference_s", "light_time_from_sun_s",
                        "light_time_to_earth_s")),
    )  # fmt: skip
    return [
        (
            heading,
            [(known[n].title, value[n], known[n].unit, known[n].digits) for n in names],
        )
        for heading, names in groups
    ]


def sentence(middle, events):
    """The orbit in words, for whoever does not see the drawing.

    Parameters
    ----------
    middle : Ephemeris
        Of one instant.
    events : list of (int, str, str, float)
        Perihelia and fly-bys in the range.
    """
    angle = float(middle.earth_sun_spacecraft_angle_deg[0])
    west = float(middle.stonyhurst_longitude_deg[0])
    side = "in line with" if angle < 0.5 else "west of" if west > 0 else "east of"
    later = float(middle.light_time_difference_s[0])
    text = (
        f"On {iso(from_ms(middle.time_ms[0]), 0)[:16].replace('T', ' ')} UTC Solar Orbiter is "
        f"{middle.sun_distance_au[0]:.3f} au from the Sun and {middle.earth_distance_au[0]:.3f} au "
        f"from the Earth, {angle:.1f}° {side} the Earth as seen from the Sun. What happens on the "
        f"Sun is seen {abs(later):.1f} s {'later' if later >= 0 else 'earlier'} at the Earth."
    )
    return text + "".join(f" {words}: {from_ms(at):%Y-%m-%d}." for at, _, words, _ in events[:4])


def table_rows(ephemeris):
    """Rows for a table: at most `MOST_ROWS`, evenly taken.

    Returns
    -------
    list of (datetime, list of (float, int))
        Instant; value and digits of each column of `TABLE`.
    """
    count = len(ephemeris.time_ms)
    chosen = np.unique(np.linspace(0, count - 1, min(count, MOST_ROWS)).round().astype(int))
    columns = [(getattr(ephemeris, column.name), column.digits) for column in TABLE]
    return [
        (from_ms(ephemeris.time_ms[row]), [(float(part[row]), digits) for part, digits in columns])
        for row in chosen
    ]


def window(ephemeris):
    """Columns of the plot; a turn through ±180 or 360 degrees breaks its line.

    Returns
    -------
    dict of str to ndarray
        ``t`` in milliseconds since 1970, and each quantity under its name.
    """
    columns = {"t": ephemeris.time_ms.astype("f8")}
    columns |= {column.name: getattr(ephemeris, column.name).astype("f8") for column in COLUMNS}
    columns |= {f"hee_{axis}_au": ephemeris.hee_km[:, k] / AU_KM for k, axis in enumerate("xy")}
    for name in ("stonyhurst_longitude_deg", "carrington_longitude_deg"):
        columns[name] = columns[name].copy()
        columns[name][1:][np.abs(np.diff(columns[name])) > 180] = np.nan
    return columns


SOURCES = {
    "CK": "from attitude kernels",
    "aspect": "from the aspect product",
    "nominal": "of nominal attitude, assumed and not measured",
}


def attitude_sentence(found):
    """An attitude in words.

    Parameters
    ----------
    found : Attitude
        At least one instant.
    """
    parts = []
    for source in ("CK", "aspect", "nominal"):
        rows = np.asarray(found.source) == source
        if rows.any():
            roll = found.roll_deg[rows]
            parts.append(
                f"{rows.sum()} instants {SOURCES[source]}, roll {_plain(roll.min())}° to "
                f"{_plain(roll.max())}°"
            )
    first, last = (iso(from_ms(found.time_ms[k]), 0)[:16].replace("T", " ") for k in (0, -1))
    return f"Attitude of {found.frame} against {found.reference}, {first} to {last} UTC: " + (
        "; ".join(parts) + "."
    )


def attitude_parts(found):
    """Columns of the plot for each source: a line breaks where another source takes over.

    Returns
    -------
    dict of str to dict of str to ndarray
        ``t`` in ms, ``roll_deg``, ``pitch_arcsec``, ``yaw_arcsec``; NaN at other sources' instants.
    """
    parts = {}
    for source in SOURCES:
        other = np.asarray(found.source) != source
        if other.all():
            continue
        columns = {
            "roll_deg": found.roll_deg,
            "pitch_arcsec": found.pitch_deg * 3600,
            "yaw_arcsec": found.yaw_deg * 3600,
        }
        parts[source] = {"t": found.time_ms.astype("f8")}
        parts[source] |= {name: np.where(other, np.nan, one) for name, one in columns.items()}
    return parts


def flare_answer(found):
    """Light times and angles of a flare in words and rows.

    Parameters
    ----------
    found : FlareGeometry

    Returns
    -------
    dict
    """
    later = found.light_time_difference_s
    both = found.visible_from_earth and found.visible_from_solo
    hidden = "the Earth" if not found.visible_from_earth else "Solar Orbiter"
    return {
        "instant": from_ms(found.time_ms),
        "heading": f"The Earth sees it {abs(later):.2f} s {'later' if later >= 0 else 'earlier'}",
        "sentence": (
            f"Light of the flare takes {found.flare_to_earth_s:.2f} s to the Earth and "
            f"{found.flare_to_solo_s:.2f} s to Solar Orbiter: "
            f"a time at the Earth is one at Solar Orbiter {'plus' if later >= 0 else 'minus'} "
            f"{abs(later):.2f} s. The lines of sight meet at {found.earth_flare_solo_deg:.2f}°."
        ),
        "caption": "Both see it." if both else f"It is behind the limb for {hidden}.",
        "rows": [
            {
                "words": words,
                "text": f"{getattr(found, name):.6f}"
                if unit == "au"
                else f"{getattr(found, name):z.3f}",
                "unit": unit,
                "key": name,
            }
            for name, words, unit, _ in FLARE
        ],
    }


def _plain(value):
    """Two digits, never minus zero."""
    return f"{float(value):z.2f}"
