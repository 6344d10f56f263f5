"""How a time range lies to what the kernels cover."""

from apps.core.timeaxis import DAY_MS, TimeRange

EDGE_MS = 1000
"""The first and last second of an orbit are left alone: its bounds are written to the second."""


def covered(provenance):
    """The range that a kernel set covers.

    Parameters
    ----------
    provenance : Provenance

    Returns
    -------
    TimeRange
    """
    return TimeRange.from_ms(provenance.start_ms + EDGE_MS, provenance.stop_ms - EDGE_MS)


def shown(span, coverage):
    """The part of a range that is covered; None if there is none."""
    start, stop = max(span.start, coverage.start), min(span.stop, coverage.stop)
    return TimeRange(start, stop) if start < stop else None


def nearest(span, coverage):
    """A range of the same length inside the coverage, moved as little as possible.

    One that is longer than the coverage becomes the coverage.
    """
    length = span.stop - span.start
    if length >= coverage.stop - coverage.start:
        return coverage
    start = min(max(span.start, coverage.start), coverage.stop - length)
    return TimeRange(start, start + length)


def whole_days(span):
    """The whole UTC days inside a range; the range itself if it has none."""
    first, last = -(-span.start_ms // DAY_MS), span.stop_ms // DAY_MS
    return TimeRange.from_ms(first * DAY_MS, last * DAY_MS) if first < last else span
