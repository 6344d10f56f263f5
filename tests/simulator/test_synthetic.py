"""The files other tests are made of hold exactly what was asked for."""

from datetime import UTC, datetime

import numpy as np
import pytest
from astropy.io import fits

from tests import synthetic


def opened(path):
    """Primary header and DATA of a file whose checksums hold."""
    with fits.open(path, checksum=True, memmap=False) as hdus:
        return hdus[0].header, hdus["DATA"].data


def test_a_light_curve_is_ten_quiet_minutes_unless_told_otherwise(tmp_path):
    path = synthetic.write_lightcurve(tmp_path)
    header, table = opened(path)
    assert path.name == "solo_L1_stix-ql-lightcurve_20220328_V01.fits"
    assert header["DATE-BEG"] == "2022-03-28T00:00:00.000"
    assert header["DATE-END"] == "2022-03-28T00:10:00.000"
    assert "SIMULATD" not in header
    assert (table["counts"] == synthetic.QUIET).all()
    assert table["triggers"].shape == (150, 1)


def test_a_light_curve_holds_the_counts_given(tmp_path):
    counts = np.arange(35).reshape(7, 5)
    path = synthetic.write_lightcurve(
        tmp_path, "2020-05-06", counts=counts, rcr=[0, 0, 1, 1, 0, 0, 0], version="V02U",
        start="2020-05-06T10:00:00Z", simulated=True, created=datetime(2021, 1, 1, tzinfo=UTC),
        bands=synthetic.BANDS_2020,
    )  # fmt: skip
    header, table = opened(path)
    assert path.name.endswith("20200506_V02U.fits")
    assert (header["VERSION"], header["SIMULATD"]) == ("02U", True)
    assert (header["DATE"], header["DATE-BEG"]) == (
        "2021-01-01T00:00:00.000",
        "2020-05-06T10:00:00.000",
    )
    np.testing.assert_array_equal(table["counts"], counts)
    assert table["rcr"].tolist() == [0, 0, 1, 1, 0, 0, 0]


def test_gaps_are_made_by_giving_the_times(tmp_path):
    first = 1_648_425_600_000
    path = synthetic.write_lightcurve(
        tmp_path, n=3, times_ms=[first + 2000, first + 6000, first + 60_000], stem="anything"
    )
    assert path.name == "anything.fits"
    assert opened(path)[1]["time"].tolist() == [200, 600, 6000]


def test_spectra_are_given_by_detector_and_stored_by_slot(tmp_path):
    _, table = opened(synthetic.write_spectra(tmp_path, n=2))
    assert table["detector_index"][0, :6].tolist() == [28, 29, 30, 31, 0, 1]
    assert table["spectra"][0, 4, 3] == 100 * 1 + 3
    assert table["time"].tolist() == [1600, 104_000]


def test_the_other_products_hold_the_values_given(tmp_path):
    _, background = opened(synthetic.write_background(tmp_path, counts=(1, 2, 3, 4, 5)))
    assert (background["counts"] == (1, 2, 3, 4, 5)).all()
    assert set(background["timedel"]) == {800}
    _, variance = opened(synthetic.write_variance(tmp_path, variance=[5, 6, 7]))
    assert variance["variance"].ravel().tolist() == [5, 6, 7]
    _, flags = opened(synthetic.write_flareflag(tmp_path, loc_z=-3, thermal_index=[0, 1, 2, 0]))
    assert flags["loc_z"].tolist() == [-3] * 4
    assert flags["thermal_index"].ravel().tolist() == [0, 1, 2, 0]


def test_a_length_that_contradicts_the_counts_is_refused(tmp_path):
    with pytest.raises(ValueError, match="n is 4, but 7 bins are given"):
        synthetic.write_lightcurve(tmp_path, counts=np.ones((7, 5)), n=4)
