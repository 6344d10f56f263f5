"""Housekeeping in figures and words: statistics of a range, the sentence, and the columns of files.

Extremes are exact at every zoom. Means of buckets come from stored overviews, which round them to
thirteen bits: good to 0.01 %.
"""

from dataclasses import dataclass

import numpy as np

from apps.core.timeaxis import from_ms, iso
from apps.housekeeping.parameters import MASK_NOT_REPORTED, NOT_REPORTED, mask_words
from apps.housekeeping.traces import (
    SEVERITIES,
    codes_in,
    state_sets,
    values_of,
    worst_severity,
)

CLOCK = "UTC at Solar Orbiter"


@dataclass(frozen=True)
class Figures:
    """What a range says of one parameter.

    Parameters
    ----------
    parameter : Parameter
    unit : str
        As shown.
    count : int
        Native samples that hold a value.
    low, mean, high, first, last : float or None
        Of numbers, in `unit`.
    low_at, high_at : datetime or None
        When the extremes were: instants, or starts of buckets.
    words : str
        Of states and masks: what was seen, the most frequent first.
    worst : str
        Worst limit state; empty where there is no limit.
    """

    parameter: object
    unit: str
    count: int
    low: float | None = None
    mean: float | None = None
    high: float | None = None
    first: float | None = None
    last: float | None = None
    low_at: object = None
    high_at: object = None
    words: str = ""
    worst: str = ""


def figures(samples, parameter, celsius=True, unknown=(), limits=()):
    """What samples say of one parameter."""
    unit = parameter.shown_unit(celsius)
    if parameter.kind == "number":
        return _of_number(samples, parameter, unit, celsius, limits)
    words = state_words if parameter.kind == "state" else bit_words
    present = reported(samples, parameter)
    return Figures(
        parameter, unit, int(samples.count[present].sum()),
        words=words(samples, parameter, unknown),
    )  # fmt: skip


def reported(samples, parameter):
    """Which samples hold a value of a parameter: booleans of shape (n,)."""
    values = values_of(samples, parameter, "high")
    if not len(values):
        return np.zeros(len(samples.time), bool)
    if parameter.kind == "number":
        return np.isfinite(values)
    if parameter.kind == "mask":
        return values & np.uint64(MASK_NOT_REPORTED) == 0
    return state_sets(samples, parameter) != np.uint64(1 << NOT_REPORTED)


def _of_number(samples, parameter, unit, celsius, limits):
    present = reported(samples, parameter)
    if not present.any():
        return Figures(parameter, unit, 0)
    low, mean, high = (
        parameter.shown(values_of(samples, parameter, part)[present].astype("f8"), celsius)
        for part in ("low", "mean", "high")
    )
    time, count = samples.time[present], samples.count[present]
    worst = int(worst_severity(samples, parameter, limits).max(initial=0))
    return Figures(
        parameter,
        unit,
        int(count.sum()),
        low=float(low.min()),
        mean=float(np.average(mean, weights=count)),
        high=float(high.max()),
        first=float(mean[0]),
        last=float(mean[-1]),
        low_at=from_ms(time[low.argmin()]),
        high_at=from_ms(time[high.argmax()]),
        worst=SEVERITIES[worst] if limits else "",
    )


def state_words(samples, parameter, unknown=()):
    """States that were seen: with their share of native samples, else as a list.

    Examples
    --------
    "NOMINAL 99.6 %, SAFE 0.4 %"
    """
    sets = state_sets(samples, parameter)
    codes = codes_in(sets)
    if samples.bucket_ms:
        return ", ".join(parameter.state(code, unknown) for code in codes)
    shares = {code: float((sets == np.uint64(1 << code)).mean()) for code in codes}
    ranked = sorted(codes, key=lambda code: -shares[code])
    if len(ranked) == 1:
        return parameter.state(ranked[0], unknown)
    return ", ".join(f"{parameter.state(code, unknown)} {shares[code]:.2%}" for code in ranked)


def bit_words(samples, parameter, unknown=()):
    """Bits that were on all the time, and those that were for a part of it."""
    present = reported(samples, parameter)
    if not present.any():
        return ""
    ever = int(np.bitwise_or.reduce(values_of(samples, parameter, "high")[present]))
    always = int(np.bitwise_and.reduce(values_of(samples, parameter, "low")[present]))
    words = f"{always:#0{parameter.bits // 4 + 2}x}, {mask_words(parameter, always)}"
    return words if ever == always else f"{words}; in part {mask_words(parameter, ever & ~always)}"


def sentence(samples, span, title, found):
    """The range in one sentence.

    Parameters
    ----------
    found : list of Figures
    """
    start, stop = (iso(edge, 0)[:-1].replace("T", " ") for edge in (span.start, span.stop))
    range_words = f"{start} to {stop}, {CLOCK}"
    if not len(samples.time):
        return f"No housekeeping from {range_words}."
    simulated = "Simulated housekeeping" if samples.simulated else "Housekeeping"
    number = int(samples.count.sum())
    outside = [figure for figure in found if figure.worst not in ("", SEVERITIES[0])]
    end = ""
    if outside:
        names = ", ".join(f"{figure.parameter.label} ({figure.worst})" for figure in outside)
        end = f" Outside their limits: {names}."
    states = next((f for f in found if f.parameter.mnemonic == "NIXD0023" and f.words), None)
    mode = f" Instrument mode: {states.words}." if states else ""
    return f"{simulated}, {title}, {range_words}: {number} reports.{mode}{end}"


def aggregation(samples):
    """What a row is, in words."""
    if not samples.bucket_ms:
        return "native samples"
    return (
        f"{samples.bucket_ms / 1000:g} s buckets with mean, minimum and maximum of the native "
        f"samples, states as all that were seen, made from stored level {samples.level} s"
    )


def resolution(samples, cadence_ms):
    """The level shown, in a few words; nothing without samples."""
    if not len(samples.time):
        return ""
    if not samples.bucket_ms:
        steps = np.diff(samples.time)
        return f"every {(np.median(steps) if len(steps) else cadence_ms) / 1000:g} s"
    seconds = samples.bucket_ms / 1000
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit} min/max/mean"
    return f"{seconds:g} s min/max/mean"


def file_columns(samples, parameter, celsius=True, unknown=()):
    """Values of a parameter as files write them.

    Returns
    -------
    dict of str to ndarray, shape (n,)
        ``values``; in buckets of numbers also ``minimum`` and ``maximum``. Numbers in the unit
        shown, states as texts (several joined by ``|``), masks as hexadecimal texts, what was not
        reported as NaN or an empty text.
    """
    if parameter.kind == "number":
        parts = {"values": "mean"}
        if samples.bucket_ms:
            parts |= {"minimum": "low", "maximum": "high"}
        return {
            name: _shortest(values_of(samples, parameter, part), parameter, celsius)
            for name, part in parts.items()
        }
    present = reported(samples, parameter)
    if parameter.kind == "mask":
        ever, always = (values_of(samples, parameter, part) for part in ("high", "low"))
        names = {"values": ever} | ({"always": always} if samples.bucket_ms else {})
        return {
            name: _written(values, present, lambda value: f"{value:#0{parameter.bits // 4 + 2}x}")
            for name, values in names.items()
        }
    sets = state_sets(samples, parameter)

    def words(value):
        codes = [code for code in range(64) if value >> code & 1 and code != NOT_REPORTED]
        return "|".join(parameter.state(code, unknown) for code in codes)

    return {"values": _written(sets, present, words)}


def _shortest(values, parameter, celsius):
    """Stored numbers are single precision: what arithmetic adds beyond that is cut off."""
    shown = parameter.shown(values.astype("f8"), celsius)
    return np.round(shown, 4) if parameter.is_temperature else values.astype("f4")


def _written(values, present, write):
    unique, place = np.unique(values, return_inverse=True)
    texts = np.array([write(int(value)) for value in unique] or [""], object)
    return np.where(present, texts[place.reshape(-1)], "").astype(str)
