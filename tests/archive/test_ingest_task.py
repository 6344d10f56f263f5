"""Ingest in the background: the job row tells how it went."""

import pytest

from apps.archive import tasks
from apps.archive.models import DataProduct
from apps.core.models import Job
from tests.archive import smallfits

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]


def test_a_job_takes_files_in_and_keeps_the_numbers(tmp_path):
    smallfits.write(tmp_path)
    (tmp_path / "bad.fits").write_bytes(b"")
    job = tasks.submit([tmp_path])
    tasks.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("done", 1)
    reasons = ["bad.fits: the file is empty (zero bytes)"]
    assert job.result == {"taken_in": 1, "known": 0, "refused": 1, "reasons": reasons}
    tasks.run(job.pk)
    assert Job.objects.get().attempt == 1


def test_a_job_that_is_to_be_cancelled_stops_between_files(tmp_path, monkeypatch):
    for version in ("01", "02"):
        smallfits.write(tmp_path, header=smallfits.cards(VERSION=version))
    job = tasks.submit([tmp_path])
    real = tasks.ingest_paths

    def cancelled_meanwhile(paths, progress):
        Job.objects.update(cancel_requested=True)
        return real(paths, progress)

    monkeypatch.setattr(tasks, "ingest_paths", cancelled_meanwhile)
    tasks.run(job.pk)
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert job.result["taken_in"] == 1
    assert DataProduct.objects.count() == 1


def test_a_long_job_is_done_in_turns_and_loses_no_file(tmp_path):
    for version in ("01", "02", "03"):
        name = smallfits.NAME.format(version=version)
        smallfits.write(tmp_path, name, header=smallfits.cards(VERSION=version))
    job = tasks.submit([tmp_path])
    places = []
    for _ in range(3):
        tasks.run(job.pk, turn_s=0)
        job.refresh_from_db()
        places.append((job.state, job.result["taken_in"]))
    assert places == [("queued", 1), ("queued", 2), ("done", 3)]
    assert DataProduct.objects.count() == 3


def test_a_job_that_raises_is_tried_three_times_and_then_failed(tmp_path, settings):
    smallfits.write(tmp_path)
    (settings.DATA_DIR / "archive").write_text("a file where the folder should be")
    job = tasks.submit([tmp_path])
    for expected in ("queued", "queued", "failed"):
        with pytest.raises(Exception, match="cannot be stored"):
            tasks.run(job.pk)
        job.refresh_from_db()
        assert job.state == expected
    assert "cannot be stored" in job.error
