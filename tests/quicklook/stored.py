"""Quick-look files written with known numbers and stored as ingest stores them."""

from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
from django.db import transaction
from django.utils import timezone

from apps.archive.fitsfile import describe, open_stix
from apps.archive.fitswriter import write_quicklook
from apps.archive.models import DataProduct, Series
from apps.core.energy import QUICKLOOK_EDGES_KEV
from apps.core.registry import readers
from apps.core.timeaxis import TimeRange, to_ms

BANDS = tuple(pairwise(QUICKLOOK_EDGES_KEV))
CREATED = datetime(2023, 1, 1, tzinfo=UTC)


def a_light_curve(folder, start, counts, *, bands=BANDS, width_s=4.0, time_ms=None, **options):
    """Write a light-curve file from a start on; counts of shape (n, 5), or n of one number.

    Error 1 in all counts, triggers 100, rcr 0 unless given.
    """
    counts = np.asarray(counts)
    if counts.ndim == 1:
        counts = np.repeat(counts[:, None], 5, axis=1)
    n = len(counts)
    if time_ms is None:
        time_ms = to_ms(start) + np.rint((np.arange(n) + 0.5) * width_s * 1000).astype("i8")
    columns = {
        "counts": counts,
        "counts_err": np.ones((n, 5)),
        "triggers": np.full(n, 100),
        "triggers_err": np.zeros(n),
        "rcr": options.pop("rcr", np.zeros(n, int)),
    }
    name = f"solo_L1_stix-ql-lightcurve_{start:%Y%m%d}_V01.fits"
    return write_quicklook(
        folder / name,
        "ql-lightcurve",
        time_ms,
        width_s,
        columns,
        bands=bands,
        created=CREATED,
        **options,
    )


def stored(path, key="ql-lightcurve", *, access="public", release_at=None):
    """Store a file and rebuild its days; returns the product."""
    about = describe(path)

    def open_file(product):
        return open_stix(product.path)

    with transaction.atomic():
        product = DataProduct.objects.create(
            product_type=key,
            access=access,
            release_at=release_at,
            path=str(path),
            ingested_at=timezone.now(),
            **{
                name: getattr(about, name)
                for name in (
                    *("level", "stem", "name", "version", "complete", "created", "sha256"),
                    *("size", "start", "stop", "simulated", "header"),
                )
            },
        )
        days = TimeRange(product.start, product.stop).days
        Series.objects.rebuild(readers.get(key).provide, days, open_file)
    return product
