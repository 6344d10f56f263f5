"""Time series as text: instants, numbers, CSV files piece by piece, and what goes with them."""

import math

import numpy as np

from apps.core.timeaxis import iso

CITATION = (
    "Xiao et al. 2023, A&A 673, A142 (STIX Data Center); "
    "Krucker et al. 2020, A&A 642, A15 (the instrument)"
)
PLAIN = {0x2013: "-", 0x202F: " ", 0x00B7: "-"}
"""Signs of labels and sentences that a plain text file does without."""

UNSIGNED = {ord(sign): None for sign in "-:Z"}
ROWS_A_CHUNK = 20_000


def file_name(key, span, form):
    """Name of a file with the data of a range; not that of an official file."""
    texts = (iso(edge, 0).translate(UNSIGNED) for edge in (span.start, span.stop))
    return f"stix_{key}_{'_'.join(texts)}.{form}"


def source_records(files, absolute):
    """The files that numbers came from, for JSON; ``absolute(path) -> address``."""
    return [
        {
            "name": file.name,
            "version": file.version_label,
            "level": file.level,
            "simulated": file.simulated,
            "url": absolute(file.get_absolute_url()),
            "download": absolute(file.get_download_url()),
        }
        for file in files
    ]


def source_lines(files):
    """The files that numbers came from, one line each."""
    return [
        f"{file.name} ({file.level} {file.version_label}{', simulated' if file.simulated else ''})"
        for file in files
    ]


def utc_texts(time):
    """ISO 8601 with milliseconds and Z, one text for each of the milliseconds since 1970.

    Examples
    --------
    >>> utc_texts(np.array([1_588_291_230_226]))
    ['2020-05-01T00:00:30.226Z']
    """
    times = np.asarray(time).astype("datetime64[ms]")
    return [f"{text}Z" for text in np.datetime_as_string(times, "ms")]


def texts(values):
    """Values as text; the same value is written once, because instruments repeat themselves.

    Examples
    --------
    >>> texts(np.array([1.0, np.nan, 0.1], "f4")), texts(np.array(["a b", "x,y"]))
    (['1', '', '0.1'], ['a b', '"x,y"'])
    """
    unique, index = np.unique(values, return_inverse=True)
    written = np.array([_text(value) for value in unique] or [""], object)
    return written[index.reshape(-1)].tolist()


def csv_text(comments, times, columns):
    """A CSV file piece by piece: comments, one head line, rows.

    Parameters
    ----------
    comments : dict
        Written first as ``# key: value``, lists one line an element.
    times : dict of str to ndarray of int64, shape (n,)
        Milliseconds since 1970, UTC; at least one.
    columns : dict of str to ndarray, shape (n,)
        Numbers or texts.

    Yields
    ------
    str
        Numbers in the shortest form that reads back as the same one of their type; empty where
        there is none.
    """
    lines = []
    for key, value in comments.items():
        for text in value if isinstance(value, list) else [value]:
            lines.append(f"# {key}: {' '.join(str(text).translate(PLAIN).split())}")
    yield "\n".join([*lines, ",".join([*times, *columns]), ""])
    for first in range(0, len(next(iter(times.values()))), ROWS_A_CHUNK):
        rows = slice(first, first + ROWS_A_CHUNK)
        parts = [utc_texts(values[rows]) for values in times.values()]
        parts += [texts(values[rows]) for values in columns.values()]
        yield "\n".join(",".join(row) for row in zip(*parts, strict=True))
        yield "\n"


def counted(response, tell):
    """Call ``tell(size)`` with the bytes of an answer: of a stream when it ends, sent or broken."""
    if not response.streaming:
        tell(len(response.content))
        return
    pieces, size = response.streaming_content, 0

    def passed_on():
        nonlocal size
        try:
            for piece in pieces:
                size += len(piece)
                yield piece
        finally:
            tell(size)

    response.streaming_content = passed_on()


def _text(value):
    if isinstance(value, str):
        quoted = value.replace('"', '""')
        return f'"{quoted}"' if set(value) & set(',"\n\r') else str(value)
    if math.isnan(value):
        return ""
    return str(int(value)) if value == int(value) else str(value)
