"""The dictionary of housekeeping parameters: names, units, states, tabs and limits.

The facts are in ``fixtures/housekeeping/parameters.json``, with their source. A parameter is named
by its mnemonic everywhere (``NIXD0023``): in addresses, in the store and in files of numbers;
the names of FITS columns hold signs that no address should.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from apps.archive.series import Column

DICTIONARY = Path(__file__).parents[2] / "fixtures" / "housekeeping" / "parameters.json"

MAXI, MINI = "hk-maxi", "hk-mini"
"""The long and the short report: keys of products and of series."""

REPORTS = {MAXI: "long report (hk-maxi)", MINI: "short report (hk-mini)"}

ZERO_CELSIUS = 273.15
"""Kelvin at 0 °C; the files hold kelvin."""

FIRST_UNKNOWN, LAST_UNKNOWN, NOT_REPORTED = 40, 62, 63
"""Codes of states that the dictionary does not know, and of no state at all; known ones lie below.

The last of the unknown codes stands for all states beyond those that have a code of their own.
"""

MASK_NOT_REPORTED = 1 << 63
"""Bit of a mask that says the file does not hold it; the masks themselves have 32 bits at most."""


@dataclass(frozen=True)
class Parameter:
    """One housekeeping parameter.

    Parameters
    ----------
    mnemonic : str
        Name in the instrument database, e.g. ``"NIXD0023"``.
    column : str
        Name of the FITS column.
    label, description : str
        Plain words.
    unit : str
        Of the stored numbers; empty where there is none.
    kind : {"number", "state", "mask"}
    reports : tuple of str
        Keys of the products that hold it.
    states : dict of int to str
        Code and text of each state, in fixed order.
    bits : int
        Of a mask.
    bit_name : str
        What a bit of a mask stands for: ``"detector"`` or ``"bit"``.
    """

    mnemonic: str
    column: str
    label: str
    unit: str
    kind: str
    description: str
    reports: tuple[str, ...]
    states: dict[int, str]
    bits: int
    bit_name: str

    @property
    def title(self):
        """Label and mnemonic, as panels and tables write it."""
        return f"{self.label} · {self.mnemonic}"

    @property
    def is_temperature(self):
        """Whether it is stored in kelvin and can be shown in degrees Celsius."""
        return self.unit == "K"

    def stored(self):
        """How the store keeps it: numbers with extremes, states as sets, masks bit by bit."""
        dtype, aggregate = {
            "number": ("f4", "mean"),
            "state": ("u1", "set"),
            "mask": ("u8", "bits"),
        }[self.kind]
        return Column(self.mnemonic, dtype, (), self.unit, self.label, aggregate)

    def shown_unit(self, celsius=True):
        """Unit as shown: degC or K for temperatures."""
        return "degC" if self.is_temperature and celsius else self.unit

    def shown(self, values, celsius=True):
        """Stored numbers in the unit shown."""
        return values - ZERO_CELSIUS if self.is_temperature and celsius else values

    def state(self, code, unknown=()):
        """A state in words; `unknown` gives the texts of codes that the dictionary lacks."""
        if code == NOT_REPORTED:
            return "not reported"
        if code in self.states:
            return self.states[code]
        return f"{dict(unknown).get(code, f'code {code}')} (unknown)"


@dataclass(frozen=True)
class Tab:
    """One tab of the page: key in addresses, title, mnemonics in their order."""

    key: str
    title: str
    mnemonics: tuple[str, ...]


@cache
def _read():
    return json.loads(DICTIONARY.read_text(encoding="utf-8"))


@cache
def parameters():
    """All parameters by mnemonic, in the order of the dictionary."""
    return {
        fact["mnemonic"]: Parameter(
            **{name: fact[name] for name in ("mnemonic", "column", "label", "unit", "kind")},
            description=fact["description"],
            reports=tuple(fact["reports"]),
            states={code: text for code, text in fact.get("states", ())},
            bits=fact.get("bits", 0),
            bit_name=fact.get("names", ""),
        )
        for fact in _read()["parameters"]
    }


@cache
def tabs():
    """The tabs by key, in their order."""
    return {
        tab["key"]: Tab(tab["key"], tab["title"], tuple(tab["parameters"]))
        for tab in _read()["tabs"]
    }


def published_limits():
    """Limits of the dictionary: list of dict with ``mnemonic``, borders and validity."""
    return _read()["limits"]


def source():
    """Where the facts of the dictionary come from."""
    return _read()["source"]


@cache
def of_report(report):
    """Parameters that a report holds, in the order of the dictionary."""
    return tuple(found for found in parameters().values() if report in found.reports)


def titled(mnemonic):
    """The tab in which a parameter is shown first."""
    return next(tab for tab in tabs().values() if mnemonic in tab.mnemonics)


def mask_words(parameter, value):
    """A mask in words.

    Examples
    --------
    >>> mask_words(parameters()["NIXD0070"], 0xFFFFFFFF)
    'all 32 on'
    >>> mask_words(parameters()["NIXD0070"], 0xFFFFFCFF)
    'all but detector 9, 10'
    >>> mask_words(parameters()["NIX00085"], 0x5)
    'bit 0, 2'
    """
    first = 1 if parameter.bit_name == "detector" else 0
    on = [bit for bit in range(parameter.bits) if value >> bit & 1]
    off = [bit for bit in range(parameter.bits) if not value >> bit & 1]
    if not off:
        return f"all {parameter.bits} on"
    if not on:
        return "none on"
    words = "all but " if len(off) < len(on) else ""
    chosen = off if words else on
    return f"{words}{parameter.bit_name} {', '.join(str(bit + first) for bit in chosen)}"
