"""Ingest as background work: a job row holds its state, the queue only delivers its number."""

import time
from pathlib import Path

from django.utils import timezone

from apps.archive import storage
from apps.archive.ingest import REFUSED, ingest_again, ingest_file, ingest_paths
from apps.archive.models import DataProduct, Quarantined
from apps.core.models import Job
from apps.core.tasks import again_if_queued, enqueue, in_portions

KIND = "ingest"
TURN_S = 240.0
"""A worker gives a long job back after so many seconds, well before the queue's own timeout."""

_REPORT_S = 1.0
_AT_ONCE = 500  # databases limit the values of one question


def submit(paths):
    """Queue the ingest of files and folders; returns the job."""
    absolute = [str(Path(path).absolute()) for path in paths]  # the worker lives elsewhere
    return enqueue(KIND, "apps.archive.tasks.run", {"paths": absolute})


def unknown(paths):
    """Files whose very content the archive does not hold yet; none is opened as FITS.

    Parameters
    ----------
    paths : iterable of Path

    Returns
    -------
    list of Path
    """
    digests, known = {path: _digest(path) for path in paths}, set()
    asked = sorted({digest for digest in digests.values() if digest})
    for first in range(0, len(asked), _AT_ONCE):
        found = DataProduct.objects.filter(sha256__in=asked[first : first + _AT_ONCE])
        known.update(found.values_list("sha256", flat=True))
    return [path for path, digest in digests.items() if digest not in known]


def _digest(path):
    try:
        return storage.digest(path)[0]
    except OSError:
        return ""  # ingest itself says what is wrong with it


def run(pk, turn_s=TURN_S):
    """Work a turn on a job if it is still to be done; the queue may deliver it twice."""
    token = Job.objects.claim(pk, timezone.now())
    if token is None:
        return
    job = Job.objects.get(pk=pk)
    try:
        files = storage.collect(job.parameters["paths"])
        first = _place(files, job.parameters.get("after"))
        report = _Report(pk, token, first, turn_s)
        outcomes = ingest_paths(files[first:], report)
    except Exception as error:
        # A task border: the row must say what happened before the queue hears of it.
        Job.objects.fail(pk, token, timezone.now(), f"{type(error).__name__}: {error}")
        again_if_queued(pk)
        raise
    result, done = summary(outcomes, job.result), first + len(outcomes)
    if report.turn_is_over and done < len(files):
        parameters = job.parameters | {"after": str(files[done - 1])}
        Job.objects.hand_back(pk, token, timezone.now(), parameters=parameters, result=result)
        again_if_queued(pk)
    else:
        Job.objects.finish(pk, token, timezone.now(), result)


def read_again(pk):
    """Read archived files anew; those that fail are told in the list of ingests."""
    in_portions(pk, _read_again)


def _read_again(job, ids):
    outcomes = map(ingest_again, DataProduct.objects.filter(pk__in=ids))
    return sum(outcome.status != REFUSED for outcome in outcomes)


def ingest_refused(refused):
    """Try a file of the quarantine again, under the name it came with.

    Returns
    -------
    Outcome
        Taken in, it leaves the quarantine; refused again, its row says why now.
    """
    with storage.quarantined_as_delivered(refused) as path:
        outcome = ingest_file(path)
    if outcome.status == REFUSED:
        Quarantined.objects.filter(pk=refused.pk).update(reason=outcome.reason)
    return outcome


def summary(outcomes, before=None):
    """Numbers of files by outcome, and the refused ones with their reasons, fit for JSON.

    Parameters
    ----------
    outcomes : list of Outcome
    before : dict, optional
        Summary of earlier turns, which is added.
    """
    before = before or {}
    numbers = {key: before.get(key, 0) for key in ("taken_in", "known", "refused")}
    reasons = [outcome.reason for outcome in outcomes if outcome.status == REFUSED]
    for outcome in outcomes:
        numbers[outcome.status.replace(" ", "_")] += 1
    return numbers | {"reasons": [*before.get("reasons", []), *reasons][:100]}


def _place(files, after):
    """Where to go on: behind the last file of the turn before, or at the start."""
    names = list(map(str, files))
    return names.index(after) + 1 if after in names else 0


class _Report:
    """Progress to the row at most once a second; after each file, whether to stop."""

    def __init__(self, pk, token, first, turn_s):
        self.pk, self.token, self.first = pk, token, first
        self.reported, self.until = 0.0, time.monotonic() + turn_s
        self.turn_is_over = False

    def __call__(self, done, total, outcome):
        """Whether to stop: the job was cancelled or lost, or the turn is over."""
        now = time.monotonic()
        self.turn_is_over = now >= self.until
        if now - self.reported < _REPORT_S:
            cancelled = Job.objects.filter(pk=self.pk, cancel_requested=True).exists()
            return cancelled or self.turn_is_over
        self.reported = now
        done, total = done + self.first, total + self.first
        held = Job.objects.renew(
            self.pk,
            self.token,
            timezone.now(),
            step=f"{done} of {total}: {outcome.name}",
            progress=done / total,
        )
        return not held or self.turn_is_over
