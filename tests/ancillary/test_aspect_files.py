"""Aspect files become a series, and are preferred to an attitude that is only assumed."""

import numpy as np
import pytest
from astropy.io import fits
from django.contrib.auth.models import AnonymousUser

from apps.ancillary import managers
from apps.ancillary.aspectfile import aspect_of
from apps.ancillary.models import KernelSet
from apps.archive.ingest import ingest_file
from apps.archive.models import DataProduct, SeriesBlock
from apps.core.timeaxis import DAY_MS, TimeRange, to_ms
from tests.archive.smallfits import cards, table
from tests.factories import utc
from tests.reference import REFERENCE, needs_reference

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]

NOBODY = AnonymousUser()
START = utc("2022-03-28")
DAY = TimeRange.from_ms(to_ms(START), to_ms(START) + DAY_MS)
ROWS = 1350
REAL = REFERENCE / "fits" / "solo_L2_stix-aux-ephemeris_20200607_V01.fits"


def an_aspect_file(folder, name="solo_ANC_stix-asp-ephemeris_20220328_V01.fits", **changes):
    """A day of rows every 64 s: roll 3 deg, aspect solution except in the second hour."""
    n = ROWS
    values = {
        "time": np.arange(n, dtype="u4") * 6400,
        "timedel": np.zeros(n, "u4"),
        "spice_disc_size": np.full(n, 2950.0, "f4"),
        "y_srf": np.full(n, -32.0, "f4"),
        "z_srf": np.full(n, -50.0, "f4"),
        "sas_ok": np.arange(n) // 56 != 1,
        "solo_loc_carrington_lonlat": np.tile(np.array([80.0, 2.0], "f4"), (n, 1)),
        "solo_loc_carrington_dist": np.full((n, 1), 4.87e7, "f4"),
        "solo_loc_heeq_zxy": np.tile(np.array([8e6, 4.8e7, 1e6], "f4"), (n, 1)),
        "roll_angle_rpy": np.tile(np.array([3.0, 0.001, -0.002], "f4"), (n, 1)),
    } | changes
    values = {key: value for key, value in values.items() if value is not None}
    header = cards(
        LEVEL="ANC" if "_ANC_" in name else "L2", STYPE=0, SSTYPE=0, SSID=1, FILENAME=name,
        DATE__BEG="2022-03-28T00:00:00.000", DATE__END="2022-03-28T23:58:56.000",
    )  # fmt: skip
    hdus = [fits.PrimaryHDU(header=header), table("DATA", values, {"time": "cs", "timedel": "cs"})]
    folder.mkdir(parents=True, exist_ok=True)
    fits.HDUList(hdus).writeto(folder / name, overwrite=True)
    return folder / name


def taken_in(path):
    outcome = ingest_file(path)
    assert outcome.status == "taken in", outcome.reason
    return outcome.product


@needs_reference
@pytest.mark.real
def test_the_real_file_is_taken_in_and_gives_its_numbers(visitor):
    product = taken_in(REAL)
    assert product.dispatched
    assert product.level == "L2"
    found = managers.aspect(TimeRange(utc("2020-06-07"), utc("2020-06-08")), NOBODY)
    with fits.open(REAL) as hdus:
        rows = hdus["DATA"].data
        times = [to_ms(utc(text[:23])) for text in rows["time_utc"]]
    assert len(found.time_ms) == 1350
    assert np.abs(found.time_ms - times).max() <= 200  # `time` drifts with the clock on board
    np.testing.assert_allclose(found.roll_deg, rows["roll_angle_rpy"][:, 0])
    np.testing.assert_allclose(found.y_srf_arcsec, rows["y_srf"])
    np.testing.assert_allclose(found.disc_radius_arcsec, rows["spice_disc_size"])
    assert not found.sas_stated.any()
    assert found.unusable() == []
    page = visitor.get(product.get_absolute_url())
    assert page.status_code == 200
    assert "Aspect and ephemeris, 2020-06-07" in page.text
    record = visitor.get(f"{product.get_absolute_url()}record.json").json()
    assert "roll_angle_rpy" in str(record["hdus"])


@needs_reference
@pytest.mark.real
def test_the_real_files_columns_are_what_they_are_said_to_be(kernels):
    taken_in(REAL)
    found = managers.aspect(TimeRange(utc("2020-06-07"), utc("2020-06-08")), NOBODY)
    truth = KernelSet.objects.geometry().ephemeris(found.time_ms)
    radius = truth.apparent_solar_radius_arcsec
    np.testing.assert_allclose(found.disc_radius_arcsec, radius, atol=0.1)
    longitude = truth.stonyhurst_longitude_deg  # and not Carrington's, as the file says
    np.testing.assert_allclose(found.stonyhurst_longitude_deg, longitude, atol=0.01)
    np.testing.assert_allclose(
        found.stonyhurst_latitude_deg, truth.stonyhurst_latitude_deg, atol=0.01
    )
    np.testing.assert_allclose(found.distance_km / 149597870.7, truth.sun_distance_au, atol=5e-5)
    x, y, z = found.heeq_km.T  # in this order, and not z, x, y, as the file says
    assert np.degrees(np.arctan2(y, x)) == pytest.approx(longitude, abs=0.01)
    assert np.linalg.norm(found.heeq_km, axis=1) == pytest.approx(found.distance_km, rel=1e-6)
    assert (z > 0).all()


def test_rows_without_a_solution_are_marked_and_have_no_offset(tmp_path):
    taken_in(an_aspect_file(tmp_path))
    found = managers.aspect(DAY, NOBODY)
    assert found.sas_ok.sum() == ROWS - 56
    assert found.sas_stated.all()
    assert np.isnan(found.y_srf_arcsec[56:112]).all()
    assert np.isfinite(found.y_srf_arcsec[:56]).all()
    ((start, stop),) = found.unusable()
    assert (start, stop) == (
        DAY.start_ms + 56 * 64_000 - 32_000,
        DAY.start_ms + 112 * 64_000 - 32_000,
    )


def test_a_file_without_the_flag_or_other_columns_is_taken_for_what_it_has(tmp_path):
    absent = ("sas_ok", "roll_angle_rpy", "solo_loc_heeq_zxy", "spice_disc_size")
    taken_in(an_aspect_file(tmp_path, **dict.fromkeys(absent)))
    found = managers.aspect(DAY, NOBODY)
    assert not found.sas_stated.any()
    assert not found.sas_ok.any()
    assert np.isfinite(found.y_srf_arcsec).all()
    assert np.isnan(found.roll_deg).all()
    assert len(found.pointing().attitude.time_ms) == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"y_srf": None}, "y_srf"),
        ({"time": None}, "time"),
        ({"roll_angle_rpy": np.zeros((ROWS, 2), "f4")}, "roll_angle_rpy"),
        ({"roll_angle_rpy": np.full(ROWS, "north")}, "roll_angle_rpy"),
    ],
)
def test_a_file_that_is_no_aspect_product_is_refused_with_the_column(tmp_path, change, reason):
    outcome = ingest_file(an_aspect_file(tmp_path, **change))
    assert outcome.status == "refused"
    assert reason in outcome.reason
    assert not DataProduct.objects.exists()
    assert not SeriesBlock.objects.exists()


def test_the_newer_kind_of_file_counts_where_both_lie(tmp_path):
    old = "solo_L2_stix-aux-ephemeris_20220328_V01.fits"
    taken_in(an_aspect_file(tmp_path, y_srf=np.full(ROWS, 7.0, "f4")))
    taken_in(an_aspect_file(tmp_path, old, y_srf=np.full(ROWS, 99.0, "f4"), sas_ok=None))
    assert managers.aspect(DAY, NOBODY).y_srf_arcsec[0] == 7


def test_the_aspect_stands_in_for_a_nominal_attitude_and_says_so(kernels, tmp_path):
    taken_in(an_aspect_file(tmp_path))
    geometry = KernelSet.objects.geometry()
    hours = DAY.start_ms + np.arange(-2, 26, 2) * 3_600_000
    found = managers.attitude(geometry, hours, NOBODY, "SOLO_STIX_ILS", nominal=True)
    inside = (hours >= DAY.start_ms) & (hours <= DAY.stop_ms)  # the last row is 64 s before
    assert found.time_ms.tolist() == hours.tolist()
    assert found.source.tolist() == np.where(inside, "aspect", "nominal").tolist()
    np.testing.assert_allclose(found.roll_deg[inside], 3.0, atol=1e-5)
    np.testing.assert_allclose(found.roll_deg[~inside], 0.0, atol=1e-9)
    measured = managers.attitude(geometry, hours, NOBODY, "SOLO_STIX_ILS")
    assert measured.time_ms.tolist() == hours[inside].tolist()
    turned = managers.attitude(geometry, hours, NOBODY, "SOLO_SRF")
    np.testing.assert_allclose(turned.roll_deg, -3.0, atol=1e-5)
    np.testing.assert_allclose(turned.yaw_deg, measured.yaw_deg, atol=1e-5)


def test_buckets_hold_means_at_their_middle(tmp_path):
    taken_in(an_aspect_file(tmp_path))
    blocks = SeriesBlock.objects.series("asp-ephemeris")
    found = aspect_of(blocks.samples(DAY, bucket_ms=3_600_000))
    assert found.time_ms.tolist() == (DAY.start_ms + np.arange(24) * 3_600_000 + 1_800_000).tolist()
    np.testing.assert_allclose(found.roll_deg, 3.0, rtol=1e-3)
    np.testing.assert_allclose(found.y_srf_arcsec[[0, 5]], -32.0, rtol=1e-3)
    assert np.isnan(found.stonyhurst_longitude_deg).all()


def test_a_turn_within_a_bucket_has_no_mean(tmp_path):
    roll = np.where(np.arange(ROWS) % 2, 179.0, -179.0)
    angles = np.stack([roll, np.zeros(ROWS), np.zeros(ROWS)], axis=1).astype("f4")
    taken_in(an_aspect_file(tmp_path, roll_angle_rpy=angles))
    blocks = SeriesBlock.objects.series("asp-ephemeris")
    found = aspect_of(blocks.samples(DAY, bucket_ms=3_600_000))
    assert np.isnan(found.roll_deg).all()
    assert np.isfinite(found.disc_radius_arcsec).all()


def test_a_hidden_file_gives_a_visitor_nothing(tmp_path):
    product = taken_in(an_aspect_file(tmp_path))
    SeriesBlock.objects.filter(series__key="asp-ephemeris").update(access="team")
    assert product.access == "public"
    assert len(managers.aspect(DAY, NOBODY).time_ms) == 0
