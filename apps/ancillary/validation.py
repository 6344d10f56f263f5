"""Whether files make a usable kernel set, found out by a process of its own.

``python -m apps.ancillary.validation FOLDER`` looks at every kernel in a folder and prints a
report as JSON; `inspect` runs it with limits of time and memory. A file that makes CSPICE end its
process, or takes for ever, ends that one and no worker.
"""

import json
import re
import resource
import struct
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import spiceypy
from spiceypy.utils.exceptions import NotFoundError, SpiceyError

from apps.ancillary import kernelset
from apps.ancillary.kernels import EARTH, SOLAR_ORBITER, SUN, KernelError, Pool
from apps.ancillary.times import ms_of_et
from apps.core.timeaxis import from_ms, iso

SECONDS = 120
"""Longest time that a look at a set may take."""

MEMORY_BYTES = 4 << 30
MOST_BYTES = 1 << 30
MOST_TEXT_BYTES = 32 << 20

SUN_DISTANCE_KM = (3e7, 2.5e8)
"""Solar Orbiter is between 0.2 and 1.7 au from the Sun, or the kernel is not about it."""

_ROOT = Path(__file__).parents[2]
_INSTRUMENTS = range(-144999, -143999)
_RECORD = 1024
_SAMPLES = 64
_ARRIVED = "looking at "
_CLOCK = f"SCLK_DATA_TYPE_{-SOLAR_ORBITER}"
_LOADING = ("KERNELS_TO_LOAD", "PATH_VALUES", "PATH_SYMBOLS")
_CLOCK = f"SCLK_DATA_TYPE_{-SOLAR_ORBITER}"
_LOADING = ("KERNELS_TO_LOAD", "PATH_VALUES", "PATH_SYMBOLS")


class Refused(ValueError):
    """A file that must not be loaded; the message says why and what was expected."""


def inspect(folder, progress=None):
    """Look at the kernels of a folder in a process of its own.

    Parameters
    ----------
    folder : Path
        Holds nothing but the files of one set.
    progress : callable, optional
        ``progress(name)`` before each file.

    Returns
    -------
    dict
        ``name`` of the set, ``kernels`` (records in the order of loading), ``coverage``,
        ``missing`` (names that the metakernel lists and the folder has not) and ``refused``, a
        list of ``name`` and ``reason``: empty if the set can be used.
    """
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    last, output = "", ""
    with subprocess.Popen(_command(folder), cwd=_ROOT, **pipes) as child:
        alarm = threading.Timer(SECONDS, child.kill)
        alarm.start()
        for line in child.stderr:
            if line.startswith(_ARRIVED):
                last = line.removeprefix(_ARRIVED).strip()
                if progress:
                    progress(last)
        output = child.stdout.read()
    late = alarm.finished.is_set()
    alarm.cancel()
    if child.returncode == 0:
        return json.loads(output)
    return {"refused": [{"name": last, "reason": _ended(late)}]}


def _command(folder):
    return [sys.executable, "-m", "apps.ancillary.validation", str(Path(folder).resolve())]


def _ended(late):
    if late:
        return f"took longer than {SECONDS} s to look at; expected is a kernel of some megabytes"
    return (
        "broke the process that looked at it, so it is damaged or no kernel; fetch it again from "
        "its source and compare the checksum"
    )


def report(folder):
    """What `inspect` returns, worked out here."""
    files = {path.name: path for path in sorted(Path(folder).iterdir())}
    found = {"name": "", "kernels": [], "coverage": {}, "missing": [], "refused": []}
    for name, path in files.items():
        print(_ARRIVED + name, file=sys.stderr, flush=True)
        try:
            _look(path)
        except (Refused, kernelset.KernelSetError, OSError) as error:
            found["refused"].append({"name": name, "reason": str(error)})
    if found["refused"]:
        return found
    metas = [name for name in files if kernelset.kind_of(name) == kernelset.METAKERNEL]
    meta = kernelset.read_metakernel(files[metas[0]]) if metas else None
    order = kernelset.in_order(files, meta)
    found["kernels"] = [kernelset.described(files[name]).record() for name in order]
    found["name"] = meta.name if meta else ""
    found["missing"] = [name for name in meta.kernels if name not in files] if meta else []
    try:
        if len(metas) > 1:
            raise Refused(f"there are {len(metas)} metakernels ({', '.join(metas)}); give one")
        found["coverage"] = _together([files[name] for name in order if name not in metas])
    except (Refused, KernelError, SpiceyError) as error:
        found["refused"].append({"name": "", "reason": _sentence(error)})
    return found


def _look(path):
    """Refuse a file that is not what its name says, or is not whole."""
    size, kind = path.stat().st_size, kernelset.kind_of(path.name)
    if not kind or not kernelset.NAME.fullmatch(path.name) or not path.is_file():
        raise Refused(f"no kernel by its name; expected one of {', '.join(kernelset.ENDINGS)}")
    if not 0 < size <= MOST_BYTES:
        raise Refused(f"has {size} bytes; expected 1 to {MOST_BYTES}")
    architecture, stated = _architecture(path)
    binary = path.suffix.lower() in (".bsp", ".bc", ".bpc")
    if (architecture, stated) != ("DAF" if binary else "KPL", kind):
        raise Refused(
            f"its content is {architecture}/{stated}, its name says {kind}"
            if "?" not in (architecture, stated)
            else f"its content is no {kind} kernel; its first line does not say so"
        )
    if kind == kernelset.METAKERNEL:
        kernelset.read_metakernel(path)
    elif binary:
        _look_into_arrays(path, kind)
    else:
        _look_into_text(path, kind, size)


def _architecture(path):
    try:
        return spiceypy.getfat(str(path))
    except SpiceyError as error:
        raise Refused("cannot be read as a kernel: it is cut off, or something else") from error


def _look_into_text(path, kind, size):
    """Load the variables of a text kernel alone, and forbid it to load anything else."""
    if size > MOST_TEXT_BYTES:
        raise Refused(f"a text kernel of {size} bytes; expected at most {MOST_TEXT_BYTES}")
    needed = {"LSK": "DELTET/DELTA_AT", "SCLK": _CLOCK}.get(kind)
    needed = {"LSK": "DELTET/DELTA_AT", "SCLK": _CLOCK}.get(kind)
    spiceypy.clpool()
    try:
        spiceypy.ldpool(str(path))
        foreign = [name for name in _LOADING if _is_set(name)]
        lacking = bool(needed) and not _is_set(needed)
    except SpiceyError as error:
        raise Refused(f"cannot be parsed: {_sentence(error)}") from error
    finally:
        spiceypy.clpool()
    if foreign:
        raise Refused(f"sets {foreign[0]}; only a metakernel (*.tm) may name other files")
    if lacking:
        raise Refused(f"does not set {needed}; expected a kernel of kind {kind} for Solar Orbiter")


def _is_set(name):
    """Whether a variable of text kernels, of numbers or of words, is in the pool."""
    try:
        spiceypy.dtpool(name)
    except NotFoundError:
        return False
    return True


def _look_into_arrays(path, kind):
    """Hold a binary kernel against its own directory: length, finite numbers, bodies."""
    _require_whole(path)
    try:
        handle = spiceypy.dafopr(str(path))
        try:
            bodies = _segments(path, handle, kind)
        finally:
            spiceypy.dafcls(handle)
    except SpiceyError as error:
        raise Refused(f"is damaged: {_sentence(error)}") from error
    if not bodies:
        raise Refused("holds no segment; expected at least one")
    strange = [
        one for one in bodies if one < 0 and one != SOLAR_ORBITER and one not in _INSTRUMENTS
    ]
    if strange or (kind == "CK" and not bodies & set(_INSTRUMENTS)):
        known = ", ".join(str(one) for one in sorted(strange or bodies))
        raise Refused(
            f"is about body {known}; expected Solar Orbiter ({SOLAR_ORBITER}), its frames, or "
            "bodies of the Solar System"
        )


def _require_whole(path):
    """Compare the length of a file with the first free address that its first record states."""
    head, size = _first(path), path.stat().st_size
    if size % _RECORD:
        raise Refused(f"is cut off: {size} bytes, expected a multiple of {_RECORD}")
    (free,) = struct.unpack(_byte_order(head) + "i", head[84:88])
    needed = (free - 1) * 8
    if not _RECORD <= needed <= size:
        raise Refused(f"is cut off or damaged: {size} bytes, its first record speaks of {needed}")


def _byte_order(head):
    return ">" if head[88:96] == b"BIG-IEEE" else "<"


def _first(path):
    with open(path, "rb") as stream:
        return stream.read(_RECORD)


def _segments(path, handle, kind):
    """Bodies of all segments; every number of every segment is read and must be finite."""
    numbers = np.memmap(path, dtype=_byte_order(_first(path)) + "f8", mode="r")
    bodies = set()
    doubles, integers = (2, 5 if kind == "PCK" else 6)
    spiceypy.dafbfs(handle)
    while spiceypy.daffna():
        _, whole = spiceypy.dafus(spiceypy.dafgs(doubles + (integers + 1) // 2), doubles, integers)
        begin, end = int(whole[-2]), int(whole[-1])
        if not 0 < begin <= end <= numbers.size:
            raise Refused(f"is damaged: a segment lies at {begin} to {end} of {numbers.size}")
        if not np.isfinite(numbers[begin - 1 : end]).all():
            raise Refused("is damaged: a segment holds numbers that are not finite")
        bodies.add(int(whole[0]))
    return bodies


def _together(paths):
    """Load the set and ask it what the portal will ask; its coverage."""
    pool = Pool("validation", paths)
    with pool.loaded():
        for name, kind in (("DELTET/DELTA_AT", "*.tls"), ("BODY10_POLE_RA", "*.tpc")):
            if not _is_set(name):
                raise Refused(f"no kernel sets {name}; add one ({kind})")
        has_clock = _is_set(_CLOCK)
        if spiceypy.ktotal("CK") and not has_clock:
            raise Refused("attitude kernels need the on-board clock; add a clock kernel (*.tsc)")
        orbit, attitude = pool.coverage(SOLAR_ORBITER), pool.attitude_coverage()
        if not orbit:
            raise Refused("no kernel holds an orbit of Solar Orbiter (body -144); add one (*.bsp)")
        _require_sound(pool, orbit)
        return {"orbit": _utc(pool, orbit), "attitude": _utc(pool, attitude), "clock": has_clock}


def _require_sound(pool, orbit):
    """The Earth is known wherever the orbit is, and the orbit is one about the Sun."""
    for start, stop in orbit:
        times = np.linspace(start, stop, _SAMPLES)
        pool.states(EARTH, times, SUN)
        distance = np.linalg.norm(pool.states(SOLAR_ORBITER, times)[:, :3], axis=1)
        least, most = SUN_DISTANCE_KM
        if not ((distance > least) & (distance < most)).all():
            raise Refused(
                f"body {SOLAR_ORBITER} is {distance.min():.3g} to {distance.max():.3g} km from the "
                f"Sun; expected {least:g} to {most:g} km"
            )


def _utc(pool, spans):
    """Spans in UTC: whole milliseconds that lie inside."""
    leap_seconds = pool.leap_seconds()
    inside = ((np.ceil, start, np.floor, stop) for start, stop in spans)
    return [
        [_iso(up(ms_of_et(start, leap_seconds))), _iso(down(ms_of_et(stop, leap_seconds)))]
        for up, start, down, stop in inside
    ]


def _iso(milliseconds):
    return iso(from_ms(float(milliseconds)))


def _sentence(error):
    """What CSPICE says, without the folders of this machine."""
    words = " ".join(str(getattr(error, "long", "") or error).split())
    return re.sub(r"/[\w./-]*/", "", words)[:300]


def main(folder):
    """Print the report of a folder."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(json.dumps(report(Path(folder))))


if __name__ == "__main__":
    main(sys.argv[1])
