"""On-board integer compression: what a count becomes on its way to the ground.

A scheme (s, k, m) has s sign bits (0 or 1), k bits of exponent and m bits of mantissa. Values below
2^(m+1) are sent as they are; larger ones keep their leading m+1 bits, and the ground takes the
middle of the interval minus one. Source: STIX on-board integer compression as undone by STIXCore;
values and errors are those of the real light-curve files.
"""

import numpy as np

QUICKLOOK = (0, 5, 3)


def compress(values, scheme=QUICKLOOK):
    """Code of integers.

    Parameters
    ----------
    values : array_like of int
    scheme : tuple of int
        (s, k, m).

    Returns
    -------
    ndarray of int64
        s + k + m bits each.

    Raises
    ------
    ValueError
        A negative value without a sign bit, or one too large for the scheme.

    Examples
    --------
    >>> compress([7, 15, 16, 17, 271])
    array([ 7, 15, 16, 16, 48])
    """
    values = np.asarray(values, dtype=np.int64)
    sign, exponent_bits, mantissa_bits = _checked(scheme)
    size = np.abs(values)
    limit = 1 << (mantissa_bits + (1 << exponent_bits) - 1)
    if values.size and (size.max() >= limit or (not sign and values.min() < 0)):
        raise ValueError(
            f"values {values.min()} to {values.max()} do not fit scheme {scheme}: "
            f"expected {-limit + 1 if sign else 0} to {limit - 1}"
        )
    exponent = _exponent(size, mantissa_bits)
    small = size < 2 << mantissa_bits
    mantissa = (size >> exponent) - (1 << mantissa_bits)
    code = np.where(small, size, ((exponent + 1) << mantissa_bits) + mantissa)
    return code | ((values < 0).astype(np.int64) << (exponent_bits + mantissa_bits))


def decompress(codes, scheme=QUICKLOOK):
    """Values of codes and their errors.

    Parameters
    ----------
    codes : array_like of int
    scheme : tuple of int
        (s, k, m).

    Returns
    -------
    values : ndarray of int64
        Middle of the interval minus one (towards zero), exact below 2^(m+1).
    errors : ndarray of float32
        Root mean square distance of the integers in the interval: sqrt((4^e + 2) / 12).

    Examples
    --------
    >>> decompress([15, 48])[0]
    array([ 15, 271])
    """
    codes = np.asarray(codes, dtype=np.int64)
    sign, exponent_bits, mantissa_bits = _checked(scheme)
    bits = sign + exponent_bits + mantissa_bits
    if codes.size and (codes.min() < 0 or codes.max() >= 1 << bits):
        raise ValueError(f"codes {codes.min()} to {codes.max()}, expected 0 to {(1 << bits) - 1}")
    size_code = codes & ((1 << (exponent_bits + mantissa_bits)) - 1)
    exponent = np.maximum((size_code >> mantissa_bits) - 1, 0)
    mantissa = (size_code & ((1 << mantissa_bits) - 1)) + (1 << mantissa_bits)
    large = exponent > 0
    middle = (mantissa << exponent) + (1 << np.maximum(exponent - 1, 0)) - 1
    values = np.where(large, middle, size_code)
    errors = np.where(large, np.sqrt((4.0**exponent + 2) / 12), 0).astype(np.float32)
    return np.where(codes >> (exponent_bits + mantissa_bits), -values, values), errors


def transmitted(values, scheme=QUICKLOOK):
    """Values and errors as the ground gets them; see `compress` and `decompress`."""
    return decompress(compress(values, scheme), scheme)


def _exponent(size, mantissa_bits):
    """Bits that are dropped; frexp is exact below 2^53."""
    return np.maximum(np.frexp(size.astype(float))[1] - 1 - mantissa_bits, 0).astype(np.int64)


def _checked(scheme):
    sign, exponent_bits, mantissa_bits = scheme
    if sign not in (0, 1) or not (1 <= exponent_bits <= 5 and 0 <= mantissa_bits <= 8):
        raise ValueError(f"scheme {scheme}: expected s 0 or 1, k 1 to 5, m 0 to 8")
    return sign, exponent_bits, mantissa_bits
