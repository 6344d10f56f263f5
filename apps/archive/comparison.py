"""What changed from one version of a product to the next, by their headers."""

CHANGES_WITH_EVERYTHING = {"CHECKSUM", "DATASUM", "DATE", "FILENAME", "VERSION"}
"""Cards that differ between any two versions and tell nothing of their own."""


def changes(old, new):
    """Compare two files as `anatomy.read` describes them.

    Parameters
    ----------
    old, new : list of dict

    Returns
    -------
    list of (str, str, str)
        What, the old value, the new one; empty if nothing but the dates and sums differs. Absent
        is an empty text.
    """
    before, after = _by_name(old), _by_name(new)
    found = [(f"table {name}", "present", "") for name in before if name not in after]
    found += [(f"table {name}", "", "present") for name in after if name not in before]
    for name in before:
        if name in after:
            found += _of_hdu(name, before[name], after[name])
    return found


def _of_hdu(name, old, new):
    if old["rows"] != new["rows"]:
        yield f"rows of {name}", _text(old["rows"]), _text(new["rows"])
    elif _sum(old) != _sum(new):
        yield f"content of {name}", "", f"other values in the same {new['rows'] or 0} rows"
    yield from _differing(f"column {name}.", _columns(old), _columns(new))
    yield from _differing(f"card {name}.", _cards(old), _cards(new))


def _differing(prefix, old, new):
    for key in dict.fromkeys((*old, *new)):
        before, after = old.get(key, ""), new.get(key, "")
        if before != after:
            yield f"{prefix}{key}", before, after


def _by_name(anatomy):
    return {hdu["name"]: hdu for hdu in anatomy}


def _sum(hdu):
    return next((value for key, value, _ in hdu["cards"] if key == "DATASUM"), None)


def _cards(hdu):
    cards = {key: _text(value) for key, value, _ in hdu["cards"]}
    return {
        key: value
        for key, value in cards.items()
        if key not in CHANGES_WITH_EVERYTHING and not key.startswith("NAXIS")
    }


def _columns(hdu):
    return {
        name: " ".join(filter(None, (form, unit, "x".join(map(str, shape)))))
        for name, form, unit, shape in hdu["columns"]
    }


def _text(value):
    return "" if value is None else str(value)
