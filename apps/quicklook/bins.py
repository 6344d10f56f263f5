"""Bins of quick-look series: their edges, joining them, gaps, coverage, and words for them.

A native sample is a bin; joined bins are samples as well, only wider. Plot, table, files and REST
take their bins from here, so their numbers are the same.
"""

from dataclasses import replace
from math import prod

import numpy as np

LEAST_COVERAGE = 0.5
"""Part of a joined bin that must have been measured."""


def table(samples, name, part="mean"):
    """A column as float64 of shape (n, m), one row a sample; without columns where it is absent.

    Parameters
    ----------
    samples : Samples
    name : str
    part : {"mean", "low", "high"}
    """
    n = len(samples.time)
    values = np.asarray(getattr(samples, part).get(name, np.zeros((n, 0))), "f8")
    return values.reshape(n, prod(values.shape[1:]))


def column(samples, name, part="mean"):
    """A column with one number a sample as float64 of shape (n,); 0 where it is absent."""
    values = getattr(samples, part).get(name, np.zeros(len(samples.time)))
    return np.asarray(values, "f8").reshape(-1)


def edges(samples):
    """Edges of bins.

    Returns
    -------
    start, stop : ndarray of float64, shape (n,)
        Milliseconds since 1970.
    """
    if samples.bucket_ms:
        return samples.time.astype("f8"), samples.time + float(samples.bucket_ms)
    half = column(samples, "timedel") * 500
    return samples.time - half, samples.time + half


def join(samples, bin_ms):
    """Join whole native bins: sums of counts and widths, nothing is interpolated.

    The new bins lie on a grid counted from 1970, so that they stay the same when a window moves. A
    native bin belongs to the new bin that holds its centre. Bins are never joined across a gap of
    more than twice their width; new bins of which less than half was measured are left out.

    Parameters
    ----------
    samples : Samples
        Native, with ``timedel``.
    bin_ms : int
        Width of the grid.

    Returns
    -------
    Samples
        Bins like native ones: ``time`` is the centre, ``timedel`` the sum of the widths, ``count``
        how many were joined. Of errors (``…_err``) the root of the summed squares, of states the
        highest.

    Raises
    ------
    ValueError
        If the samples are buckets or the grid has no width.
    """
    if samples.bucket_ms or bin_ms < 1:
        raise ValueError(
            f"only native samples can be joined, to bins of at least 1 ms; got {bin_ms} ms and "
            f"buckets of {samples.bucket_ms} ms"
        )
    if not len(samples.time):
        return samples
    start, stop = edges(samples)
    slot = samples.time // bin_ms
    apart = start[1:] - stop[:-1] > 2 * (stop - start)[:-1]
    first = np.flatnonzero(np.concatenate([[True], (slot[1:] != slot[:-1]) | apart]))
    last = np.append(first[1:], len(slot)) - 1
    joined = {
        name: _joined(values, samples.columns[name], first) for name, values in samples.mean.items()
    }
    keep = joined["timedel"] >= LEAST_COVERAGE * bin_ms / 1000
    joined = {name: values[keep] for name, values in joined.items()}
    time = np.rint((start[first] + stop[last]) / 2).astype("i8")
    count = np.add.reduceat(samples.count, first)
    return replace(
        samples, time=time[keep], count=count[keep], mean=joined, low=joined, high=joined
    )


def _joined(values, column, first):
    if column.aggregate == "max":
        return np.maximum.reduceat(values, first)
    if column.name.endswith("_err"):
        return np.sqrt(np.add.reduceat(values.astype("f8") ** 2, first))
    return np.add.reduceat(values, first, dtype="f8")


def between(samples, span):
    """The native or joined bins whose centre lies in a range."""
    first, last = np.searchsorted(samples.time, (span.start_ms, span.stop_ms))
    parts = {
        part: {name: values[first:last] for name, values in getattr(samples, part).items()}
        for part in ("mean", "low", "high")
    }
    return replace(samples, time=samples.time[first:last], count=samples.count[first:last], **parts)


def touching(samples, span):
    """Which bins share an instant with a range: booleans of shape (n,)."""
    start, stop = edges(samples)
    return (stop > span.start_ms) & (start < span.stop_ms)


def gaps(samples, span):
    """Where a range has no data.

    Returns
    -------
    list of (float, float)
        Start and stop in milliseconds. Edges that differ by less than half a bin (and a
        millisecond of rounding) are no gap: the grid of the instrument is not exact.
    """
    start, stop = edges(samples)
    if not len(start):
        return [(float(span.start_ms), float(span.stop_ms))]
    width = stop - start
    before = np.concatenate([[span.start_ms], np.maximum.accumulate(stop)])
    after = np.append(start, span.stop_ms)
    tolerance = 0.5 * np.concatenate([width[:1], width]) + 1
    found = np.flatnonzero(
        (after - before > tolerance) & (after > span.start_ms) & (before < span.stop_ms)
    )
    return [
        (max(float(before[i]), span.start_ms), min(float(after[i]), span.stop_ms)) for i in found
    ]


def coverage(samples, span):
    """Part of a range that has data, 0 to 1; a bucket that reaches out of it counts in part."""
    start, stop = edges(samples)
    filled = column(samples, "timedel") * 1000
    if samples.bucket_ms:
        filled *= samples.count
    inside = np.clip(stop, span.start_ms, span.stop_ms) - np.clip(
        start, span.start_ms, span.stop_ms
    )
    share = np.minimum(filled / (stop - start), 1)
    return min(1.0, float((inside * share).sum()) / (span.stop_ms - span.start_ms))


def typical(width):
    """The typical width of bins: the median of their widths, 0 without any."""
    return float(np.median(width)) if len(width) else 0.0


def resolution(width, bucket_ms):
    """The level shown, in words; nothing where there are no bins.

    Parameters
    ----------
    width : ndarray of float64, shape (n,)
        Width of native or joined bins, seconds.
    bucket_ms : int
        Width of the buckets, 0 where there are none.

    Examples
    --------
    >>> resolution(np.array([4.0, 4.0]), 0)
    '4 s bins'
    >>> resolution(np.array([4.0, 4.0]), 3_600_000)
    '1 h min/max/mean'
    """
    if not len(width):
        return ""
    if bucket_ms:
        return f"{duration(bucket_ms / 1000)} min/max/mean"
    return f"{duration(typical(width))} bins"


def duration(seconds):
    """A length of time in the largest unit that divides it.

    Examples
    --------
    >>> [duration(seconds) for seconds in (4.0, 90, 7200, 86_400)]
    ['4 s', '90 s', '2 h', '1 d']
    """
    for size, unit in ((86_400, "d"), (3600, "h")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"
