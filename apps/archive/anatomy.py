"""What a FITS file is made of: header cards and columns of every HDU, from its headers alone."""

import re
from pathlib import Path

from astropy.io import fits

from apps.archive.fitsborder import FitsFileError, foreign

__all__ = ["FitsFileError", "card", "columns", "read"]

MOST = 2000
"""Cards or columns of an HDU; a damaged file may claim any number."""

_OF_COLUMNS = re.compile(r"T(TYPE|FORM|UNIT|DIM|ZERO|SCAL|NULL|DISP|UCD|HEAP)\d*")
_LEFT_OUT = {"COMMENT", "HISTORY", "", "END"}


def read(path):
    """Read the headers of a file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    list of dict
        Of each HDU its ``name``, ``rows``, ``cards`` (lists of key, value, comment), ``columns``
        (lists of name, format, unit, shape) and ``history``; fit for JSON.

    Raises
    ------
    FitsFileError
        If it cannot be read as FITS.
    """
    path, warned = Path(path), []
    with foreign(path.name, warned), fits.open(path, memmap=True, lazy_load_hdus=True) as hdus:
        return [_described(hdu, place) for place, hdu in enumerate(hdus)]


def card(anatomy, name, hdu=0):
    """Value of a card, None where it is absent."""
    cards = anatomy[hdu]["cards"] if len(anatomy) > hdu else []
    return next((value for key, value, _ in cards if key == name), None)


def columns(anatomy, extname="DATA"):
    """Columns of a table by name: dict of name to (format, unit, shape)."""
    found = next((hdu for hdu in anatomy if hdu["name"] == extname), {"columns": []})
    return {name: tuple(rest) for name, *rest in found["columns"]}


def _described(hdu, place):
    header = hdu.header
    cards = [
        [each.keyword, _plain(each.value), each.comment]
        for each in header.cards
        if each.keyword not in _LEFT_OUT and not _OF_COLUMNS.fullmatch(each.keyword)
    ]
    return {
        "name": hdu.name or ("PRIMARY" if place == 0 else f"HDU {place}"),
        "rows": int(header.get("NAXIS2", 0)) if isinstance(hdu, fits.BinTableHDU) else None,
        "cards": cards[:MOST],
        "columns": _columns(hdu)[:MOST] if isinstance(hdu, fits.BinTableHDU) else [],
        "history": [str(line) for line in header.get("HISTORY", [])][:MOST],
    }


def _columns(hdu):
    dtype = hdu.columns.dtype
    return [
        [each.name, str(each.format), str(each.unit or ""), list(dtype[each.name].shape)]
        for each in hdu.columns
    ]


def _plain(value):
    """A value as JSON knows it."""
    return value if isinstance(value, bool | int | float | str) else None
