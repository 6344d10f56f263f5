"""Simulated days as FITS files, and the truth behind them.

Pure but for writing below the folder it is given. The same seed and days give the same bytes; a run
that was stopped is taken up by running again, files that are already right are not written again.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from apps.archive.fitswriter import file_name, place, quicklook_bytes
from apps.core.timeaxis import DAY_MS, from_ms, iso
from apps.simulator import calibration, instrument, orbit, telemetry
from apps.simulator.goes import goes_class
from apps.simulator.quicklook import PRODUCTS, samples, sky

EPOCH_DAY = date(1970, 1, 1)
CREATOR = "stix-simulator"
KINDS = (*PRODUCTS, calibration.KEY)
"""What can be simulated, in the order files are made."""

_BANDED = ("ql-lightcurve", "ql-background")


@dataclass(frozen=True)
class Task:
    """One file to be made: product, UTC day since 1970, delivery."""

    key: str
    day: int
    delivery: telemetry.Delivery

    @property
    def date(self):
        """The day as a date."""
        return EPOCH_DAY + timedelta(days=self.day)

    @property
    def name(self):
        """File name."""
        delivery = self.delivery
        return file_name(self.key, self.date, version=delivery.version, complete=delivery.complete)


def tasks(start, days, products=KINDS):
    """Files of some days, in the order they are made.

    Parameters
    ----------
    start : date
        First UTC day.
    days : int
        How many, at least one.
    products : sequence of str
        Of `KINDS`.

    Returns
    -------
    list of Task

    Raises
    ------
    ValueError
        No days, or an unknown product.
    """
    unknown = set(products) - set(KINDS)
    if unknown or not products:
        raise ValueError(f"products {sorted(unknown)}: expected some of {', '.join(KINDS)}")
    if days < 1:
        raise ValueError(f"days {days}: expected at least 1")
    first = (start - EPOCH_DAY).days
    return [
        Task(key, day, delivery)
        for day in range(first, first + days)
        for key in KINDS
        if key in products
        for delivery in telemetry.deliveries(key, day)
    ]


def make(task, seed):
    """Bytes of one file and what truth.json says of it.

    Returns
    -------
    content : bytes
    entry : dict
        name, product, day, version, complete, samples, start, stop, sha256, note.
    """
    held = _held(task, seed)
    begin, end = int(held.edges_ms[0].min()), int(held.time_ms.max() + held.timedel_s * 500)
    middle = (begin + end) // 2
    content = quicklook_bytes(
        task.name,
        task.key,
        held.time_ms,
        held.timedel_s,
        held.columns,
        bands=instrument.band_edges(task.date) if task.key in _BANDED else None,
        created=task.delivery.created(task.date),
        version=task.delivery.version,
        complete=task.delivery.complete,
        creator=CREATOR,
        obt_offset_s=orbit.on_board_offset_s(middle),
        cards={
            "SIMULATD": (True, "simulated data, not observed"),
            "SIMSEED": (seed, "seed of the simulation"),
            **orbit.cards(middle, begin),
        },
        control=held.control,
        history=["Simulated by stix-simulator, not observed"],
    )
    entry = {
        "name": task.name,
        "product": task.key,
        "day": task.date.isoformat(),
        "version": task.delivery.version,
        "complete": task.delivery.complete,
        "samples": int(held.time_ms.size),
        "start": iso(from_ms(begin), digits=3),
        "stop": iso(from_ms(end), digits=3),
        "sha256": hashlib.sha256(content).hexdigest(),
        "note": task.delivery.note,
    }
    return content, entry


def write(task, seed, folder):
    """Make one file below `folder`; return its truth entry, size and whether it was written."""
    content, entry = make(task, seed)
    return entry, len(content), place(folder / task.name, content)


def truth(start, days, seed, entries, order):
    """What truth.json says.

    Parameters
    ----------
    start : date
    days, seed : int
    entries : list of dict
        As from `make`.
    order : list of str
        File names in the order they are to be taken in.

    Returns
    -------
    dict
    """
    first = (start - EPOCH_DAY).days
    numbers = range(first, first + days)
    return {
        "simulated": True,
        "clock": "UTC at Solar Orbiter",
        "start": start.isoformat(),
        "days": days,
        "seed": seed,
        "flares": [flare for day in numbers for flare in flares_of(seed, day)],
        "gaps": [
            {"start": iso(from_ms(gap[0]), digits=3), "stop": iso(from_ms(gap[1]), digits=3)}
            for day in numbers
            for gap in telemetry.gaps_of_day(seed, day)
        ],
        "calibration_runs": [calibration.truth_entry(seed, day) for day in numbers],
        "files": entries,
        "ingest_order": order,
    }


def ingest_order(made):
    """File names of tasks in the order they are to be taken in."""
    late = sorted(
        made, key=lambda task: (task.delivery.order >= 100, task.day, task.delivery.order)
    )
    return [task.name for task in late]


def write_truth(folder, content):
    """Write truth.json; return whether it changed."""
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    return place(folder / "truth.json", text.encode())


def flares_of(seed, day):
    """Flares whose maximum is in a UTC day, as truth.json lists them.

    Counts are expected values per 4 s, noise-free and before compression, background included:
    ``peak_counts`` as the file has them (attenuator, dead time), ``incident_peak_counts`` in front
    of the attenuator. The range is where the flare's own 4-10 keV excess is above the square root
    of the quiet level.
    """
    seen = sky(seed, day)
    weights = seen.matrix
    counted = seen.counted(weights)
    incident = seen.incident(weights) + seen.drift[:, None] * (seen.quiet @ weights)
    noise = float(np.sqrt(seen.quiet @ weights[:, 0]))
    gaps = [gap for near in (day - 1, day, day + 1) for gap in telemetry.gaps_of_day(seed, near)]
    found = []
    for flare in seen.flares:
        if flare.peak_ms // DAY_MS != day:
            continue
        own = (flare.profiles(seen.middle_ms).T @ (flare.spectra() @ weights))[:, 0]
        found.append(_entry(seen, flare, own, counted, incident, np.flatnonzero(own > noise), gaps))
    _mark_isolated(found)
    return found


def _entry(seen, flare, own, counted, incident, inside, gaps):
    peak = int(np.argmax(own))
    first, last = (int(inside[0]), int(inside[-1])) if inside.size else (peak, peak)
    start_ms, stop_ms = int(seen.start_ms[first]), int(seen.start_ms[last]) + 4000
    peak_ms = int(seen.middle_ms[peak])
    distance = orbit.distance_au(peak_ms)
    quiet = seen.quiet @ seen.matrix
    scale = orbit.RADIUS_ARCSEC_AU / distance
    return {
        "start": iso(from_ms(start_ms), digits=3),
        "peak": iso(from_ms(peak_ms), digits=3),
        "stop": iso(from_ms(stop_ms), digits=3),
        "peak_counts": _rounded(counted[first : last + 1].max(axis=0)),
        "incident_peak_counts": _rounded(incident[first : last + 1].max(axis=0)),
        "quiet_counts": _rounded(quiet),
        "goes_class": goes_class(float(own[peak]), distance),
        "distance_au": round(distance, 6),
        "attenuator_in": bool(seen.rcr[first : last + 1].any()),
        "hpc_x_arcsec": round(flare.x_radii * scale, 1),
        "hpc_y_arcsec": round(flare.y_radii * scale, 1),
        "in_gap": any(begin < stop_ms and end > start_ms for begin, end in gaps),
    }


def _rounded(values):
    return [round(float(value), 1) for value in values]


def _mark_isolated(found):
    """Say of each flare whether its range overlaps with no other of the day."""
    for flare in found:
        flare["isolated"] = not any(
            other is not flare and other["start"] < flare["stop"] and other["stop"] > flare["start"]
            for other in found
        )


def _held(task, seed):
    """Samples that one file holds."""
    if task.key == calibration.KEY:
        return calibration.run(seed, task.day)
    held = samples(seed, task.day, task.key)
    gaps = telemetry.gaps_of_day(seed, task.day) + telemetry.gaps_of_day(seed, task.day + 1)
    if task.delivery.before_ms:
        held = samples(seed, task.day - 1, task.key).joined(held)
        gaps += telemetry.gaps_of_day(seed, task.day - 1)
    return telemetry.in_file(telemetry.received(held, gaps), task.delivery, task.day)
