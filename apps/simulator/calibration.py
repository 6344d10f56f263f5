"""Simulated calibration runs: one a day, as a file of level 1 holds it, and the truth behind it."""

import numpy as np

from apps.core.timeaxis import DAY_MS, from_ms, iso
from apps.simulator import barium
from apps.simulator.compression import transmitted
from apps.simulator.quicklook import QuickLook

KEY = "cal-energy"
_BEGINS_MS = 4 * 3_600_000
_SKM = (0, 4, 4)
"""Sign, exponent and mantissa bits of the on-board compression of these counts."""

_LIVE_SHARE, _QUIET_MS = 0.92, 4.0


def run(seed, day):
    """The run of a UTC day (days since 1970) as a file holds it."""
    counts, truth = barium.spectra(seed, day)
    counts, errors = transmitted(counts, _SKM)
    control = {
        "quiet_time": _QUIET_MS / 1000,
        "live_time": barium.RUN_S * _LIVE_SHARE * 1000,
        "average_temperature": truth.temperature,
    }
    return QuickLook(
        KEY,
        np.array([day * DAY_MS + _BEGINS_MS + barium.RUN_S * 500]),
        barium.RUN_S,
        {"counts": counts[None], "counts_err": errors[None]},
        barium.RUN_S * 1000,
        control,
    )


def truth_entry(seed, day):
    """What truth.json says of the run of a day: detector by detector, pixel by pixel."""
    truth, start = barium.truth_of(seed, day), day * DAY_MS + _BEGINS_MS
    return {
        "start": iso(from_ms(start), digits=3),
        "stop": iso(from_ms(start + barium.RUN_S * 1000), digits=3),
        "temperature_k": round(truth.temperature, 3),
        "gain_kev_per_adc": np.round(truth.gain, 7).tolist(),
        "offset_adc": np.round(truth.offset, 3).tolist(),
        "counts_31_kev": np.round(truth.counts_31, 1).tolist(),
        "dead": [{"detector": detector + 1, "pixel": pixel} for detector, pixel in truth.dead],
    }
