"""Open a STIX FITS file and read its tables and times.

The only place that knows the quirks of the files: underscored cards and seconds in pre-release
files, centiseconds elsewhere, ``_err`` or ``_comp_err``, cells of shape (1,). HDUs are always
addressed by EXTNAME.
"""

import io
import re
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from astropy.io import fits

from apps.archive.fitsborder import FitsFileError, foreign, read_bytes
from apps.core.timeaxis import from_ms, to_ms

_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?")
_TIME_UNITS_MS = {"cs": 10.0, "s": 1000.0, "ms": 1.0, "ds": 100.0, "min": 60_000.0}
START_CARDS = ("DATE-BEG", "DATE_BEG", "DATE-OBS", "DATE_OBS")
STOP_CARDS = ("DATE-END", "DATE_END")


class StixFile:
    """An open STIX file: its tables by name, its times in UTC.

    Parameters
    ----------
    path : Path
        Where it lies.
    hdus : astropy.io.fits.HDUList
    warned : list of str
        What astropy warned of so far.

    Attributes
    ----------
    names : tuple of str
        Names of the extensions, in order.
    """

    def __init__(self, path, hdus, warned=()):
        self.path = Path(path)
        self.warned = list(warned)
        self._hdus = list(hdus)
        self._columns = {}
        self._times = None
        self.names = tuple(hdu.name for hdu in self._hdus[1:])

    @property
    def primary(self):
        """Header of the primary HDU."""
        return self._hdus[0].header

    def table(self, extname):
        """Rows of a table.

        Parameters
        ----------
        extname : str
            ``"DATA"``, ``"CONTROL"``, ``"ENERGIES"``, …

        Raises
        ------
        FitsFileError
            If there is no such table.
        """
        hdu = self._table_hdu(extname)
        with foreign(self.path.name, self.warned):
            return hdu.data

    def row_count(self, extname="DATA"):
        """Rows of a table, 0 without it; the table is not read."""
        if extname not in self.names:
            return 0
        with foreign(self.path.name, self.warned):
            return int(self._table_hdu(extname).header["NAXIS2"])

    def has_column(self, name, extname="DATA"):
        """Whether a table has a column, under this name or as ``_comp_err``."""
        return extname in self.names and self._column_name(name, extname) is not None

    def column(self, name, extname="DATA"):
        """Values of a column, scaled, in the byte order of this machine.

        Parameters
        ----------
        name : str
            ``x_err`` also finds ``x_comp_err``.
        extname : str

        Returns
        -------
        ndarray, shape (n, *cell)

        Raises
        ------
        FitsFileError
            If the table or the column is missing or cannot be read.
        """
        table = self._table_hdu(extname)
        found = self._column_name(name, extname)
        if found is None:
            raise FitsFileError(
                f"{self.path.name}: there is no column {name} in {extname}; "
                f"the columns are {', '.join(self.columns(extname))}"
            )
        with foreign(self.path.name, self.warned):
            values = np.asarray(table.data[found])
            return values.astype(values.dtype.newbyteorder("="), copy=False)

    def columns(self, extname="DATA"):
        """Shape of one cell of each column: dict of name to tuple, empty without the table.

        From the header alone: no table is read for it.
        """
        if extname not in self.names:
            return {}
        if extname not in self._columns:
            hdu = self._table_hdu(extname)
            with foreign(self.path.name, self.warned):
                dtype = hdu.columns.dtype
                self._columns[extname] = {name: dtype[name].shape for name in dtype.names or ()}
        return self._columns[extname]

    def unit(self, name, extname="DATA"):
        """Unit of a column without blanks, empty if it has none."""
        with foreign(self.path.name, self.warned):
            return str(self._table_hdu(extname).columns[name].unit or "").strip()

    def times(self):
        """Bins of the DATA table.

        Returns
        -------
        centre_ms : ndarray of int64, shape (n,)
            Bin centres, milliseconds since 1970 UTC.
        width_s : ndarray of float64, shape (n,)
            Full widths in seconds.

        Raises
        ------
        FitsFileError
            If a column is missing, a time is not finite, or a width is negative.
        """
        if self._times is None:
            self._times = self._read_times()
        return self._times

    def bands(self):
        """Energy bands ``[[low, high], …]`` in keV from ENERGIES; the last high may be infinite."""
        low, high = self.column("e_low", "ENERGIES"), self.column("e_high", "ENERGIES")
        return [[float(a), float(b)] for a, b in zip(low, high, strict=True)]

    @property
    def start(self):
        """Start of the first bin, UTC; of the header where there are no bins."""
        return self.edges()[0]

    @property
    def stop(self):
        """Stop of the last bin, UTC; of the header where there are no bins."""
        return self.edges()[1]

    def has_times(self):
        """Whether DATA holds bins: columns time and timedel, and at least one row."""
        columns = self.columns()
        return "time" in columns and "timedel" in columns and self.row_count() > 0

    def edges(self):
        """Start of the first and stop of the last bin, UTC; by the header without bins."""
        if not self.has_times():
            return self.instant(START_CARDS, "start"), self.instant(STOP_CARDS, "end")
        centre_ms, width_s = self.times()
        half_ms = np.rint(width_s * 500.0).astype(np.int64)
        # Housekeeping is sampled: an instant without width is inside a range that ends just after.
        after_ms = np.where(width_s > 0, half_ms, 1)
        return from_ms((centre_ms - half_ms).min()), from_ms((centre_ms + after_ms).max())

    def instant(self, cards, what):
        """The first readable instant of several cards; `what` names it in the error."""
        for card in cards:
            instant = read_instant(self.text(card))
            if instant is not None:
                return instant
        shown = {card: self.text(card) for card in cards}
        raise FitsFileError(
            f"{self.path.name}: no UTC {what} in the cards {', '.join(cards)} (found {shown}); "
            "expected for instance 2020-05-06T00:00:00.531. Files in on-board time are not taken"
        )

    def stated_stop(self):
        """End of the data by the header, None if it has none in UTC."""
        return next(filter(None, (read_instant(self.text(card)) for card in STOP_CARDS)), None)

    def card(self, name):
        """Value of a primary card, None if absent; FitsFileError if its text is no value."""
        with foreign(self.path.name, self.warned):
            return self.primary.get(name)

    def cards(self, names, findings):
        """Values of those primary cards that exist; unreadable ones are told in `findings`."""
        values = {}
        for name in names:
            if name in self.primary:
                try:
                    values[name] = self.card(name)
                except FitsFileError:
                    findings.append(f"card {name} cannot be read")
        return values

    def text(self, name):
        """Value of a primary card as text without blanks, empty if absent."""
        value = self.card(name)
        return "" if value is None else str(value).strip()

    def layout(self):
        """Where each HDU lies.

        Yields
        ------
        (name, sums, start, data_start, data_size, stop)
            Its checksum cards; byte positions, `data_size` without padding, `stop` with it.
        """
        for hdu in self._hdus:
            with foreign(self.path.name, self.warned):
                place = hdu.fileinfo()
                size, name = hdu.size, hdu.name or "?"
                sums = {card: hdu.header.get(card) for card in ("DATASUM", "CHECKSUM")}
            data_start = place["datLoc"]
            yield name, sums, place["hdrLoc"], data_start, size, data_start + place["datSpan"]

    def _read_times(self):
        offset_ms = self._milliseconds("time")
        width_ms = self._milliseconds("timedel")
        if offset_ms.shape != width_ms.shape:
            raise FitsFileError(
                f"{self.path.name}: time has shape {offset_ms.shape}, timedel {width_ms.shape}"
            )
        if width_ms.size and width_ms.min() < 0:
            row = int(width_ms.argmin())
            raise FitsFileError(
                f"{self.path.name}: timedel is negative in row {row}: {width_ms[row] / 1000} s"
            )
        reference = to_ms(self.instant(START_CARDS, "start"))
        return np.rint(offset_ms).astype(np.int64) + reference, width_ms / 1000.0

    def _milliseconds(self, name):
        values = self.column(name)
        if values.ndim == 2 and values.shape[1] == 1:
            values = values[:, 0]
        if values.ndim != 1 or values.dtype.kind not in "iuf":
            raise FitsFileError(
                f"{self.path.name}: column {name} holds {values.dtype} of shape {values.shape}; "
                "expected one number a row"
            )
        values = values.astype(np.float64)
        if not np.isfinite(values).all():
            row = int(np.flatnonzero(~np.isfinite(values))[0])
            raise FitsFileError(f"{self.path.name}: {name} is {values[row]} in row {row}")
        scaled = values * self._time_unit(name)
        if np.abs(scaled).max(initial=0.0) > 1e13:
            raise FitsFileError(
                f"{self.path.name}: {name} reaches {np.abs(scaled).max() / 1000:.3g} s "
                "from the start of the file; expected at most some days"
            )
        return scaled

    def _time_unit(self, name):
        unit = self.unit(name)
        if not unit:
            # Without a unit: pipelines store centiseconds as integers, seconds as floats.
            unit = "s" if self.table("DATA")[name].dtype.kind == "f" else "cs"
        if unit not in _TIME_UNITS_MS:
            raise FitsFileError(f"{self.path.name}: {name} has unit {unit!r}, expected cs or s")
        return _TIME_UNITS_MS[unit]

    def _table_hdu(self, extname):
        for hdu in self._hdus[1:]:
            if hdu.name == extname and isinstance(hdu, fits.BinTableHDU):
                return hdu
        raise FitsFileError(
            f"{self.path.name}: there is no table {extname}; "
            f"the extensions are {', '.join(self.names) or 'none'}"
        )

    def _column_name(self, name, extname):
        names = self.columns(extname)
        twin = f"{name.removesuffix('_err')}_comp_err" if name.endswith("_err") else name
        return next((candidate for candidate in (name, twin) if candidate in names), None)


@contextmanager
def open_stix(path):
    """Open a STIX file for reading its tables.

    Parameters
    ----------
    path : str or Path

    Yields
    ------
    StixFile

    Raises
    ------
    FitsFileError
        If the bytes are no FITS file.
    """
    path = Path(path)
    with opened(read_bytes(path), path) as stix_file:
        yield stix_file


@contextmanager
def opened(content, path):
    """Open bytes that were already read as a `StixFile`; `path` gives it its name."""
    warned = []
    with foreign(path.name, warned):
        hdus = fits.open(io.BytesIO(content), memmap=False, lazy_load_hdus=False)
    with hdus:
        with foreign(path.name, warned):
            stix_file = StixFile(path, hdus, warned)
        yield stix_file


def read_instant(value):
    """Aware UTC datetime of a FITS time string, None if it is none.

    Examples
    --------
    >>> read_instant("2020-05-06T00:00:00.531").isoformat()
    '2020-05-06T00:00:00.531000+00:00'
    >>> read_instant("0711893877:26216") is None
    True
    """
    text = str(value or "").strip().removesuffix("Z")
    if not _ISO.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None
