"""Time several ways to the same answer in turn, so that a drifting machine is fair to all."""

import statistics
import time


def alternate(ways, *, rounds=15, budget_s=20.0, prepare=None):
    """Run each way once to warm up, then all of them in turn, round after round.

    Parameters
    ----------
    ways : dict of str to callable
        What to time, under its name.
    rounds : int
        Rounds at most; at least three are run.
    budget_s : float
        No round starts after so many seconds.
    prepare : dict of str to callable, optional
        What to do before each run of a way; not timed.

    Returns
    -------
    dict of str to list of float
        Milliseconds of each round.
    """
    prepare = prepare or {}
    for name, way in ways.items():
        prepare.get(name, _nothing)()
        way()
    times = {name: [] for name in ways}
    started = time.perf_counter()
    for done in range(rounds):
        if done >= 3 and time.perf_counter() - started > budget_s:
            break
        for name, way in ways.items():
            prepare.get(name, _nothing)()
            before = time.perf_counter()
            way()
            times[name].append((time.perf_counter() - before) * 1000)
    return times


def median(times):
    """Median of a list of milliseconds."""
    return statistics.median(times)


def p95(times):
    """95th percentile of a list of milliseconds (the largest of fewer than twenty)."""
    return sorted(times)[min(len(times) - 1, int(0.95 * len(times)))]


def ratio(ours, theirs):
    """Median of the ratios theirs/ours, pair by pair: above 1 means ours is faster."""
    return statistics.median(b / a for a, b in zip(ours, theirs, strict=True))


def _nothing():
    pass
