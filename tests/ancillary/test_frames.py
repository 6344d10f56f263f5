"""Frames: turning there and back, signs, and the frame kernels of the mission as judge."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from apps.ancillary import frames
from apps.ancillary.constants import AU_KM
from apps.ancillary.times import et_of_ms
from tests.ancillary.geometries import ms
from tests.reference import needs_reference

COORDINATE = st.floats(-2 * AU_KM, 2 * AU_KM)
VECTOR = arrays(float, (1, 3), elements=COORDINATE).filter(
    lambda v: np.linalg.norm(v) > 0.05 * AU_KM and np.linalg.norm(v[:, :2]) > 1e-2 * AU_KM
)
ET = st.floats(6e8, 1e9).map(lambda et: np.array([et]))
MAKERS = {
    "HEEQ": lambda v, et: frames.heeq(v),
    "HEE of date": frames.hee,
    "HEE of J2000": lambda v, et: frames.hee(v),
    "RTN": lambda v, et: frames.rtn(v),
    "HCI": lambda v, et: frames.hci(),
}
ANGLE = {"longitude": st.floats(-179.9, 179.9), "latitude": st.floats(-89.9, 89.9)}
TIMES = np.arange(ms("2020-03-01T00:00:00"), ms("2030-01-01T00:00:00"), 86_400_000 * 97)


@pytest.mark.parametrize("name", MAKERS)
@given(earth=VECTOR, et=ET, vector=VECTOR)
def test_a_vector_comes_back_and_keeps_its_length(name, earth, et, vector):
    axes = MAKERS[name](earth, et)
    there = frames.rotate(axes, vector)
    assert frames.length(there) == pytest.approx(frames.length(vector), rel=1e-12)
    assert frames.unrotate(axes, there) == pytest.approx(vector, abs=1e-5)


@pytest.mark.parametrize("name", MAKERS)
@given(earth=VECTOR, et=ET)
def test_axes_are_right_handed(name, earth, et):
    assert np.linalg.det(MAKERS[name](earth, et)) == pytest.approx(1, abs=1e-12)


@given(**ANGLE, radius=st.floats(1e6, 1e9))
def test_longitude_and_latitude_come_back(longitude, latitude, radius):
    found = frames.sphere(frames.from_sphere(longitude, latitude, radius))
    assert found == pytest.approx((longitude, latitude, radius), rel=1e-9, abs=1e-7)


@given(earth=VECTOR, et=ET)
def test_earth_is_on_the_x_axis_of_hee_and_in_its_meridian_of_heeq(earth, et):
    for axes in (frames.hee(earth, et), frames.hee(earth)):
        x, y, z = frames.rotate(axes, earth)[0]
        assert x == pytest.approx(frames.length(earth)[0])
        assert (y, z) == pytest.approx((0, 0), abs=1e-4)
    longitude, _, _ = frames.sphere(frames.rotate(frames.heeq(earth), earth))
    assert longitude == pytest.approx(0, abs=1e-9)


@given(**ANGLE)
def test_west_is_positive_and_north_is_positive(longitude, latitude):
    earth = np.array([[AU_KM, 0, 0]])
    point = frames.unrotate(frames.heeq(earth), frames.from_sphere([longitude], [latitude], [1.0]))
    west, north = point[0] @ np.cross(frames.SOLAR_NORTH, earth[0]), point[0] @ frames.SOLAR_NORTH
    if abs(longitude) > 1e-3:
        assert (west > 0) == (longitude > 0)
    if abs(latitude) > 1e-3:
        assert (north > 0) == (latitude > 0)


def test_the_carrington_longitude_falls_by_a_turn_in_a_rotation_of_the_sun():
    earth = np.array([[AU_KM, 0, 0]])
    point = np.array([[0, AU_KM, 1e6]])
    start, after, quarter = (
        frames.carrington_deg(point, earth, np.array([days * 86_400.0]))[0]
        for days in (7000, 7000 + 360 / 14.1844, 7000 + 90 / 14.1844)
    )
    assert after == pytest.approx(start, abs=1e-6)
    assert (start - quarter) % 360 == pytest.approx(90, abs=1e-6)


def test_the_ecliptic_of_date_tilts_by_47_arcsec_in_a_century():
    pole = frames.ecliptic_north_of_date(np.array([0.0, 36525 * 86_400.0]))
    assert frames.angle_deg(pole[0], frames.ECLIPTIC_NORTH) == pytest.approx(0, abs=1e-9)
    assert frames.angle_deg(pole[1], frames.ECLIPTIC_NORTH) * 3600 == pytest.approx(46.97, abs=0.01)


@pytest.mark.real
@needs_reference
class TestAgainstTheFrameKernels:
    """Real frame kernels of the mission, asked through CSPICE."""

    def compared(self, geometry, frame):
        """Largest angle in deg between our place of Solar Orbiter and that of CSPICE."""
        import spiceypy

        et = et_of_ms(TIMES)
        with geometry.pool.loaded():
            theirs, _ = spiceypy.spkpos("-144", et, frame, "NONE", "SUN")
        found = geometry.ephemeris(TIMES)
        ours = {
            "SOLO_HEE_NASA": found.hee_km,
            "SOLO_HEE": found.hee_j2000_km,
            "SOLO_HCI": found.hci_km,
            "SOLO_HEEQ": frames.from_sphere(
                found.stonyhurst_longitude_deg,
                found.stonyhurst_latitude_deg,
                found.sun_distance_au * AU_KM,
            ),
        }[frame]
        return np.max(frames.length(ours - theirs))

    @pytest.mark.parametrize("frame", ["SOLO_HEE_NASA", "SOLO_HEE", "SOLO_HCI", "SOLO_HEEQ"])
    def test_places_agree_within_a_kilometre(self, planned_geometry, frame):
        assert self.compared(planned_geometry, frame) < 1

    def test_the_speed_in_the_turning_frame_agrees(self, planned_geometry):
        import spiceypy

        with planned_geometry.pool.loaded():
            states, _ = spiceypy.spkezr("-144", et_of_ms(TIMES), "SOLO_HEE_NASA", "NONE", "SUN")
        speeds = frames.length(np.array(states)[:, 3:])
        found = planned_geometry.ephemeris(TIMES).speed_hee_km_s
        np.testing.assert_allclose(found, speeds, rtol=0, atol=1e-5)

    def test_the_carrington_longitude_is_the_turning_frame_seen_from_earth(self, planned_geometry):
        import spiceypy

        found = planned_geometry.ephemeris(TIMES)
        with planned_geometry.pool.loaded():
            places, _ = spiceypy.spkpos("-144", et_of_ms(TIMES), "IAU_SUN", "NONE", "SUN")
        geometric, _, _ = frames.sphere(np.array(places))
        light_time = found.earth_sun_distance_au * 499.004784
        turned = (found.carrington_longitude_deg - geometric) % 360
        np.testing.assert_allclose(turned, light_time * 14.1844 / 86_400, rtol=0, atol=5e-4)
