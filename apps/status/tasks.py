"""The worker's heartbeat: once as it comes up, then by a schedule of the queue.

The schedule beats only while the queue works.
"""

from contextlib import suppress

from django.db import Error
from django.utils import timezone

from apps.status.managers import WORKER
from apps.status.models import Heartbeat


def beat():
    """Write down that the worker is alive."""
    Heartbeat.objects.beat(WORKER, timezone.now())


def first_beat(**spawned):
    """Beat as a worker comes up: the queue asks its schedules for the first time 30 s later."""
    with suppress(Error):  # without a database the worker waits for it, and beats then
        beat()
