"""What models have in common (access, time span) and the one table of the ground: jobs."""

import uuid

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from apps.core.managers import JobQuerySet
from apps.core.policy import Access


class Restricted(models.Model):
    """A record that carries its own access level."""

    access_path = ""

    access = models.CharField(
        max_length=9,
        choices=[(level.value, level.value.capitalize()) for level in Access],
        default=Access.TEAM.value,
        help_text="Who may see it: everyone, everyone from a date on, or the instrument team.",
    )
    release_at = models.DateTimeField(
        null=True, blank=True, help_text="End of the embargo (UTC); required when embargoed."
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(access=Access.EMBARGOED.value) | Q(release_at__isnull=False),
                name="%(app_label)s_%(class)s_embargo_has_release",
            )
        ]


class Timed(models.Model):
    """A record that covers a range of Solar Orbiter UTC, stop excluded."""

    start = models.DateTimeField(help_text="Start of the data, UTC at Solar Orbiter.")
    stop = models.DateTimeField(help_text="End of the data (excluded), UTC at Solar Orbiter.")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(stop__gte=F("start")),
                name="%(app_label)s_%(class)s_stop_not_before_start",
            )
        ]


class Curated(models.Model):
    """A record that people edit: each change is kept with who made it, when, and why."""

    history = HistoricalRecords(
        inherit=True, history_change_reason_field=models.TextField(null=True)
    )

    class Meta:
        abstract = True


class Job(Restricted):
    """A piece of long work: claimed by one worker at a time, visible while it runs.

    The queue may deliver a message twice or in any order; a job counts once because `claim` is a
    conditional update and results are kept only while the claim's token holds.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=40, help_text="Which service works on it.")
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    step = models.CharField(max_length=120, blank=True, help_text="What it is doing now.")
    progress = models.FloatField(default=0.0, help_text="Finished part, 0 to 1.")
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    token = models.UUIDField(default=uuid.uuid4, help_text="Proves who holds the claim.")
    lease_until = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = JobQuerySet.as_manager()

    class Meta(Restricted.Meta):
        indexes = [models.Index(fields=["kind", "state", "created_at"])]
        ordering = ["-created_at"]

    def __str__(self):
        return f"{self.kind} {self.pk} ({self.state})"
