"""The detector plane: 32 detectors with 12 pixels each, their names, places, outlines and masks.

Millimetres as seen from the Sun: +x to the right, +y up. The flat number of a pixel is
``index * 12 + pixel``, with the index 0 to 31 of its detector (number 1 to 32).

Source: sub-collimator and pixel tables of the STIX configuration; drawn positions of the earlier
portal and of stixpy agree.
"""

import re
from dataclasses import dataclass

PIXELS = 12
COLUMNS = "ABCD"
BODY_MM = 10.0
"""Side of a detector with its guard ring."""

COLUMN_MM, HALF_HEIGHT_MM = 2.2, 4.6
SMALL_WIDTH_MM, SMALL_HALF_HEIGHT_MM = 1.1, 0.455
FINE_GRIDS = frozenset({10, 11, 12, 16, 17, 18})
"""Indices of the detectors behind the finest grids, 1a to 2c; they have one more cover."""

CFL, BKG = 8, 9
"""Indices of the coarse flare locator and of the background detector: neither has grids."""

_COLUMN_X = (-62.5, -37.5, -12.5, 12.5, 37.5, 62.5)
_PLACES = (
    # label, column, y, accumulator of triggers
    *(("3c", 0, 36.5, 0), ("5c", 0, 13.5, 0), ("10a", 0, -13.5, 7), ("8c", 0, -36.5, 7)),
    *(("4b", 1, 59.5, 2), ("5a", 1, 36.5, 1), ("3a", 1, 13.5, 1), ("7b", 1, -13.5, 6)),
    *(("CFL", 1, -36.5, 6), ("BKG", 1, -59.5, 5), ("1a", 2, 73.5, 2), ("2a", 2, 50.5, 3)),
    *(("1b", 2, 27.5, 3), ("9b", 2, -27.5, 4), ("6a", 2, -50.5, 4), ("9a", 2, -73.5, 5)),
    *(("2c", 3, 73.5, 13), ("1c", 3, 50.5, 12), ("2b", 3, 27.5, 12), ("10b", 3, -27.5, 11)),
    *(("8a", 3, -50.5, 11), ("10c", 3, -73.5, 10), ("4c", 4, 59.5, 13), ("7a", 4, 36.5, 14)),
    *(("4a", 4, 13.5, 14), ("8b", 4, -13.5, 9), ("6b", 4, -36.5, 9), ("7c", 4, -59.5, 10)),
    *(("3b", 5, 36.5, 15), ("5b", 5, 13.5, 15), ("6c", 5, -13.5, 8), ("9c", 5, -36.5, 8)),
)
_HEX = re.compile(r"0x[0-9A-Fa-f]{1,8}")


@dataclass(frozen=True)
class Detector:
    """One detector: index 0 to 31, label of its grid, centre in mm, trigger accumulator."""

    index: int
    label: str
    x_mm: float
    y_mm: float
    accumulator: int

    @property
    def number(self):
        """1 to 32, as people count."""
        return self.index + 1

    @property
    def name(self):
        """`detector 9 (index 8), CFL`."""
        return f"detector {self.number} (index {self.index}), {self.label}"

    @property
    def quadrant(self):
        """Q1 top left, Q2 bottom left, Q3 bottom right, Q4 top right."""
        left = self.x_mm < 0
        return ("Q1" if left else "Q4") if self.y_mm > 0 else ("Q2" if left else "Q3")


DETECTORS = tuple(
    Detector(index, label, _COLUMN_X[column], y, accumulator)
    for index, (label, column, y, accumulator) in enumerate(_PLACES)
)


def pixel_name(pixel):
    """What a pixel is called.

    Examples
    --------
    >>> pixel_name(0), pixel_name(6), pixel_name(11)
    ('pixel 0 (top A)', 'pixel 6 (bottom C)', 'pixel 11 (small D)')
    """
    row = ("top", "bottom", "small")[pixel // 4]
    return f"pixel {pixel} ({row} {COLUMNS[pixel % 4]})"


def pixel_outline(pixel):
    """Corners of a pixel in its detector, mm from the centre; the same for all detectors.

    A large pixel lacks the half of the small pixel that is cut out of it.

    Returns
    -------
    list of (float, float)

    Examples
    --------
    >>> pixel_outline(9)
    [(-2.2, -0.455), (-1.1, -0.455), (-1.1, 0.455), (-2.2, 0.455)]
    """
    left = round(-2 * COLUMN_MM + COLUMN_MM * (pixel % 4), 3)
    middle, right = round(left + SMALL_WIDTH_MM, 3), round(left + COLUMN_MM, 3)
    notch, edge = SMALL_HALF_HEIGHT_MM, HALF_HEIGHT_MM
    if pixel >= 8:
        return [(left, -notch), (middle, -notch), (middle, notch), (left, notch)]
    if pixel >= 4:
        notch, edge = -notch, -edge
    return [
        (left, notch),
        (middle, notch),
        (middle, 0.0),
        (right, 0.0),
        (right, edge),
        (left, edge),
    ]


def pixel_area_mm2(pixel):
    """Sensitive area of a pixel.

    Examples
    --------
    >>> round(pixel_area_mm2(0), 4), round(pixel_area_mm2(8), 4)
    (9.6195, 1.001)
    """
    corners = pixel_outline(pixel)
    twice = sum(
        x0 * y1 - x1 * y0
        for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True)
    )
    return abs(twice) / 2


def mask_of(flags):
    """Mask of flags as telemetry packs them: the least significant bit first.

    Examples
    --------
    >>> f"{mask_of([index in (8, 9) for index in range(32)]):08X}"
    '00000300'
    """
    return sum(1 << place for place, flag in enumerate(flags) if flag)


def flags_of(mask, size):
    """Flags of a mask, the first for the least significant bit.

    Raises
    ------
    ValueError
        If the mask has a bit beyond `size`, or is negative.
    """
    if not 0 <= mask < 1 << size:
        raise ValueError(f"mask {mask:#x} does not fit {size} bits; expected 0 to {2**size - 1:#x}")
    return [bool(mask >> place & 1) for place in range(size)]


def mask_hex(mask, size=32):
    """A mask in hexadecimal digits, the highest number on the left.

    Examples
    --------
    >>> mask_hex(0x100), mask_hex(0xFFF, 12)
    ('0x00000100', '0xFFF')
    """
    return f"0x{mask:0{size // 4}X}"


def read_mask(text, size=32):
    """Read a mask that was written in hexadecimal digits.

    Raises
    ------
    ValueError
        If it is no such number, or does not fit.
    """
    if not _HEX.fullmatch(text):
        raise ValueError(f"mask {text[:20]!r} is not hexadecimal; write for instance 0xFFFFFCFF")
    mask = int(text, 16)
    flags_of(mask, size)
    return mask


def mask_words(mask, size=32):
    """A mask in words: what is in it, or what is not where that is shorter.

    Examples
    --------
    >>> mask_words(0xFFFFFCFF), mask_words(0x300), mask_words(0), mask_words(0x0FF, 12)
    ('all but 9, 10', '9, 10', 'none', '0 to 7')
    """
    flags = flags_of(mask, size)
    first = 1 if size == 32 else 0  # detectors count from 1, pixels from 0
    chosen = [place + first for place, flag in enumerate(flags) if flag]
    rest = [place + first for place, flag in enumerate(flags) if not flag]
    if not rest or not chosen:
        return "none" if rest else "all"
    if chosen == list(range(chosen[0], chosen[-1] + 1)) and len(chosen) > 2:
        return f"{chosen[0]} to {chosen[-1]}"
    few = len(rest) < len(chosen)
    return ("all but " if few else "") + ", ".join(map(str, rest if few else chosen))
