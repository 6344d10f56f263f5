"""Querysets that every capability shares: who may see a row, and when it happened."""

import uuid
from datetime import timedelta

from django.apps import apps as installed
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from apps.core.curation import differences, is_as_left, read_as
from apps.core.policy import Access
from apps.core.registry import writers

TEAM_GROUPS = ("team", "curator", "operator")
ATTEMPTS = 3
LEASE = timedelta(minutes=3)
FORGOTTEN = timedelta(minutes=5)
"""A job that waits so long, or is silent, may have lost its message: the queue gets another."""


def is_team(user):
    """Whether a user belongs to the instrument team; asked once and kept on the user object."""
    if not user.is_authenticated:
        return False
    known = getattr(user, "_is_team", None)
    if known is None:
        known = user.is_superuser or user.groups.filter(name__in=TEAM_GROUPS).exists()
        user._is_team = known
    return known


class RestrictedQuerySet(models.QuerySet):
    """Rows that carry an access level, or reach it through the model's ``access_path``."""

    def visible_to(self, user, now=None):
        """Rows this user may see. Every door to data goes through here."""
        if is_team(user):
            return self
        path = self.model.access_path
        rule = Q(**{f"{path}access": Access.PUBLIC}) | Q(
            **{
                f"{path}access": Access.EMBARGOED,
                f"{path}release_at__lte": now or timezone.now(),
            }
        )
        owner_path = getattr(self.model, "owner_path", None)
        if owner_path and user.is_authenticated:
            rule |= Q(**{owner_path: user})
        return self.filter(rule)


class TimeSpanQuerySet(models.QuerySet):
    """Rows with a start and a stop (stop excluded)."""

    def overlapping(self, span):
        """Rows that share at least one instant with ``span``; a row may be a single instant."""
        later = Q(stop__gt=span.start) | Q(start__gte=span.start)
        return self.filter(later, start__lt=span.stop)


class JobQuerySet(RestrictedQuerySet):
    """Jobs: who works on which, and whether the work still counts.

    Every step is one conditional update; it returns whether it took effect. A worker that lost
    its claim (lease over, taken by another, cancelled) learns so and stops.
    """

    def forgotten(self, now):
        """Jobs nobody has worked on or spoken of for some time, the oldest first.

        They wait, or their worker fell silent; also those for which `claim` has only to say that
        they are over.
        """
        silent = Q(state=self._state.RUNNING, lease_until__lt=now)
        open_ones = self.filter(Q(state=self._state.QUEUED) | silent).exclude(task="")
        return open_ones.filter(changed_at__lt=now - FORGOTTEN).order_by("created_at", "pk")

    def speak_of(self, pk, now):
        """Note that a forgotten job gets a new message; False if another process was faster."""
        return bool(self.forgotten(now).filter(pk=pk).update(changed_at=now))

    def claim(self, pk, now, lease=LEASE):
        """Begin an attempt on a job.

        Parameters
        ----------
        pk : int
        now : datetime
            The present, UTC.
        lease : timedelta
            How long the claim holds without `renew`.

        Returns
        -------
        UUID or None
            Token that proves the claim; None if somebody else has it or it is over.
        """
        spent = self.filter(pk=pk, state=self._state.RUNNING, lease_until__lt=now)
        spent.filter(attempt__gte=ATTEMPTS).update(
            state=self._state.FAILED,
            error=f"the worker fell silent in attempt {ATTEMPTS} of {ATTEMPTS}",
        )
        waiting = Q(state=self._state.QUEUED) | Q(state=self._state.RUNNING, lease_until__lt=now)
        self.filter(waiting, pk=pk, cancel_requested=True).update(state=self._state.CANCELLED)
        token = uuid.uuid4()
        claimed = self._claimable(now).filter(pk=pk)
        updated = claimed.update(
            state=self._state.RUNNING,
            attempt=F("attempt") + 1,
            token=token,
            lease_until=now + lease,
            error="",
            changed_at=now,
        )
        return token if updated else None

    def renew(self, pk, token, now, *, step="", progress=0.0, lease=LEASE):
        """Report progress and prolong the claim; False once it is lost or cancelling is asked."""
        held = self._held(pk, token).filter(cancel_requested=False)
        return bool(
            held.update(step=step[:120], progress=progress, lease_until=now + lease, changed_at=now)
        )

    def advance(self, pk, token, now, *, parameters, result):
        """Keep how far the work is, in the transaction of the work; False if the claim was lost."""
        facts = {"parameters": parameters, "result": result, "changed_at": now}
        return bool(self._held(pk, token).update(**facts))

    def finish(self, pk, token, now, result):
        """Keep the result: done, or cancelled if that was asked; False if the claim was lost."""
        facts = {"result": result, "lease_until": None, "step": "", "changed_at": now}
        held = self._held(pk, token)
        cancelled = held.filter(cancel_requested=True).update(state=self._state.CANCELLED, **facts)
        return bool(cancelled or held.update(state=self._state.DONE, progress=1.0, **facts))

    def hand_back(self, pk, token, now, *, parameters, result):
        """End a turn with more to do: queued again at its new place, its attempts forgotten."""
        return bool(
            self._held(pk, token).update(
                state=self._state.QUEUED,
                attempt=0,
                parameters=parameters,
                result=result,
                lease_until=None,
                changed_at=now,
            )
        )

    def fail(self, pk, token, now, error):
        """End an attempt that raised: queued again, failed after the last attempt."""
        facts = {"error": error[:4000], "lease_until": None, "changed_at": now}
        held = self._held(pk, token)
        last = held.filter(attempt__gte=ATTEMPTS).update(state=self._state.FAILED, **facts)
        return bool(last or held.update(state=self._state.QUEUED, **facts))

    def cancel(self):
        """Ask that these jobs stop; those that nobody works on are over at once."""
        open_ones = self.filter(state__in=[self._state.QUEUED, self._state.RUNNING])
        number = open_ones.update(cancel_requested=True)
        self.filter(state=self._state.QUEUED).update(state=self._state.CANCELLED)
        return number

    @property
    def _state(self):
        return self.model.State

    def _claimable(self, now):
        silent = Q(state=self._state.RUNNING, lease_until__lt=now)
        return self.filter(
            Q(state=self._state.QUEUED) | silent, attempt__lt=ATTEMPTS, cancel_requested=False
        )

    def _held(self, pk, token):
        return self.filter(pk=pk, token=token, state=self._state.RUNNING)


class CurationQuerySet(models.QuerySet):
    """What curators decided: carried out with the old values kept, and taken back."""

    def of(self, record):
        """Decisions that changed a record, the newest first."""
        return self.filter(
            changes__model=record._meta.label_lower, changes__record=record.pk
        ).select_related("made_by", "undone_by")

    def apply(self, curation, records, values):
        """Give records new values, in one transaction with what is made of them.

        Parameters
        ----------
        curation : Curation
            Saved; gets a change for each record that was not so already.
        records : QuerySet
            Of a model with an entry in `registry.writers`.
        values : dict
            Field name to its new value.

        Returns
        -------
        int
            How many records changed.
        """
        changed, changes = [], []
        label = records.model._meta.label_lower
        with transaction.atomic():
            writers.get(label).options["turn"]()
            for record in records.select_for_update():
                found = differences(record, values)
                if not found:
                    continue
                for name in found:
                    setattr(record, name, values[name])
                changed.append(record)
                facts = {"model": label, "record": record.pk, "name": str(record)[:200]}
                changes.append(self._changes(curation=curation, values=found, **facts))
            self._changes.objects.bulk_create(changes)
            if changed:
                writers.get(label).provide(changed, sorted(values))
            facts = {"number": F("number") + len(changed), "changed_at": timezone.now()}
            self.filter(pk=curation.pk).update(**facts)
        return len(changed)

    def state(self):
        """When a decision last changed a record, UTC; None before the first.

        What is kept of counts and sums holds no longer than this stays the same.
        """
        return self.order_by("-changed_at").values_list("changed_at", flat=True).first()

    def begin_undo(self, curation, user, now):
        """Claim the undoing of a decision; False if it is over already, or too late."""
        if not curation.undoable(now):
            return False
        open_one = self.filter(pk=curation.pk, undone_at=None)
        return bool(open_one.update(undone_at=now, undone_by=user))

    def undo(self, changes):
        """Put back the values before of records that nobody touched since.

        Parameters
        ----------
        changes : iterable of Change
            Of one model.

        Returns
        -------
        int
            How many records got their values back.
        """
        with transaction.atomic():
            back = [(change, record) for change, record in self.standing(changes) if record]
            for change, record in back:
                for name, (before, _) in change.values.items():
                    setattr(record, name, read_as(record._meta.get_field(name), before))
                change.undone = True
            if back:
                fields = sorted({name for change, _ in back for name in change.values})
                writers.get(back[0][0].model).provide([record for _, record in back], fields)
                self._changes.objects.bulk_update([change for change, _ in back], ["undone"])
                curations = {change.curation_id for change, _ in back}
                self.filter(pk__in=curations).update(changed_at=timezone.now())
        return len(back)

    def standing(self, changes):
        """Each change with its record as the decision left it; None where it was touched since.

        Parameters
        ----------
        changes : iterable of Change
            Of one model.

        Returns
        -------
        list of (Change, Model or None)
        """
        changes = [change for change in changes if not change.undone]
        if not changes:
            return []
        model = installed.get_model(changes[0].model)
        writers.get(changes[0].model).options["turn"]()
        keys = [change.record for change in changes]
        records = model.objects.filter(pk__in=keys).select_for_update().in_bulk()
        same = self._changes.objects.filter(model=changes[0].model, record__in=keys, undone=False)
        newest = dict(same.order_by("pk").values_list("record", "pk"))
        return [
            (change, records[change.record] if is_as_left(change, records, newest) else None)
            for change in changes
        ]

    @property
    def _changes(self):
        return self.model._meta.get_field("changes").related_model
