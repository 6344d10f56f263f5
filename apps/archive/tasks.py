"""Ingest as background work: a job row holds its state, the queue only delivers its number."""

import time
from pathlib import Path

from django.utils import timezone
from django_q.tasks import async_task

from apps.archive.ingest import REFUSED, ingest_paths
from apps.core.models import Job

KIND = "ingest"
_REPORT_S = 1.0


def submit(paths):
    """Queue the ingest of files and folders; returns the job."""
    absolute = [str(Path(path).absolute()) for path in paths]  # the worker lives elsewhere
    job = Job.objects.create(kind=KIND, parameters={"paths": absolute})
    async_task("apps.archive.tasks.run", job.pk)
    return job


def run(pk):
    """Work on a job if it is still to be done; the queue may deliver it twice."""
    token = Job.objects.claim(pk, timezone.now())
    if token is None:
        return
    try:
        outcomes = ingest_paths(Job.objects.get(pk=pk).parameters["paths"], _reporter(pk, token))
    except Exception as error:
        # A task border: the row must say what happened before the queue hears of it.
        Job.objects.fail(pk, token, timezone.now(), f"{type(error).__name__}: {error}")
        if Job.objects.filter(pk=pk, state=Job.State.QUEUED).exists():
            async_task("apps.archive.tasks.run", pk)
        raise
    Job.objects.finish(pk, token, timezone.now(), summary(outcomes))


def summary(outcomes):
    """Numbers of files by outcome, and the refused ones with their reasons, fit for JSON."""
    refused = [outcome for outcome in outcomes if outcome.status == REFUSED]
    numbers = {"taken_in": 0, "known": 0, "refused": 0}
    for outcome in outcomes:
        numbers[outcome.status.replace(" ", "_")] += 1
    return numbers | {"reasons": [outcome.reason for outcome in refused][:100]}


def _reporter(pk, token):
    """Progress to the row at most once a second; the wish to cancel is read after each file."""
    last = 0.0

    def report(done, total, outcome):
        nonlocal last
        if time.monotonic() - last < _REPORT_S:
            return Job.objects.filter(pk=pk, cancel_requested=True).exists()
        last = time.monotonic()
        held = Job.objects.renew(
            pk,
            token,
            timezone.now(),
            step=f"{done} of {total}: {outcome.name}",
            progress=done / total,
        )
        return not held

    return report
