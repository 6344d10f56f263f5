"""Whether the bytes of a FITS file are whole: its length and its checksums.

The sums are those of the FITS checksum convention (FITS standard 4.0, appendix J): 32-bit words
added with end-around carry; over a whole HDU with a right CHECKSUM card they give all ones.
"""

import numpy as np

_ALL_ONES = 0xFFFFFFFF


def ones_complement_sum(data):
    """Add 32-bit big-endian words with end-around carry.

    Parameters
    ----------
    data : bytes-like, length a multiple of 4

    Returns
    -------
    int
        0 to 2**32 - 1.

    Examples
    --------
    >>> ones_complement_sum(bytes([255, 255, 255, 255, 0, 0, 0, 2]))
    2
    """
    total = int(np.frombuffer(data, ">u4").sum(dtype=np.uint64))
    while total > _ALL_ONES:
        total = (total & _ALL_ONES) + (total >> 32)
    return total


def complaint(name, sums, header_bytes, data_bytes):
    """What is wrong with the sums of one HDU.

    Parameters
    ----------
    name : str
        EXTNAME, for the text.
    sums : dict
        Its cards DATASUM and CHECKSUM, None where absent.
    header_bytes, data_bytes : bytes-like
        The HDU as stored, with its padding.

    Returns
    -------
    (str or None, str or None)
        Damage of the data, which is fatal; and a finding about the header, which is not.
    """
    data_sum = ones_complement_sum(data_bytes)
    stated = str(sums["DATASUM"] or "").strip()
    if stated.isdigit() and int(stated) != data_sum:
        damage = (
            f"data of HDU {name} sum to {data_sum}, its DATASUM card says {stated}: "
            "the file was damaged on its way; fetch it again"
        )
        return damage, None
    if sums["CHECKSUM"] is not None:
        total = ones_complement_sum(header_bytes) + data_sum
        total = (total & _ALL_ONES) + (total >> 32)
        if total not in (0, _ALL_ONES):
            return None, f"CHECKSUM of HDU {name} does not fit: its header was edited"
    return None, None


def truncation(name, size, data_start, data_size):
    """Why an HDU does not fit into a file of `size` bytes, or None."""
    if data_start + data_size > size:
        return (
            f"truncated: HDU {name} ends at byte {data_start + data_size}, the file has {size}; "
            "fetch it again"
        )
    return None
