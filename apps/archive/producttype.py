"""What a product type is: how a file of it is recognised, checked, filed and opened."""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from apps.core.policy import Access

DEFAULT_ACCESS = Path(__file__).parents[2] / "fixtures" / "default_access.json"
"""Who sees a file that arrives, by level and product type: a choice of the team, kept as data."""

LEVELS = {
    "L0": "unpacked and decompressed, not calibrated, on-board time",
    "L1": "UTC and engineering units, validated; recommended",
    "L1A": "before the release of L1: made automatically, not checked by people",
    "L2": "calibrated",
    "L3": "results, such as flare lists",
    "CAL": "fitted calibration",
    "ANC": "pointing and orbit",
    "LB": "raw packets",
    "LL01": "low latency",
    "LL02": "low latency",
    "LL03": "low latency",
}
"""Processing levels in the order of lists, and what each means in a few words."""

PACKET_LEVELS = ("L1", "L1A", "L0", "LB")


class UnknownProduct(ValueError):
    """A file that is none of the registered products, or lacks what its product must have."""


@dataclass(frozen=True)
class ProductType:
    """One kind of file.

    Parameters
    ----------
    key : str
        Identifier in addresses and the database, e.g. ``"ql-lightcurve"``.
    title, description : str
        Plain words for people.
    category : str
        Heading it is listed under.
    group : str
        Folder in the archive, e.g. ``"QL"``.
    identity : tuple of (int, int, int)
        STYPE, SSTYPE, SSID cards.
    levels : tuple of str
        Processing levels it exists at.
    unit : {"day", "request", "run", "month", "flare"}
        What one file holds.
    synonyms : tuple of str
        Names of the same thing: in file names, and in the earlier data centre.
    columns : dict of str to tuple or None
        Required columns of DATA and, where it matters, the shape of one cell.
    hdus : tuple of str
        Required extensions.
    other_groups : dict of str to str
        Folder at levels that have one of their own.
    """

    key: str
    title: str
    description: str
    category: str
    group: str
    identity: tuple[int, int, int]
    levels: tuple[str, ...] = PACKET_LEVELS
    unit: str = "day"
    synonyms: tuple[str, ...] = ()
    columns: dict = field(default_factory=dict)
    hdus: tuple[str, ...] = ("CONTROL", "DATA")
    other_groups: dict = field(default_factory=dict)

    @property
    def stype(self):
        """Service type."""
        return self.identity[0]

    @property
    def sstype(self):
        """Service subtype."""
        return self.identity[1]

    @property
    def ssid(self):
        """Science structure id."""
        return self.identity[2]

    def default_access(self, level):
        """Access of a new file: what `DEFAULT_ACCESS` says of its level, its type, or the rest."""
        chosen = _default_access()
        by_level, by_type = chosen["levels"].get(level), chosen["product_types"].get(self.key)
        return Access(by_level or by_type or chosen["otherwise"])

    def dated(self, file):
        """Instant whose date a file carries: the centre of a daily product, else the start.

        Parameters
        ----------
        file : Description or DataProduct
            With `start` and `stop`.
        """
        return file.start + (file.stop - file.start) / 2 if self.unit == "day" else file.start

    def folder(self, description):
        """Folder below the archive: level, date, group."""
        group = self.other_groups.get(description.level, self.group)
        return f"{description.level}/{self.dated(description):%Y/%m/%d}/{group}"

    def require(self, description):
        """Hold the file against what its product must have.

        Raises
        ------
        UnknownProduct
            If an extension or a column is missing, or a cell has another shape.
        """
        for hdu in self.hdus:
            if hdu not in description.hdus:
                raise UnknownProduct(
                    f"{description.name}: extension {hdu} is missing; a {self.key} file has "
                    f"{', '.join(self.hdus)}, this one {', '.join(description.hdus) or 'none'}"
                )
        for name, shape in self.columns.items():
            found = description.columns.get(name)
            if found is None:
                raise UnknownProduct(
                    f"{description.name}: column {name} of DATA is missing; "
                    f"a {self.key} file has {', '.join(self.columns)}"
                )
            if shape is not None and found != shape:
                raise UnknownProduct(
                    f"{description.name}: a cell of column {name} has shape {found}, "
                    f"expected {shape} in a {self.key} file"
                )


@cache
def _default_access():
    return json.loads(DEFAULT_ACCESS.read_text())
