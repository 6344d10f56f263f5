"""Perihelia, fly-bys and planets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ancillary import events, frames, planets
from apps.ancillary.constants import AU_KM
from tests.ancillary.geometries import ms
from tests.reference import needs_reference

DAY_S = 86_400.0
HOUR_MS = 3_600_000
PERIHELIA = {
    "2020-06-15": 0.516,
    "2021-02-10": 0.495,
    "2021-09-12": 0.587,
    "2022-03-26": 0.323,
    "2022-10-12": 0.293,
    "2023-04-10": 0.293,
    "2023-10-07": 0.293,
    "2024-04-04": 0.293,
    "2024-09-30": 0.293,
}
"""Day -> distance in au, as the mission publishes them."""

FLYBYS = {
    "2020-12-27T12:39": "Venus",
    "2021-08-09T04:42": "Venus",
    "2021-11-27T04:30": "Earth",
    "2022-09-04T01:26": "Venus",
    "2025-02-18T20:46": "Venus",
}


def found_events(geometry, kind):
    """Events of a kind."""
    return [event for event in geometry.events(0, 2**45) if event[1] == kind]


def test_perihelia_are_where_the_mission_has_them(demo_geometry):
    found = found_events(demo_geometry, "perihelion")
    days = [str(np.datetime64(event[0], "ms"))[:10] for event in found]
    assert days == list(PERIHELIA)
    assert [event[3] for event in found] == pytest.approx(list(PERIHELIA.values()), abs=0.001)
    assert found[3][2] == "Perihelion, 0.323 au"


@pytest.mark.real
@needs_reference
def test_flybys_are_where_the_mission_had_them(planned_geometry):
    found = [event for event in found_events(planned_geometry, "flyby")][:5]
    assert [event[2].split(",")[0] for event in found] == [
        f"Fly-by of {name}" for name in FLYBYS.values()
    ]
    for event, utc in zip(found, FLYBYS, strict=True):
        assert event[0] == pytest.approx(ms(utc), abs=0.1 * HOUR_MS)
        assert 6_000 < event[3] < 20_000


def test_the_distance_is_smallest_at_each_perihelion(demo_geometry):
    for time_ms, _, _, distance in found_events(demo_geometry, "perihelion"):
        around = time_ms + np.array([-600_000, 0, 600_000])
        distances = demo_geometry.ephemeris(around).sun_distance_au
        assert distances.argmin() == 1
        assert distances[1] == pytest.approx(distance, abs=1e-9)


def test_events_of_a_range_hold_its_start_and_not_its_stop(demo_geometry):
    every = demo_geometry.events(0, 2**45)
    assert every == sorted(every)
    first, second = every[0][0], every[1][0]
    assert demo_geometry.events(first, second) == every[:1]
    assert demo_geometry.events(first + 1, second + 1) == every[1:2]


@given(nearest=st.floats(0.1, 0.9), period=st.floats(50, 400))
def test_the_perihelia_of_an_oscillation_are_found(nearest, period):
    rate = 2 * np.pi / (period * DAY_S)

    def states(et):
        radius = 1 - (1 - nearest) * np.cos(rate * et)
        speed = (1 - nearest) * rate * np.sin(rate * et)
        zero = np.zeros_like(et)
        return (np.stack([part, zero, zero], axis=1) for part in (radius, speed))

    found = events.perihelia(states, [(-0.5 * period * DAY_S, 1.5 * period * DAY_S)])
    assert [at / DAY_S for at, _ in found] == pytest.approx([0, period], abs=1e-3)
    assert [distance for _, distance in found] == pytest.approx([nearest] * 2)


@given(st.floats(1, 99), st.floats(1e3, 2.9e6))
def test_the_closest_approach_is_found_to_a_second(day, nearest):
    def distance(et):
        return np.hypot(nearest, 15 * (et - day * DAY_S))

    (found,) = events.flybys(distance, [(0, 100 * DAY_S)])
    assert found[0] == pytest.approx(day * DAY_S, abs=1)
    assert found[1] == pytest.approx(nearest, rel=1e-4)


def test_a_far_approach_is_no_flyby():
    assert events.flybys(lambda et: np.hypot(5e6, 15 * (et - 4e5)), [(0, 1e6)]) == []


class TestPlanets:
    """Planets in the plane of the plot."""

    def test_earth_is_on_the_x_axis_and_distances_are_those_of_the_planets(self, demo_geometry):
        found = demo_geometry.planets(ms("2022-03-28T00:00:00"))
        assert found["Earth"][1:] == pytest.approx([0, 0], abs=1e-9)
        distances = {name: frames.length(place) for name, place in found.items()}
        assert 0.30 < distances["Mercury"] < 0.47
        assert distances["Venus"] == pytest.approx(0.723, abs=0.006)
        assert 0.98 < distances["Earth"] < 1.02
        assert 1.38 < distances["Mars"] < 1.67

    def test_a_planet_is_on_its_ellipse(self, demo_geometry):
        instant = ms("2022-03-28T00:00:00")
        places, ellipses = demo_geometry.planets(instant), demo_geometry.planet_orbits(instant)
        for name, ellipse in ellipses.items():
            assert ellipse[0] == pytest.approx(ellipse[-1], abs=1e-9)
            assert frames.length(ellipse - places[name]).min() < 0.03
            normal = np.cross(ellipse[0], ellipse[45])
            tilt = frames.dot(places[name], normal) / frames.length(normal)
            assert tilt == pytest.approx(0, abs=1e-6)

    @given(st.floats(0, 0.9), st.floats(0.3, 1.5))
    def test_the_ellipse_of_a_known_orbit_comes_back(self, eccentricity, semi_major_au):
        a = semi_major_au * AU_KM
        nearest = a * (1 - eccentricity)
        gravity = planets.SUN_GRAVITY_KM3_S2
        speed = np.sqrt(gravity / a * (1 + eccentricity) / (1 - eccentricity))
        ellipse = planets.ellipse(np.array([nearest, 0, 0, 0, speed, 0]))
        radii = frames.length(ellipse)
        assert radii.min() == pytest.approx(nearest, rel=1e-6)
        assert radii.max() == pytest.approx(a * (1 + eccentricity), rel=1e-3)

    def test_an_unbound_body_has_no_ellipse(self):
        with pytest.raises(ValueError, match="eccentricity"):
            planets.ellipse(np.array([AU_KM, 0, 0, 0, 60.0, 0]))
