"""Jobs: one worker at a time, three attempts, and nothing counts after the claim is lost."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from apps.archive.tasks import run
from apps.core.managers import ATTEMPTS, FORGOTTEN, LEASE
from apps.core.models import Job
from apps.core.tasks import deliver_forgotten, enqueue

pytestmark = [pytest.mark.db, pytest.mark.django_db]

forgotten_jobs = import_module("apps.core.migrations.0004_forgotten_jobs")


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


def since(job, **facts):
    """When the row was last spoken of, and what else is to be so."""
    Job.objects.filter(pk=job.pk).update(**facts)


def messages():
    """Arguments of what waits in the queue, the oldest first."""
    return [row.task["args"] for row in OrmQ.objects.order_by("pk")]


@pytest.fixture
def waiting(now):
    """Two jobs that wait since long, the older last in the table, and whose messages are lost."""
    newer, older = (enqueue("ingest", "apps.archive.tasks.run", {"paths": []}) for _ in range(2))
    since(newer, created_at=now - timedelta(hours=1), changed_at=now - timedelta(hours=1))
    since(older, created_at=now - timedelta(hours=2), changed_at=now - timedelta(hours=1))
    OrmQ.objects.all().delete()
    return older, newer


def test_jobs_whose_message_was_lost_get_one_again_the_oldest_first(waiting):
    assert deliver_forgotten() == 2
    assert messages() == [(job.pk,) for job in waiting]
    assert deliver_forgotten() == 0
    assert len(messages()) == 2


def test_of_two_that_speak_of_a_job_at_once_one_sends_the_message(waiting, now):
    assert Job.objects.speak_of(waiting[0].pk, now)
    assert not Job.objects.speak_of(waiting[0].pk, now)


@pytest.mark.parametrize("delivered", [1, 2])
def test_a_job_delivered_too_often_is_worked_on_once(waiting, delivered, data_dir):
    for _ in range(delivered):
        run(waiting[0].pk)
    waiting[0].refresh_from_db()
    assert (waiting[0].state, waiting[0].attempt) == ("done", 1)


def test_a_job_that_is_young_held_or_over_is_not_forgotten(waiting, now):
    young, held = waiting
    since(young, changed_at=now - FORGOTTEN + timedelta(seconds=1))
    assert Job.objects.claim(held.pk, now)
    over = Job.objects.create(kind="ingest", task="x", state="done")
    since(over, changed_at=now - timedelta(hours=1))
    assert not Job.objects.forgotten(now).exists()
    later = now + LEASE + FORGOTTEN
    assert [*Job.objects.forgotten(later)] == [young, held]


def test_a_job_whose_worker_fell_silent_for_good_is_told_so(waiting, now):
    job = waiting[0]
    since(job, state="running", attempt=ATTEMPTS, lease_until=now - timedelta(hours=1))
    assert deliver_forgotten() == 2
    run(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert not Job.objects.forgotten(timezone.now() + timedelta(days=1)).filter(pk=job.pk).exists()


def test_the_queue_looks_for_forgotten_jobs_every_minute():
    schedule = Schedule.objects.get(func="apps.core.tasks.deliver_forgotten")
    assert (schedule.schedule_type, schedule.minutes, schedule.repeats) == ("I", 1, -1)
    assert "'save': False" in schedule.kwargs


def test_open_jobs_of_the_release_before_learn_their_task(job, now):
    parted = Job.objects.create(kind="access", parameters={"task": "apps.core.tasks.curate"})
    forgotten_jobs.name_tasks(apps, None)
    found = dict(Job.objects.values_list("pk", "task"))
    assert found == {job.pk: "apps.archive.tasks.run", parted.pk: "apps.core.tasks.curate"}


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
