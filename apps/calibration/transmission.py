"""How much X-ray light passes what stands in front of a detector, layer by layer.

The table `fixtures/transmission.csv` holds optical depths; grids, the holes in front of the
background detector, and the efficiency of CdTe are not in it.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from apps.core.detectors import BKG, FINE_GRIDS

TABLE = Path(__file__).parents[2] / "fixtures" / "transmission.csv"
LOWEST_KEV, HIGHEST_KEV = 3.0, 150.0
ALWAYS = ("front_window", "rear_window", "dem", "mli", "calibration_foil", "dead_layer")
COMPONENTS = {
    "front_window": ("Front window", "SolarBlack 5 µm, beryllium alloy 2 mm"),
    "rear_window": ("Rear window", "beryllium alloy 1 mm"),
    "dem": ("Detector entrance", "Kapton 152 µm"),
    "mli": ("Insulation", "Kapton, aluminium, Mylar and PET foils, 389 µm together"),
    "calibration_foil": ("Calibration foil", "Kapton 203 µm, aluminium 0.4 µm"),
    "dead_layer": ("Dead layer", "tellurium oxide 0.4 µm on the CdTe"),
    "grid_cover": ("Grid cover", "Kapton 203 µm, on the finest grids alone"),
    "attenuator": ("Attenuator", "aluminium 7075, 0.6 mm, when it is in"),
}
"""What a ray meets: key, and title with its material; in the order of the table."""

UNCERTAINTY = (
    "Below 10 keV the coating of the front window decides: its make-up is uncertain, which is 9 % "
    "of the transmission at 5 keV and 1.4 % at 10 keV. The tables of the STIX software agree with "
    "this one within 1.5 %, with the attenuator in within 5 % from 5 keV on."
)


@dataclass(frozen=True)
class Transmission:
    """Transmission at energies in keV: of all layers, and of each that is in the way."""

    energies: np.ndarray
    total: np.ndarray
    parts: dict


@cache
def _table():
    lines = [line for line in TABLE.read_text().splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    columns = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    return columns.pop("energy_kev"), columns


def components(detector, attenuator):
    """Keys of what is in front of a detector.

    Parameters
    ----------
    detector : int
        Index, 0 to 31.
    attenuator : bool
        Whether it is in; it never covers the background detector.

    Examples
    --------
    >>> components(9, True) == ALWAYS, components(10, True)[-2:]
    (True, ('grid_cover', 'attenuator'))
    """
    cover = ("grid_cover",) if detector in FINE_GRIDS else ()
    inserted = ("attenuator",) if attenuator and detector != BKG else ()
    return ALWAYS + cover + inserted


def transmission(energies, detector, attenuator):
    """Transmission in front of a detector.

    Parameters
    ----------
    energies : array_like
        keV, from 3 to 150.
    detector : int
        Index, 0 to 31.
    attenuator : bool
        Whether it is in.

    Returns
    -------
    Transmission

    Raises
    ------
    ValueError
        If an energy lies outside of the table.
    """
    energies = np.asarray(energies, "f8")
    if not ((energies >= LOWEST_KEV) & (energies <= HIGHEST_KEV)).all():
        raise ValueError(f"energies {energies.min()} to {energies.max()} keV: expected 3 to 150")
    known, depths = _table()
    parts = {
        name: np.exp(-np.exp(np.interp(energies, known, np.log(depths[name]))))
        for name in components(detector, attenuator)
    }
    return Transmission(energies, np.prod(list(parts.values()), axis=0), parts)


WIDTH, HEIGHT, LEFT, BOTTOM = 760, 300, 44, 34
"""The drawing in its own units: about pixels."""

_TICKS = (3, 4, 5, 6, 8, 10, 15, 20, 30, 40, 60, 80, 100, 150)


def drawing(found):
    """The total as a curve over the logarithm of the energy.

    Returns
    -------
    dict
        ``path`` of the curve, ``across`` and ``up`` ticks as (place, text), and the frame.
    """
    low, high = np.log(found.energies[0]), np.log(found.energies[-1])
    room = WIDTH - LEFT - 12

    def x_of(energy):
        return LEFT + room * (np.log(energy) - low) / (high - low)

    def y_of(share):
        return 10 + (HEIGHT - BOTTOM - 10) * (1 - share)

    points = zip(x_of(found.energies), y_of(found.total), strict=True)
    ticks = [kev for kev in _TICKS if found.energies[0] <= kev <= found.energies[-1]]
    return {
        "path": "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points),
        "across": [(round(float(x_of(kev)), 1), str(kev)) for kev in ticks],
        "up": [(round(float(y_of(share)), 1), f"{share:g}") for share in (0, 0.25, 0.5, 0.75, 1)],
        "frame": {"width": WIDTH, "height": HEIGHT, "left": LEFT, "right": WIDTH - 12,
                  "top": 10, "bottom": HEIGHT - BOTTOM},
    }  # fmt: skip


def csv_lines(found, what):
    """The numbers as CSV, a line for each energy.

    Yields
    ------
    str
    """
    yield f"# {what}\n# {UNCERTAINTY}\n"
    yield ",".join(["energy_kev", "total", *found.parts]) + "\n"
    table = np.column_stack([found.energies, found.total, *found.parts.values()])
    for row in table.tolist():
        yield ",".join(f"{value:.6g}" for value in row) + "\n"
