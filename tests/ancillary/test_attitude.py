"""Attitude and field of view: real attitude kernels, recorded answers, signs."""

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st

from apps.ancillary import aspect, attitude
from apps.ancillary.frames import rotate
from apps.ancillary.geometry import Uncovered
from tests.ancillary.geometries import ms
from tests.reference import REFERENCE, needs_reference

ANGLES = st.tuples(st.floats(-179, 179), st.floats(-89, 89), st.floats(-179, 179))
NOON = ms("2020-10-07T12:00:00")
SMALL = st.floats(-0.3, 0.3)


def of_stix(roll, pitch, yaw, time_ms=NOON):
    """Attitude of STIX from angles, one instant."""
    matrices = attitude.matrices_of([roll], [pitch], [yaw])
    return attitude.attitude([time_ms], matrices, "CK", "SOLO_STIX_ILS", "SOLO_SUN_RTN")


@given(ANGLES)
def test_angles_come_back_from_their_matrix(angles):
    assert attitude.angles_of(attitude.matrices_of(*angles)) == pytest.approx(angles, abs=1e-7)


@given(ANGLES)
def test_matrices_and_angles_are_those_of_spice(angles):
    import spiceypy

    matrix = spiceypy.eul2m(*np.radians(angles), 1, 2, 3)
    np.testing.assert_allclose(attitude.matrices_of(*angles), matrix, rtol=0, atol=1e-12)


@pytest.mark.real
@needs_reference
class TestRealAttitude:
    """The flown attitude of 2020-10-07, checked by the pipeline against SSW."""

    def test_the_spacecraft_against_heeq(self, planned_geometry):
        found = planned_geometry.attitude([NOON], "SOLO_SRF", "SOLO_HEEQ")
        angles = found.roll_deg[0], found.pitch_deg[0], found.yaw_deg[0]
        assert angles == pytest.approx((1.102337, -6.591748, -52.536340), abs=1e-6)
        assert found.source.tolist() == ["CK"]

    @pytest.mark.parametrize("reference", ["SOLO_HEE_NASA", "SOLO_HEE", "SOLO_HCI", "SOLO_SUN_RTN"])
    def test_every_reference_agrees_with_the_frame_kernels(self, planned_geometry, reference):
        from apps.ancillary.times import et_of_ms

        times = np.arange(NOON, ms("2020-10-08T00:00:00"), 3_600_000)
        theirs, known = planned_geometry.pool.rotations("SOLO_SRF", reference, et_of_ms(times))
        ours = planned_geometry.attitude(times, "SOLO_SRF", reference)
        assert known.all()
        np.testing.assert_allclose(ours.matrices, theirs, rtol=0, atol=1e-7)

    def test_the_yaw_of_the_spacecraft_does_not_jump(self, planned_geometry):
        times = np.arange(ms("2020-10-06T12:00:00"), ms("2020-10-08T00:00:00"), 600_000)
        found = planned_geometry.attitude(times)
        assert found.time_ms.size > 100
        assert np.abs(found.yaw_deg).max() < 0.01
        assert np.abs(found.roll_deg).max() < 10

    def test_stix_is_the_spacecraft_turned_by_half_a_turn(self, planned_geometry):
        craft = planned_geometry.attitude([NOON])
        stix = planned_geometry.attitude([NOON], "SOLO_STIX_ILS")
        assert stix.source.tolist() == ["CK"]
        assert stix.roll_deg == pytest.approx(-craft.roll_deg, abs=1e-9)
        assert stix.pitch_deg == pytest.approx(-craft.pitch_deg, abs=1e-9)
        assert stix.yaw_deg == pytest.approx(craft.yaw_deg, abs=1e-9)

    def test_instants_without_attitude_are_left_out(self, planned_geometry):
        times = [ms("2020-10-01T00:00:00"), NOON, ms("2020-12-01T00:00:00")]
        assert planned_geometry.attitude(times).time_ms.tolist() == [NOON]

    def test_a_nominal_attitude_is_marked_and_stands_beside_measured_ones(self, planned_geometry):
        times = [ms("2020-10-01T00:00:00"), NOON]
        found = planned_geometry.attitude(times, allow_nominal=True)
        assert found.source.tolist() == ["nominal", "CK"]
        assert found.roll_deg[0] == pytest.approx(0, abs=1e-9)
        assert abs(found.roll_deg[1]) > 1


class TestNominal:
    """A set without attitude kernels."""

    def test_nothing_is_measured(self, demo_geometry):
        assert demo_geometry.attitude([NOON]).time_ms.size == 0

    @pytest.mark.parametrize("frame", attitude.FRAMES)
    def test_the_nominal_attitude_has_no_angles(self, demo_geometry, frame):
        found = demo_geometry.attitude([NOON, NOON + 1], frame, allow_nominal=True)
        assert found.source.tolist() == ["nominal"] * 2
        for angle in (found.roll_deg, found.pitch_deg, found.yaw_deg):
            assert angle == pytest.approx([0, 0], abs=1e-9)

    def test_the_spacecraft_looks_at_the_sun_and_stix_looks_along_minus_x(self, demo_geometry):
        to_sun = [-1.0, 0, 0]  # in SOLO_SUN_RTN
        craft, stix = (
            demo_geometry.attitude([NOON], frame, allow_nominal=True).matrices[0]
            for frame in attitude.FRAMES
        )
        assert rotate(craft, to_sun) == pytest.approx([1, 0, 0], abs=1e-9)
        assert rotate(stix, to_sun) == pytest.approx([-1, 0, 0], abs=1e-9)

    def test_unknown_frames_are_named(self, demo_geometry):
        with pytest.raises(ValueError, match="'SOLO_XYZ' is unknown; expected SOLO_SRF or"):
            demo_geometry.attitude([NOON], "SOLO_XYZ")
        with pytest.raises(ValueError, match="'MARS' is unknown; expected SOLO_SUN_RTN"):
            demo_geometry.attitude([NOON], "SOLO_SRF", "MARS")

    def test_times_outside_the_orbit_are_refused(self, demo_geometry):
        with pytest.raises(Uncovered):
            demo_geometry.attitude([0], allow_nominal=True)


class TestFieldOfView:
    """Where the Sun is in the field of view."""

    def test_the_recorded_pointing_of_2022_03_19(self, demo_geometry):
        """The old server flipped the sign of the pitch: recorded is -0.2233."""
        instant = ms("2022-03-19T00:00:00")
        pointing = of_stix(2.7146, 0.2233, 0.1054, instant)
        found = demo_geometry.field_of_view(instant, pointing)
        # Angles are recorded with four digits: 0.18 arcsec.
        assert found.sun_centre_arcsec == pytest.approx([341.08, -821.11], abs=0.25)
        assert found.solar_radius_arcsec == pytest.approx(2663.04, abs=0.05)

    def test_the_recorded_limb_of_2021_02_14(self, demo_geometry):
        found = demo_geometry.field_of_view(ms("2021-02-14T01:44:14"))
        assert found.solar_radius_arcsec == pytest.approx(1929.62, abs=0.05)

    def test_without_off_pointing_north_is_up_and_west_is_right(self, demo_geometry):
        found = demo_geometry.field_of_view(NOON)
        radius = found.solar_radius_arcsec
        expected = [[0, radius], [0, -radius], [-radius, 0], [radius, 0]]
        assert found.sun_centre_arcsec == pytest.approx([0, 0], abs=1e-6)
        np.testing.assert_allclose(found.nsew_arcsec, expected, rtol=0, atol=1e-6)
        assert found.attitude.source.tolist() == ["nominal"]
        assert np.abs(found.fov_arcsec).max() == 3600

    def test_the_measured_attitude_is_preferred(self, planned_geometry):
        found = planned_geometry.field_of_view(NOON)
        assert found.attitude.source.tolist() == ["CK"]
        north = found.nsew_arcsec[0] - found.sun_centre_arcsec
        # A negative roll turns the axes clockwise as one looks at the Sun: north leans left.
        lean = np.degrees(np.arctan2(*north))
        assert lean == pytest.approx(found.attitude.roll_deg[0], abs=1e-3)

    @given(roll=st.floats(-179, 179), pitch=SMALL, yaw=SMALL)
    def test_the_limb_is_a_circle_about_the_centre(self, roll, pitch, yaw):
        found = attitude.field_of_view(of_stix(roll, pitch, yaw), 7e7, np.zeros(3))
        radii = np.linalg.norm(found.limb_arcsec - found.sun_centre_arcsec, axis=1)
        assert radii == pytest.approx(found.solar_radius_arcsec, rel=2e-4)
        assert found.limb_arcsec[0] == pytest.approx(found.limb_arcsec[-1])
        # Off-pointing moves the Sun by the same angle, whatever the roll.
        offset = np.linalg.norm(found.sun_centre_arcsec) / 3600
        assert offset == pytest.approx(np.hypot(pitch, yaw), rel=1e-3, abs=1e-9)

    def test_a_sun_outside_the_field_of_view_is_said(self):
        assert attitude.field_of_view(of_stix(0, 0, 2.0), 1.5e8, np.zeros(3)).sun_outside
        assert not attitude.field_of_view(of_stix(0, 0, 1.1), 1.5e8, np.zeros(3)).sun_outside

    def test_a_measured_sun_centre_moves_everything(self):
        plain = attitude.field_of_view(of_stix(3, 0, 0), 1e8, np.zeros(3))
        moved = attitude.field_of_view(of_stix(3, 0, 0), 1e8, np.zeros(3), [100, -50])
        assert moved.sun_centre_arcsec == pytest.approx([100, -50])
        shift = moved.limb_arcsec - plain.limb_arcsec
        np.testing.assert_allclose(shift, np.broadcast_to([100, -50], shift.shape), atol=1e-9)

    def test_the_frame_of_the_spacecraft_serves_too(self, planned_geometry):
        craft = planned_geometry.attitude([NOON], "SOLO_SRF")
        one, other = (planned_geometry.field_of_view(NOON, pointing) for pointing in (None, craft))
        assert one.sun_centre_arcsec == pytest.approx(other.sun_centre_arcsec, abs=1e-6)

    def test_an_attitude_against_another_frame_is_refused(self, demo_geometry):
        other = demo_geometry.attitude([NOON], "SOLO_SRF", "SOLO_HEEQ", allow_nominal=True)
        with pytest.raises(ValueError, match="SOLO_SUN_RTN"):
            demo_geometry.field_of_view(NOON, other)


class TestAspect:
    """The aspect product."""

    def test_a_usable_solution_gives_the_sun_centre_with_its_offset(self):
        found = aspect.pointing([NOON], [[3.0, 0.0, 0.0]], [-32.0], [-50.0], [True])
        assert found.sun_centre_arcsec.tolist() == [[-28.0, -58.0]]
        assert found.measured.tolist() == [True]
        assert found.attitude.source.tolist() == ["aspect"]
        assert found.attitude.roll_deg == pytest.approx([3.0])

    @pytest.mark.parametrize(
        ("y", "z", "ok"), [(-32.0, -50.0, False), (np.nan, -50.0, True), (400.0, 0.0, True)]
    )
    def test_without_one_the_attitude_of_the_spacecraft_serves(self, y, z, ok):
        found = aspect.pointing([NOON], [[3.0, 0.0, 0.0]], [y], [z], [ok])
        assert found.measured.tolist() == [False]
        assert found.sun_centre_arcsec[0] == pytest.approx([-26.1, -58.2])

    def test_rows_without_attitude_are_left_out(self):
        angles = [[np.nan, 0, 0], [1.0, 0.0, 0.0]]
        found = aspect.pointing([NOON, NOON + 64_000], angles, [0, 0], [0, 0], [True, True])
        assert found.attitude.time_ms.tolist() == [NOON + 64_000]
        assert found.sun_centre_arcsec.shape == (1, 2)

    @given(roll=st.floats(-179, 179), pitch=SMALL, yaw=SMALL)
    def test_the_spacecraft_gives_the_sun_centre_of_the_field_of_view(self, roll, pitch, yaw):
        offset = np.array(aspect.SPACECRAFT_OFFSET_ARCSEC)
        found = aspect.pointing([NOON], [[roll, pitch, yaw]], [np.nan], [np.nan], [False])
        seen = attitude.field_of_view(of_stix(roll, pitch, yaw), 1e8, np.zeros(3))
        np.testing.assert_allclose(
            found.sun_centre_arcsec[0] + offset, seen.sun_centre_arcsec, rtol=0, atol=0.1
        )

    @pytest.mark.real
    @needs_reference
    def test_the_real_product_agrees_with_itself(self):
        path = REFERENCE / "fits" / "solo_L2_stix-aux-ephemeris_20200607_V01.fits"
        rows = fits.getdata(path, "DATA")
        columns = [rows[name] for name in ("roll_angle_rpy", "y_srf", "z_srf")]
        times = np.arange(len(rows)) * 64_000 + ms("2020-06-07T00:00:02.641")
        measured = aspect.pointing(times, *columns, np.ones(len(rows), bool))
        assumed = aspect.pointing(times, *columns, np.zeros(len(rows), bool))
        assert measured.measured.all()
        apart = measured.sun_centre_arcsec - assumed.sun_centre_arcsec
        assert np.abs(apart).max() < 11
