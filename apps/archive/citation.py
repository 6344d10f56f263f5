"""How to cite a file: the paper about the instrument, and the file itself."""

import re

INSTRUMENT = {
    "author": "Krucker, S. and others",
    "title": "The Spectrometer/Telescope for Imaging X-rays (STIX)",
    "journal": "Astronomy & Astrophysics",
    "volume": "642",
    "pages": "A15",
    "year": "2020",
    "doi": "10.1051/0004-6361/201937362",
}
"""Krucker et al. 2020, A&A 642, A15."""

_SPECIAL = re.compile(r"([&%$#_{}])")


def text(product, title, address, today):
    """A sentence for a list of references.

    Parameters
    ----------
    product : DataProduct
    title : str
        Plain words for its type.
    address : str
        Where this very file can be had.
    today : date
        When it was looked at.
    """
    return (
        f"Krucker, S. et al. (2020), {INSTRUMENT['title']}, A&A {INSTRUMENT['volume']}, "
        f"{INSTRUMENT['pages']}, doi:{INSTRUMENT['doi']}. Data: STIX {title}, level "
        f"{product.level}, {product.name}, version {product.version_label}, written "
        f"{product.created:%Y-%m-%d}, STIX Data Center, {address}, accessed {today:%Y-%m-%d}."
    )


def bibtex(product, title, address, today):
    """Two BibTeX entries; parameters as for `text`."""
    file = {
        "author": "{STIX Team}",
        "title": f"STIX {title}, {product.name}",
        "year": f"{product.created:%Y}",
        "version": product.version_label,
        "publisher": "STIX Data Center",
        "note": f"Level {product.level}, written {product.created:%Y-%m-%d}",
        "url": address,
        "urldate": f"{today:%Y-%m-%d}",
    }
    key = re.sub(r"\W", "", f"{product.stem}{product.version_label}")
    return f"{_entry('article', 'Krucker2020', INSTRUMENT)}\n{_entry('misc', key, file)}"


def _entry(kind, key, fields):
    lines = [f"  {name} = {{{_plain(name, value)}}}," for name, value in fields.items()]
    return "\n".join([f"@{kind}{{{key},", *lines, "}"]) + "\n"


def _plain(name, value):
    """Text as TeX prints it; addresses and protected names stay as they are."""
    if name in ("url", "doi") or value.startswith("{"):
        return value
    return _SPECIAL.sub(r"\\\1", value)
