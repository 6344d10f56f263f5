"""Calibration runs, their spectra, and what the fit found in each pixel."""

from django.db import models
from django.urls import reverse

from apps.archive.models import DataProduct
from apps.calibration import runs
from apps.calibration.gain import quality_words
from apps.calibration.managers import (
    CalibrationRunQuerySet,
    PixelCalibrationQuerySet,
    SpectraQuerySet,
)
from apps.core.detectors import DETECTORS, mask_hex, mask_words, pixel_name
from apps.core.models import Job, Timed

ABSOLUTE_ZERO_C = -273.15


class CalibrationRun(Timed):
    """One run of the on-board barium source, as a row of a file; who sees the file sees it."""

    access_path = "product__"

    product = models.ForeignKey(
        DataProduct, on_delete=models.CASCADE, related_name="calibration_runs"
    )
    row = models.PositiveSmallIntegerField(help_text="Row of the file's DATA table, from 0.")
    integration_s = models.FloatField(null=True, help_text="Length of the run in seconds.")
    live_s = models.FloatField(null=True, help_text="Live time in seconds, as the file tells it.")
    quiet_s = models.FloatField(null=True, help_text="Quiet time in seconds.")
    temperature_k = models.FloatField(null=True, help_text="Mean temperature in kelvin.")
    detector_mask = models.BigIntegerField(
        null=True, help_text="Least significant bit for detector 1."
    )
    pixel_mask = models.IntegerField(null=True, help_text="Least significant bit for pixel 0.")
    total_counts = models.FloatField(null=True, help_text="Counts of all pixels.")
    calibrated_at = models.DateTimeField(null=True, help_text="When it was last fitted, UTC.")
    good_pixels = models.PositiveSmallIntegerField(
        null=True, help_text="Pixels whose calibration is good, of those switched on."
    )
    fitted_pixels = models.PositiveSmallIntegerField(null=True, help_text="Pixels switched on.")
    gain = models.FloatField(null=True, help_text="Median of the good pixels, keV/ADC.")
    offset = models.FloatField(null=True, help_text="Median of the good pixels, ADC.")
    fwhm_31 = models.FloatField(null=True, help_text="Median of the good pixels, keV.")
    fwhm_81 = models.FloatField(null=True, help_text="Median of the good pixels, keV.")
    job = models.ForeignKey(
        Job, null=True, on_delete=models.SET_NULL, related_name="+", help_text="The last fit."
    )
    updated_at = models.DateTimeField(
        auto_now=True, db_index=True, help_text="Last change of this record, UTC."
    )

    objects = CalibrationRunQuerySet.as_manager()

    class Meta:
        constraints = [
            *Timed.Meta.constraints,
            models.UniqueConstraint(fields=["product", "row"], name="calibration_run_of_row"),
        ]
        indexes = [models.Index(fields=["start", "id"])]
        ordering = ["-start", "-id"]

    def __str__(self):
        return f"Calibration run {self.pk}"

    def get_absolute_url(self):
        return reverse("calibration:run", args=[self.pk])

    @property
    def access(self):
        """Who may see it: that of its file."""
        return self.product.access

    @property
    def release_at(self):
        """End of the embargo of its file."""
        return self.product.release_at

    @property
    def simulated(self):
        """Whether its file was made by the simulator."""
        return self.product.simulated

    @property
    def duration_s(self):
        """Length in seconds, from start to stop."""
        return (self.stop - self.start).total_seconds()

    @property
    def temperature_c(self):
        """Mean temperature in degrees Celsius."""
        return None if self.temperature_k is None else self.temperature_k + ABSOLUTE_ZERO_C

    @property
    def masks(self):
        """Detector and pixel mask as (hexadecimal, words); None where the file tells none."""
        pairs = ((self.detector_mask, 32), (self.pixel_mask, 12))
        return [
            None if mask is None else (mask_hex(mask, size), mask_words(mask, size))
            for mask, size in pairs
        ]

    @property
    def has_lines(self):
        """Whether any pixel could be calibrated; None before the fit."""
        return None if self.calibrated_at is None else bool(self.good_pixels)


class Subspectrum(models.Model):
    """A part of the ADC axis as it was sent to the ground."""

    access_path = "run__product__"

    run = models.ForeignKey(CalibrationRun, on_delete=models.CASCADE, related_name="subspectra")
    number = models.PositiveSmallIntegerField(help_text="0 to 7.")
    lowest = models.PositiveIntegerField(help_text="First ADC channel (of 1024).")
    points = models.PositiveIntegerField(help_text="Points that were sent.")
    summed = models.PositiveIntegerField(help_text="Channels summed into a point.")

    objects = SpectraQuerySet.as_manager()

    class Meta:
        ordering = ["number"]

    def __str__(self):
        return f"sub-spectrum {self.number}"

    @property
    def highest(self):
        """First channel beyond it."""
        return self.lowest + self.points * self.summed


class Spectra(models.Model):
    """The spectra of a run, packed: 32 detectors, 12 pixels, 1024 ADC channels."""

    access_path = "run__product__"

    run = models.OneToOneField(CalibrationRun, on_delete=models.CASCADE, related_name="spectra")
    counts_packed = models.BinaryField()
    errors_packed = models.BinaryField(null=True)

    objects = SpectraQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "spectra"

    def __str__(self):
        return f"spectra of run {self.run_id}"

    @property
    def counts(self):
        """Counts, shape (32, 12, 1024)."""
        return runs.unpack(bytes(self.counts_packed))

    @property
    def errors(self):
        """Errors of the compression, the same shape; None if the file has none."""
        return None if self.errors_packed is None else runs.unpack(bytes(self.errors_packed))


class PixelCalibration(models.Model):
    """What the fit of a run found in one pixel; a value that does not exist is empty."""

    access_path = "run__product__"

    run = models.ForeignKey(CalibrationRun, on_delete=models.CASCADE, related_name="pixels")
    detector = models.PositiveSmallIntegerField(help_text="Index, 0 to 31.")
    pixel = models.PositiveSmallIntegerField(help_text="0 to 11.")
    gain = models.FloatField(null=True, help_text="keV/ADC")
    gain_error = models.FloatField(null=True, help_text="keV/ADC")
    offset = models.FloatField(null=True, help_text="ADC")
    offset_error = models.FloatField(null=True, help_text="ADC")
    fwhm_31 = models.FloatField(null=True, help_text="keV")
    fwhm_31_error = models.FloatField(null=True, help_text="keV")
    fwhm_81 = models.FloatField(null=True, help_text="keV")
    fwhm_81_error = models.FloatField(null=True, help_text="keV")
    counts_31 = models.FloatField(null=True, help_text="Counts in the 31 keV line.")
    place_31 = models.FloatField(null=True, help_text="Channel of the 31 keV line.")
    place_35 = models.FloatField(null=True, help_text="Channel of the 35 keV line.")
    place_81 = models.FloatField(null=True, help_text="Channel of the 81 keV line.")
    chi_square = models.FloatField(null=True, help_text="Reduced, the worse of both windows.")
    quality = models.PositiveIntegerField(help_text="Flags of gain.Quality; 0 is good.")

    objects = PixelCalibrationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "detector", "pixel"], name="calibration_pixel_of_run"
            )
        ]
        indexes = [models.Index(fields=["detector", "pixel", "run"])]

    def __str__(self):
        return f"{DETECTORS[self.detector].name}, {pixel_name(self.pixel)}"

    @property
    def words(self):
        """What the flags mean."""
        return quality_words(self.quality)
