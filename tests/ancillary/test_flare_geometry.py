"""A point on the Sun seen by two: recorded answers, and what must hold of any point."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ancillary import frames
from apps.ancillary.constants import AU_KM, LIGHT_KM_S, SUN_RADIUS_KM
from apps.ancillary.flaregeometry import flare_geometry, on_sphere, seen_from
from apps.ancillary.geometry import OffDisc, Uncovered
from tests.ancillary.geometries import ms

EARTH = frames.from_sphere(40.0, 23.0, AU_KM)
INSIDE = st.tuples(st.floats(0, 0.999), st.floats(0, 2 * np.pi))
OBSERVER = st.builds(
    lambda lon, lat, au: frames.from_sphere(lon, lat, au * AU_KM),
    st.floats(-180, 180),
    st.floats(-40, 40),
    st.floats(0.28, 1.02),
)


def disc_point(observer, inside):
    """Coordinates in arcsec of a point of the disc, given as part of its radius and direction."""
    part, direction = inside
    radius = np.degrees(np.arcsin(SUN_RADIUS_KM / frames.length(observer))) * 3600
    return part * radius * np.cos(direction), part * radius * np.sin(direction)


class TestRecordedAnswers:
    """Answers of the old data centre, with flown kernels.

    The demonstration orbit is 260 km off in 2023-07: the legs to Solar Orbiter within 1e-3 s.
    """

    @pytest.fixture
    def in_2023(self, demo_geometry):
        point = 77.40470587987033, 159.9423467206681
        return demo_geometry.flare(ms("2023-07-16T04:16:22.146"), *point, "earth")

    def test_light_times_of_2023_07_16(self, in_2023):
        assert in_2023.flare_to_earth_s == pytest.approx(504.9472858431401, abs=1e-5)
        assert in_2023.flare_to_solo_s == pytest.approx(476.1115985307221, abs=1e-3)
        assert in_2023.light_time_difference_s == pytest.approx(28.835687312417974, abs=1e-3)
        assert in_2023.sun_to_earth_s == pytest.approx(507.2265706457874, abs=1e-5)
        assert in_2023.sun_to_solo_s == pytest.approx(474.13202520544763, abs=1e-3)
        assert in_2023.sun_centre_difference_s == pytest.approx(33.09454544033974, abs=1e-3)
        assert in_2023.flare_to_solo_au == pytest.approx(0.954122312957723, abs=3e-6)

    def test_angles_of_2023_07_16(self, in_2023):
        assert in_2023.normal_to_earth_deg == pytest.approx(10.85317083197071, abs=1e-7)
        assert in_2023.normal_to_solo_deg == pytest.approx(148.61700752190433, abs=3e-4)
        assert in_2023.visible_from_earth
        assert not in_2023.visible_from_solo

    def test_the_flare_seen_by_stix_on_2022_03_01(self, demo_geometry):
        found = demo_geometry.flare(ms("2022-03-01T00:00:00"), 100, 1000, "stix")
        assert found.light_time_difference_s == pytest.approx(206.818, abs=1e-3)
        assert found.sun_centre_difference_s == pytest.approx(206.737, abs=1e-3)
        assert found.flare_to_earth_s == pytest.approx(492.601, abs=1e-3)
        assert found.flare_to_solo_s == pytest.approx(285.784, abs=1e-3)
        assert found.sun_to_earth_s == pytest.approx(494.373, abs=1e-3)
        assert found.sun_to_solo_s == pytest.approx(287.637, abs=1e-3)
        assert found.flare_to_solo_au == pytest.approx(0.5727, abs=5e-5)
        # Recorded with three and two digits.
        assert found.earth_flare_solo_deg == pytest.approx(9.415, abs=1.5e-3)
        assert found.normal_to_earth_deg == pytest.approx(40.31, abs=5e-3)
        assert found.normal_to_solo_deg == pytest.approx(37.15, abs=5e-3)

    def test_a_point_that_the_old_server_refused_is_answered(self, demo_geometry):
        found = demo_geometry.flare(ms("2023-01-01T00:00:00"), 100, 1000, "stix")
        assert 80 < found.normal_to_solo_deg < 90


@given(observer=OBSERVER, inside=INSIDE)
def test_a_point_is_seen_where_it_was_taken(observer, inside):
    x, y = disc_point(observer, inside)
    point = on_sphere(observer, x, y)
    assert frames.length(point) == pytest.approx(SUN_RADIUS_KM, rel=1e-6)
    assert frames.dot(point, observer - point) > 0
    assert seen_from(observer, point) == pytest.approx((x, y), abs=1e-6)


@given(observer=OBSERVER, inside=INSIDE)
def test_light_from_the_surface_arrives_before_that_from_the_centre(observer, inside):
    x, y = disc_point(observer, inside)
    found = flare_geometry(0, 0.0, x, y, "stix", observer, EARTH)
    assert found.sun_to_solo_s - SUN_RADIUS_KM / LIGHT_KM_S - 1e-9 < found.flare_to_solo_s
    assert found.flare_to_solo_s < found.sun_to_solo_s
    assert found.visible_from_solo
    assert 0 <= found.earth_flare_solo_deg <= 180
    difference = found.flare_to_earth_s - found.flare_to_solo_s
    assert found.light_time_difference_s == pytest.approx(difference, abs=1e-9)


@given(observer=OBSERVER)
def test_the_centre_of_the_disc_is_a_solar_radius_nearer(observer):
    found = flare_geometry(0, 0.0, 0, 0, "stix", observer, EARTH)
    assert found.sun_to_solo_s - found.flare_to_solo_s == pytest.approx(2.320605, abs=1e-5)
    assert found.normal_to_solo_deg == pytest.approx(0, abs=1e-5)


@given(observer=OBSERVER)
def test_x_is_west_and_y_is_north(observer):
    west, north = on_sphere(observer, 100, 0), on_sphere(observer, 0, 100)
    assert frames.dot(west, np.cross(frames.SOLAR_NORTH, observer)) > 0
    assert frames.dot(north, frames.SOLAR_NORTH) > frames.dot(
        on_sphere(observer, 0, -100), frames.SOLAR_NORTH
    )


def test_a_flare_west_of_the_centre_has_a_positive_longitude_from_earth(demo_geometry):
    found = demo_geometry.flare(ms("2021-06-01T00:00:00"), 500, 0, "earth")
    assert found.stonyhurst_longitude_deg == pytest.approx(31.6, abs=1)


class TestRefusals:
    """What cannot be answered."""

    @pytest.mark.parametrize("observer", ["earth", "stix"])
    @pytest.mark.parametrize(
        "point",
        [(4000, 0), (0, -4000), (2000, 2000), (np.nan, 0), (0, np.inf), (1e9, 0), (648_000, 0)],
    )
    def test_a_point_off_the_disc_names_the_radius(self, demo_geometry, observer, point):
        with pytest.raises(OffDisc, match=r"not on the solar disc.*radius at that time is \d+"):
            demo_geometry.flare(ms("2022-03-01T00:00:00"), *point, observer)

    def test_just_inside_and_just_outside_the_limb(self, demo_geometry):
        instant = ms("2022-03-01T00:00:00")
        radius = demo_geometry.ephemeris([instant]).apparent_solar_radius_arcsec[0]
        inside = demo_geometry.flare(instant, radius - 0.01, 0, "stix")
        assert inside.normal_to_solo_deg == pytest.approx(90, abs=0.3)
        with pytest.raises(OffDisc):
            demo_geometry.flare(instant, radius + 0.01, 0, "stix")

    def test_an_unknown_observer_is_named(self, demo_geometry):
        with pytest.raises(ValueError, match="'mars' is unknown; expected earth or stix"):
            demo_geometry.flare(ms("2022-03-01T00:00:00"), 0, 0, "mars")

    def test_a_time_outside_the_orbit_is_refused(self, demo_geometry):
        with pytest.raises(Uncovered, match="2020-01-01T00:00:00Z"):
            demo_geometry.flare(ms("2020-01-01T00:00:00"), 0, 0)
