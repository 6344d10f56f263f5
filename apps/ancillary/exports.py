"""Answers about orbit and pointing as columns, as CSV, and as a program that fetches them."""

import math

from apps.core.seriestext import utc_texts

PLAIN = {0x2013: "-", 0x202F: " ", 0x2194: "-", 0xB0: " deg"}
"""Signs of sentences that a plain text file does without."""

CLOCK = "UTC at Solar Orbiter"
EPHEMERIS = (
    ("sun_distance_au", "Distance of Solar Orbiter to the Sun in au."),
    ("earth_distance_au", "Distance of Solar Orbiter to the Earth in au."),
    ("earth_sun_distance_au", "Distance of the Earth to the Sun in au."),
    ("apparent_solar_radius_arcsec", "Apparent radius of the Sun in arcsec, as RSUN_ARC."),
    ("earth_sun_spacecraft_angle_deg", "Angle at the Sun, Earth to spacecraft, 0 to 180 deg."),
    ("stonyhurst_longitude_deg", "Stonyhurst longitude in deg, -180 to 180, west positive."),
    ("stonyhurst_latitude_deg", "Heliographic latitude in deg, north positive."),
    ("carrington_longitude_deg", "Carrington longitude in deg, 0 to 360, observer at the Earth."),
    ("elevation_deg", "Latitude above the plane of HEE in deg."),
    ("radial_velocity_km_s", "Velocity away from the Sun in km/s."),
    ("speed_inertial_km_s", "Speed about the Sun in an inertial frame in km/s."),
    ("speed_hee_km_s", "Speed in HEE in km/s, which turns with the Earth."),
    ("light_time_difference_s", "Light time Sun to Earth minus Sun to Solar Orbiter in s; "
     "add it to a time at Solar Orbiter to get the time at the Earth."),
    ("light_time_from_sun_s", "Light time from the Sun to Solar Orbiter in s."),
    ("light_time_to_earth_s", "Light time from Solar Orbiter to the Earth in s."),
)  # fmt: skip
"""Columns of an ephemeris and what they mean, in the order of files."""

HEE = (
    ("hee_x_km", "x in HEE (SOLO_HEE_NASA) in km, towards the Earth."),
    ("hee_y_km", "y in HEE (SOLO_HEE_NASA) in km, towards solar west."),
    ("hee_z_km", "z in HEE (SOLO_HEE_NASA) in km, towards ecliptic north of date."),
)
FLARE = (
    ("light_time_difference_s", "Flare seen at the Earth minus at Solar Orbiter", "s", "dt_flare"),
    ("sun_centre_difference_s", "The same for the Sun's centre", "s", "dt_sun_center"),
    ("flare_to_earth_s", "Light time from the flare to the Earth", "s", "flare_earth_lt"),
    ("flare_to_solo_s", "Light time from the flare to Solar Orbiter", "s", "flare_solo_lt"),
    ("sun_to_earth_s", "Light time from the Sun's centre to the Earth", "s", "earth_sun_lt"),
    ("sun_to_solo_s", "Light time from the Sun's centre to Solar Orbiter", "s", "sun_solo_lt"),
    ("flare_to_solo_au", "Distance of the flare to Solar Orbiter", "au", "flare_solo_r"),
    ("earth_flare_solo_deg", "Angle at the flare between Earth and Solar Orbiter", "deg",
     "earth_flare_solo_deg"),
    ("normal_to_earth_deg", "Angle between the vertical and the line to the Earth", "deg",
     "flare_norm_earth_deg"),
    ("normal_to_solo_deg", "Angle between the vertical and the line to Solar Orbiter", "deg",
     "flare_norm_solo_deg"),
    ("stonyhurst_longitude_deg", "Stonyhurst longitude of the flare, west positive", "deg", ""),
    ("stonyhurst_latitude_deg", "Heliographic latitude of the flare", "deg", ""),
)  # fmt: skip
"""Quantities of a flare: attribute, words, unit, and the name in the client stixdcpy."""


def ephemeris_columns(found):
    """An ephemeris as columns.

    Parameters
    ----------
    found : Ephemeris

    Returns
    -------
    dict of str to list
        ``time_utc_solo``, and a list of float for each of `EPHEMERIS` and `HEE`.
    """
    columns = {"time_utc_solo": utc_texts(found.time_ms)}
    columns |= {name: getattr(found, name).tolist() for name, _ in EPHEMERIS}
    return columns | {name: found.hee_km[:, k].tolist() for k, (name, _) in enumerate(HEE)}


def attitude_columns(found):
    """An attitude as columns: time, roll, pitch and yaw in deg, and where each comes from."""
    return {
        "time_utc_solo": utc_texts(found.time_ms),
        "roll_deg": found.roll_deg.tolist(),
        "pitch_deg": found.pitch_deg.tolist(),
        "yaw_deg": found.yaw_deg.tolist(),
        "source": [str(one) for one in found.source],
    }


def csv_text(facts, columns):
    """A CSV file: facts as comment lines, one line of names, rows.

    Parameters
    ----------
    facts : dict
        Written first as ``# name: value``; kernels by name and checksum, a line each.
    columns : dict of str to list
        Of one length.

    Returns
    -------
    str
        Numbers in the shortest form that reads back as the same float64.
    """
    lines = []
    for name, value in facts.items():
        if name == "kernels":
            lines.append(f"# kernel_set: {value['set_id']}")
            lines += [f"# kernel: {one['name']} sha256 {one['sha256']}" for one in value["files"]]
            continue
        text = " to ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        lines.append(f"# {name}: {' '.join(text.translate(PLAIN).split())}")
    lines.append(",".join(columns))
    lines += [",".join(map(_text, row)) for row in zip(*columns.values(), strict=True)]
    return "\n".join(lines) + "\n"


def _text(value):
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return repr(value) if isinstance(value, float) else str(value)


PROGRAM = '''"""{title}.

Fetches the numbers of the page from the portal's API. Needs Python 3 and numpy.
Kernels: {mk}. {remark}
"""

import json
from urllib.request import urlopen

import numpy as np

ADDRESS = (
    {address!r}
)

with urlopen(ADDRESS) as answer:
    found = json.load(answer)

# UTC at Solar Orbiter.
time = np.array([text.rstrip("Z") for text in found["time_utc_solo"]], dtype="datetime64[ms]")
columns = {{
    name: np.array(values, dtype=float)
    for name, values in found.items()
    if isinstance(values, list) and len(values) == len(time)
    and not isinstance(values[0], (str, dict))
}}

print(f"{{len(time)}} instants from {{time[0]}}Z to {{time[-1]}}Z, kernels {{found['mk']}}")
if found["approximate"]:
    print("APPROXIMATE: computed from a demonstration orbit")
for name, values in columns.items():
    print(f"{{name:34}} {{np.nanmin(values):14.5f}} to {{np.nanmax(values):14.5f}}")
'''


def program(address, title, provenance):
    """A Python program that fetches the numbers of a page.

    Parameters
    ----------
    address : str
        Of the API with all parameters.
    title : str
    provenance : Provenance
    """
    remark = "APPROXIMATE." if provenance.approximate else "Official kernels."
    return PROGRAM.format(title=title, mk=provenance.mk, remark=remark, address=address)
