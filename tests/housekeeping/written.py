"""Housekeeping files whose content is known, and what is stored of them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from astropy.io import fits

from apps.archive.ingest import ingest_file
from apps.archive.models import SeriesBlock
from apps.core.timeaxis import TimeRange
from apps.housekeeping.parameters import of_report
from tests.archive.smallfits import cards, table
from tests.reference import REFERENCE

REAL = REFERENCE / "fits" / "solo_L1_stix-hk-maxi_20200501_V01.fits"
REAL_DAY = TimeRange(datetime(2020, 5, 1, tzinfo=UTC), datetime(2020, 5, 2, tzinfo=UTC))
NOW = datetime(2026, 3, 1, tzinfo=UTC)
START = datetime(2022, 3, 28, tzinfo=UTC)
USUAL = {"instrument_mode": "NOMINAL", "en/dis_detector_status": 0xFFFFFFFF, "sw_running": "ASW"}


def ordinary(parameter, rows):
    """Values of a parameter as a quiet instrument reports them."""
    if parameter.kind == "state":
        text = USUAL.get(parameter.column, next(iter(parameter.states.values())))
        if set(parameter.states.values()) == {"True", "False"}:
            return np.zeros(rows, bool)
        return np.full(rows, text, f"U{max(16, len(text))}")
    if parameter.kind == "mask":
        return np.full(rows, min(USUAL.get(parameter.column, 5), 2**parameter.bits - 1), "i8")
    return np.full(rows, 290.0 if parameter.unit == "K" else 1.5)


def write_report(
    folder, rows=100, *, report="hk-maxi", start=START, cadence_s=64, simulated=False, units=None,
    without=(), version="01", **changes,
):  # fmt: skip
    """Write a housekeeping file; `changes` replace columns by mnemonic, with an array or a value.

    A column named in `without` (by mnemonic) is left out; one that is no mnemonic is added.
    """
    known = {parameter.mnemonic: parameter for parameter in of_report(report)}
    data = {
        "time": (np.arange(rows) * cadence_s * 100).astype("u4"),
        "timedel": np.zeros(rows, "u4"),
    }
    kelvin = {"time": "cs", "timedel": "cs"}
    for mnemonic, parameter in known.items():
        if mnemonic in without:
            continue
        values = changes.pop(mnemonic, None)
        values = ordinary(parameter, rows) if values is None else np.asarray(values)
        data[parameter.column] = np.broadcast_to(values, (rows,))
        if parameter.unit:
            kelvin[parameter.column] = parameter.unit
    data |= {name: np.broadcast_to(np.asarray(values), (rows,)) for name, values in changes.items()}
    stop = start + timedelta(seconds=(rows - 1) * cadence_s)
    header = cards(
        STYPE=3, SSTYPE=25, SSID=2 if report == "hk-maxi" else 1, VERSION=version,
        DATE__BEG=start.replace(tzinfo=None).isoformat(timespec="milliseconds"),
        DATE__END=stop.replace(tzinfo=None).isoformat(timespec="milliseconds"),
        SIMULATD=True if simulated else None,
    )  # fmt: skip
    hdus = [
        fits.PrimaryHDU(header=header),
        table("CONTROL", {"index": np.zeros(1, "u1")}),
        table("DATA", data, kelvin | (units or {})),
    ]
    path = Path(folder) / f"solo_L1_stix-{report}_{start:%Y%m%d}_V{version}.fits"
    fits.HDUList(hdus).writeto(path, checksum=True, overwrite=True)
    return path


def taken_in(path, now=NOW):
    """Take a file in as the portal does; returns its product."""
    outcome = ingest_file(path, now=now)
    assert outcome.status == "taken in", outcome
    return outcome.product


def samples(span=None, report="hk-maxi", columns=None, **options):
    """Stored samples of a range, that of the written files by default."""
    span = span or TimeRange(START, START + timedelta(days=1))
    return SeriesBlock.objects.series(report).samples(span, columns=columns, **options)
