"""sunpy and astropy as judges: they know neither our frames nor CSPICE."""

import numpy as np
import pytest

from apps.ancillary.times import et_of_ms
from tests.ancillary.geometries import ms

TIMES = np.arange(ms("2020-03-01T00:00:00"), ms("2025-02-01T00:00:00"), 86_400_000 * 61)


@pytest.fixture(scope="module")
def judged(demo_geometry):
    """Our ephemeris, and Solar Orbiter and Earth as coordinates of sunpy."""
    import astropy.units as u
    from astropy.coordinates import HCRS, CartesianRepresentation, SkyCoord
    from astropy.time import Time
    from sunpy.coordinates import HeliographicStonyhurst, get_earth

    then = Time(TIMES / 1e3, format="unix", scale="utc")
    places, _ = demo_geometry._table.at(et_of_ms(TIMES))
    solo = SkyCoord(HCRS(CartesianRepresentation(places[:, 0].T * u.km), obstime=then))
    stonyhurst = solo.transform_to(HeliographicStonyhurst(obstime=then))
    return demo_geometry.ephemeris(TIMES), stonyhurst, get_earth(then)


def test_stonyhurst_longitude_and_latitude(judged):
    ours, solo, _ = judged
    np.testing.assert_allclose(ours.stonyhurst_longitude_deg, solo.lon.deg, rtol=0, atol=5e-4)
    np.testing.assert_allclose(ours.stonyhurst_latitude_deg, solo.lat.deg, rtol=0, atol=5e-4)


def test_carrington_longitude_for_an_observer_at_earth(judged):
    from sunpy.coordinates import HeliographicCarrington

    ours, solo, _ = judged
    theirs = solo.transform_to(HeliographicCarrington(observer="earth", obstime=solo.obstime))
    apart = (ours.carrington_longitude_deg - theirs.lon.deg + 180) % 360 - 180
    assert np.abs(apart).max() < 5e-5


def test_heliocentric_inertial_and_earth_ecliptic(judged):
    from sunpy.coordinates import HeliocentricEarthEcliptic, HeliocentricInertial

    ours, solo, _ = judged
    pairs = ((ours.hci_km, HeliocentricInertial), (ours.hee_km, HeliocentricEarthEcliptic))
    for found, frame in pairs:
        theirs = solo.transform_to(frame(obstime=solo.obstime)).cartesian.xyz.to_value("km").T
        np.testing.assert_allclose(found, theirs, rtol=0, atol=500)


def test_distances_angle_and_light_times(judged):
    import astropy.units as u
    from astropy.constants import c

    ours, solo, earth = judged
    to_earth = earth.separation_3d(solo)
    np.testing.assert_allclose(ours.earth_distance_au, to_earth.to_value(u.au), atol=5e-7)
    np.testing.assert_allclose(ours.light_time_to_earth_s, (to_earth / c).to_value("s"), atol=3e-3)
    difference = ((earth.radius - solo.radius) / c).to_value("s")
    np.testing.assert_allclose(ours.light_time_difference_s, difference, rtol=0, atol=3e-3)
    a, b = earth.cartesian, solo.cartesian
    angle = np.degrees(np.arccos((a.dot(b) / a.norm() / b.norm()).to_value(u.one)))
    np.testing.assert_allclose(ours.earth_sun_spacecraft_angle_deg, angle, rtol=0, atol=2e-3)


def test_the_apparent_radius(judged):
    from sunpy.coordinates.sun import constants

    ours, solo, _ = judged
    radius = np.degrees(np.arcsin((constants.radius / solo.radius).to_value("")))
    np.testing.assert_allclose(ours.apparent_solar_radius_arcsec, radius * 3600, atol=0.01)


def test_a_point_on_the_disc_seen_from_earth(demo_geometry):
    import astropy.units as u
    from astropy.coordinates import SkyCoord
    from astropy.time import Time
    from sunpy.coordinates import HeliographicStonyhurst, Helioprojective

    instant = ms("2022-03-28T12:00:00")
    then = Time(instant / 1e3, format="unix", scale="utc")
    for x, y in ((77.4, 159.9), (-600, 300), (10, -900)):
        found = demo_geometry.flare(instant, x, y, "earth")
        seen = SkyCoord(
            x * u.arcsec, y * u.arcsec, frame=Helioprojective(observer="earth", obstime=then)
        )
        point = seen.transform_to(HeliographicStonyhurst(obstime=then))
        assert found.stonyhurst_longitude_deg == pytest.approx(point.lon.deg, abs=2e-3)
        assert found.stonyhurst_latitude_deg == pytest.approx(point.lat.deg, abs=2e-3)
