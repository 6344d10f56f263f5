"""The readers of the five quick-look products."""

from datetime import UTC, datetime

import numpy as np
import pytest
from astropy.io import fits

from apps.archive.fitsfile import FitsFileError, open_stix
from apps.core.registry import readers
from tests.quicklook.stored import a_light_curve
from tests.reference import REFERENCE, needs_reference

START = datetime(2022, 3, 28, 10, tzinfo=UTC)
FITS = REFERENCE / "fits"


def read(path, key="ql-lightcurve"):
    reader = readers.get(key).provide
    with open_stix(path) as stix_file:
        table = reader.read(stix_file)
    for column in reader.columns:
        rows = table.columns[column.name]
        assert rows.shape == (len(table.time), *column.shape)
        assert rows.dtype == np.dtype(column.dtype)
    return table


def changed(path, change):
    """The file with its DATA table changed in place."""
    with fits.open(path) as hdus:
        change(hdus["DATA"])
        hdus.writeto(path.with_name("changed.fits"), checksum=True)
    return path.with_name("changed.fits")


def test_light_curve_file_gives_its_numbers_and_bands(tmp_path):
    counts = np.arange(50).reshape(10, 5)
    table = read(a_light_curve(tmp_path, START, counts, rcr=np.arange(10) % 2))
    assert table.columns["counts"].tolist() == counts.tolist()
    assert table.columns["rcr"].tolist() == [0, 1] * 5
    assert table.columns["triggers"].tolist() == [100] * 10
    assert set(np.diff(table.time)) == {4000}
    assert table.time[0] == 1648461602000
    assert table.bins == [[4.0, 10.0], [10.0, 15.0], [15.0, 25.0], [25.0, 50.0], [50.0, 84.0]]


def test_error_columns_of_newer_files_are_found_under_their_other_name(tmp_path):
    path = a_light_curve(tmp_path, START, [5, 6])

    def renamed(hdu):
        for name in ("counts", "triggers"):
            hdu.columns.change_name(f"{name}_err", f"{name}_comp_err")

    assert read(changed(path, renamed)).columns["counts_err"].tolist() == [[1.0] * 5] * 2


@pytest.mark.parametrize("missing", ["counts", "counts_err", "triggers", "rcr", "timedel"])
def test_missing_column_is_named(tmp_path, missing):
    path = a_light_curve(tmp_path, START, [5, 6])
    with pytest.raises(FitsFileError, match=missing):
        read(changed(path, lambda hdu: hdu.columns.del_col(missing)))


def test_rows_of_another_decade_are_left_out_and_counted(tmp_path, caplog):
    path = a_light_curve(tmp_path, START, np.arange(10))

    def broken(hdu):
        hdu.data["time"][3] = 4_000_000_000  # 463 days later

    table = read(changed(path, broken))
    assert table.columns["counts"][:, 0].tolist() == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    assert "1 of 10 rows left out" in caplog.text


def test_rows_without_a_number_or_a_width_are_left_out(tmp_path):
    path = a_light_curve(tmp_path, START, np.arange(10))

    def broken(hdu):
        hdu.data["counts"][2, 4] = np.nan
        hdu.data["timedel"][5] = 0

    table = read(changed(path, broken))
    assert table.columns["counts"][:, 0].tolist() == [0, 1, 3, 4, 6, 7, 8, 9]


def test_a_file_without_one_good_row_is_refused(tmp_path):
    path = a_light_curve(tmp_path, START, [1, 2])

    def broken(hdu):
        hdu.data["counts"][:] = np.nan

    with pytest.raises(FitsFileError, match="none of 2 rows"):
        read(changed(path, broken))


@needs_reference
@pytest.mark.real
@pytest.mark.parametrize(
    ("key", "rows", "cadence"),
    [
        ("ql-lightcurve", 21516, 4.0),
        ("ql-background", 10758, 8.0),
        ("ql-variance", 21516, 4.0),
        ("ql-spectra", 12, 32.0),
        ("ql-flareflag", 85, 1020.0),
    ],
)
def test_real_files_are_read_whole(key, rows, cadence):
    table = read(FITS / f"solo_L1_stix-{key}_20200506_V01.fits", key)
    assert len(table.time) == rows
    assert np.median(table.columns["timedel"]) == cadence


@needs_reference
@pytest.mark.real
def test_medians_of_the_real_day_are_those_published():
    table = read(FITS / "solo_L1_stix-ql-lightcurve_20200506_V01.fits")
    assert np.median(table.columns["counts"], axis=0).tolist() == [271, 53, 75, 927, 1855]
    assert np.median(table.columns["triggers"]) == 4351
    assert table.bins[-1] == [50.0, 150.0]
    background = read(FITS / "solo_L1_stix-ql-background_20200506_V01.fits", "ql-background")
    assert np.median(background.columns["counts"], axis=0).tolist() == [15, 22, 10, 11, 14]
    variance = read(FITS / "solo_L1_stix-ql-variance_20200506_V01.fits", "ql-variance")
    assert np.median(variance.columns["variance"]) == 2943


@needs_reference
@pytest.mark.real
def test_spectra_go_to_the_detectors_that_their_slots_name():
    path = FITS / "solo_L1_stix-ql-spectra_20200506_V01.fits"
    table = read(path, "ql-spectra")
    with fits.open(path) as hdus:
        rows = hdus["DATA"].data
        assert rows["detector_index"][0, :5].tolist() == [28, 29, 30, 31, 0]
        assert table.columns["spectra"][0, 28].tolist() == rows["spectra"][0, 0].tolist()
        assert table.columns["spectra"][0, 0].tolist() == rows["spectra"][0, 4].tolist()
        assert table.columns["triggers"][0, 28] == rows["triggers"][0, 0]
    assert table.columns["counts"].sum(axis=1)[0] == 31032
