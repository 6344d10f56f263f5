"""The ephemeris: recorded values, headers of real files, and what must hold of any orbit.

Tolerances of the demonstration orbit are those of its accuracy against the flown orbit: up to
2022-09 2e-5 au, 0.005 deg, 0.05 arcsec, 0.012 s.
"""

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st

from apps.ancillary import frames
from apps.ancillary.constants import AU_KM, LIGHT_KM_S
from apps.ancillary.geometry import Uncovered
from tests.ancillary.geometries import ms
from tests.reference import REFERENCE, needs_reference

HEADERS = sorted((REFERENCE / "fits").glob("solo_*.fits"))
DAY_MS = 86_400_000
COVERED = st.integers(ms("2020-02-12T02:00:00"), ms("2025-02-18T20:45:59"))


def at(geometry, utc):
    """Ephemeris of one instant."""
    return geometry.ephemeris([ms(utc)])


class TestRecordedValues:
    """Answers of the old data centre and headers of images, with flown kernels of their day."""

    def test_new_year_2022(self, demo_geometry):
        found = at(demo_geometry, "2022-01-01T00:00:00")
        assert found.sun_distance_au[0] == pytest.approx(0.9974, abs=5e-5)
        assert found.earth_distance_au[0] == pytest.approx(0.2044, abs=5e-5)
        assert found.light_time_difference_s[0] == pytest.approx(-7.000, abs=0.012)
        assert found.light_time_to_earth_s[0] == pytest.approx(102.01, abs=0.017)
        assert found.earth_sun_spacecraft_angle_deg[0] == pytest.approx(11.82, abs=0.01)
        assert found.speed_hee_km_s[0] == pytest.approx(10.68, abs=0.005)
        # Recorded is arctan(z / r); ours is arcsin.
        assert found.elevation_deg[0] == pytest.approx(1.2096, abs=0.005)
        expected = [146042638.8, -30400630.7, 3150370.2]
        np.testing.assert_allclose(found.hee_km[0], expected, rtol=0, atol=4000)

    def test_the_image_of_2023_07_16(self, demo_geometry):
        found = at(demo_geometry, "2023-07-16T04:18:11.461")
        assert found.stonyhurst_latitude_deg[0] == pytest.approx(2.280604, abs=2e-4)
        assert found.stonyhurst_longitude_deg[0] == pytest.approx(157.641036, abs=2e-4)
        assert found.apparent_solar_radius_arcsec[0] == pytest.approx(1009.553976, abs=0.05)
        assert found.sun_distance_au[0] * AU_KM * 1e3 == pytest.approx(142140982740.75, abs=3e5)
        expected = [-130531972.557, 55333955.188, 10182133.489]
        np.testing.assert_allclose(found.hee_km[0], expected, rtol=0, atol=2000)

    def test_the_apparent_radius_is_that_of_the_headers(self):
        from apps.ancillary.ephemeris import ephemeris

        state = np.array([[118_469_167.913, 0, 0, 0, 30, 0]])
        found = ephemeris(np.array([0]), np.array([0.0]), state, state[:, [1, 0, 2, 4, 3, 5]])
        assert found.apparent_solar_radius_arcsec[0] == pytest.approx(1211.2793, abs=5e-5)


def header_cards(path):
    """Cards of the primary header, the start in ms, and the instant they were computed for.

    That is the middle of the file; files of level L1A have the end.
    """
    cards = fits.getheader(path)
    if "L1A" in path.name:
        return cards, ms(cards["DATE_BEG"]), ms(cards["DATE_END"])
    return cards, ms(cards["DATE-BEG"]), ms(cards["DATE-AVG"])


@pytest.mark.real
@needs_reference
@pytest.mark.parametrize("path", HEADERS, ids=lambda path: path.stem)
class TestHeaders:
    """What the pipeline wrote into real files with the flown kernels."""

    def test_light_times(self, demo_geometry, path):
        cards, start, instant = header_cards(path)
        found = demo_geometry.ephemeris([instant])
        assert found.light_time_difference_s[0] == pytest.approx(cards["EAR_TDEL"], abs=0.012)
        assert found.light_time_from_sun_s[0] == pytest.approx(cards["SUN_TIME"], abs=0.012)
        later_ms = ms(cards["DATE_EAR"]) - start
        assert later_ms == pytest.approx(found.light_time_difference_s[0] * 1e3, abs=12)

    def test_distance_and_radius(self, demo_geometry, path):
        cards, _, instant = header_cards(path)
        found = demo_geometry.ephemeris([instant])
        assert found.sun_distance_au[0] == pytest.approx(cards["DSUN_OBS"] / AU_KM / 1e3, abs=2e-5)
        assert found.apparent_solar_radius_arcsec[0] == pytest.approx(cards["RSUN_ARC"], abs=0.05)

    def test_place(self, demo_geometry, path):
        cards, _, instant = header_cards(path)
        found = demo_geometry.ephemeris([instant])
        # The header is rounded to 0.01 deg.
        assert found.stonyhurst_longitude_deg[0] == pytest.approx(cards["HGLN_OBS"], abs=0.0075)
        assert found.stonyhurst_latitude_deg[0] == pytest.approx(cards["HGLT_OBS"], abs=0.0075)
        assert found.hee_j2000_km[0, 0] == pytest.approx(cards["HEEX_OBS"] / 1e3, abs=3000)


class TestSigns:
    """What must hold of any orbit."""

    def test_earth_sees_it_later_while_solar_orbiter_is_nearer_to_the_sun(self, demo_geometry):
        times = np.arange(ms("2020-03-01T00:00:00"), ms("2024-12-01T00:00:00"), DAY_MS)
        found = demo_geometry.ephemeris(times)
        nearer = found.sun_distance_au < found.earth_sun_distance_au
        assert nearer.any()
        assert not nearer.all()
        assert ((found.light_time_difference_s > 0) == nearer).all()

    def test_the_radial_velocity_is_the_rate_of_the_distance(self, demo_geometry):
        times = ms("2022-03-26T12:00:00") + np.arange(-50, 51) * DAY_MS
        later, sooner = (demo_geometry.ephemeris(times + step) for step in (60_000, -60_000))
        rate = (later.sun_distance_au - sooner.sun_distance_au) * AU_KM / 120
        found = demo_geometry.ephemeris(times).radial_velocity_km_s
        assert found[0] < 0 < found[-1]
        np.testing.assert_allclose(found, rate, rtol=0, atol=1e-3)

    def test_distances_and_angle_make_a_triangle(self, demo_geometry):
        times = np.arange(ms("2020-03-01T00:00:00"), ms("2024-12-01T00:00:00"), DAY_MS)
        found = demo_geometry.ephemeris(times)
        a, b = found.sun_distance_au, found.earth_sun_distance_au
        angle = np.radians(found.earth_sun_spacecraft_angle_deg)
        third = np.sqrt(a**2 + b**2 - 2 * a * b * np.cos(angle))
        np.testing.assert_allclose(found.earth_distance_au, third, rtol=1e-9)
        light_time = found.earth_distance_au * AU_KM / LIGHT_KM_S
        np.testing.assert_allclose(found.light_time_to_earth_s, light_time, rtol=1e-12)

    def test_the_light_time_difference_alone_is_that_of_the_ephemeris(self, demo_geometry):
        times = np.arange(ms("2020-03-01T00:00:00"), ms("2024-12-01T00:00:00"), 7 * DAY_MS)
        alone = demo_geometry.light_time_difference(times)
        np.testing.assert_array_equal(alone, demo_geometry.ephemeris(times).light_time_difference_s)

    def test_the_two_ecliptics_differ_by_their_slow_tilt(self, demo_geometry):
        found = at(demo_geometry, "2023-07-16T04:18:11.461")
        apart = (found.hee_km - found.hee_j2000_km)[0]
        assert np.abs(apart[2]) == pytest.approx(1410, abs=10)
        assert frames.length(apart) < 1500


class TestCoverage:
    """Times that the kernels do not cover."""

    @pytest.mark.parametrize(
        "time_ms",
        [ms("2020-02-12T01:59:59"), ms("2025-02-18T20:46:01"), 0, -(2**62), 2**62, float("inf")],
    )
    def test_it_says_which_time_and_what_is_covered_and_what_to_do(self, demo_geometry, time_ms):
        for ask in (demo_geometry.ephemeris, demo_geometry.light_time_difference):
            with pytest.raises(Uncovered) as raised:
                ask([ms("2021-01-01T00:00:00"), time_ms])
            assert "2020-02-12T02:00:00Z to 2025-02-18T20:45:59" in str(raised.value)
            assert "kernels add" in str(raised.value)

    def test_a_time_that_is_no_number_is_refused(self, demo_geometry):
        with pytest.raises(Uncovered, match="no number"):
            demo_geometry.ephemeris([float("nan")])

    def test_the_first_and_last_covered_instant_are_answered(self, demo_geometry):
        provenance = demo_geometry.provenance
        found = demo_geometry.ephemeris([provenance.start_ms, provenance.stop_ms])
        assert np.isfinite(found.sun_distance_au).all()

    def test_no_instants_give_an_empty_answer(self, demo_geometry):
        assert demo_geometry.ephemeris(np.array([], dtype=np.int64)).hee_km.shape == (0, 3)


@given(times=st.lists(COVERED, min_size=1, max_size=20))
def test_an_answer_is_the_same_alone_and_among_others(demo_geometry, times):
    together = demo_geometry.ephemeris(times)
    alone = demo_geometry.ephemeris(times[-1:])
    assert together.carrington_longitude_deg[-1] == alone.carrington_longitude_deg[0]
    assert together.time_ms.tolist() == times


@pytest.mark.real
@needs_reference
@pytest.mark.parametrize(
    ("start", "stop", "angle_deg", "distance_au"),
    [
        ("2020-03-01T00:00:00", "2020-12-26T00:00:00", 0.02, 2e-5),
        ("2020-12-29T00:00:00", "2021-11-26T00:00:00", 0.1, 2e-4),
        ("2021-12-01T00:00:00", "2025-02-17T00:00:00", 2, 5e-3),
    ],
)
def test_the_demonstration_orbit_is_near_the_planned_one(
    demo_geometry, planned_geometry, start, stop, angle_deg, distance_au
):
    """The plan is of 2020-04: by 2022 the flown orbit had left it by more than a degree."""
    times = np.arange(ms(start), ms(stop), DAY_MS)
    demo, planned = (one.ephemeris(times) for one in (demo_geometry, planned_geometry))
    assert frames.angle_deg(demo.hci_km, planned.hci_km).max() < angle_deg
    assert np.abs(demo.sun_distance_au - planned.sun_distance_au).max() < distance_au
