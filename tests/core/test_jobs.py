"""Jobs: one worker at a time, three attempts, and nothing counts after the claim is lost."""

from datetime import timedelta

import pytest

from apps.core.managers import ATTEMPTS, LEASE
from apps.core.models import Job

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def job():
    """A job that waits."""
    return Job.objects.create(kind="ingest")


def test_a_job_is_claimed_by_one_worker_only(job, now):
    token = Job.objects.claim(job.pk, now)
    assert token
    assert Job.objects.claim(job.pk, now) is None
    job.refresh_from_db()
    assert (job.state, job.attempt, job.token) == ("running", 1, token)


def test_the_oldest_job_that_waits_is_next(job, now):
    Job.objects.create(kind="ingest")
    assert Job.objects.next_due("ingest", now) == job
    assert Job.objects.next_due("imaging", now) is None
    Job.objects.claim(job.pk, now)
    assert Job.objects.next_due("ingest", now) != job


def test_a_silent_worker_loses_its_job_and_can_no_longer_report(job, now):
    first = Job.objects.claim(job.pk, now)
    later = now + LEASE + timedelta(seconds=1)
    second = Job.objects.claim(job.pk, later)
    assert second not in (None, first)
    assert not Job.objects.renew(job.pk, first, later)
    assert not Job.objects.finish(job.pk, first, later, {})
    assert Job.objects.finish(job.pk, second, later, {"taken_in": 1})
    job.refresh_from_db()
    assert (job.state, job.progress, job.result) == ("done", 1.0, {"taken_in": 1})


def test_reporting_prolongs_the_claim(job, now):
    token = Job.objects.claim(job.pk, now)
    nearly = now + LEASE - timedelta(seconds=1)
    assert Job.objects.renew(job.pk, token, nearly, step="3 of 9", progress=0.33)
    assert Job.objects.claim(job.pk, now + LEASE + timedelta(seconds=1)) is None


def test_the_third_failure_is_final(job, now):
    for attempt in range(1, ATTEMPTS + 1):
        token = Job.objects.claim(job.pk, now)
        assert Job.objects.fail(job.pk, token, now, "disk full")
        job.refresh_from_db()
        assert (job.state, job.error) == (
            "failed" if attempt == ATTEMPTS else "queued",
            "disk full",
        )
    assert Job.objects.claim(job.pk, now) is None


def test_a_worker_that_falls_silent_three_times_fails_the_job(job, now):
    for attempt in range(ATTEMPTS):
        assert Job.objects.claim(job.pk, now + 2 * attempt * LEASE)
    assert Job.objects.claim(job.pk, now + 2 * ATTEMPTS * LEASE) is None
    job.refresh_from_db()
    assert job.state == "failed"
    assert "fell silent in attempt 3 of 3" in job.error


def test_a_job_to_be_cancelled_stops_at_its_next_report(job, now):
    token = Job.objects.claim(job.pk, now)
    Job.objects.update(cancel_requested=True)
    assert not Job.objects.renew(job.pk, token, now)
    assert Job.objects.finish(job.pk, token, now, {"taken_in": 2})
    job.refresh_from_db()
    assert (job.state, job.result) == ("cancelled", {"taken_in": 2})


def test_a_waiting_job_to_be_cancelled_ends_when_its_turn_comes(job, now):
    Job.objects.update(cancel_requested=True)
    assert Job.objects.claim(job.pk, now) is None
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("cancelled", 0)


def test_a_silent_job_to_be_cancelled_gets_no_other_attempt(job, now):
    Job.objects.claim(job.pk, now)
    Job.objects.update(cancel_requested=True)
    assert Job.objects.claim(job.pk, now + LEASE + timedelta(seconds=1)) is None
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("cancelled", 1)
