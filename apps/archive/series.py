"""The time-series store's arrays: what a file gives, what a block packs, what a query answers.

Pure: arrays in, arrays out. `apps.archive.blocks` writes them as bytes, `apps.archive.managers`
reads and writes the rows of the database.
"""

import hashlib
import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from itertools import chain, count

import numpy as np

from apps.archive.blocks import Rows
from apps.core.timeaxis import DAY_MS, to_ms

LEVELS_S = (0, 60, 900, 14_400, 86_400)
"""Native resolution and the stored overview levels (bucket width in seconds)."""

NATIVE_WINDOW_MS = 4 * DAY_MS
"""Windows up to this long are made from native samples."""

# All divide a day, so that no bucket mixes a real day with a simulated one, and each from a minute
# on is a multiple of the stored levels below it, so that none of theirs lies across two of these.
BUCKETS_S = (
    *(4, 8, 12, 20, 24, 40, 60, 120, 180, 240, 300, 600),
    *(900, 1800, 2700, 3600, 5400, 7200, 10_800, 14_400, 28_800, 43_200, 86_400),
)

LEVEL_RANK = {"L1A": 1, "L1": 2, "L2": 3, "CAL": 3, "L3": 4, "ANC": 4}
"""Which level is trusted where files overlap; others, low latency (LL) among them, the least."""


@dataclass(frozen=True)
class Column:
    """One column of a series.

    Parameters
    ----------
    name : str
        Identifier, unique in the series.
    dtype : str
        Numpy type of the stored samples, e.g. ``"i4"``.
    shape : tuple of int
        Shape of one sample; ``()`` for a number, ``(5,)`` for five bands.
    unit, label : str
        Unit as shown (``"ct"``) and plain description.
    aggregate : {"mean", "max", "none"}
        How overviews reduce it: mean with minimum and maximum, the maximum (states, flags), or
        not at all (native samples only).
    """

    name: str
    dtype: str
    shape: tuple[int, ...] = ()
    unit: str = ""
    label: str = ""
    aggregate: str = "mean"

    @property
    def width(self):
        """Numbers in one sample."""
        return math.prod(self.shape)

    def record(self):
        """The column as it is kept in the database's JSON."""
        return {**asdict(self), "shape": list(self.shape)}

    @classmethod
    def from_record(cls, record):
        """The column of a JSON record."""
        return cls(**{**record, "shape": tuple(record["shape"])})


@dataclass(frozen=True)
class Table:
    """Native samples of one file.

    Parameters
    ----------
    time : ndarray of int64, shape (n,)
        Bin centres, milliseconds since 1970 UTC, not necessarily sorted or unique.
    columns : dict of str to ndarray, shape (n, *column.shape)
    bins : list of [float, float], optional
        Energy bands [low, high] in keV of this file; high may be infinite.
    """

    time: np.ndarray
    columns: dict[str, np.ndarray]
    bins: list | None = None


@dataclass(frozen=True)
class SeriesReader:
    """How one product type becomes a series: registered in `core.registry.readers`.

    Parameters
    ----------
    key : str
        Product and series key, e.g. ``"ql-lightcurve"``.
    cadence_ms : int
        Nominal distance of samples.
    columns : tuple of Column
    read : callable
        ``read(stix_file) -> Table``; may raise `fitsfile.FitsFileError`.
    """

    key: str
    cadence_ms: int
    columns: tuple[Column, ...]
    read: Callable


@dataclass(frozen=True)
class Samples:
    """The answer to a query: native samples, or buckets with mean, minimum and maximum.

    Parameters
    ----------
    time : ndarray of int64, shape (n,)
        Native: bin centres; buckets: their start. Milliseconds since 1970 UTC, ascending.
    level : int
        Stored level the answer was made from, in seconds; 0 is native.
    bucket_ms : int
        Width of a bucket; 0 when the samples are native.
    count : ndarray of int, shape (n,)
        Native samples in each row (1 where native).
    mean, low, high : dict of str to ndarray, shape (n, *column.shape)
        Native: three names for the same arrays in their stored type. Columns without an
        aggregate are left out of buckets; a column that keeps its maximum has it in all three.
    bands : list of (int, list)
        Energy tables in force: (milliseconds from which, list of [low, high] in keV).
    columns : dict of str to Column
    simulated : bool
        Whether any row comes from the simulator.
    """

    time: np.ndarray
    level: int
    bucket_ms: int
    count: np.ndarray
    mean: dict[str, np.ndarray]
    low: dict[str, np.ndarray]
    high: dict[str, np.ndarray]
    bands: list = field(default_factory=list)
    columns: dict = field(default_factory=dict)
    simulated: bool = False


@dataclass(frozen=True)
class Piece:
    """What one active file gives: its table, and the span in which it rules."""

    table: Table
    start_ms: int
    stop_ms: int


def standing(product):
    """Sort key of a file among overlapping ones; the last replaces those before it.

    Everything in it comes from the file itself, so the order of arrival does not matter.

    Parameters
    ----------
    product : object
        With ``level``, ``created``, ``version``, ``complete`` and ``sha256``.
    """
    return (
        LEVEL_RANK.get(product.level, 0),
        product.created,
        product.version,
        product.complete,
        product.sha256,
    )


def version_rank(product):
    """Sort key of the versions of one product; the last is the best, complete above incomplete."""
    return (product.version, product.complete, product.created, product.sha256)


def fingerprint(form, files):
    """Hash of everything that decides a day's blocks; equal means that nothing is to be done.

    Parameters
    ----------
    form : list
        How blocks are written: codec, columns, levels; anything JSON holds.
    files : iterable of DataProduct
        Active files that overlap the day, in the order of `standing`.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    facts = [
        [
            *(file.sha256, file.simulated, to_ms(file.start), to_ms(file.stop)),
            *(file.access, file.release_at and to_ms(file.release_at)),
        ]
        for file in files
    ]
    return hashlib.sha256(json.dumps([form, facts], sort_keys=True).encode()).hexdigest()


def levels_for(cadence_ms):
    """Stored levels of a series: a bucket holds at least eight samples, else it saves nothing.

    Examples
    --------
    >>> levels_for(4_000)
    [0, 60, 900, 14400, 86400]
    >>> levels_for(32_000)
    [0, 900, 14400, 86400]
    """
    return [level for level in LEVELS_S if level == 0 or level * 1000 >= 8 * cadence_ms]


def touching(start_ms, stop_ms, bucket_ms):
    """The range of whole buckets that share an instant with [start, stop), as (start, stop)."""
    return start_ms // bucket_ms * bucket_ms, -(-stop_ms // bucket_ms) * bucket_ms


def bucket_for(start_ms, stop_ms, max_points):
    """Smallest width of the ladder whose buckets touch a window at most ``max_points`` times.

    Beyond a day the ladder goes on by doubling.

    Parameters
    ----------
    start_ms, stop_ms : int
        The window, milliseconds since 1970, stop excluded.
    max_points : int
        At least 2: any window may lie across the border of two buckets.

    Returns
    -------
    int
        Milliseconds.

    Raises
    ------
    ValueError
        If ``max_points`` is below 2.

    Examples
    --------
    >>> bucket_for(0, DAY_MS, 4000)
    24000
    """
    if max_points < 2:
        raise ValueError(f"max_points must be at least 2, got {max_points}")
    days = (BUCKETS_S[-1] * 2**power for power in count(1))
    for width in chain(BUCKETS_S, days):
        first, last = touching(start_ms, stop_ms, width * 1000)
        if last - first <= max_points * width * 1000:
            return width * 1000


def level_for(levels, bucket_ms, window_ms):
    """The stored level, in seconds, from which buckets are made for a window."""
    if window_ms <= NATIVE_WINDOW_MS:
        return 0
    return max(level for level in levels if level == 0 or bucket_ms % (level * 1000) == 0)


def merge(pieces, columns, day):
    """The native rows of a UTC day from the files that overlap it.

    A file replaces all samples of earlier ones inside its own span. Of samples with the same bin
    centre the later file's stays, and inside a file the first.

    Parameters
    ----------
    pieces : sequence of Piece
        In the order of `standing`: a later one rules. Their tables passed `check_table`.
    columns : sequence of Column
    day : int
        UTC days since 1970.

    Returns
    -------
    rows : Rows
    sources : list of int
        Positions of the pieces that have samples in it, ascending.
    """
    times, parts, owners, later = [], [], [], []
    for position in reversed(range(len(pieces))):
        piece = pieces[position]
        time = np.asarray(piece.table.time, "i8")
        keep = time // DAY_MS == day
        for start_ms, stop_ms in later:
            keep &= (time < start_ms) | (time >= stop_ms)
        later.append((piece.start_ms, piece.stop_ms))
        if keep.any():
            times.append(time[keep])
            owners.append(np.full(len(times[-1]), position))
            parts.append([_kept(piece.table, column, keep) for column in columns])
    if not times:
        return Rows(np.empty(0, "i8"), np.empty(0, "i4"), {}), []
    # numpy keeps the first of equal times, which is the one that rules.
    time, index = np.unique(np.concatenate(times), return_index=True)
    values = {}
    for column, arrays in zip(columns, zip(*parts, strict=True), strict=True):
        values[column.name] = (np.concatenate(arrays, axis=1)[:, index],) * 3
    sources = np.unique(np.concatenate(owners)[index]).tolist()
    return Rows(time, np.ones(len(time), "i4"), values), sources


def _kept(table, column, keep):
    """The kept samples of a column in its own type, component first."""
    values = np.asarray(table.columns[column.name]).reshape(len(keep), column.width)
    return np.ascontiguousarray(values[keep].T, column.dtype)


def check_table(table, columns):
    """Refuse a table that does not fit the columns of its series.

    Raises
    ------
    ValueError
        If it lacks a column, or one has another shape or numbers that its type cannot hold.
    """
    for column in columns:
        if column.name not in table.columns:
            raise ValueError(
                f"column {column.name!r} is missing, the reader gave "
                f"{', '.join(sorted(table.columns))}; it must give every column of its series"
            )
        values = np.asarray(table.columns[column.name])
        expected = (len(table.time), *column.shape)
        if values.shape != expected:
            raise ValueError(
                f"column {column.name!r} has shape {values.shape}, expected {expected}, "
                "one sample for each time; correct the file or its reader"
            )
        dtype = np.dtype(column.dtype)
        if dtype.kind in "iu" and values.dtype != dtype and values.size:
            limits = np.iinfo(dtype)
            if not (values.min() >= limits.min and values.max() <= limits.max):
                raise ValueError(
                    f"column {column.name!r} has values from {values.min()} to {values.max()}, "
                    f"expected {limits.min} to {limits.max}; correct the file or choose a wider "
                    f"type than {column.dtype}"
                )


def energy_table(bins):
    """Energy bands as JSON keeps them: an infinite border is null; None stays None.

    Examples
    --------
    >>> energy_table([(4, 10), (84, float("inf"))])
    [[4.0, 10.0], [84.0, None]]
    """
    if bins is None:
        return None
    return [[float(edge) if math.isfinite(edge) else None for edge in band] for band in bins]


def energy_bands(table):
    """Energy bands [low, high] in keV of a JSON table; the reverse of `energy_table`."""
    return [
        [-math.inf if low is None else low, math.inf if high is None else high]
        for low, high in table
    ]


def as_samples(rows, columns, *, level, bucket_ms=0, bands=(), simulated=False):
    """The answer to a query from the rows found.

    Parameters
    ----------
    rows : Rows
    columns : sequence of Column
        Those of the rows.
    level, bucket_ms, bands, simulated
        As in `Samples`.

    Returns
    -------
    Samples
    """
    columns = {column.name: column for column in columns if column.name in rows.values}
    parts = [
        {
            name: np.moveaxis(rows.values[name][part].reshape(*column.shape, len(rows.time)), -1, 0)
            for name, column in columns.items()
        }
        for part in range(3)
    ]
    return Samples(rows.time, level, bucket_ms, rows.count, *parts, list(bands), columns, simulated)
