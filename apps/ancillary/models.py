"""Kernel sets: which there are, what is in them, and which one answers."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.ancillary import demonstration
from apps.ancillary.managers import KernelSetQuerySet
from apps.core.models import Curated, Timed


class KernelSet(Curated, Timed):
    """Kernels that are loaded together: an immutable folder, named by the checksum of its files.

    `start` and `stop` are the first and last instant of the orbit.
    """

    set_id = models.CharField(
        "set id", max_length=64, unique=True, editable=False,
        help_text="SHA-256 of the sums and names of its files in the order of loading.",
    )  # fmt: skip
    name = models.CharField(
        max_length=120, help_text="Version that the metakernel states, or how it was called."
    )
    approximate = models.BooleanField(
        default=False, editable=False, help_text="The orbit is a demonstration, not a product."
    )
    coverage = models.JSONField(
        default=dict, editable=False, help_text="Spans of orbit and attitude, UTC; clock or not."
    )
    kernels = models.JSONField(
        default=list, editable=False, help_text="Files in the order of loading."
    )
    missing = models.JSONField(
        default=list, editable=False, help_text="Files that its metakernel lists beyond these."
    )
    note = models.TextField(blank=True, help_text="For the team: where it came from, what for.")
    active = models.BooleanField(
        default=False, editable=False, help_text="The portal answers with this set."
    )
    added_at = models.DateTimeField(auto_now_add=True, help_text="UTC.")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )

    objects = KernelSetQuerySet.as_manager()

    class Meta(Timed.Meta):
        ordering = ["-added_at", "-pk"]
        constraints = [
            *Timed.Meta.constraints,
            models.UniqueConstraint(
                fields=["active"], condition=Q(active=True), name="ancillary_one_active_kernelset"
            ),
        ]

    def __str__(self):
        return f"{self.name} ({self.set_id[:12]})"

    @property
    def label(self):
        """What pages and plots write beside numbers of this set."""
        return demonstration.LABEL if self.approximate else f"Kernels {self.name}"

    @property
    def size_bytes(self):
        """Bytes of all its files."""
        return sum(file["size_bytes"] for file in self.kernels)
