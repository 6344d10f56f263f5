"""What the portal forgets by itself, once a day while the worker runs."""

from datetime import timedelta

from axes.models import AccessAttempt
from django.core.management import call_command
from django.utils import timezone

from apps.accounts.models import Token

FAILURES_KEPT = timedelta(days=30)
"""As the privacy note says; they count for much less."""


def forget(now=None):
    """Delete old failed sign-ins, and tokens and sessions that open nothing any more."""
    now = now or timezone.now()
    AccessAttempt.objects.filter(attempt_time__lt=now - FAILURES_KEPT).delete()
    Token.objects.filter(expiry__lte=now).delete()
    call_command("clearsessions")
