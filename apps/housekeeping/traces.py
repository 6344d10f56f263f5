"""What the housekeeping page draws, made of samples: lines, lanes of states and bits, events.

A native sample is an instant that holds until the next one, at most for a step; a bucket holds
from its start to its end. Gaps are never joined.
"""

from dataclasses import dataclass

import numpy as np

from apps.core.wire import with_gap_rows
from apps.housekeeping.limits import severity
from apps.housekeeping.parameters import MASK_NOT_REPORTED, NOT_REPORTED

GAP_STEPS = 1.5
"""Samples farther apart than so many steps have a gap between them."""

FULL_LANES = 8
"""Up to so many states, all have a lane; of more, only those that were seen."""

SEVERITIES = ("within limits", "soft limit", "hard limit")


@dataclass(frozen=True)
class Extents:
    """From when to when each sample holds, milliseconds since 1970, arrays of shape (n,)."""

    start: np.ndarray
    stop: np.ndarray

    @property
    def apart(self):
        """Whether a gap lies between each sample and the next: booleans of shape (n - 1,)."""
        return self.start[1:] > self.stop[:-1]


def extents(samples, cadence_ms):
    """From when to when the samples hold.

    Parameters
    ----------
    samples : Samples
    cadence_ms : int
        Nominal distance of samples; where the typical one is longer, that counts.

    Returns
    -------
    Extents
    """
    start = samples.time.astype("f8")
    width = float(samples.bucket_ms or cadence_ms)
    step = width
    if len(start) > 2:
        # Where samples are rarer than buckets, an empty bucket between two is no gap.
        step = max(step, min(float(np.median(np.diff(start))), 4 * width))
    following = np.append(start[1:], np.inf)
    stop = np.where(following - start <= GAP_STEPS * step, following, start + width)
    return Extents(start, stop)


def values_of(samples, parameter, part="mean"):
    """A column of samples; empty where nothing of the series is stored."""
    return np.asarray(getattr(samples, part).get(parameter.mnemonic, np.zeros(0, "u1")))


def number_columns(samples, parameter, held, celsius=True, limits=()):
    """Columns ``t m0`` of a number, in buckets also ``l0 h0``, and where it left its limits.

    Parameters
    ----------
    samples : Samples
    parameter : Parameter
    held : Extents
    celsius : bool
    limits : sequence of Limit
        Of this parameter, in its stored unit.

    Returns
    -------
    dict
    """
    parts = {"m0": "mean", **({"l0": "low", "h0": "high"} if samples.bucket_ms else {})}
    shown = {
        name: parameter.shown(values_of(samples, parameter, part).astype("f8"), celsius)
        for name, part in parts.items()
    }
    worst = worst_severity(samples, parameter, limits)
    return with_gap_rows(held.start, held.stop, shown, tolerance=0.25) | {
        "worst": severity_runs(held, worst),
        "limits": limit_lines(parameter, limits, celsius),
    }


def worst_severity(samples, parameter, limits):
    """Worst limit state in each sample or bucket: 0 within, 1 soft, 2 hard; shape (n,)."""
    low, high = (values_of(samples, parameter, part).astype("f8") for part in ("low", "high"))
    width = samples.bucket_ms or 1
    return severity(limits, samples.time, samples.time + width, low, high)


def severity_runs(held, worst):
    """Runs outside the limits: list of [start, stop, 1 soft or 2 hard]."""
    return [
        [float(start), float(stop), level]
        for level in (1, 2)
        for start, stop in zip(*runs(held, worst == level), strict=True)
    ]


def limit_lines(parameter, limits, celsius=True):
    """Borders to draw: list of [value, "soft" or "hard", from ms or None, until ms or None]."""
    return [
        [float(parameter.shown(value, celsius)), kind, limit.from_ms, limit.until_ms]
        for limit in limits
        for kind, value in limit.borders()
    ]


def runs(held, active):
    """Joined extents of the samples where something holds: two arrays of starts and stops."""
    if not len(held.start):
        return held.start, held.stop
    before = np.concatenate([[False], active[:-1] & ~held.apart])
    after = np.concatenate([active[1:] & ~held.apart, [False]])
    return held.start[active & ~before], held.stop[active & ~after]


def state_sets(samples, parameter):
    """States of each sample or bucket as sets: unsigned 64-bit integers, bit c is code c."""
    values = values_of(samples, parameter, "high")
    if values.dtype == np.dtype("u8"):
        return values
    return np.left_shift(np.uint64(1), values.astype("u8"))


def codes_in(sets):
    """Codes that occur in sets, ascending."""
    together = int(np.bitwise_or.reduce(sets, initial=0))
    return [code for code in range(64) if together >> code & 1]


def state_columns(samples, parameter, held, unknown=()):
    """Lanes of a state: ``x0 x1 y`` of each run, and the words of the lanes from the lowest on.

    Parameters
    ----------
    unknown : dict of int to str
        Texts of codes that the dictionary lacks.
    """
    sets = state_sets(samples, parameter)
    seen = [code for code in codes_in(sets) if code != NOT_REPORTED]
    lanes = list(parameter.states)
    if len(lanes) > FULL_LANES:
        lanes = [code for code in lanes if code in seen] or lanes[:1]
    lanes += [code for code in seen if code not in parameter.states]
    lane_runs = [runs(held, (sets >> np.uint64(code) & np.uint64(1)).astype(bool))
                 for code in lanes]  # fmt: skip
    return _lanes(lane_runs) | {"lanes": [parameter.state(code, unknown) for code in lanes]}


def mask_columns(samples, parameter, held):
    """Lanes of the bits that are on: ``x0 x1 y``, and ``a``: 1, or 0.4 where only in part."""
    ever, always = (values_of(samples, parameter, part).astype("u8") for part in ("high", "low"))
    reported = ever & np.uint64(MASK_NOT_REPORTED) == 0
    lane_runs, alphas = [], []
    for bit in range(parameter.bits):
        one = np.uint64(1 << bit)
        on, whole = (ever & one > 0) & reported, (always & one > 0) & reported
        full, part = runs(held, whole), runs(held, on & ~whole)
        lane_runs.append(tuple(np.concatenate(edges) for edges in zip(full, part, strict=True)))
        alphas.append(np.repeat([1.0, 0.4], [len(full[0]), len(part[0])]))
    return _lanes(lane_runs) | {
        "a": np.concatenate([*alphas, [0.0]]) if alphas else np.zeros(1),
        "reported": bool(reported.any()),
    }


def _lanes(lane_runs):
    """Runs lane by lane as columns, and one run of nothing at the end: no column is empty."""
    numbers = [len(start) for start, _ in lane_runs]
    return {
        "x0": np.concatenate([*(start for start, _ in lane_runs), [np.nan]]),
        "x1": np.concatenate([*(stop for _, stop in lane_runs), [np.nan]]),
        "y": np.append(np.repeat(np.arange(len(numbers), dtype="f8"), numbers), np.nan),
    }


def changes(samples, parameter, held, unknown=()):
    """Where a state changes: list of (start, stop, words); in buckets, those that saw several."""
    sets = state_sets(samples, parameter)
    if not len(sets):
        return []
    if samples.bucket_ms:
        several = sets & (sets - np.uint64(1)) > 0
        found = zip(*runs(held, several), strict=True)
        return [(float(start), float(stop), "mode changes") for start, stop in found]
    at = np.flatnonzero((sets[1:] != sets[:-1]) & ~held.apart) + 1
    words = [parameter.state(int(value).bit_length() - 1, unknown) for value in sets]
    return [
        (float(held.start[i]), float(held.start[i]), f"{words[i - 1]} to {words[i]}") for i in at
    ]


def moves(samples, counter, motors, held):
    """Where the attenuator moved: its counter rose, or a motor was moving.

    Parameters
    ----------
    counter : Parameter
        The counter of motions.
    motors : sequence of Parameter
        States whose code 1 is moving.
    """
    if not len(samples.time):
        return []
    low, high = (values_of(samples, counter, part).astype("f8") for part in ("low", "high"))
    rose = np.concatenate([[False], (high[1:] > high[:-1]) & ~held.apart]) | (high > low)
    for motor in motors:
        rose |= (state_sets(samples, motor) & np.uint64(2)) > 0
    return [
        (float(start), float(stop), "attenuator moved")
        for start, stop in zip(*runs(held, rose), strict=True)
    ]
