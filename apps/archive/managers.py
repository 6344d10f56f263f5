"""The vocabulary of the archive: versions of products, and reading the time-series store."""

from django.db import models

from apps.core.managers import RestrictedQuerySet, TimeSpanQuerySet


class DataProductQuerySet(RestrictedQuerySet, TimeSpanQuerySet):
    """Products of the archive; reads as a sentence from left to right."""

    def latest(self):
        """The best version of each product, among the rows selected so far."""
        return self.filter(superseded=False)

    def real(self):
        """Products of the instrument, without simulated ones."""
        return self.filter(simulated=False)


class SeriesQuerySet(models.QuerySet):
    """The series of the store."""


class SeriesBlockQuerySet(RestrictedQuerySet):
    """Blocks of the store: days of a series at a level."""
