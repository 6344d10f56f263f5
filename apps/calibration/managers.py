"""The vocabulary of calibration: runs as far as they stand, results of pixels, their neighbours."""

import numpy as np
from django.db import models
from django.db.models import Q

from apps.calibration.quantities import RESULT_FIELDS
from apps.core.managers import RestrictedQuerySet, TimeSpanQuerySet


class CalibrationRunQuerySet(RestrictedQuerySet, TimeSpanQuerySet):
    """Calibration runs; reads as a sentence from left to right."""

    def latest(self):
        """Runs of the files that stand, among the rows selected so far."""
        return self.filter(product__superseded=False)

    def before(self, run):
        """The run before one in the list; None at its end."""
        earlier = Q(start__lt=run.start) | Q(start=run.start, pk__lt=run.pk)
        return self.filter(earlier).order_by("-start", "-pk").first()

    def after(self, run):
        """The run after one in the list; None at its end."""
        later = Q(start__gt=run.start) | Q(start=run.start, pk__gt=run.pk)
        return self.filter(later).order_by("start", "pk").first()


class PixelCalibrationQuerySet(RestrictedQuerySet):
    """Results of pixels."""

    def store(self, run, result):
        """Replace the results of a run, in the open transaction."""
        self.filter(run=run).delete()
        columns = {name: getattr(result, name) for name in RESULT_FIELDS}
        rows = [
            self.model(
                run=run,
                detector=flat // 12,
                pixel=flat % 12,
                quality=int(result.quality[flat]),
                **{
                    name: float(values[flat]) if np.isfinite(values[flat]) else None
                    for name, values in columns.items()
                },
            )
            for flat in range(len(result.quality))
        ]
        self.bulk_create(rows, batch_size=48)  # databases limit the values of one question

    def arrays(self, run):
        """Results of a run as arrays.

        Returns
        -------
        dict or None
            Field name to ndarray of shape (32, 12), with ``quality``; None before a calibration.
        """
        names = (*RESULT_FIELDS, "quality")
        rows = list(self.filter(run=run).order_by("detector", "pixel").values_list(*names))
        if len(rows) != 384:
            return None
        columns = zip(*rows, strict=True)
        found = {
            name: np.array(values, "f8").reshape(32, 12)
            for name, values in zip(names, columns, strict=True)
        }
        return found | {"quality": found["quality"].astype(int)}

    def over_time(self, detector, pixel):
        """One pixel in all runs that stand, oldest first."""
        found = self.filter(detector=detector, pixel=pixel, run__product__superseded=False)
        return found.select_related("run").order_by("run__start", "run__pk")


class SpectraQuerySet(RestrictedQuerySet, models.QuerySet):
    """Spectra of runs."""
