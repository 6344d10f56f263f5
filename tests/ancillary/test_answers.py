"""Answers for JSON: the keys that clients read, numbers that JSON can hold, no key `error`."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ancillary import answers
from apps.ancillary.geometry import Uncovered
from tests.ancillary.geometries import ms
from tests.reference import needs_reference

PROVENANCE = {"mk", "kernels", "approximate", "validity"}
LISTS = {
    *("utc", "solo_hee", "x", "y", "z", "sun_solo_r", "earth_solo_r", "speed", "owlt"),
    *("light_time_diff", "earth_sun_solo_angle", "sun_angular_diameter", "elevation"),
}
UNITS = {"ref_frame", "observer", "aunit", "lunit", "vunit", "tunit", "remark"}
FLARE = {
    *("dt_flare", "dt_sun_center", "earth_flare_solo_deg", "earth_sun_lt", "flare_earth_lt"),
    *("flare_norm_earth_deg", "flare_norm_solo_deg", "flare_solo_lt", "flare_solo_r"),
    *("flare_utc", "observer", "sun_solo_lt"),
}
FIELD = {
    *("sun_center", "frame", "ref_frame", "cmat", "cmat_inv", "rsun", "solo_sun_r", "time", "fov"),
    *("limb", "nsew", "aunit", "sun_outside_stix_fov", "roll", "pitch", "yaw", "lunit"),
    *("solo_hee", "rsun_arcsec", "rsun_deg", "solo_sun_light_times", "sun_angular_diameter"),
    *("remark", "source"),
}
ATTITUDE = {"unix_time", "roll", "pitch", "yaw", "frame1", "ref_frame", "units", "source"}
NEW_YEAR = ms("2022-01-01T00:00:00")
NOON = ms("2020-10-07T12:00:00")


def through_json(answer):
    """The answer as a client reads it."""
    return json.loads(json.dumps(answer, allow_nan=False))


class TestEphemeris:
    """`/api/request/ephemeris` of the old data centre."""

    def test_it_has_exactly_the_keys_that_clients_know(self, demo_geometry):
        answer = through_json(answers.ephemeris(demo_geometry, NEW_YEAR, NEW_YEAR))
        assert answer.keys() == LISTS | UNITS | PROVENANCE
        assert {key for key, value in answer.items() if isinstance(value, list)} == {
            *LISTS,
            "validity",
        }

    def test_the_recorded_answer_of_2022(self, demo_geometry):
        stop = ms("2022-03-31T01:00:00")
        answer = answers.ephemeris(demo_geometry, NEW_YEAR, stop, 100)
        assert {len(answer[key]) for key in LISTS} == {178}
        assert answer["utc"][0] == "2022-01-01T00:00:00Z"
        assert answer["utc"][-1] == "2022-03-31T01:00:00Z"
        recorded = {"x": -0.9762, "y": 0.2032, "z": -0.0211}
        for key, value in recorded.items():
            assert answer[key][0] == pytest.approx(value, abs=1e-4)
        assert answer["sun_angular_diameter"][0] == pytest.approx(32.06, abs=0.005)
        assert answer["elevation"][0] == pytest.approx(1.2096, abs=0.005)
        assert answer["ref_frame"] == "SOLO_HEE_NASA"

    def test_earth_is_drawn_at_minus_one(self, demo_geometry):
        """Near Earth, 2021-11-27, x is about -1: clients draw Earth there."""
        answer = answers.ephemeris(demo_geometry, *[ms("2021-11-26T00:00:00")] * 2)
        assert answer["x"][0] == pytest.approx(-1, abs=0.02)
        assert answer["solo_hee"][0][0] > 0

    def test_provenance_says_that_the_orbit_is_approximate(self, demo_geometry):
        answer = answers.ephemeris(demo_geometry, NEW_YEAR, NEW_YEAR)
        assert answer["mk"] == "demo-approx-1"
        assert answer["approximate"] is True
        assert answer["validity"][0] == "2020-02-12T02:00:00Z"
        assert {file["kind"] for file in answer["kernels"]["files"]} >= {"SPK", "LSK", "FK"}


class TestInstants:
    """Instants of a range."""

    @given(
        start=st.integers(0, 10**12), length=st.integers(0, 10**11), steps=st.integers(1, 20_000)
    )
    def test_they_go_from_start_to_stop(self, start, length, steps):
        found = answers.instants(start, start + length, steps)
        assert found.size == steps
        assert found[0] == start
        assert (found[1:] >= found[:-1]).all()
        if steps > 1:
            assert found[-1] == start + length

    @pytest.mark.parametrize("steps", [0, -1, 20_001, 10**6])
    def test_too_few_or_too_many_are_refused(self, steps):
        with pytest.raises(ValueError, match=f"steps {steps} is not from 1 to 20000"):
            answers.instants(0, 1, steps)

    def test_a_reversed_range_is_refused(self):
        with pytest.raises(ValueError, match=r"stop 1970-01-01T00:00:00Z is before start"):
            answers.instants(1, 0, 1)


class TestFlare:
    """`/api/request/auxiliary/flare`."""

    def test_it_has_exactly_the_keys_that_clients_know(self, demo_geometry):
        time_ms = ms("2022-03-01T00:00:00")
        answer = through_json(
            answers.flare(demo_geometry, time_ms, 100, 1000, "stix", "2022-03-01")
        )
        assert answer.keys() == FLARE | PROVENANCE
        assert answer["flare_utc"] == "2022-03-01"
        assert answer["dt_flare"] == pytest.approx(206.818, abs=1e-3)
        assert answer["flare_norm_solo_deg"] == pytest.approx(37.15, abs=5e-3)


class TestAttitude:
    """`/api/request/solo/attitude`."""

    @pytest.mark.real
    @needs_reference
    def test_instants_without_attitude_are_dropped(self, planned_geometry):
        stop = ms("2020-10-10T12:00:00")
        answer = through_json(answers.attitude(planned_geometry, NOON, stop, 4))
        assert answer.keys() == ATTITUDE | PROVENANCE
        assert answer["unix_time"] == [NOON / 1e3, NOON / 1e3 + 86_400]
        assert len(answer["roll"]) == len(answer["pitch"]) == len(answer["yaw"]) == 2

    @pytest.mark.real
    @needs_reference
    def test_the_old_server_flipped_the_sign_of_the_pitch(self, planned_geometry):
        plain, flipped = (
            answers.attitude(
                planned_geometry, NOON, NOON, 1, "SOLO_SRF", "SOLO_HEEQ", flip_pitch=flip
            )
            for flip in (False, True)
        )
        assert plain["pitch"] == pytest.approx([-6.591748], abs=1e-6)
        assert flipped["pitch"] == pytest.approx([6.591748], abs=1e-6)
        assert plain["roll"] == flipped["roll"]

    def test_a_nominal_attitude_is_never_given_as_measured(self, demo_geometry):
        with pytest.raises(Uncovered, match=r"no measured attitude.*attitude kernels"):
            answers.attitude(demo_geometry, NOON, NOON)


class TestFieldOfView:
    """`/api/request/stixfov`."""

    def test_it_has_exactly_the_keys_that_clients_know(self, demo_geometry):
        asked = "2022-03-19T00:00:00.000000Z"
        answer = through_json(
            answers.field_of_view(demo_geometry, ms("2022-03-19T00:00:00"), asked)
        )
        assert answer.keys() == FIELD | PROVENANCE
        assert answer["time"] == asked
        assert answer["rsun_arcsec"] == pytest.approx(2663.04, abs=0.05)
        assert answer["rsun_deg"] == pytest.approx(0.7397, abs=5e-5)
        assert answer["sun_angular_diameter"] == pytest.approx(88.77, abs=0.005)
        assert answer["solo_sun_light_times"] == pytest.approx([179.731], abs=0.01)
        assert [len(answer[key]["x"]) for key in ("fov", "limb")] == [5, 50]
        assert len(answer["nsew"]) == 4

    def test_a_nominal_pointing_is_marked(self, demo_geometry):
        assert answers.field_of_view(demo_geometry, NOON)["source"] == "nominal"

    @pytest.mark.real
    @needs_reference
    def test_a_measured_pointing_is_marked(self, planned_geometry):
        answer = answers.field_of_view(planned_geometry, NOON)
        assert answer["source"] == "CK"
        assert abs(answer["roll"]) > 1
