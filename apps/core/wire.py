"""The window wire: how samples travel to the browser, as columns the page script maps in place.

``"STXW" | uint32 length of the header | JSON header, padded | columns, each padded to 8 bytes``,
little-endian. The header names every column of every part: ``{"parts": {"lc": {"t": ["f8",
offset, [n]], "bands": ["json", value]}}}``; offsets count from the end of the header. What is no
array (labels, energy bands) travels in the header itself. Times would compress badly as doubles:
whole numbers travel as ``["d4", offset, [n], first]``, the 32-bit difference of each from the one
before it.
"""

import json
import struct

import numpy as np

MAGIC = b"STXW"
TYPES = {"f": "f4", "d": "f8", "q": "f8", "l": "f8", "i": "i4", "h": "i2", "B": "u1", "?": "u1"}
"""Wire type of each numpy type code; 64-bit integers become doubles, which hold our times."""


def pack_window(header, parts):
    """Pack the parts of a window.

    Parameters
    ----------
    header : dict
        Anything JSON can hold; ``parts`` is added.
    parts : dict of str to dict
        Part name -> column name -> ndarray, or a JSON value.

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        If an array has a type that has no place on the wire.
    """
    directory, chunks, offset = {}, [], 0
    for part, columns in parts.items():
        directory[part] = {}
        for name, values in columns.items():
            if not isinstance(values, np.ndarray):
                directory[part][name] = ["json", values]
                continue
            code = TYPES.get(values.dtype.char)
            if code is None:
                raise ValueError(
                    f"column {name!r} of part {part!r} has type {values.dtype}; "
                    f"the wire knows {', '.join(sorted(set(TYPES.values())))}"
                )
            steps = _steps(values) if code == "f8" else None
            if steps is None:
                directory[part][name] = [code, offset, list(values.shape)]
                sent = np.ascontiguousarray(values, "<" + code)
            else:
                directory[part][name] = ["d4", offset, list(values.shape), int(values[0])]
                sent = steps
            column = _padded(sent.tobytes(), b"\0")
            chunks.append(column)
            offset += len(column)
    text = json.dumps({**header, "parts": directory}, separators=(",", ":"), allow_nan=False)
    head = _padded(text.encode(), b" ")
    return b"".join([MAGIC, struct.pack("<I", len(head)), head, *chunks])


def unpack_window(body):
    """Read a packed window back.

    Returns
    -------
    header : dict
        Without ``parts``.
    parts : dict of str to dict
        As given to `pack_window`.

    Raises
    ------
    ValueError
        If the bytes do not begin as a window does.
    """
    if body[:4] != MAGIC:
        raise ValueError(f"a window begins with {MAGIC!r}, these bytes with {body[:4]!r}")
    (length,) = struct.unpack("<I", body[4:8])
    header = json.loads(body[8 : 8 + length])
    directory = header.pop("parts")
    parts = {
        part: {name: _column(body, 8 + length, *entry) for name, entry in columns.items()}
        for part, columns in directory.items()
    }
    return header, parts


def with_gap_rows(start, stop, columns, tolerance=0.5):
    """Prepare binned values for step lines: an empty row where a gap begins, and after the last.

    Parameters
    ----------
    start, stop : ndarray, shape (n,)
        Edges of the bins, milliseconds since 1970, ascending.
    columns : dict of str to ndarray, shape (n,)
        ``l…`` and ``h…`` are the lower and upper border of a band around ``m…``: in an empty row
        both repeat the last lower value, so that the band has no thickness there.
    tolerance : float
        A gap is a distance of more than this part of the bin before it.

    Returns
    -------
    dict of str to ndarray
        ``t`` (float64, ms) and the columns as float32. Without any bin, one empty row, because
        Bokeh hangs on a band of no rows.
    """
    if len(start) == 0:
        return {"t": np.zeros(1)} | dict.fromkeys(columns, np.full(1, np.nan, "f4"))
    width = stop - start
    ends = np.flatnonzero(start[1:] - stop[:-1] > tolerance * width[:-1])
    ends = np.append(ends, len(start) - 1)
    places = ends + 1
    rows = {"t": np.insert(np.asarray(start, "f8"), places, stop[ends])}
    for name, values in columns.items():
        border = columns["l" + name[1:]][ends] if name[0] in "lh" else np.nan
        rows[name] = np.insert(np.asarray(values, "f4"), places, border)
    return rows


def _padded(data, filler):
    return data + filler * (-len(data) % 8)


def _steps(values):
    """Differences of whole numbers as 32-bit integers, the first 0; None where they do not fit."""
    if values.ndim != 1 or not values.size or not (np.abs(values) < 2**53).all():
        return None
    whole = values.astype("i8")
    steps = np.diff(whole, prepend=whole[:1])
    fit = (whole == values).all() and (np.abs(steps) < 2**31).all()
    return steps.astype("<i4") if fit else None


def _column(body, base, code, place, shape=None, first=0):
    if code == "json":
        return place
    count = int(np.prod(shape))
    if code == "d4":
        steps = np.frombuffer(body, "<i4", count, base + place)
        return (np.cumsum(steps, dtype="i8") + first).astype("f8")
    return np.frombuffer(body, "<" + code, count, base + place).reshape(shape)
