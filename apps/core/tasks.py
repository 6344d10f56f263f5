"""Decisions about many records as background work, in portions that each are one transaction."""

import time

from django.apps import apps as installed
from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from apps.core.models import Curation, Job

AT_ONCE = 100
"""Records of a portion; up to so many a decision is carried out while the curator waits."""

TURN_S = 240.0
"""A worker gives a long job back after so many seconds, well before the queue's own timeout."""


class ClaimLost(Exception):
    """Another worker has the job; what this one did in the open transaction must not stay."""


def submit(kind, task, ids, **parameters):
    """Queue work on records.

    Parameters
    ----------
    kind : str
        What the list of jobs calls it.
    task : str
        Dotted name of the function that the worker calls with the number of the job.
    ids : list of int
        What it is about.
    **parameters
        What the work needs besides, fit for JSON.

    Returns
    -------
    Job
    """
    return enqueue(kind, task, {"ids": list(ids), "done": 0, **parameters})


def enqueue(kind, task, parameters):
    """Make a job and send its message once the job is there for a worker to see.

    Parameters
    ----------
    kind, task : str
        As in `submit`.
    parameters : dict
        Fit for JSON.

    Returns
    -------
    Job
    """
    job = Job.objects.create(kind=kind, task=task, parameters=parameters)
    transaction.on_commit(lambda: async_task(task, job.pk))
    return job


def deliver_forgotten():
    """Send the messages of jobs again that seem lost; a schedule of the queue calls it.

    A message can be lost (the queue emptied, a database restored, a machine that fails between
    two transactions), and a job without one would wait for ever. A message too many does no harm:
    `claim` lets a job be worked on once.

    Returns
    -------
    int
        How many messages were sent.
    """
    sent, now = 0, timezone.now()
    for job in Job.objects.forgotten(now)[:AT_ONCE]:
        with transaction.atomic():
            if Job.objects.speak_of(job.pk, now):
                async_task(job.task, job.pk)
                sent += 1
    return sent


def in_portions(pk, work, turn_s=TURN_S, at_once=None):
    """Work a turn on a job of `submit`: portion by portion, until it is done or cancelled.

    Parameters
    ----------
    pk : int
        Of the job; the queue may deliver it twice.
    work : callable
        ``work(job, ids) -> int``, how many records changed, in a transaction of its own with the
        count of what is done: a portion stays as a whole or not at all.
    turn_s : float
        Seconds after which the rest waits for the next turn.
    at_once : int, optional
        Records of a portion, `AT_ONCE` by default.
    """
    token = Job.objects.claim(pk, timezone.now())
    if token is None:
        return
    job, until = Job.objects.get(pk=pk), time.monotonic() + turn_s
    try:
        _portions(job, token, work, until, at_once or AT_ONCE)
    except ClaimLost:
        return
    except Exception as error:
        # A task border: the row must say what happened before the queue hears of it.
        Job.objects.fail(pk, token, timezone.now(), f"{type(error).__name__}: {error}")
        again_if_queued(pk)
        raise
    if job.parameters["done"] < len(job.parameters["ids"]) and time.monotonic() >= until:
        facts = {"parameters": job.parameters, "result": job.result}
        Job.objects.hand_back(pk, token, timezone.now(), **facts)
        again_if_queued(pk)
    else:
        Job.objects.finish(pk, token, timezone.now(), job.result)


def _portions(job, token, work, until, at_once):
    ids = job.parameters["ids"]
    while (done := job.parameters["done"]) < len(ids):
        step = f"{done} of {len(ids)}"
        now = timezone.now()
        if not Job.objects.renew(job.pk, token, now, step=step, progress=done / len(ids)):
            return
        with transaction.atomic():
            chosen = ids[done : done + at_once]
            changed = job.result.get("changed", 0) + work(job, chosen)
            facts = {
                "parameters": job.parameters | {"done": done + len(chosen)},
                "result": job.result | {"changed": changed},
            }
            if not Job.objects.advance(job.pk, token, timezone.now(), **facts):
                raise ClaimLost(f"job {job.pk} is no longer held by this worker")
        job.parameters, job.result = facts["parameters"], facts["result"]
        if time.monotonic() >= until:
            return


def again_if_queued(pk):
    """Send the message of a job's next turn or attempt, if there is to be one."""
    for job in Job.objects.filter(pk=pk, state=Job.State.QUEUED):
        async_task(job.task, pk)


def curate(pk, turn_s=TURN_S):
    """Carry a decision out."""
    in_portions(pk, _apply, turn_s)


def undo(pk, turn_s=TURN_S):
    """Take a decision back."""
    in_portions(pk, _undo, turn_s)


def _apply(job, ids):
    curation = Curation.objects.get(pk=job.parameters["curation"])
    model = installed.get_model(job.parameters["model"])
    values = {
        name: model._meta.get_field(name).to_python(value)
        for name, value in job.parameters["values"].items()
    }
    return Curation.objects.apply(curation, model.objects.filter(pk__in=ids), values)


def _undo(job, ids):
    curation = Curation.objects.get(pk=job.parameters["curation"])
    return Curation.objects.undo(curation.changes.filter(pk__in=ids))
