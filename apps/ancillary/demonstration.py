"""The demonstration set: an orbit that is approximate and says so, written from plain numbers.

Run as ``python -m apps.ancillary.demonstration FOLDER``, a process of its own, for writing binary
kernels changes the state of CSPICE. The same numbers give the same bytes.
"""

import csv
import re
import shutil
import subprocess
import sys
from importlib import resources
from itertools import groupby
from pathlib import Path

import numpy as np
import spiceypy

from apps.ancillary.kernels import SOLAR_ORBITER, SUN, KernelError
from apps.ancillary.kernelset import kind_of

NAME = "demo-approx-1"
LABEL = "Demonstration orbit, APPROXIMATE"
ORBIT = "portal_demo-approx-1_orbit.bsp"
CLOCK = "portal_demo-approx-1_clock.tsc"
PLANETS = "de421.bsp"
TEXTS = ("portal_leapseconds.tls", "portal_frames.tf", "portal_constants.tpc")
"""Kernels of facts, carried by the portal; they are not approximate."""

GM_SUN = 132712440041.279
"""Of the fit, km3/s2: between two states the orbit is an ellipse or hyperbola about the Sun."""

_OF_PLANETS = re.compile(r"(?i)de\d{3}.*\.bsp")
_ROOT = Path(__file__).parents[2]
_FIXTURES = _ROOT / "fixtures" / "ancillary"
_PATIENCE_S = 60
_COMMENT = (
    "DEMONSTRATION ORBIT OF SOLAR ORBITER, APPROXIMATE.",
    "No product of ESA or NAIF. States of an orbit fit, 2020-02-12 to 2025-02-18; from late 2023",
    "on not held against flown data. Replace it by the official kernels of the mission.",
)
_CLOCK_HEAD = """KPL/SCLK

On-board clock of Solar Orbiter, DEMONSTRATION, APPROXIMATE: straight lines between 36 pairs of
clock and time, 0.13 s at most from the official clock kernel where they were compared.

\\begindata

SCLK_KERNEL_ID           = ( @2025-12-13/00:00:00 )
SCLK_DATA_TYPE_144       = ( 1 )
SCLK01_TIME_SYSTEM_144   = ( 2 )
SCLK01_N_FIELDS_144      = ( 2 )
SCLK01_MODULI_144        = ( 4294967296 65536 )
SCLK01_OFFSETS_144       = ( 0 0 )
SCLK01_OUTPUT_DELIM_144  = ( 2 )
SCLK_PARTITION_START_144 = ( 0.0 )
SCLK_PARTITION_END_144   = ( 2.8147497671065E+14 )
SCLK01_COEFFICIENTS_144  = (
"""


def make(folder):
    """Write the demonstration set into a folder, in a process of its own.

    Parameters
    ----------
    folder : Path
        An empty folder.

    Raises
    ------
    KernelError
        If it cannot be written; the message says why.
    """
    command = [sys.executable, "-m", "apps.ancillary.demonstration", str(Path(folder).resolve())]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=_PATIENCE_S)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
        raise KernelError(f"the demonstration kernels could not be written: {last}")


def text_kernels():
    """Name to path of the portal's own kernels of leap seconds, frames and constants."""
    return {name: _FIXTURES / name for name in TEXTS}


def planets():
    """The file of the places of Sun, planets and Moon, from the skyfield-data package."""
    return Path(resources.files("skyfield_data") / "data" / PLANETS)


def completion(names):
    """What the portal adds to kernels that lack a kind, or the places of the planets.

    Parameters
    ----------
    names : collection of str
        Names of the kernels.

    Returns
    -------
    dict
        Name to path of those to add.
    """
    kinds = {kind_of(name) for name in names}
    wanted = {name: path for name, path in text_kernels().items() if kind_of(name) not in kinds}
    if not any(_OF_PLANETS.fullmatch(name) for name in names):
        wanted[PLANETS] = planets()
    return {name: path for name, path in wanted.items() if name not in names}


def write(folder):
    """Write all files of the set."""
    for path in (*text_kernels().values(), planets()):
        shutil.copyfile(path, folder / path.name)
    write_clock(folder / CLOCK)
    write_orbit(folder / ORBIT)


def write_clock(path):
    """Write the clock kernel from its pairs of ticks and ET, and the rate after each."""
    lines = [" ".join(row) for row in _rows("demo_clock.csv")]
    text = _CLOCK_HEAD + "\n".join(lines) + " )\n\n\\begintext\n"
    path.write_text(text, encoding="ascii", newline="\n")


def write_orbit(path):
    """Write the orbit: one segment of two-body states (type 5) for each ballistic leg."""
    handle = spiceypy.spkopn(str(path), "APPROXIMATE DEMO " + NAME, 1000)
    spiceypy.dafac(handle, list(_COMMENT))
    for leg, rows in groupby(_rows("demo_nodes.csv"), key=lambda row: row[0]):
        table = np.array([row[1:] for row in rows], dtype=np.float64)
        times = np.ascontiguousarray(table[:, 0])
        states = np.ascontiguousarray(table[:, 1:])
        spiceypy.spkw05(
            *(handle, SOLAR_ORBITER, SUN, "J2000", times[0], times[-1]),
            *(f"APPROXIMATE DEMO LEG {leg}", GM_SUN, len(times), states, times),
        )
    spiceypy.spkcls(handle)


def _rows(name):
    with open(_FIXTURES / name, encoding="ascii", newline="") as stream:
        return list(csv.reader(stream))[1:]


if __name__ == "__main__":
    write(Path(sys.argv[1]))
