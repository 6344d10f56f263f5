"""Verify and describe a STIX FITS file; the door to `StixFile` for reading it.

Never touches the database. What a single file can prove is proved here: whole, unaltered, of the
instrument, with a level, a version, and times that are possible.
"""

import hashlib
import math
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from apps.archive import filenames, integrity
from apps.archive.fitsborder import FitsFileError, read_bytes
from apps.archive.producttype import LEVELS
from apps.archive.stixfile import (
    START_CARDS,
    STOP_CARDS,
    StixFile,
    open_stix,
    opened,
    read_instant,
)
from apps.core.timeaxis import iso

__all__ = ["Description", "FitsFileError", "StixFile", "describe", "examined", "open_stix"]

LAUNCH = datetime(2020, 2, 10, tzinfo=UTC)
LATEST = datetime(2035, 1, 1, tzinfo=UTC)
_LONGEST_LIST = 100_000
_SLACK = timedelta(days=1)
_JUST_AFTER = timedelta(milliseconds=1)
"""A file whose last sample has no width ends so long after it."""

_REQUESTED = (None, 20, 21, 22, 23, 24, 42)
"""SSIDs of data that somebody asked for, under a request id; None for files without the card."""

_FACTS = """
    FILENAME CREATOR VERS_SW VERS_CFG VERSION TIMESYS OBT_BEG OBT_END DSUN_OBS HGLN_OBS HGLT_OBS
    EAR_TDEL SUN_TIME RSUN_ARC SOOPNAME SOOPTYPE OBS_ID OBS_MODE OBS_TYPE TARGET XPOSURE XPOMAX
    BUNIT PARENT SCI_RID SCI_TCC TRIG_SCA SPICE_MK STX_GSW LIVETIME
""".split()  # noqa: SIM905 (a list of words reads better than thirty quotes)


@dataclass(frozen=True)
class Description:
    """What a file says of itself, verified as far as a file alone can be.

    Parameters
    ----------
    name : str
        A name that is safe to store: as delivered, else as its FILENAME card says.
    sha256 : str
    size : int
        Bytes.
    level, version, complete, stem : str, int, bool, str
        Processing level; version with its U flag; the name all versions share.
    created : datetime
        When the file was written (DATE card), UTC.
    start, stop : datetime
        Outer edges of its bins, UTC at Solar Orbiter.
    uid : int or None
        Unique id of the science request.
    simulated : bool
        Made by the simulator.
    stype, sstype, ssid : int or None
        Number cards, None in pre-release files.
    file_product : str
        Product as the name calls it, empty where the name does not follow the grammar.
    hdus : tuple of str
        Names of the extensions.
    columns : dict of str to tuple
        Cell shapes of DATA.
    rows : int
        Rows of DATA.
    header : dict
        Facts of the primary header, fit for JSON.
    raw_files : tuple of str
        Names of the telemetry files it was made from.
    findings : list of str
        What is odd about the file but no reason to refuse it.
    """

    name: str
    sha256: str
    size: int
    level: str
    version: int
    complete: bool
    stem: str
    created: datetime
    start: datetime
    stop: datetime
    uid: int | None = None
    simulated: bool = False
    stype: int | None = None
    sstype: int | None = None
    ssid: int | None = None
    file_product: str = ""
    hdus: tuple[str, ...] = ()
    columns: dict = field(default_factory=dict)
    rows: int = 0
    header: dict = field(default_factory=dict)
    raw_files: tuple[str, ...] = ()
    findings: list = field(default_factory=list)


def describe(path):
    """Read a file, verify it, and say what it is.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Description

    Raises
    ------
    FitsFileError
        With the reason a curator can act on.
    """
    with examined(path) as (description, _):
        return description


@contextmanager
def examined(path):
    """Describe a file and keep it open, so that its tables need not be parsed twice.

    Yields
    ------
    (Description, StixFile)
        As `describe` returns and raises.
    """
    path = Path(path)
    content = read_bytes(path)
    with opened(content, path) as stix_file:
        yield _describe(stix_file, content), stix_file


def _describe(stix_file, content):
    findings = _verify_structure(stix_file, content)
    _verify_instrument(stix_file)
    level = _level(stix_file)
    parsed, name = _names(stix_file, level, findings)
    version, complete = _version(stix_file, parsed, findings)
    start, stop = _span(stix_file, findings)
    stype, sstype, ssid = _numbers(stix_file)
    columns = stix_file.columns()
    if parsed is None:
        stem = _stem_without_name(stix_file.path.name, level, (stype, sstype, ssid), start)
        name = name or f"{stem}_V{version:02d}{'' if complete else 'U'}.fits"
    return Description(
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        level=level,
        version=version,
        complete=complete,
        stem=parsed.stem if parsed else stem,
        created=_created(stix_file, stop, findings),
        start=start,
        stop=stop,
        uid=_uid(stix_file, parsed) if ssid in _REQUESTED else None,
        simulated=stix_file.card("SIMULATD") is True,
        stype=stype,
        sstype=sstype,
        ssid=ssid,
        file_product=parsed.product if parsed else "",
        hdus=stix_file.names,
        columns=columns,
        rows=stix_file.row_count(),
        header=_facts(stix_file, findings),
        raw_files=listed(_printable(stix_file.text("RAW_FILE"), most=_LONGEST_LIST)),
        findings=[_printable(text) for text in findings + stix_file.warned],
    )


def _verify_structure(stix_file, content):
    findings = []
    for name, sums, start, data_start, data_size, stop in stix_file.layout():
        reason = integrity.truncation(name, len(content), data_start, data_size)
        if reason:
            raise FitsFileError(f"{stix_file.path.name}: {reason}")
        if stop > len(content):
            findings.append(f"HDU {name} lacks {stop - len(content)} bytes of padding at its end")
            continue
        damage, finding = integrity.complaint(
            name, sums, content[start:data_start], content[data_start:stop]
        )
        if damage:
            raise FitsFileError(f"{stix_file.path.name}: {damage}")
        if finding:
            findings.append(finding)
    rest = content[stop:]
    if rest.strip(b"\0"):
        raise FitsFileError(
            f"{stix_file.path.name}: {len(rest)} bytes after HDU {name} are no HDU: "
            "truncated or damaged; fetch it again"
        )
    return findings


def _verify_instrument(stix_file):
    name, telescope = stix_file.path.name, stix_file.text("TELESCOP")
    if telescope == "SOLO/STIX":
        return
    if {"RATE", "SPECRESP MATRIX"} & set(stix_file.names):
        raise FitsFileError(
            f"{name}: a spectrum or response file made for OSPEX, not a data product of STIX; "
            "the archive takes files with TELESCOP SOLO/STIX. Keep it with your analysis"
        )
    raise FitsFileError(f"{name}: TELESCOP is {telescope or 'missing'!r}, expected 'SOLO/STIX'")


def _level(stix_file):
    level = stix_file.text("LEVEL").upper()
    if level not in LEVELS:
        raise FitsFileError(
            f"{stix_file.path.name}: LEVEL is {level or 'missing'!r}, expected one of "
            f"{', '.join(sorted(LEVELS))}"
        )
    return level


def _names(stix_file, level, findings):
    """What the name says, and a name safe to store: the delivered one, else the FILENAME card."""
    delivered, card = stix_file.path.name, stix_file.text("FILENAME")
    for name in (delivered, card):
        parsed = filenames.parse(name)
        if parsed is None or not filenames.is_safe(name) or parsed.level != level:
            continue
        if name == card and card != delivered:
            findings.append(f"delivered as {delivered[:120]!r}; stored under its FILENAME card")
        return parsed, name
    findings.append(
        f"neither the name {delivered[:120]!r} nor the card FILENAME {card!r} says "
        f"solo_{level}_stix-…; named after the headers"
    )
    return None, delivered if filenames.is_safe(delivered) else ""


def _version(stix_file, parsed, findings):
    text = stix_file.text("VERSION").upper().removeprefix("V")
    digits = text.removesuffix("U")
    complete = not text.endswith("U") and (parsed is None or parsed.complete)
    by_name = parsed.version if parsed else None
    version = int(digits) if digits.isdigit() and len(digits) <= 4 else None
    if version is None:
        findings.append(f"VERSION is {text or 'missing'!r}, no number")
    elif by_name is not None and by_name != version:
        findings.append(f"VERSION is {version}, the name says {by_name}; the card counts")
    if version is None:
        version = by_name
    return (1 if version is None else version), complete


def _span(stix_file, findings):
    name = stix_file.path.name
    start, stop = stix_file.edges()
    if not LAUNCH <= start <= stop <= LATEST + _JUST_AFTER:
        raise FitsFileError(
            f"{name}: its times run from {iso(start)} to {iso(stop)}; "
            f"possible are {iso(LAUNCH)} (launch) to {iso(LATEST)}, start before stop"
        )
    stated_start = stix_file.instant(START_CARDS, "start")
    stated_stop = stix_file.stated_stop()
    if stated_stop is None:
        findings.append(f"no UTC end in {' or '.join(STOP_CARDS)}")
        stated_stop = max(stop, stated_start)
    if stated_stop < stated_start:
        raise FitsFileError(
            f"{name}: reversed: the cards say start {iso(stated_start)}, end {iso(stated_stop)}"
        )
    if start < stated_start - _SLACK or stop > stated_stop + _SLACK:
        raise FitsFileError(
            f"{name}: bins run from {iso(start)} to {iso(stop)}, a day or more outside the cards "
            f"{iso(stated_start)} to {iso(stated_stop)}"
        )
    findings.extend(_odd_times(stix_file))
    return start, stop


def _odd_times(stix_file):
    if not stix_file.has_times():
        return []
    steps = np.diff(stix_file.times()[0])
    odd = []
    if (steps < 0).any():
        odd.append(f"{int((steps < 0).sum())} times are earlier than the row before")
    if (steps == 0).any():
        odd.append(f"{int((steps == 0).sum())} times occur twice")
    return odd


def _numbers(stix_file):
    """STYPE, SSTYPE, SSID; three None where one of them is absent."""
    numbers = []
    for card in ("STYPE", "SSTYPE", "SSID"):
        text = stix_file.text(card)
        numbers.append(int(text) if text.isdigit() and len(text) < 9 else None)
    return (None, None, None) if None in numbers else tuple(numbers)


def _stem_without_name(name, level, numbers, start):
    if None in numbers:
        raise FitsFileError(
            f"{name}: neither its name nor its FILENAME card follows "
            "solo_<level>_stix-<product>_<range>_V<nn>.fits, and it has no STYPE, SSTYPE and SSID; "
            "restore its name"
        )
    return f"solo_{level}_stix-{'-'.join(map(str, numbers))}_{start:%Y%m%dT%H%M%S}"


def _created(stix_file, stop, findings):
    created = read_instant(stix_file.text("DATE"))
    if created is None:
        findings.append(f"DATE is {stix_file.text('DATE') or 'missing'!r}; the end of data is used")
    return created or stop


def _uid(stix_file, parsed):
    if stix_file.has_column("request_id", "CONTROL"):
        values = stix_file.column("request_id", "CONTROL").ravel()
        if values.size and values.dtype.kind in "iu" and values[0] > 0:
            return int(values[0])
    text = stix_file.text("SCI_RID")
    if text.isdigit() and len(text) <= 10:
        return int(text)
    return parsed.uid if parsed else None


def listed(text):
    """Names of a card that lists them with semicolons, each once and short enough to store.

    Examples
    --------
    >>> listed("a.xml;b.xml;a.xml; ")
    ('a.xml', 'b.xml')
    """
    names = (part.strip()[:200] for part in text.split(";"))
    return tuple(dict.fromkeys(name for name in names if name))


def _printable(text, most=500):
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:most]


def _facts(stix_file, findings):
    facts = {}
    for name, value in stix_file.cards(_FACTS, findings).items():
        if isinstance(value, float) and not math.isfinite(value):
            continue
        if isinstance(value, bool | int | float):
            facts[name] = value
        elif isinstance(value, str) and value.strip():
            facts[name] = value.strip()[:500]
    return facts
