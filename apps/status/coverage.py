"""Which days and months hold files, as flags, and as the path of a strip of boxes."""

from dataclasses import dataclass, field
from datetime import datetime

DAY_WIDTH, MONTH_WIDTH, HEIGHT = 3, 5, 14
"""Of a box, in pixels."""


@dataclass
class Row:
    """What is known of a product type: one line of the table.

    Parameters
    ----------
    key : str
        Product type.
    simulated : bool
        Real and simulated files have a row each.
    newest : datetime
        End of the newest file, UTC at Solar Orbiter.
    files : int
        Number of files, superseded ones left out.
    months : set of str
        Months with a file, ``"2022-03"``.
    days : set of int
        UTC days since 1970 with a file, among the last ones.
    """

    key: str
    simulated: bool
    newest: datetime
    files: int = 0
    months: set = field(default_factory=set)
    days: set = field(default_factory=set)


def path_of(flags, width):
    """Path of a strip: one rectangle for each run of boxes that are on.

    Parameters
    ----------
    flags : list of bool
    width : int
        Of a box.

    Examples
    --------
    >>> path_of([True, True, False, True], 3)
    'M0 0h6v14h-6zM9 0h3v14h-3z'
    """
    path, first = "", None
    for place, on in enumerate([*flags, False]):
        if on and first is None:
            first = place
        elif not on and first is not None:
            length = (place - first) * width
            path += f"M{first * width} 0h{length}v{HEIGHT}h-{length}z"
            first = None
    return path


def months_between(first, last):
    """All months from one to another, both included.

    Examples
    --------
    >>> months_between("2021-11", "2022-02")
    ['2021-11', '2021-12', '2022-01', '2022-02']
    """
    number, stop = (int(text[:4]) * 12 + int(text[5:]) - 1 for text in (first, last))
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(number, stop + 1)]


def strip(flags, width, what):
    """A strip as a template draws it: path, size, and the sentence that says the same."""
    return {
        "path": path_of(flags, width),
        "width": len(flags) * width,
        "height": HEIGHT,
        "text": f"{sum(flags)} of {len(flags)} {what}",
    }
