"""The table of states: as exact as the kernels it was made of."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ancillary import states
from apps.ancillary.kernels import EARTH, SOLAR_ORBITER
from tests.reference import needs_reference

DAY_S = 86_400.0


def circle(et, radius=5e7, period_s=60 * DAY_S):
    """States of one body on a circle."""
    rate = 2 * np.pi / period_s
    angle, zero = rate * et, np.zeros_like(et)
    place = [np.cos(angle), np.sin(angle), zero]
    motion = [-rate * np.sin(angle), rate * np.cos(angle), zero]
    return radius * np.stack([*place, *motion], axis=-1)[:, None]


def table(geometry):
    """The table behind a geometry."""
    return geometry._table


@given(st.floats(0, 1))
def test_a_circle_is_interpolated_within_the_tolerance(fraction):
    found = states.build(circle, [(0, 100 * DAY_S)])
    et = np.array([fraction * 100 * DAY_S])
    position, velocity = found.at(et)
    assert position == pytest.approx(circle(et)[..., :3], abs=0.05)
    assert velocity == pytest.approx(circle(et)[..., 3:], abs=1e-4)


def test_nodes_are_dense_only_where_the_path_bends():
    slow = states.build(circle, [(0, 100 * DAY_S)])
    fast = states.build(lambda et: circle(et, 1e4, DAY_S / 4), [(0, 100 * DAY_S)])
    assert 100 < slow.et.size < 1000 < fast.et.size
    assert not fast.joint.any()


def test_gaps_between_windows_are_not_covered():
    found = states.build(circle, [(0, 10 * DAY_S), (20 * DAY_S, 30 * DAY_S)])
    et = np.array([-1, 0, 5, 10, 11, 19.9, 20, 30, 30.1, np.nan]) * DAY_S
    expected = [False, True, True, True, False, False, True, True, False, False]
    assert found.covers(et).tolist() == expected
    inside = et[found.covers(et)]
    assert found.at(inside)[0] == pytest.approx(circle(inside)[..., :3], abs=0.05)


def test_a_path_that_jumps_is_as_fast_beside_the_jump_as_elsewhere():
    jump = 33.3 * DAY_S

    def arcs(et):
        path = circle(et)
        path[et > jump, :, 0] += 20_000
        return path

    found = states.build(arcs, [(0, 100 * DAY_S)])
    assert 0 < found.joint.sum() <= 2
    et = np.linspace(jump - 120, jump + 120, 481)
    position, velocity = found.at(et)
    assert np.linalg.norm(velocity, axis=-1).max() < 1.001 * 2 * np.pi * 5e7 / (60 * DAY_S)
    far = abs(et - jump) > 60
    assert position[far] == pytest.approx(arcs(et[far])[..., :3], abs=0.5)


def test_kernels_without_coverage_are_refused():
    with pytest.raises(ValueError, match="cover no instant"):
        states.build(circle, [])


def errors(geometry, body):
    """Errors of place (km) and velocity (km/s) at 5000 instants, joints left out."""
    found = table(geometry)
    et = np.sort(np.random.default_rng(4).uniform(*found.windows[0], 5000))
    et = et[~found.joint[np.searchsorted(found.et, et) - 1]]
    truth = geometry.pool.states(body, et)
    which = (SOLAR_ORBITER, EARTH).index(body)
    position, velocity = (part[:, which] for part in found.at(et))
    place, speed = position - truth[:, :3], velocity - truth[:, 3:]
    return np.linalg.norm(place, axis=1), np.linalg.norm(speed, axis=1)


@pytest.mark.real
@needs_reference
@pytest.mark.parametrize("body", [SOLAR_ORBITER, EARTH])
def test_the_table_agrees_with_real_kernels(planned_geometry, body):
    place, speed = errors(planned_geometry, body)
    assert place.max() < 0.5
    assert np.percentile(place, 99) < 0.05
    assert speed.max() < 1e-3


def test_the_table_agrees_with_the_demonstration_orbit(demo_geometry):
    """Beside the joints the orbit has bends of an hour and a few km, far below its own error."""
    place, speed = errors(demo_geometry, SOLAR_ORBITER)
    assert place.max() < 10
    assert np.percentile(place, 99) < 0.05
    assert speed.max() < 5e-3


def test_joints_of_the_demonstration_orbit_are_few_and_short(demo_geometry):
    found = table(demo_geometry)
    assert 0 < found.joint.sum() < 40
    assert np.diff(found.et)[found.joint].max() < 120
