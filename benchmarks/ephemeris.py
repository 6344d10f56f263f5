"""The full ephemeris of 10,000 instants, against CSPICE instant by instant and against sunpy.

Each way gives distances, light times, the angle at the Sun, the apparent radius, Stonyhurst and
Carrington coordinates and the place in the frames HEE and HCI, for the demonstration orbit.
"""

import json
import sys
import tempfile
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks import measure

INSTANTS = 10_000
AU_KM, LIGHT_KM_S, SUN_RADIUS_KM = 149_597_870.7, 299_792.458, 695_700.0


def main():
    """Time the three ways and the making of the table of states; print JSON."""
    folder = Path(tempfile.mkdtemp(prefix="stix-bench-"))
    geometry = _geometry(folder)
    geometry.ephemeris([geometry.provenance.start_ms])
    known = geometry.provenance
    times = np.linspace(known.start_ms, known.stop_ms, INSTANTS).astype(np.int64)
    ways = {
        "ours": geometry.ephemeris,
        "CSPICE": lambda times: _instant_by_instant(geometry.pool, times),
        "sunpy": lambda times: _sunpy(*_places(geometry, times)),
        "table": lambda times: _fresh(geometry).ephemeris(times[:1]),
    }
    _check(ways, times[::100])
    timed = {name: partial(way, times) for name, way in ways.items()}
    json.dump(measure.alternate(timed, rounds=15, budget_s=60), sys.stdout)


def _geometry(folder):
    """Geometry of the demonstration set."""
    from apps.ancillary import demonstration, kernelset
    from apps.ancillary.geometry import Geometry, Provenance
    from apps.ancillary.kernels import Pool
    from apps.ancillary.times import ms_of_et

    demonstration.make(folder)
    found = kernelset.collect([folder])
    pool = Pool("benchmark", [found[name] for name in kernelset.in_order(found)])
    start, stop = ms_of_et(np.array(pool.coverage())[[0, -1], [0, 1]])
    return Geometry(
        pool, Provenance("demo", "", (), True, int(start) + 1, int(stop), "Demonstration orbit")
    )


def _fresh(geometry):
    """The same without its table of states."""
    return type(geometry)(geometry.pool, geometry.provenance)


def _instant_by_instant(pool, times):
    """As it is written first: texts, dynamic frames, one call for each quantity."""
    import spiceypy

    with pool.loaded():
        return [_one(spiceypy, str(time)) for time in times.astype("datetime64[ms]")]


def _one(spiceypy, utc):
    et = spiceypy.utc2et(utc)
    state, light_time = spiceypy.spkezr("-144", et, "SOLO_HEE_NASA", "NONE", "SUN")
    hci, _ = spiceypy.spkezr("-144", et, "SOLO_HCI", "NONE", "SUN")
    earth, earth_light_time = spiceypy.spkezr("EARTH", et, "SOLO_HEE_NASA", "NONE", "SUN")
    heeq, _ = spiceypy.spkpos("-144", et, "SOLO_HEEQ", "NONE", "SUN")
    distance, longitude, latitude = spiceypy.reclat(heeq)
    return (
        *(distance / AU_KM, spiceypy.vdist(state[:3], earth[:3]) / LIGHT_KM_S),
        *(earth_light_time - light_time, spiceypy.vsep(state[:3], earth[:3])),
        *(np.arcsin(SUN_RADIUS_KM / distance), longitude, latitude, *state, *hci),
    )


def _places(geometry, times):
    """Places about the Sun in km, for sunpy, which knows no orbit of Solar Orbiter."""
    from apps.ancillary.times import et_of_ms

    return times, geometry._table.at(et_of_ms(times))[0][:, 0]


def _sunpy(times, places):
    """With arrays throughout."""
    import astropy.units as u
    from astropy.coordinates import HCRS, CartesianRepresentation, SkyCoord
    from astropy.time import Time
    from sunpy.coordinates import (
        HeliocentricEarthEcliptic,
        HeliocentricInertial,
        HeliographicCarrington,
        HeliographicStonyhurst,
        get_earth,
    )

    then = Time(times / 1e3, format="unix", scale="utc")
    place = SkyCoord(HCRS(CartesianRepresentation(places.T * u.km), obstime=then))
    stonyhurst = place.transform_to(HeliographicStonyhurst(obstime=then))
    frames = (
        HeliographicCarrington(observer="earth", obstime=then),
        HeliocentricInertial(obstime=then),
        HeliocentricEarthEcliptic(obstime=then),
    )
    others = [stonyhurst.transform_to(frame) for frame in frames]
    earth = get_earth(then)
    between = earth.separation_3d(stonyhurst).to_value(u.km) / LIGHT_KM_S
    return stonyhurst.radius.to_value(u.au), between, stonyhurst.lon.deg, others


def _check(ways, times):
    """All ways must give the same, or their times say nothing."""
    ours, theirs, sunpys = (ways[name](times) for name in ("ours", "CSPICE", "sunpy"))
    theirs = np.array(theirs)
    pairs = (
        (ours.sun_distance_au, theirs[:, 0], sunpys[0]),
        (ours.light_time_to_earth_s, theirs[:, 1], sunpys[1]),
        (ours.stonyhurst_longitude_deg, np.degrees(theirs[:, 5]), sunpys[2]),
    )
    for one, other, third in pairs:
        if np.abs(one - other).max() > 1e-3 or np.abs(one - third).max() > 1e-3:
            raise SystemExit("the ways disagree; nothing was measured")


if __name__ == "__main__":
    main()
