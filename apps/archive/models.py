"""The archive's tables: products and their files, what ingest did, and the time-series store."""

from django.db import models
from django.urls import reverse

from apps.archive.managers import (
    DataProductQuerySet,
    SeriesBlockQuerySet,
    SeriesQuerySet,
    TypeLengthQuerySet,
)
from apps.archive.producttype import LEVELS
from apps.core.models import Restricted, Timed


class RawFile(models.Model):
    """A raw telemetry file that products were made from, by the name their headers give."""

    name = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class TypeLength(models.Model):
    """How long the longest file of a product type is; lists by time rest on it."""

    product_type = models.CharField(max_length=40, unique=True)
    longest = models.DurationField(help_text="Of the longest file, stop minus start.")

    objects = TypeLengthQuerySet.as_manager()

    def __str__(self):
        return f"{self.product_type}: {self.longest}"


class DataProduct(Restricted, Timed):
    """One file of the archive, in one version; superseded versions stay."""

    product_type = models.CharField(max_length=40, help_text="Key of the product-type registry.")
    level = models.CharField(max_length=8)
    stem = models.CharField(
        max_length=160, help_text="File name without version and extension: the same product."
    )
    name = models.CharField(max_length=200, help_text="File name as delivered.")
    version = models.PositiveSmallIntegerField()
    complete = models.BooleanField(
        default=True, help_text="False for a V..U file: more telemetry may still come."
    )
    superseded = models.BooleanField(
        default=False, help_text="A better version is in the archive; this one stays downloadable."
    )
    withdrawn = models.BooleanField(
        default=False,
        help_text="A curator found it unusable: it stays downloadable, but no longer stands for "
        "its product, whatever its version.",
    )
    created = models.DateTimeField(help_text="When the file was written, by its DATE card, UTC.")
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    path = models.CharField(max_length=300, unique=True, help_text="Relative to the archive.")
    uid = models.PositiveBigIntegerField(
        null=True, blank=True, db_index=True, help_text="Unique id of the science request."
    )
    raw_files = models.ManyToManyField(
        RawFile, blank=True, related_name="products", help_text="What telemetry it was made from."
    )
    simulated = models.BooleanField(default=False, help_text="Made by the simulator.")
    dispatched = models.BooleanField(
        default=False, help_text="Its capability has taken in what the file holds."
    )
    header = models.JSONField(default=dict, help_text="Facts read from the headers.")
    report = models.JSONField(default=list, help_text="Findings of the check at ingest.")
    ingested_at = models.DateTimeField()
    updated_at = models.DateTimeField(
        auto_now=True, db_index=True, help_text="Last change of this record, UTC."
    )

    objects = DataProductQuerySet.as_manager()

    class Meta:
        constraints = [*Restricted.Meta.constraints, *Timed.Meta.constraints]
        indexes = [
            models.Index(fields=["product_type", "start", "id"]),
            models.Index(fields=["start", "id"]),
            models.Index(
                fields=["release_at"],
                name="archive_product_released",
                condition=models.Q(release_at__isnull=False),
            ),
            models.Index(fields=["name", "id"]),
            models.Index(fields=["created", "id"]),
            models.Index(fields=["size", "id"]),
            models.Index(fields=["access", "start", "id"]),
            models.Index(fields=["level", "start", "id"]),
            # SQLite looks up a true boolean in no other index than one of just these rows.
            models.Index(
                fields=["start", "id"],
                name="archive_product_superseded",
                condition=models.Q(superseded=True),
            ),
            models.Index(
                fields=["start", "id"],
                name="archive_product_withdrawn",
                condition=models.Q(withdrawn=True),
            ),
            models.Index(
                fields=["stem"], name="archive_product_stem", opclasses=["varchar_pattern_ops"]
            ),
        ]
        ordering = ["-start", "-id"]

    def __str__(self):
        return self.name

    def save(self, *args, update_fields=None, **kwargs):
        """Save; also the change of a single field is stamped, for mirrors that ask what is new."""
        if update_fields is not None:
            update_fields = {*update_fields, "updated_at"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def get_absolute_url(self):
        return reverse("archive:product", args=[self.pk])

    def get_download_url(self):
        """The immutable address of this very file."""
        return reverse("archive:file", args=[self.pk, self.name])

    @property
    def level_note(self):
        """What the processing level means."""
        return LEVELS.get(self.level, "")

    @property
    def version_label(self):
        """`V02`, or `V02U` for an incomplete file."""
        return f"V{self.version:02d}{'' if self.complete else 'U'}"


class IngestRun(models.Model):
    """What one ingest of one file did, when, and how long it took."""

    class Outcome(models.TextChoices):
        TAKEN_IN = "taken in"
        KNOWN = "known"
        REFUSED = "refused"

    name = models.CharField(max_length=200)
    product = models.ForeignKey(
        DataProduct, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs"
    )
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    reason = models.TextField(blank=True)
    started_at = models.DateTimeField(db_index=True)
    seconds = models.FloatField()

    class Meta:
        indexes = [
            models.Index(fields=["outcome", "started_at"]),
            models.Index(
                fields=["name"], name="archive_run_name", opclasses=["varchar_pattern_ops"]
            ),
        ]
        ordering = ["-started_at", "-id"]

    def __str__(self):
        return f"{self.name}: {self.outcome}"


class Quarantined(models.Model):
    """A refused file, kept with its reason until a curator decides."""

    name = models.CharField(max_length=200)
    path = models.CharField(max_length=300, unique=True, help_text="Relative to the quarantine.")
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    reason = models.TextField()
    refused_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-refused_at"]
        verbose_name = "refused file"
        verbose_name_plural = "refused files (quarantine)"

    def __str__(self):
        return self.name


class Series(models.Model):
    """A time series of the store: its columns, its overview levels, its generation."""

    key = models.CharField(max_length=40, unique=True)
    cadence_ms = models.PositiveIntegerField()
    columns = models.JSONField(help_text="List of {name, dtype, shape, unit, label, aggregate}.")
    levels = models.JSONField(help_text="Bucket widths in seconds; 0 is the native resolution.")
    bins = models.JSONField(
        default=list, help_text="Energy tables met so far, lists of [low, high] in keV."
    )
    generation = models.PositiveBigIntegerField(
        default=0, help_text="Raised by each change; the basis of ETags and cache keys."
    )

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "series"

    def __str__(self):
        return self.key


class SeriesBlock(Restricted):
    """One UTC day of a series at one level, as packed columns."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="blocks")
    level = models.PositiveIntegerField(help_text="Bucket width in seconds; 0 is native.")
    day = models.IntegerField(help_text="UTC days since 1970.")
    n = models.PositiveIntegerField(help_text="Samples or buckets.")
    t0_ms = models.BigIntegerField(help_text="First time, milliseconds since 1970.")
    t1_ms = models.BigIntegerField(help_text="Last time, milliseconds since 1970.")
    codec = models.PositiveSmallIntegerField()
    bins = models.PositiveSmallIntegerField(
        null=True, help_text="Index into the energy tables of the series."
    )
    simulated = models.BooleanField(default=False)
    inputs = models.CharField(max_length=64, help_text="Hash of the files it was made of.")
    data = models.BinaryField()

    objects = SeriesBlockQuerySet.as_manager()

    class Meta:
        constraints = [
            *Restricted.Meta.constraints,
            models.UniqueConstraint(
                fields=["series", "level", "day"], name="archive_block_of_series_level_day"
            ),
        ]

    def __str__(self):
        return f"{self.series_id} level {self.level} day {self.day}"
