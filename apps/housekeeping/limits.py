"""Limits of parameters: soft and hard borders with their validity, and the states they give."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from apps.core.timeaxis import to_ms
from apps.housekeeping.parameters import published_limits

BORDERS = ("hard_low", "soft_low", "soft_high", "hard_high")


@dataclass(frozen=True)
class Limit:
    """Borders of one parameter in its stored unit; a border that is None does not exist.

    Parameters
    ----------
    mnemonic : str
    hard_low, soft_low, soft_high, hard_high : float or None
        A value below a low border or above a high one is outside; on it, inside.
    from_ms, until_ms : int or None
        From when the limit holds (included) until when (excluded), milliseconds since 1970; None
        is always.
    """

    mnemonic: str
    hard_low: float | None = None
    soft_low: float | None = None
    soft_high: float | None = None
    hard_high: float | None = None
    from_ms: int | None = None
    until_ms: int | None = None

    def borders(self):
        """The borders there are: list of ("soft" or "hard", value)."""
        return [
            (name.partition("_")[0], getattr(self, name))
            for name in BORDERS
            if getattr(self, name) is not None
        ]

    def words(self):
        """The borders in words.

        Examples
        --------
        >>> Limit("NIXD0035", soft_low=1.43, soft_high=1.61, hard_high=1.8).words()
        'soft 1.43 to 1.61, hard up to 1.8'
        """
        found = []
        for kind in ("soft", "hard"):
            low, high = (getattr(self, f"{kind}_{side}") for side in ("low", "high"))
            if low is not None and high is not None:
                found.append(f"{kind} {low:g} to {high:g}")
            elif low is not None or high is not None:
                found.append(f"{kind} from {low:g}" if high is None else f"{kind} up to {high:g}")
        return ", ".join(found)


def limits_of(mnemonics, facts=None):
    """Limits of parameters: ``{mnemonic: [Limit, ...]}``, only those that have any.

    Parameters
    ----------
    mnemonics : collection of str
    facts : list of dict, optional
        As in the dictionary, which they are taken from if not given: ``mnemonic``, borders, and
        ``valid_from`` and ``valid_until`` as ISO 8601 in UTC, or None.
    """
    found = {}
    for fact in published_limits() if facts is None else facts:
        if fact["mnemonic"] in mnemonics:
            limit = Limit(
                fact["mnemonic"],
                **{name: fact.get(name) for name in BORDERS},
                from_ms=_milliseconds(fact["valid_from"]),
                until_ms=_milliseconds(fact["valid_until"]),
            )
            found.setdefault(fact["mnemonic"], []).append(limit)
    return found


def _milliseconds(text):
    return text and to_ms(datetime.fromisoformat(text).replace(tzinfo=UTC))


def severity(limits, start_ms, stop_ms, low, high):
    """Worst limit state of values between extremes, each over a time.

    With exact extremes the state of a bucket is the worst of its samples, however many they are.
    Where a limit begins or ends within a bucket, it counts for the whole of it.

    Parameters
    ----------
    limits : sequence of Limit
    start_ms, stop_ms : ndarray, shape (n,)
    low, high : ndarray of float64, shape (n,)
        NaN is within all limits.

    Returns
    -------
    ndarray of uint8, shape (n,)
        0 within, 1 outside a soft, 2 outside a hard limit.

    Examples
    --------
    >>> limit = Limit("NIXD0035", soft_high=1.6, hard_high=1.8)
    >>> time = np.arange(3)
    >>> severity([limit], time, time + 1, np.array([1.5, 1.7, 1.5]), np.array([1.6, 1.7, 1.9]))
    array([0, 1, 2], dtype=uint8)
    """
    worst = np.zeros(len(start_ms), "u1")
    for limit in limits:
        holds = np.ones(len(start_ms), bool)
        if limit.from_ms is not None:
            holds &= stop_ms > limit.from_ms
        if limit.until_ms is not None:
            holds &= start_ms < limit.until_ms
        for name in BORDERS:
            border = getattr(limit, name)
            if border is None:
                continue
            outside = low < border if name.endswith("low") else high > border
            level = 2 if name.startswith("hard") else 1
            worst = np.where(holds & outside, np.maximum(worst, level), worst)
    return worst.astype("u1")
