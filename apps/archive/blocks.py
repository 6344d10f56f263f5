"""The rows of the store: reduced to buckets, written as bytes, read back one column at a time.

Three forms, by level, so that a day costs about the same however many days an answer joins:

========  ==========================================================================
0, 60 s   A head, a directory and a part a column, each coded and compressed alone:
          one of eighty columns costs one.
900 s     The same, but a part holds the records of a column: the days of a window
          are inflated, joined and read as one array.
4 h, 1 d  Plain records of all columns: a whole mission is one join of bytes.
========  ==========================================================================

The layout follows from the series' columns; `CODEC` numbers it. The same rows always give the
same bytes.
"""

import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.lib.recfunctions import repack_fields

CODEC = 2
COLUMN_RECORDS = 900
RECORDS = 14_400
"""From these levels on, seconds in a bucket, blocks hold records a column, and of all columns."""

SETS = np.dtype("<u8")
"""Type of sets of codes, a bit a code: how overviews keep every state that a bucket saw."""

_HEAD = struct.Struct("<qII")  # first time or bucket number, rows, parts
_SIZE = struct.Struct("<H")  # values in a part's table; the largest says that it has none
_SHUFFLED = 0xFFFF
_CODES = 256
_GLANCE = 2048  # numbers looked at before all are
_DROPPED_BITS = 10  # of the 23 in a float32: thirteen are left


@dataclass(frozen=True)
class Rows:
    """Native samples or buckets in the order of storage: component first, time last.

    Parameters
    ----------
    time : ndarray of int64, shape (n,)
        Bin centres, or starts of buckets; milliseconds since 1970 UTC, ascending, unique.
    count : ndarray of int32, shape (n,)
        Native samples in each row.
    values : dict of str to (mean, low, high)
        Three arrays of shape (column.width, n); native rows hold one array three times.
    """

    time: np.ndarray
    count: np.ndarray
    values: dict[str, tuple]

    def between(self, start_ms, stop_ms):
        """The rows whose time lies in [start, stop)."""
        first, last = np.searchsorted(self.time, (start_ms, stop_ms))
        if first == 0 and last == len(self.time):
            return self
        values = {
            name: tuple(part[:, first:last] for part in parts)
            for name, parts in self.values.items()
        }
        return Rows(self.time[first:last], self.count[first:last], values)


def rebucket(rows, columns, bucket_ms):
    """Reduce rows to buckets aligned to 1970: count-weighted mean, exact minimum and maximum.

    A value that is not a number is missing: it has no weight, and a bucket of missing values only
    is missing.

    Parameters
    ----------
    rows : Rows
    columns : sequence of Column
        Those without an aggregate are left out.
    bucket_ms : int
        Width of a bucket; a multiple of the rows' own where they are buckets.

    Returns
    -------
    Rows
        Only buckets that hold a row: gaps stay gaps. Means are float64.
    """
    columns = [column for column in columns if column.aggregate != "none"]
    bucket = rows.time // bucket_ms
    first = np.flatnonzero(np.diff(bucket, prepend=bucket[:1] - 1))
    values = {}
    for column in columns:
        mean, low, high = rows.values[column.name]
        if column.aggregate == "max":
            values[column.name] = (_group(np.fmax, high, first),) * 3
        elif column.aggregate == "set":
            values[column.name] = (_group(np.bitwise_or, as_sets(high), first),) * 3
        elif column.aggregate == "bits":
            ever = _group(np.bitwise_or, high, first)
            values[column.name] = (ever, _group(np.bitwise_and, low, first), ever)
        else:
            values[column.name] = (
                _group_mean(mean, rows.count, first),
                _group(np.fmin, low, first),
                _group(np.fmax, high, first),
            )
    return Rows(bucket[first] * bucket_ms, _group(np.add, rows.count, first), values)


def as_sets(codes):
    """Codes below 64 as sets of one: an integer with that bit; sets stay as they are."""
    return codes if codes.dtype == SETS else np.left_shift(1, codes, dtype=SETS)


def _group(reduce, array, first):
    if not len(first):
        return array[..., :0]
    return reduce.reduceat(array, first, axis=-1, dtype=array.dtype)


def _group_mean(mean, count, first):
    if not len(first):
        return np.empty((len(mean), 0))
    rows = np.diff(first, append=len(count))
    if mean.dtype.kind != "f" or not np.isnan(mean).any():
        if (weight := _group(np.add, count, first)).sum() == rows.sum():
            return np.add.reduceat(mean, first, axis=-1, dtype="f8") / rows  # native samples
        return np.add.reduceat(np.multiply(mean, count, dtype="f8"), first, axis=-1) / weight
    missing = np.isnan(mean)
    weight = np.where(missing, 0, count)
    total = np.add.reduceat(np.where(missing, 0.0, mean) * weight, first, axis=-1)
    weight = np.add.reduceat(weight, first, axis=-1)
    return np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0)


def encode(rows, columns, level):
    """Write the rows of one day at a level.

    Parameters
    ----------
    rows : Rows
        At least one row; buckets of `level` where it is not 0.
    columns : sequence of Column
        All columns of the series, in their order.
    level : int
        0 for native samples, else the width of a bucket in seconds.

    Returns
    -------
    bytes
    """
    time = rows.time if level == 0 else rows.time // (level * 1000)
    if level >= RECORDS:
        return _recorded(rows, time, columns, level).tobytes()
    if level >= COLUMN_RECORDS:
        records = _recorded(rows, time, columns, level)
        groups = [["bucket", "count"], *_fields(columns, level).values()]
        chunks = [zlib.compress(_packed(records, names).tobytes(), 6) for names in groups]
    else:
        chunks = [_squeeze(np.diff(time).astype("<i4"))]
        if level:
            chunks.append(_squeeze(rows.count.astype("<i4")))
        for name, part, dtype, _ in _layout(columns, level):
            chunks.append(_squeeze(_stored(rows.values[name][part], part, level).astype(dtype)))
    ends = np.cumsum([len(chunk) for chunk in chunks], dtype="<u4")
    head = _HEAD.pack(int(time[0]), len(time), len(chunks))
    return b"".join([head, ends.tobytes(), *chunks])


def decode(blocks, columns, level, wanted, start_ms, stop_ms):
    """Read the rows of consecutive days back.

    Parameters
    ----------
    blocks : list of bytes or memoryview
        Ascending in time.
    columns : sequence of Column
        All columns of the series, in their order.
    level : int
    wanted : collection of str
        Names of columns to read; others are not even decompressed.
    start_ms, stop_ms : int
        Only rows whose time lies in [start, stop).

    Returns
    -------
    Rows
        Columns without an aggregate are absent from overview levels.
    """
    if level >= COLUMN_RECORDS:
        read = _from_records if level >= RECORDS else _from_column_records
        return read(blocks, columns, level, wanted).between(start_ms, stop_ms)
    layout = _layout(columns, level)
    offset = 2 if level else 1
    picked = [
        (offset + index, dtype, width)
        for index, (name, _, dtype, width) in enumerate(layout)
        if name in wanted
    ]
    days = [_day(memoryview(block), level, picked, start_ms, stop_ms) for block in blocks]
    if not days:
        empty = [np.empty((width, 0), dtype) for _, dtype, width in picked]
        days = [[np.empty(0, "i8"), np.empty(0, "i4"), *empty]]
    joined = [np.concatenate(parts, axis=-1) for parts in zip(*days, strict=True)]
    time, count, *arrays = joined
    names = [(name, part) for name, part, *_ in layout if name in wanted]
    return Rows(time, count, _triples(dict(zip(names, arrays, strict=True))))


def _layout(columns, level):
    """The stored parts: name, position in (mean, low, high), type, components."""
    parts = []
    for column in columns:
        dtype = np.dtype(column.dtype).newbyteorder("<")
        if level == 0 or column.aggregate == "max":
            parts.append((column.name, 2, dtype, column.width))
        elif column.aggregate == "set":
            parts.append((column.name, 2, SETS, column.width))
        elif column.aggregate == "bits":
            parts += [(column.name, part, dtype, column.width) for part in (1, 2)]
        elif column.aggregate == "mean":
            types = (np.dtype("<f4"), dtype, dtype)
            parts += [(column.name, part, types[part], column.width) for part in range(3)]
    return parts


def _triples(found):
    """(mean, low, high) of each name; a name stored once stands for all three."""
    names = dict.fromkeys(name for name, _ in found)
    return {
        name: tuple(found.get((name, part), found[name, 2]) for part in range(3)) for name in names
    }


def _stored(values, part, level):
    return _rounded(values) if level and part == 0 else values


def _rounded(mean):
    """Float32 with 13 mantissa bits, to nearest even: an overview's mean is for display."""
    bits = np.ascontiguousarray(mean, "<f4").view("<u4")
    odd = (bits >> _DROPPED_BITS) & 1
    half = (1 << (_DROPPED_BITS - 1)) - 1
    return ((bits + odd + half) >> _DROPPED_BITS << _DROPPED_BITS).view("<f4")


def _squeeze(array):
    """Compressed bytes of an array: codes of its few distinct values, or its bytes shuffled.

    Counts and their errors come from eight-bit codes on board, housekeeping from small converters:
    a table of up to 256 values and one byte a number is half the size and twice as fast to read.
    """
    bits = np.ascontiguousarray(array).reshape(-1).view(f"<u{array.itemsize}")
    if array.itemsize == 1:
        return _deflated(bits)
    if len(_distinct(bits[:_GLANCE])) <= _CODES:
        table = _distinct(bits)
        if len(table) <= _CODES:
            codes = np.searchsorted(table, bits).astype("u1")
            return _SIZE.pack(len(table)) + table.tobytes() + _deflated(codes)
    shuffled = bits.view("u1").reshape(-1, array.itemsize).T
    return _SIZE.pack(_SHUFFLED) + _deflated(shuffled)


def _deflated(numbers):
    """Compressed bytes; runs and frequencies are all there is to find in noise coded so."""
    machine = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_RLE)
    return machine.compress(numbers.tobytes()) + machine.flush()


def _distinct(numbers):
    """Distinct numbers, ascending; several times faster than `numpy.unique` for few of them."""
    ordered = np.sort(numbers)
    new = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return ordered[new]


def _expand(chunk, dtype, width, kept=slice(None)):
    """The kept rows of a part, shape (width, rows); the others are inflated, not decoded."""
    if dtype.itemsize == 1:
        return np.frombuffer(zlib.decompress(chunk), dtype).reshape(width, -1)[:, kept]
    (size,) = _SIZE.unpack_from(chunk)
    if size == _SHUFFLED:
        raw = np.frombuffer(zlib.decompress(chunk[_SIZE.size :]), "u1")
        planes = raw.reshape(dtype.itemsize, width, -1)[:, :, kept]
        return np.ascontiguousarray(np.moveaxis(planes, 0, -1)).view(dtype)[:, :, 0]
    table = np.frombuffer(chunk, dtype, size, _SIZE.size)
    codes = zlib.decompress(chunk[_SIZE.size + table.nbytes :])
    return table.take(np.frombuffer(codes, "u1").reshape(width, -1)[:, kept])


def _ends(block):
    """First time or bucket number, rows, and where each part begins and the last one ends."""
    first, rows, parts = _HEAD.unpack_from(block)
    begin = _HEAD.size + 4 * parts
    ends = struct.unpack_from(f"<{parts}I", block, _HEAD.size)
    return first, rows, [begin, *(begin + end for end in ends)]


def _day(block, level, picked, start_ms, stop_ms):
    """Times, counts, and the picked parts of the rows of one block in [start, stop)."""
    first, rows, ends = _ends(block)
    unit = level * 1000 or 1
    time = np.empty(rows, "i8")
    time[0] = first
    time[1:] = _expand(block[ends[0] : ends[1]], np.dtype("<i4"), 1)[0]
    np.add.accumulate(time, out=time)
    time *= unit
    kept = slice(*np.searchsorted(time, (start_ms, stop_ms)).tolist())
    time = time[kept]
    if level:
        (count,) = _expand(block[ends[1] : ends[2]], np.dtype("<i4"), 1, kept)
    else:
        count = np.ones(len(time), "i4")
    arrays = [
        _expand(block[ends[index] : ends[index + 1]], dtype, width, kept)
        for index, dtype, width in picked
    ]
    return [time, count, *arrays]


def _fields(columns, level):
    """The record fields of each column that overview levels hold."""
    fields = {}
    for name, part, *_ in _layout(columns, level):
        fields.setdefault(name, []).append(f"{name}.{part}")
    return fields


def _record_type(columns, level):
    fields = [("bucket", "<i4"), ("count", "<i4")]
    fields += [
        (f"{name}.{part}", dtype, (width,)) for name, part, dtype, width in _layout(columns, level)
    ]
    return np.dtype(fields)


def _packed(records, names):
    """The named fields alone, without the holes that a view of them has."""
    return repack_fields(records[names])


def _recorded(rows, buckets, columns, level):
    """The rows as records, one field a part."""
    records = np.zeros(len(buckets), _record_type(columns, level))
    records["bucket"] = buckets
    records["count"] = rows.count
    for name, part, *_ in _layout(columns, level):
        records[f"{name}.{part}"] = _stored(rows.values[name][part], part, level).T
    return records


def _from_records(blocks, columns, level, wanted):
    records = np.frombuffer(b"".join(blocks), _record_type(columns, level))
    parts = dict.fromkeys(wanted, records) | {"": records}
    return _rows_of(parts, columns, level)


def _from_column_records(blocks, columns, level, wanted):
    whole = _record_type(columns, level)
    groups = {"": ["bucket", "count"], **_fields(columns, level)}
    chosen = [(number, name) for number, name in enumerate(groups) if name == "" or name in wanted]
    inflated = {name: [] for _, name in chosen}
    for block in map(memoryview, blocks):
        _, _, ends = _ends(block)
        for number, name in chosen:
            inflated[name].append(zlib.decompress(block[ends[number] : ends[number + 1]]))
    parts = {}
    for name, pieces in inflated.items():
        dtype = np.dtype([(field, whole[field]) for field in groups[name]])
        parts[name] = np.frombuffer(b"".join(pieces), dtype)
    return _rows_of(parts, columns, level)


def _rows_of(parts, columns, level):
    """Rows from records by column name; those of time and count are under the empty name."""
    found = {
        (name, part): parts[name][f"{name}.{part}"].T
        for name, part, *_ in _layout(columns, level)
        if name in parts
    }
    time = parts[""]["bucket"].astype("i8") * (level * 1000)
    return Rows(time, parts[""]["count"], _triples(found))
