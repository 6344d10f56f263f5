"""The only writer of STIX FITS files: the simulator, cut-outs of a window and tests use it.

A file has the form of the real level 1 quick-look files: PRIMARY, CONTROL, DATA, IDB_VERSIONS and
ENERGIES, times as unsigned centiseconds after DATE-BEG, checksums. Nothing here reads a clock, so
the same input gives the same bytes.
"""

import io
import math
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
from astropy.io import fits

from apps.archive.fitslayouts import CONTROL_START, LAYOUTS, Field
from apps.core.energy import SCIENCE_EDGES_KEV

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OBT_EPOCH_S = 946_684_800
"""2000-01-01 in seconds since 1970: on-board time counts from there, without leap seconds."""

SCIENCE_BANDS = tuple(pairwise(SCIENCE_EDGES_KEV))
MILLISECOND = timedelta(milliseconds=1)
_INSTRUMENT = (
    ("OBSRVTRY", "Solar Orbiter", "Satellite name"),
    ("TELESCOP", "SOLO/STIX", "Telescope/Sensor name"),
    ("INSTRUME", "STIX", "Instrument name"),
    ("STYPE", 21, "Service Type"),
    ("SSTYPE", 6, "Sub-service Type"),
)
_PLANNING = tuple(
    (card, "") for card in ("OBS_MODE", "OBS_TYPE", "OBS_ID", "SOOPNAME", "SOOPTYPE", "TARGET")
)
_OWN = {"control_index", "time", "timedel"}
_WIDER = {"B": "I", "I": "J"}
_UNSIGNED = {"B": (0, "u1"), "I": (2**15, "u2"), "J": (2**31, "u4")}
_PLAIN = {"K": "i8", "E": "f4", "D": "f8", "L": "?"}


def file_name(key, day, *, level="L1", version=1, complete=True):
    """Name of a daily file.

    Examples
    --------
    >>> from datetime import date
    >>> file_name("ql-lightcurve", date(2022, 3, 28), version=2, complete=False)
    'solo_L1_stix-ql-lightcurve_20220328_V02U.fits'
    """
    return f"solo_{level}_stix-{key}_{day:%Y%m%d}_V{_version(version, complete)}.fits"


def write_quicklook(path, key, time_ms, timedel_s, columns, **options):
    """Write one quick-look file; a file of the same content is left as it is.

    Parameters
    ----------
    path : path-like
        Where; the folder is made. Its last part becomes the FILENAME card.
    key, time_ms, timedel_s, columns, **options
        As for `quicklook_bytes`.

    Returns
    -------
    Path
        The path. The file appears whole or not at all.
    """
    path = Path(path)
    place(path, quicklook_bytes(path.name, key, time_ms, timedel_s, columns, **options))
    return path


def place(path, content):
    """Put bytes at a path in one step; say whether anything had to be written."""
    if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(content)
    os.replace(partial, path)
    return True


def quicklook_bytes(
    name,
    key,
    time_ms,
    timedel_s,
    columns,
    *,
    bands,
    created,
    level="L1",
    version=1,
    complete=True,
    creator="stix-data-center",
    obt_offset_s=0.0,
    cards=None,
    control=None,
    history=("Processed by STIX",),
    tables=(),
):
    """Make the bytes of one quick-look file.

    Parameters
    ----------
    name : str
        File name, for the FILENAME card.
    key : str
        One of `fitslayouts.LAYOUTS`.
    time_ms : array_like of int, shape (n,)
        Bin centres, milliseconds since 1970 UTC; stored in steps of 10 ms after the first edge.
    timedel_s : float or array_like, shape (n,)
        Bin widths in seconds.
    columns : dict of str to array_like, shape (n, *cell)
        Every column of the layout but ``control_index``, ``time`` and ``timedel``; a cell of
        shape (1,) may be given as a number.
    bands : sequence of (low, high) or None
        Energies in keV for ENERGIES; None stands for the 32 science channels.
    created : datetime
        Aware; the DATE card.
    level, version, complete, creator
        Cards LEVEL, VERSION (``02U`` when not complete) and CREATOR.
    obt_offset_s : float
        UTC - (2000-01-01 + on-board time), in seconds.
    cards : dict, optional
        More primary cards, keyword to value or (value, comment); replace those made here.
    control : dict, optional
        CONTROL values that replace the constants of the layout: one for all packets, or one each.
    history : sequence of str
        HISTORY cards.
    tables : sequence of (name, fields, values, name)
        More extensions, at the end.

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        Unknown product, no samples, a missing or unknown column, a wrong shape, a value that does
        not fit its column.
    """
    layout = _layout(key, control)
    time_ms = np.asarray(time_ms, dtype=np.int64)
    if time_ms.ndim != 1 or not time_ms.size:
        raise ValueError(f"{name}: time_ms has shape {time_ms.shape}, expected at least one sample")
    half_ms = np.broadcast_to(np.asarray(timedel_s, dtype=float), time_ms.shape) * 500
    wanted = {field.name for field in layout.data} - _OWN
    if wanted != set(columns):
        raise ValueError(
            f"{name}: columns {sorted(set(columns) ^ wanted)} are missing or unknown; "
            f"{key} has {', '.join(sorted(wanted))}"
        )
    span_ms = round(float((time_ms - half_ms).min())), round(float((time_ms + half_ms).max()))
    packet = np.arange(time_ms.size) // max(layout.packet_samples, math.ceil(time_ms.size / 256))
    own = {
        "control_index": packet,
        "time": np.rint((time_ms - span_ms[0]) / 10),
        "timedel": np.rint(half_ms / 5),
    }
    bands = SCIENCE_BANDS if bands is None else tuple((float(a), float(b)) for a, b in bands)
    obt_s = (time_ms - half_ms) / 1000 - OBT_EPOCH_S - obt_offset_s
    obt_span = np.array(span_ms) / 1000 - OBT_EPOCH_S - obt_offset_s
    processing = {
        "LEVEL": level,
        "CREATOR": creator,
        "VERSION": _version(version, complete),
        "XPOSURE": float(np.median(half_ms) / 500),
        "DATAMIN": float(np.min(columns[layout.measure])),
        "DATAMAX": float(np.max(columns[layout.measure])),
        **(cards or {}),
    }
    hdus = [
        _primary(name, layout, span_ms, obt_span, created, processing, history),
        _table("CONTROL", *_control(layout, packet, obt_s, half_ms / 500, bands, name)),
        _table("DATA", layout.data, {**own, **columns}, name),
        _table("IDB_VERSIONS", *_database_versions(obt_span)),
        _table("ENERGIES", *_energies(bands)),
        *(_table(*table) for table in tables),
    ]
    return _serialize(hdus, created)


def _layout(key, control):
    if key not in LAYOUTS:
        raise ValueError(f"no layout for product {key!r}; there are {', '.join(LAYOUTS)}")
    layout = LAYOUTS[key]
    return replace(layout, constants=layout.constants | (control or {}))


def _version(version, complete):
    return f"{version:02d}" + ("" if complete else "U")


def _parent(name, level):
    """Name of the file of a lower level that this one would come from."""
    return name.replace("_L1_", f"_{level}_", 1)


def _utc(milliseconds):
    instant = EPOCH + timedelta(milliseconds=int(milliseconds))
    return instant.replace(tzinfo=None).isoformat(timespec="milliseconds")


def _primary(name, layout, span_ms, obt_span, created, processing, history):
    start, stop = (_utc(instant) for instant in span_ms)
    hdu = fits.PrimaryHDU()
    hdu.header.extend(
        [
            ("FILENAME", name),
            ("RAW_FILE", ""),
            ("PARENT", _parent(name, "L0")),
            (
                "DATE",
                _utc(round((created - EPOCH) / MILLISECOND)),
                "FITS file creation date in UTC",
            ),
            ("LEVEL", "", "Processing level of the data"),
            ("ORIGIN", "STIX Team, FHNW", "FHNW"),
            ("CREATOR", "", "FITS creation software"),
            ("VERS_SW", "1", "Version of SW that provided FITS file"),
            ("VERSION", "", "Version of data product"),
            *_INSTRUMENT,
            ("SSID", layout.ssid, "Science Structure ID"),
            ("DATAMIN", 0.0, "Minimum valid physical value"),
            ("DATAMAX", 0.0, "Maximum valid physical value"),
            ("BUNIT", layout.bunit, "Units of physical value"),
            ("XPOSURE", 0.0, "[s] Exposure time of one bin"),
            *_PLANNING,
            ("OBT_BEG", float(obt_span[0]), "Start of acquisition time in OBT"),
            ("OBT_END", float(obt_span[1]), "End of acquisition time in OBT"),
            ("TIMESYS", "UTC", "System used for time keywords"),
            ("DATE-OBS", start, "Start of acquisition time in UTC"),
            ("DATE-BEG", start, "Start of acquisition time in UTC"),
            ("DATE-AVG", _utc(sum(span_ms) // 2), "Center of acquisition time in UTC"),
            ("DATE-END", stop, "End of acquisition time in UTC"),
        ]
    )
    for keyword, value in processing.items():
        hdu.header[keyword] = value
    for line in history:
        hdu.header["HISTORY"] = line
    return hdu


def _control(layout, packet, obt_s, width_s, bands, name):
    """Fields and values of CONTROL: one row a packet."""
    index, first, size = np.unique(packet, return_index=True, return_counts=True)
    edges = sorted({edge for band in bands for edge in band})
    values = {
        "scet_coarse": np.floor(obt_s[first]),
        "scet_fine": np.floor(obt_s[first] % 1 * 65536),
        "integration_time": width_s[first],
        "index": index,
        "raw_file": np.full(index.size, _parent(name, "LB")),
        "packet": index,
        "parent": np.full(index.size, _parent(name, "L0")),
        "energy_bin_edge_mask": np.isin(SCIENCE_EDGES_KEV, edges),
        "num_samples": size,
        **layout.constants,
    }
    fields = tuple(
        replace(field, letter=layout.letters.get(field.name, field.letter))
        for field in CONTROL_START + layout.control
    )
    rows = {
        field.name: np.broadcast_to(np.asarray(values[field.name]), (index.size, *field.shape))
        for field in fields
    }
    return fields, rows, name


def _database_versions(obt):
    fields = (Field("version", "A"), Field("obt_start", "D", (), "s"))
    fields += (Field("obt_end", "D", (), "s"),)
    return fields, {"version": ["2.26.35"], "obt_start": obt[:1], "obt_end": obt[1:]}, ""


def _energies(bands):
    fields = (Field("channel", "B"), Field("e_low", "E", unit="keV"))
    fields += (Field("e_high", "E", unit="keV"),)
    low, high = np.array(bands).T
    return fields, {"channel": np.arange(len(bands)), "e_low": low, "e_high": high}, ""


def _table(extname, fields, values, name):
    rows = len(next(iter(values.values())))  # our own columns come first, the caller's follow
    columns = [_column(field, values[field.name], rows, name) for field in fields]
    return fits.BinTableHDU.from_columns(columns, name=extname)


def _column(field, values, rows, name):
    values = np.asarray(values)
    if field.letter == "A":
        return fits.Column(field.name, f"{values.dtype.itemsize // 4}A", array=values)
    shape = (rows, *field.shape)
    if values.size != math.prod(shape):
        raise ValueError(f"{name}: column {field.name} has shape {values.shape}, expected {shape}")
    letter, dtype, zero = _storage(field, values, name)
    return fits.Column(
        field.name,
        f"{math.prod(field.shape)}{letter}" if math.prod(field.shape) > 1 else letter,
        unit=field.unit or None,
        bzero=zero or None,
        dim=f"({','.join(map(str, reversed(field.shape)))})" if field.shape else None,
        array=values.reshape(shape).astype(dtype),
    )


def _storage(field, values, name):
    """FITS letter, numpy type and TZERO of a column that can hold all its values."""
    letter = field.letter
    if letter in _PLAIN:
        return letter, _PLAIN[letter], 0
    low, high = (values.min(), values.max()) if values.size else (0, 0)
    if field.signed:
        if low < -(2**15) or high >= 2**15:
            raise ValueError(f"{name}: {field.name} has {low} to {high}, expected 16 bits")
        return letter, "i2", 0
    while high >= 1 << 8 * np.dtype(_UNSIGNED[letter][1]).itemsize and letter in _WIDER:
        letter = _WIDER[letter]
    if low < 0 or high >= 2**32:
        raise ValueError(f"{name}: {field.name} has {low} to {high}, expected 0 to 4294967295")
    zero, dtype = _UNSIGNED[letter]
    return letter, dtype, zero


def _serialize(hdus, created):
    for hdu in hdus:
        hdu.add_checksum(when=f"HDU checksum of {created:%Y-%m-%dT%H:%M:%S}")
    target = io.BytesIO()
    fits.HDUList(hdus).writeto(target)
    return target.getvalue()
