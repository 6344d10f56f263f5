"""Small STIX files with a fault of choice, as a pipeline, a broken disk or a stranger send them."""

from pathlib import Path

import numpy as np
from astropy.io import fits

START = "2022-03-28T00:00:00.000"
STOP = "2022-03-28T00:02:00.000"
ROWS = 30
NAME = "solo_L1_stix-ql-lightcurve_20220328_V{version}.fits"


def cards(**changes):
    """Primary cards of a light-curve file; None takes one away, ``DATE_BEG`` style is kept."""
    facts = {
        "TELESCOP": "SOLO/STIX",
        "LEVEL": "L1",
        "VERSION": "01",
        "CREATOR": "tests",
        "DATE": "2022-03-30T00:00:00.000",
        "DATE-BEG": START,
        "DATE-END": STOP,
        "STYPE": 21,
        "SSTYPE": 6,
        "SSID": 30,
    }
    facts |= {key.replace("__", "-"): value for key, value in changes.items()}
    return fits.Header([(key, value) for key, value in facts.items() if value is not None])


def columns(rows=ROWS, counts=271, **changes):
    """Arrays of DATA by name: a light curve of 4 s bins; None takes a column away."""
    arrays = {
        "time": np.arange(rows, dtype="u4") * 400 + 200,
        "timedel": np.full(rows, 400, "u4"),
        "triggers": np.full((rows, 1), 4351, "i4"),
        "triggers_err": np.zeros((rows, 1), "f4"),
        "rcr": np.zeros(rows, "u1"),
        "counts": np.full((rows, 5), counts, "f8"),
        "counts_err": np.zeros((rows, 5), "f4"),
    }
    arrays |= {key: None if value is None else np.asarray(value) for key, value in changes.items()}
    return {key: array for key, array in arrays.items() if array is not None}


def table(extname, arrays, units=None):
    """A table HDU from arrays of one length."""
    rows = len(next(iter(arrays.values())))
    fields = [(name, array.dtype, array.shape[1:]) for name, array in arrays.items()]
    records = np.zeros(rows, fields)
    for name, array in arrays.items():
        records[name] = array
    hdu = fits.BinTableHDU(records, name=extname)
    for name, unit in (units or {}).items():
        if name in arrays:
            hdu.columns[name].unit = unit
    return hdu


def energies(edges=(4, 10, 15, 25, 50, 84)):
    """The ENERGIES table of five bands."""
    low, high = np.array(edges[:-1], "f4"), np.array(edges[1:], "f4")
    return table(
        "ENERGIES", {"channel": np.arange(len(low), dtype="u1"), "e_low": low, "e_high": high}
    )


def write(folder, name=None, *, header=None, data=None, unit="cs", without=(), control=None):
    """Write a file and return its path; it is a sound light curve unless told otherwise."""
    header = cards() if header is None else header
    name = name or NAME.format(version=header.get("VERSION", "01"))
    hdus = [
        fits.PrimaryHDU(header=header),
        table("CONTROL", control or {"index": np.zeros(1, "u1")}),
        table("DATA", data or columns(), {"time": unit, "timedel": unit} if unit else {}),
        energies(),
    ]
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    kept = fits.HDUList([hdu for hdu in hdus if hdu.name not in without])
    kept.writeto(path, checksum=True, overwrite=True)
    return path
