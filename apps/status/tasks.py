"""The worker's heartbeat: a schedule of the queue, so that it beats only while the queue works."""

from django.utils import timezone

from apps.status.managers import WORKER
from apps.status.models import Heartbeat


def beat():
    """Write down that the worker is alive."""
    Heartbeat.objects.beat(WORKER, timezone.now())
