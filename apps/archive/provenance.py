"""What a file was made of and by what, and which corrections it holds already."""

from datetime import UTC, datetime

from apps.archive import anatomy as parts
from apps.archive.fitsfile import listed

SHIFT_MENDED = datetime(2021, 12, 9, 14, tzinfo=UTC)
"""Until then the on-board software paired counts with the duration of the bin before."""

_SHIFTED = {"sci-xray-rpd", "sci-xray-cpd", "sci-xray-scpd", "sci-xray-vis", "sci-xray-spec"}
_UNCORRECTED = {"LB", "L0", "L1", "L1A"}
APPLIED, NOT_APPLIED, NOT_NEEDED, UNKNOWN = "applied", "not applied", "not needed", "unknown"


def provenance(anatomy, product):
    """Read the origin of a file out of its headers.

    Parameters
    ----------
    anatomy : list of dict
        As `anatomy.read` gives it.
    product : DataProduct
        With `product_type`, `level`, `version` and `start`.

    Returns
    -------
    dict
        ``raw_files``, ``parents``, ``history`` (lists of text), ``software``, ``configuration``,
        ``kernels``, ``elut`` (texts, empty where the headers are silent), and ``applied``, the
        corrections as `corrections` gives them. Fit for JSON.
    """
    creator, version = _text(anatomy, "CREATOR"), _text(anatomy, "VERS_SW")
    return {
        "raw_files": list(listed(_text(anatomy, "RAW_FILE"))),
        "parents": list(listed(_text(anatomy, "PARENT"))),
        "history": [line for hdu in anatomy for line in hdu["history"]],
        "software": " ".join(filter(None, (creator, version))),
        "configuration": _text(anatomy, "VERS_CFG"),
        "kernels": _text(anatomy, "SPICE_MK"),
        "elut": _elut(anatomy),
        "applied": corrections(anatomy, product),
    }


def corrections(anatomy, product):
    """Which corrections a file holds, so that none is made twice.

    Returns
    -------
    dict of str to str
        ``decompression``, ``duration_shift``, ``live_time``, ``background``, ``energy_calibration``
        and ``light_time``: "applied", "not applied", "not needed" or "unknown"; ``time_unit`` and
        ``counts_unit`` as the columns state them, ``clock`` in words.
    """
    columns = parts.columns(anatomy)
    raw = product.level in _UNCORRECTED
    measured = NOT_APPLIED if raw else UNKNOWN
    counts = columns.get("counts") or columns.get("spectra") or ("", "", ())
    return {
        "decompression": NOT_APPLIED if product.level == "LB" else APPLIED,
        "duration_shift": _duration_shift(product),
        "live_time": measured if counts[0] else NOT_NEEDED,
        "background": measured if counts[0] else NOT_NEEDED,
        "energy_calibration": measured if counts[0] else NOT_NEEDED,
        "light_time": NOT_APPLIED,
        "clock": "on board" if product.level in ("LB", "L0") else "UTC at Solar Orbiter",
        "time_unit": columns.get("time", ("", "", ()))[1],
        "counts_unit": counts[1],
    }


def checksum_state(anatomy, product):
    """What shows that the file is unaltered, in sentences; `anatomy` may be None."""
    state = [f"The SHA-256 above was taken at ingest, on {product.ingested_at:%Y-%m-%d}."]
    if anatomy:
        summed = [
            hdu["name"] for hdu in anatomy if any(key == "DATASUM" for key, _, _ in hdu["cards"])
        ]
        state.append(
            f"The sums in the headers (DATASUM of {', '.join(summed)}) matched the data at ingest."
            if summed
            else "The headers hold no sums of the data (DATASUM)."
        )
    return state


def _duration_shift(product):
    if product.product_type not in _SHIFTED or product.start >= SHIFT_MENDED:
        return NOT_NEEDED
    return NOT_APPLIED if product.level == "L1A" or product.version < 2 else APPLIED


def _elut(anatomy):
    """The energy look-up table, under whichever card names it."""
    found = (
        str(value)
        for hdu in anatomy
        for key, value, _ in hdu["cards"]
        if "ELUT" in key and value not in (None, "")
    )
    return next(found, "")


def _text(anatomy, name):
    value = parts.card(anatomy, name)
    return "" if value is None else str(value).strip()
