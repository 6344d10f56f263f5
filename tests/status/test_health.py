"""Health for machines: what works, what does not, and the worker's heartbeat."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError, connection
from django.utils import timezone
from django_q.models import Schedule, Success
from django_q.tasks import async_task

from apps.archive.models import IngestRun
from apps.status.managers import SILENT, WORKER
from apps.status.models import Heartbeat
from apps.status.tasks import beat
from tests.factories import utc

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def working(data_dir):
    """A portal with its folder and a worker that lives."""
    (data_dir / "archive").mkdir()
    beat()
    return data_dir


def test_a_portal_that_works_answers_200_with_what_was_looked_at(visitor, working):
    IngestRun.objects.create(name="x", outcome="taken in", started_at=utc("2026-03-01"), seconds=1)
    response = visitor.get("/health/")
    answer = response.json()
    assert (response.status_code, answer["status"]) == (200, "ok")
    assert answer["checks"].keys() == {"database", "worker", "archive", "disk"}
    assert answer["version"] == django_settings.VERSION
    assert answer["last_ingest_utc"] == "2026-03-01T00:00:00Z"
    assert "no-store" in response["Cache-Control"]


def failing(visitor):
    """The parts that do not work."""
    response = visitor.get("/health/")
    assert response.status_code == 503
    return {name for name, check in response.json()["checks"].items() if not check["ok"]}


def test_a_silent_worker_is_seen(visitor, working):
    Heartbeat.objects.beat(WORKER, timezone.now() - SILENT - timedelta(seconds=5))
    assert failing(visitor) == {"worker"}
    beat()
    assert visitor.get("/health/").status_code == 200
    assert Heartbeat.objects.count() == 1


def test_a_worker_that_never_came_is_seen(visitor, working):
    Heartbeat.objects.filter(name=WORKER).delete()
    assert failing(visitor) == {"worker"}


def test_a_missing_archive_is_seen_and_its_place_is_not_told(visitor, working):
    (working / "archive").rmdir()
    assert failing(visitor) == {"archive"}
    assert str(working) not in visitor.get("/health/").text


def test_a_lost_database_is_seen_and_nothing_of_it_is_told(visitor, working):
    def lost(execute, sql, params, many, context):
        raise OperationalError("password of the database")

    with connection.execute_wrapper(lost):
        assert failing(visitor) == {"database", "worker"}
        assert "password" not in visitor.get("/health/").text


def test_health_is_cheap(visitor, working, django_assert_num_queries):
    with django_assert_num_queries(2):
        visitor.get("/health/")


def test_the_queue_beats_every_minute_and_its_beats_are_not_kept(data_dir):
    schedule = Schedule.objects.get(func="apps.status.tasks.beat")
    assert (schedule.schedule_type, schedule.minutes, schedule.repeats) == ("I", 1, -1)
    assert "'save': False" in schedule.kwargs
    Heartbeat.objects.filter(name=WORKER).delete()
    async_task(schedule.func, sync=True, q_options={"save": False})
    assert Heartbeat.objects.last(WORKER) is not None
    assert Success.objects.count() == 0


def test_the_folder_of_the_log_is_in_the_data_folder():
    handler = django_settings.LOGGING["handlers"]["file"]
    assert handler["folder"] == Path(django_settings.DATA_DIR, "logs")
