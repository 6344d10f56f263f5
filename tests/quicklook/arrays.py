"""Samples made by hand, for the tests of what is done with them."""

from datetime import UTC, datetime

import numpy as np

from apps.archive.series import Column, Samples
from apps.core.timeaxis import to_ms

NOON = to_ms(datetime(2022, 3, 28, 12, tzinfo=UTC))
BANDS = [(NOON, [[4.0, 10.0], [10.0, float("inf")]])]
STATES = ("rcr", "thermal_index", "non_thermal_index", "location_status")
NOTHING = Samples(np.zeros(0, "i8"), 0, 0, np.zeros(0, int), {}, {}, {})


def native(time=None, timedel=4.0, **columns):
    """Native samples, 4 s long and from noon on unless given otherwise."""
    columns = {name: np.asarray(values) for name, values in columns.items()}
    n = len(next(iter(columns.values())))
    time = NOON + 2000 + 4000 * np.arange(n) if time is None else np.asarray(time, "i8")
    columns["timedel"] = np.broadcast_to(np.asarray(timedel, "f8"), n)
    return Samples(
        time, 0, 0, np.ones(n, int), columns, columns, columns, BANDS, described(columns)
    )


def buckets(bucket_ms, time, count, low=None, high=None, **columns):
    """Buckets from their starts; columns are the means."""
    mean = {name: np.asarray(values) for name, values in columns.items()}
    mean["timedel"] = np.full(len(time), 4.0)
    return Samples(
        np.asarray(time, "i8"), 0, bucket_ms, np.asarray(count),
        mean, mean | (low or {}), mean | (high or {}), BANDS, described(mean),
    )  # fmt: skip


def described(columns):
    """The description of columns, as the store gives it."""
    return {
        name: Column(name, "f8", values.shape[1:], aggregate="max" if name in STATES else "mean")
        for name, values in columns.items()
    }
