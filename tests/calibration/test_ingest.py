"""Calibration files become runs with spectra, and runs get their calibration by a job."""

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from apps.archive.ingest import dispatch_again, ingest_file
from apps.calibration import runs
from apps.calibration.models import CalibrationRun, PixelCalibration, Spectra
from apps.calibration.tasks import calibrate
from apps.core.models import Job
from tests import synthetic
from tests.reference import REFERENCE, needs_reference

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]
REAL = REFERENCE / "fits" / "solo_L1_stix-cal-energy_20200506_V01.fits"


def write(folder, **control):
    """A file of one run of eleven hours: as many counts in a channel as its number."""
    counts = np.broadcast_to(np.arange(1024), (1, *runs.SHAPE))
    usual = {"quiet_time": 0.004, "live_time": 36_432_000.0, "average_temperature": 238.15}
    return synthetic.write(
        folder,
        "cal-energy",
        "2022-03-28",
        {"counts": counts, "counts_err": np.zeros(counts.shape)},
        cadence_s=39_600,
        start="2022-03-28T04:00:00",
        control=usual | control,
    )


def without(path, hdu, column):
    """The file without one of its columns, under the same name."""
    with fits.open(path) as hdus:
        table = hdus[hdu]
        kept = [one for one in table.columns if one.name != column]
        new = fits.BinTableHDU.from_columns(fits.ColDefs(kept), name=hdu)
        hdus[hdu] = new
        hdus.writeto(path, overwrite=True)
    return path


def test_a_file_becomes_runs_with_all_it_tells(tmp_path):
    product = ingest_file(write(tmp_path, detector_mask=np.arange(32) != 9)).product
    (run,) = product.calibration_runs.all()
    assert (run.live_s, run.quiet_s, run.temperature_k) == (36_432.0, 0.004, 238.15)
    assert run.masks[0] == ("0xFFFFFDFF", "all but 10")
    assert f"{run.start:%H:%M} {run.stop:%H:%M}" == "04:00 15:00"
    assert [part.highest for part in run.subspectra.all()] == [1024]
    assert (run.spectra.counts == np.arange(1024)).all()
    assert product.dispatched


def test_reading_again_leaves_one_run(tmp_path):
    product = ingest_file(write(tmp_path)).product
    product.dispatched = False
    product.save()
    assert dispatch_again("cal-energy") == 1
    assert CalibrationRun.objects.count() == 1
    assert Spectra.objects.count() == 1


def test_the_job_fits_the_run_and_says_how_many_it_did(tmp_path):
    ingest_file(write(tmp_path))
    job = Job.objects.get(kind="calibration")
    calibrate(job.pk)
    job.refresh_from_db()
    run = CalibrationRun.objects.get()
    assert (job.state, job.result, job.progress) == ("done", {"changed": 1}, 1.0)
    assert (run.good_pixels, run.fitted_pixels, run.job) == (0, 384, job)
    assert PixelCalibration.objects.count() == 384
    assert run.has_lines is False


def test_detectors_that_were_switched_off_are_not_fitted(tmp_path):
    ingest_file(write(tmp_path, detector_mask=np.zeros(32), pixel_mask=np.zeros(12)))
    calibrate(Job.objects.get(kind="calibration").pk)
    run = CalibrationRun.objects.get()
    assert run.fitted_pixels == 0
    assert {pixel.words for pixel in run.pixels.all()} == {"switched off"}


@pytest.mark.parametrize("column", ["live_time", "detector_mask", "subspec_num_points", "index"])
def test_what_a_file_does_not_tell_stays_unknown(tmp_path, column):
    path = without(write(tmp_path), "CONTROL", column)
    assert ingest_file(path).status == "taken in"
    run = CalibrationRun.objects.get()
    assert (run.live_s is None) == (column == "live_time")
    assert (run.masks[0] is None) == (column == "detector_mask")


def test_a_file_without_spectra_is_refused_with_the_reason_and_kept(tmp_path):
    outcome = ingest_file(without(write(tmp_path), "DATA", "counts"))
    assert outcome.status == "refused"
    assert "counts" in outcome.reason
    assert outcome.quarantined


def test_a_mask_of_no_flags_is_refused(tmp_path):
    outcome = ingest_file(write(tmp_path, pixel_mask=np.full(12, 7)))
    assert outcome.status == "refused"
    assert "pixel_mask" in outcome.reason
    assert "0 or 1" in outcome.reason


@pytest.mark.real
@needs_reference
def test_the_real_file_gives_two_runs_without_lines():
    assert ingest_file(REAL).status == "taken in"
    calibrate(Job.objects.get(kind="calibration").pk)
    found = list(CalibrationRun.objects.order_by("row"))
    assert [run.integration_s for run in found] == pytest.approx([4559.9, 4910.4])
    assert {run.good_pixels for run in found} == {0}
    assert found[0].temperature_c == pytest.approx(-37.95, abs=0.01)
    assert found[0].total_counts == 468_225


@given(
    arrays.arrays(
        st.sampled_from(["u2", "i8", "f4"]),
        (3, 5),
        elements=st.integers(0, 60_000),
        fill=st.just(0),
    )
)
def test_packed_arrays_come_back(values):
    assert (runs.unpack(runs.pack(values)) == values).all()
