"""Small valid STIX files whose content is known by construction, for the tests of every app.

Every function writes one file and returns its path. Values go into the file as given: nothing is
compressed or randomised. A file looks like a real one unless ``simulated=True``.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from apps.archive.fitswriter import file_name, write_quicklook

BANDS = ((4.0, 10.0), (10.0, 15.0), (15.0, 25.0), (25.0, 50.0), (50.0, 84.0))
BANDS_2020 = (*BANDS[:4], (50.0, 150.0))
QUIET = (247, 49, 61, 799, 399)
"""Quiet counts of the five bands per 4 s, exact values of the on-board compression."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write_lightcurve(
    folder,
    day="2022-03-28",
    *,
    counts=None,
    counts_err=0.0,
    triggers=3967,
    triggers_err=0.0,
    rcr=0,
    n=None,
    cadence_s=4,
    bands=BANDS,
    **file,
):
    """Write a light-curve file.

    Parameters
    ----------
    folder : path-like
    day : str or date
        UTC day in the name.
    counts : array_like, optional
        Shape (n, 5), or five numbers for all bins; the quiet level if not given.
    counts_err, triggers, triggers_err, rcr
        One value for all bins, or one a bin.
    n : int, optional
        Bins; the length of `counts`, or 150 (ten minutes).
    cadence_s : float
        Width and distance of bins.
    bands : sequence of (low, high)
    **file
        As for `write`: start, times_ms, version, complete, created, simulated, level, stem, cards.

    Returns
    -------
    Path
    """
    counts = np.asarray(QUIET if counts is None else counts, dtype=float)
    n = _length(n, counts, 2)
    columns = {
        "counts": _cells(counts, n, (5,)),
        "counts_err": _cells(counts_err, n, (5,)),
        "triggers": _cells(triggers, n),
        "triggers_err": _cells(triggers_err, n),
        "rcr": _cells(rcr, n),
    }
    return write(folder, "ql-lightcurve", day, columns, cadence_s=cadence_s, bands=bands, **file)


def write_background(
    folder,
    day="2022-03-28",
    *,
    counts=(14, 3, 3, 41, 20),
    counts_err=0.0,
    triggers=543,
    triggers_err=0.0,
    n=None,
    cadence_s=8,
    bands=BANDS,
    **file,
):
    """Write a background-monitor file; parameters as for `write_lightcurve`, 75 bins of 8 s."""
    counts = np.asarray(counts, dtype=float)
    n = _length(n, counts, 2, usual=75)
    columns = {
        "counts": _cells(counts, n, (5,)),
        "counts_err": _cells(counts_err, n, (5,)),
        "triggers": _cells(triggers, n),
        "triggers_err": _cells(triggers_err, n),
    }
    return write(folder, "ql-background", day, columns, cadence_s=cadence_s, bands=bands, **file)


def write_variance(
    folder, day="2022-03-28", *, variance=2943, variance_err=0.0, n=None, cadence_s=4, **file
):
    """Write a variance file: one value for all of 150 bins, or one a bin."""
    n = _length(n, np.asarray(variance), 1)
    columns = {"variance": _cells(variance, n), "variance_err": _cells(variance_err, n)}
    return write(folder, "ql-variance", day, columns, cadence_s=cadence_s, **file)


def write_spectra(
    folder,
    day="2022-03-28",
    *,
    spectra=None,
    triggers=1087,
    detector_index=None,
    n=2,
    cadence_s=1024,
    timedel_s=32,
    **file,
):
    """Write a spectra file.

    Parameters
    ----------
    folder, day, n, cadence_s, **file
        As for `write_lightcurve`; n rows, one each 1024 s.
    spectra : array_like, optional
        Shape (n, 32 detectors, 32 channels) **in detector order**, or broadcast to it; not given,
        detector d (1 to 32) has 100 d + channel counts.
    triggers : array_like
        Broadcast to (n, 32), in detector order.
    detector_index : array_like, optional
        Detector (0 to 31) of each slot, broadcast to (n, 32); starts with 28, as in the real file,
        if not given. Spectra and triggers are put into slots by it.
    """
    if spectra is None:
        spectra = 100.0 * np.arange(1, 33)[:, None] + np.arange(32)
    if detector_index is None:
        detector_index = (np.arange(32) + 28) % 32
    slots = _cells(detector_index, n, (32,)).astype(int)
    rows = np.arange(n)[:, None]
    columns = {
        "detector_index": slots,
        "spectra": _cells(spectra, n, (32, 32))[rows, slots],
        "spectra_err": np.zeros((n, 32, 32)),
        "triggers": _cells(triggers, n, (32,))[rows, slots],
        "triggers_err": np.zeros((n, 32)),
        "num_integrations": _cells(np.arange(32), n, (32,)),
    }
    return write(
        folder, "ql-spectra", day, columns, cadence_s=cadence_s, timedel_s=timedel_s, **file
    )


def write_flareflag(
    folder,
    day="2022-03-28",
    *,
    loc_z=0,
    loc_y=0,
    thermal_index=0,
    non_thermal_index=0,
    location_status=0,
    n=4,
    cadence_s=1020,
    **file,
):
    """Write a flare-flag file: one value for all rows, or one a row; places in arcmin."""
    columns = {
        "loc_z": _cells(loc_z, n),
        "loc_y": _cells(loc_y, n),
        "thermal_index": _cells(thermal_index, n),
        "non_thermal_index": _cells(non_thermal_index, n),
        "location_status": _cells(location_status, n),
    }
    return write(folder, "ql-flareflag", day, columns, cadence_s=cadence_s, **file)


def write(
    folder,
    key,
    day,
    columns,
    *,
    cadence_s,
    timedel_s=None,
    start=None,
    times_ms=None,
    bands=None,
    version="V01",
    complete=True,
    created=datetime(2022, 4, 1, tzinfo=UTC),
    level="L1",
    simulated=False,
    stem=None,
    cards=None,
    control=None,
):
    """Write columns as a file.

    Parameters
    ----------
    folder, key, day, columns
        Where; product; UTC day in the name; DATA columns.
    cadence_s, timedel_s : float
        Distance of bins; their width, the distance if not given.
    start : str or datetime, optional
        First edge, ISO 8601 UTC; midnight of the day if not given.
    times_ms : array_like, optional
        Bin centres instead of the regular grid, for gaps and repetitions.
    version : str or int
        ``"V02"``, ``"V02U"`` or 2.
    complete : bool
        False adds U to the version.
    created : datetime
        DATE card.
    simulated : bool
        Whether the file says it is simulated.
    stem : str, optional
        File name without ``.fits``.
    cards : dict, optional
        More primary cards.
    control : dict, optional
        CONTROL values instead of the usual ones.
    """
    day = date.fromisoformat(day) if isinstance(day, str) else day
    number, complete = _version(version, complete)
    name = file_name(key, day, level=level, version=number, complete=complete)
    width = cadence_s if timedel_s is None else timedel_s
    n = len(next(iter(columns.values())))
    if times_ms is None:
        times_ms = _start_ms(start, day) + width * 500 + np.arange(n) * cadence_s * 1000
    marks = {"SIMULATD": (True, "simulated data, not observed")} if simulated else {}
    return write_quicklook(
        Path(folder) / (f"{stem}.fits" if stem else name),
        key,
        np.rint(times_ms).astype(np.int64),
        width,
        columns,
        bands=bands,
        created=created,
        level=level,
        version=number,
        complete=complete,
        creator="stix-simulator" if simulated else "stixcore",
        cards={**marks, **(cards or {})},
        control=control,
    )


def _version(version, complete):
    text = str(version).removeprefix("V")
    return int(text.rstrip("U")), complete and not text.endswith("U")


def _start_ms(start, day):
    if start is None:
        start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    elif isinstance(start, str):
        start = datetime.fromisoformat(start.removesuffix("Z")).replace(tzinfo=UTC)
    return round((start - EPOCH) / timedelta(milliseconds=1))


def _length(n, values, dimensions, usual=150):
    given = len(values) if values.ndim == dimensions else None
    if n is not None and given is not None and n != given:
        raise ValueError(f"n is {n}, but {given} bins are given")
    return given or n or usual


def _cells(values, n, cell=()):
    values = np.asarray(values)
    if values.ndim == 1 and cell and values.shape != cell:
        values = values[:, None]
    return np.broadcast_to(values, (n, *cell)).copy()
