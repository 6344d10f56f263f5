"""Simulated calibration runs: files like the real one, and a truth that the fit finds again."""

from datetime import date

import numpy as np
import pytest
from astropy.io import fits

from apps.archive import fitsfile, products
from apps.calibration import gain
from apps.simulator import archive, calibration

DAY = date(2022, 3, 28)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A simulated file and the truth of its run."""
    folder = tmp_path_factory.mktemp("runs")
    (task,) = archive.tasks(DAY, 1, ["cal-energy"])
    archive.write(task, 1, folder)
    return folder / task.name, calibration.truth_entry(1, task.day)


def test_the_file_is_recognised_and_says_that_it_is_simulated(written):
    path, truth = written
    with fitsfile.examined(path) as (description, _):
        assert products.identify(description).key == "cal-energy"
        assert description.simulated
        assert f"{description.start:%Y-%m-%dT%H:%M}" == truth["start"][:16]


def test_its_columns_are_those_of_the_real_file(written):
    with fits.open(written[0]) as hdus:
        assert hdus["DATA"].data["counts"].shape == (1, 32, 12, 1024)
        assert hdus["CONTROL"].data["average_temperature"][0] == pytest.approx(
            written[1]["temperature_k"], abs=0.01
        )
        assert hdus["CONTROL"].data["subspec_num_points"][0].tolist() == [1024, *[1] * 7]


def test_the_fit_finds_the_truth_through_file_and_compression(written):
    path, truth = written
    with fits.open(path) as hdus:
        table = hdus["DATA"].data
        counts, errors = (table[name][0].reshape(384, 1024) for name in ("counts", "counts_err"))
    found = gain.calibrate(counts, errors)
    enough = np.ravel(truth["counts_31_kev"]) >= 5_000
    close = np.abs(found.gain / np.ravel(truth["gain_kev_per_adc"]) - 1) < 0.005
    close &= np.abs(found.offset - np.ravel(truth["offset_adc"])) < 2.0
    close &= found.quality == 0
    assert enough.sum() > 200
    assert close[enough].mean() >= 0.99
    for place in truth["dead"]:
        assert found.quality[(place["detector"] - 1) * 12 + place["pixel"]]


def test_gain_and_offset_drift_from_run_to_run_with_the_temperature(written):
    later = calibration.truth_entry(1, (DAY - archive.EPOCH_DAY).days + 60)
    assert later["temperature_k"] != written[1]["temperature_k"]
    assert later["gain_kev_per_adc"] != written[1]["gain_kev_per_adc"]
