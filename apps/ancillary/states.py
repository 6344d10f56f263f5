"""States of Solar Orbiter and Earth as a table that is interpolated: no CSPICE call an answer.

The table is built once for a kernel set, with one array call for each body and refinement. Steps
are half a day far from the Sun, hours near it, and down to a minute where the path bends fast: near
a planet.
"""

from dataclasses import dataclass

import numpy as np

from apps.ancillary.frames import length

STEP_S = 86_400.0
"""First step in s; every interval is halved at least once."""

SMALLEST_STEP_S = 60.0
"""Below this an interval is not halved further."""

TOLERANCE_KM = 0.5
"""Largest error of the middle of an interval before it is halved: 0.03 km after it, 0.1 µs."""


@dataclass(frozen=True)
class StateTable:
    """Cubic Hermite interpolation of positions and velocities.

    Parameters
    ----------
    windows : ndarray, shape (w, 2)
        First and last ET (s) of each stretch that the kernels cover.
    et : ndarray, shape (k,)
        Nodes in s, ascending.
    position, velocity : ndarray, shape (k, b, 3)
        Of the b bodies about the Sun at the nodes, J2000, km and km/s.
    joint : ndarray of bool, shape (k - 1,)
        Intervals in which the path jumps, as where two arcs of an orbit fit meet: there each side
        is continued in a straight line to the middle, for a curve through both would be too fast.
    """

    windows: np.ndarray
    et: np.ndarray
    position: np.ndarray
    velocity: np.ndarray
    joint: np.ndarray

    def covers(self, et):
        """Whether the kernels cover each of the instants `et` (n,); False for NaN."""
        et = np.asarray(et)[:, None]
        return ((self.windows[:, 0] <= et) & (et <= self.windows[:, 1])).any(axis=1)

    def at(self, et):
        """Positions (n, b, 3) in km and velocities (n, b, 3) in km/s at covered instants (n,)."""
        left = np.clip(np.searchsorted(self.et, et, side="right") - 1, 0, self.et.size - 2)
        position, velocity = _hermite(self.et, self.position, self.velocity, left, et)
        jumps = self.joint[left]
        if jumps.any():
            at = et[jumps]
            near = left[jumps] + (at - self.et[left[jumps]] > self.et[left[jumps] + 1] - at)
            velocity[jumps] = self.velocity[near]
            after = (at - self.et[near])[:, None, None]
            position[jumps] = self.position[near] + velocity[jumps] * after
        return position, velocity


def build(sample, windows):
    """Make the table for everything that the kernels cover.

    Parameters
    ----------
    sample : callable
        ``sample(et)``, et of shape (n,) in s, gives the states (n, b, 6) of b bodies about the
        Sun, J2000, km and km/s.
    windows : array_like, shape (w, 2)
        First and last ET (s) of each covered stretch, in order and apart.

    Returns
    -------
    StateTable

    Raises
    ------
    ValueError
        If nothing is covered.
    """
    windows = np.asarray(windows, dtype=float).reshape(-1, 2)
    windows = windows[windows[:, 0] < windows[:, 1]]
    if not windows.size:
        raise ValueError("the kernels cover no instant of the orbit; expected a window of time")
    et = np.concatenate([_grid(*window) for window in windows])
    states = sample(et)
    opened = np.isin(et[:-1], windows[:, 1], invert=True)
    joint = np.zeros(et.size - 1, dtype=bool)
    while opened.any():
        et, states, opened, joint = _refined(sample, et, states, opened, joint)
    return StateTable(windows, et, states[..., :3].copy(), states[..., 3:].copy(), joint)


def _grid(start, stop):
    count = max(2, int(np.ceil((stop - start) / STEP_S)) + 1)
    return np.linspace(start, stop, count)


def _refined(sample, et, states, opened, joint):
    """Halve the open intervals; the halves of those that were too coarse stay open."""
    left = np.flatnonzero(opened)
    middle = (et[left] + et[left + 1]) / 2
    truth = sample(middle)
    position, velocity = _hermite(et, states[..., :3], states[..., 3:], left, middle)
    step = et[left + 1] - et[left]
    wrong = length(position - truth[..., :3])
    # An error that is odd about the middle shows in the velocity alone.
    wrong += length(velocity - truth[..., 3:]) * step[:, None] / 8
    coarse = (wrong > TOLERANCE_KM).any(axis=-1)
    short = step < 2 * SMALLEST_STEP_S
    opened, joint = opened.copy(), joint.copy()
    opened[left] = coarse & ~short
    joint[left] = coarse & short
    return (
        np.insert(et, left + 1, middle),
        np.insert(states, left + 1, truth, axis=0),
        np.insert(opened, left + 1, opened[left]),
        np.insert(joint, left + 1, joint[left]),
    )


def _hermite(nodes, positions, velocities, left, et):
    step = nodes[left + 1] - nodes[left]
    u = (et - nodes[left]) / step
    u, step = u[:, None, None], step[:, None, None]
    start, stop = positions[left], positions[left + 1]
    leaving, arriving = velocities[left] * step, velocities[left + 1] * step
    way = stop - start
    bend, twist = 3 * way - 2 * leaving - arriving, leaving + arriving - 2 * way
    position = start + u * (leaving + u * (bend + u * twist))
    velocity = (leaving + u * (2 * bend + u * 3 * twist)) / step
    return position, velocity
