"""The energy calibration of a run: all pixels at once, against a loop of scipy's `curve_fit`.

The loop fits the plain model of the same lines in the same windows: two Gaussians on a line, and
one Gaussian on a line.
"""

import json
import warnings

import numpy as np
from scipy.optimize import OptimizeWarning, curve_fit

from apps.calibration import gain
from apps.simulator import barium
from apps.simulator.compression import transmitted
from benchmarks.measure import alternate

DAY = 19_079


def two_lines(x, place, width, height, apart, ratio, level, tilt):
    """Two Gaussians on a line."""
    first = np.exp(-(((x - place) / width) ** 2) / 2)
    second = np.exp(-(((x - place - apart) / width) ** 2) / 2)
    return height * (first + ratio * second) + level + tilt * (x - place)


def one_line(x, place, width, height, level, tilt):
    """A Gaussian on a line."""
    return height * np.exp(-(((x - place) / width) ** 2) / 2) + level + tilt * (x - place)


def loop(counts, errors):
    """Gain and offset pixel by pixel; pixels whose fit fails are left out."""
    found = []
    peaks = zip(*gain._peaks(counts), strict=True)
    for spectrum, error, (low, high) in zip(counts, errors, peaks, strict=True):
        if not spectrum.any():
            continue
        try:
            places = _places(spectrum, error, int(low), int(high))
        except RuntimeError:
            continue
        slope, origin = np.polyfit([gain.KA_KEV, gain.KB_KEV, gain.BA81_KEV], places, 1)
        found.append((1 / (4 * slope), 4 * origin))
    return found


def _places(spectrum, error, low, high):
    x = np.arange(low - gain.BELOW_31, low + gain.ABOVE_31 + 1)
    y, sigma = spectrum[x], np.sqrt(np.maximum(spectrum[x], 1) + error[x] ** 2)
    start = [low + 0.5, 1.1, y.max(), 9.9, 0.25, y[-1], 0.0]
    near, _ = curve_fit(two_lines, x + 0.5, y, start, sigma)
    x = np.arange(high - gain.BELOW_81, high + gain.ABOVE_81 + 1)
    y, sigma = spectrum[x], np.sqrt(np.maximum(spectrum[x], 1) + error[x] ** 2)
    far, _ = curve_fit(one_line, x + 0.5, y, [high + 0.5, 1.3, y.max(), y[-1], 0.0], sigma)
    return near[0], near[0] + near[3], far[0]


def main():
    """Time both, and say how far each is from the truth."""
    warnings.simplefilter("ignore", OptimizeWarning)
    counts, truth = barium.spectra(1, DAY)
    counts, errors = (part.reshape(384, -1) for part in transmitted(counts, (0, 4, 4)))
    counts = counts.astype("f8")
    ways = {
        "all at once": lambda: gain.calibrate(counts, errors),
        "curve_fit": lambda: loop(counts, errors),
    }
    times = alternate(ways, rounds=5, budget_s=60.0)
    found = gain.calibrate(counts, errors)
    good = (found.quality == 0) & (truth.counts_31.ravel() >= 5_000)
    off = np.abs(found.gain / truth.gain.ravel() - 1)[good]
    print(json.dumps({"times": times, "pixels": int(good.sum()), "off": float(off.max())}))


if __name__ == "__main__":
    main()
