"""The time-series store's arrays: what a file gives, what a block packs, what a query answers.

Pure: arrays in, arrays out. `apps.archive.managers` reads and writes the rows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

LEVELS_S = (0, 60, 900, 14_400)
"""Native resolution and the stored overview levels (bucket width in seconds)."""


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
