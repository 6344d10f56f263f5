"""What models have in common (access, time span), the jobs, and what curators decided."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from apps.core.curation import may_be_undone
from apps.core.managers import CurationQuerySet, JobQuerySet
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
    task = models.CharField(
        max_length=120,
        blank=True,
        help_text="Dotted name of the function that the worker calls with the number of the job.",
    )
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
        indexes = [
            models.Index(fields=["kind", "state", "created_at"]),
            models.Index(fields=["created_at"]),
            models.Index(
                fields=["changed_at"],
                name="core_job_open",
                condition=models.Q(state__in=["queued", "running"]),
            ),
        ]
        ordering = ["-created_at"]

    def __str__(self):
        return f"{self.kind} {self.pk} ({self.state})"

    @property
    def is_over(self):
        """Whether nothing more will happen to it."""
        return self.state not in (self.State.QUEUED, self.State.RUNNING)


class Curation(models.Model):
    """A decision of a curator about one record or many: who, when, why, and what it changed."""

    kind = models.CharField(max_length=20, help_text="What was decided about: access, versions …")
    title = models.CharField(max_length=200, help_text="What was done, as a sentence.")
    reason = models.TextField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(db_index=True, help_text="UTC.")
    number = models.PositiveIntegerField(default=0, help_text="Records that it changed.")
    changed_at = models.DateTimeField(
        auto_now=True,
        db_index=True,
        help_text="When it last changed a record, or gave one its values back, UTC.",
    )
    job = models.ForeignKey(
        Job,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The job that carries it out where it is about many records.",
    )
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, help_text="UTC.")

    objects = CurationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "decision"

    def __str__(self):
        return self.title

    def undoable(self, now):
        """Whether it can be taken back at this time."""
        ended = self.job is None or self.job.is_over
        return bool(
            self.number and self.undone_at is None and ended and may_be_undone(self.made_at, now)
        )


class Change(models.Model):
    """What a decision changed in one record: the values of its fields before and after."""

    curation = models.ForeignKey(Curation, on_delete=models.CASCADE, related_name="changes")
    model = models.CharField(max_length=60, help_text="Label, such as archive.dataproduct.")
    record = models.BigIntegerField(help_text="Primary key of the record.")
    name = models.CharField(max_length=200, help_text="What the record was called.")
    values = models.JSONField(help_text="Field name to [value before, value after].")
    undone = models.BooleanField(default=False, help_text="Its values before were put back.")

    class Meta:
        indexes = [models.Index(fields=["model", "record"])]
        ordering = ["pk"]

    def __str__(self):
        return self.name

    def in_words(self):
        """Each value before and after, such as `access: public → team`."""
        return self._steps(self.values) + (" (undone)" if self.undone else "")

    def back_in_words(self):
        """What undoing it does, such as `access: team → public`."""
        return self._steps({name: reversed(pair) for name, pair in self.values.items()})

    @staticmethod
    def _steps(values):
        shown = {
            name.replace("_", " "): ["–" if value is None else value for value in pair]
            for name, pair in values.items()
        }
        return "; ".join(f"{name}: {old} → {new}" for name, (old, new) in shown.items())
