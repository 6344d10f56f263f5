"""Many small least-squares fits at once: the same model for each pixel, its own numbers in each.

A loop over pixels spends its time in calling; here each step is one array operation over all.
"""

from dataclasses import dataclass

import numpy as np

MOST_STEPS = 60
_DAMPING, _EASIER, _HARDER = 1e-2, 0.3, 5.0
_SETTLED = 1e-5
"""Steps below this share of a parameter's error, or of chi square, change nothing that is told."""


@dataclass(frozen=True)
class Fitted:
    """What came of n fits of k parameters.

    Attributes
    ----------
    parameters, errors : ndarray, shape (n, k)
        One standard deviation, from the curvature of chi square; infinite where it has none.
    chi_square : ndarray, shape (n,)
    converged : ndarray of bool, shape (n,)
    """

    parameters: np.ndarray
    errors: np.ndarray
    chi_square: np.ndarray
    converged: np.ndarray


def fit(model, first, values, variance):
    """Fit a model to each row by damped least squares (Levenberg and Marquardt).

    Parameters
    ----------
    model : callable
        ``model(parameters, rows) -> ndarray, shape (len(rows), m)`` for parameters of shape
        (len(rows), k); `rows` are the numbers of the rows asked for.
    first : ndarray, shape (n, k)
        Where the search begins; none of the parameters may be far from its value.
    values, variance : ndarray, shape (n, m)
        What was measured; variances above zero.

    Returns
    -------
    Fitted
    """
    best = np.array(first, "f8")
    n, k = best.shape
    rows = np.arange(n)
    residual = values - model(best, rows)
    chi = (residual**2 / variance).sum(axis=1)
    damping, converged = np.full(n, _DAMPING), np.zeros(n, bool)
    for _ in range(MOST_STEPS):
        if not rows.size:
            break
        slopes = _slopes(model, best[rows], rows, values[rows] - residual[rows])
        curvature, pull = _normal(slopes, residual[rows], variance[rows])
        diagonal = np.maximum(np.einsum("nii->ni", curvature), 1e-12)
        damped = curvature + np.einsum("ni,ij->nij", diagonal * damping[rows, None], np.eye(k))
        step = np.linalg.solve(damped, pull[..., None])[..., 0]
        tried = best[rows] + step
        left = values[rows] - model(tried, rows)
        new = (left**2 / variance[rows]).sum(axis=1)
        better = np.isfinite(new) & (new <= chi[rows])
        small = (np.abs(step) * np.sqrt(diagonal) < 1e-3).all(axis=1)
        settled = (better & (chi[rows] - new < _SETTLED * np.maximum(new, 1))) | small
        at = rows[better]
        best[at], residual[at], chi[at] = tried[better], left[better], new[better]
        damping[rows] *= np.where(better, _EASIER, _HARDER)
        converged[rows[settled]] = True
        rows = rows[~settled & (damping[rows] < 1e8)]
    return Fitted(best, _errors(model, best, values, variance), chi, converged)


def _slopes(model, parameters, rows, here):
    """Derivatives by each parameter, shape (n, m, k), by small steps forward."""
    found = np.empty((*here.shape, parameters.shape[1]))
    for which in range(parameters.shape[1]):
        width = 1e-6 * np.maximum(np.abs(parameters[:, which]), 1e-2)
        moved = parameters.copy()
        moved[:, which] += width
        found[..., which] = (model(moved, rows) - here) / width[:, None]
    return found


def _normal(slopes, residual, variance):
    weighted = slopes / variance[..., None]
    curvature = np.matmul(weighted.transpose(0, 2, 1), slopes)
    return curvature, np.matmul(weighted.transpose(0, 2, 1), residual[..., None])[..., 0]


def _errors(model, parameters, values, variance):
    rows = np.arange(len(parameters))
    here = model(parameters, rows)
    curvature, _ = _normal(_slopes(model, parameters, rows, here), values - here, variance)
    sound = np.isfinite(curvature).all(axis=(1, 2))
    scale = np.sqrt(
        np.maximum(np.einsum("nii->ni", np.where(sound[:, None, None], curvature, 0)), 1e-300)
    )
    plain = np.where(sound[:, None, None], curvature / (scale[:, :, None] * scale[:, None, :]), 0)
    inverse = np.linalg.pinv(plain, hermitian=True)
    variances = np.einsum("nii->ni", inverse) / scale**2
    with np.errstate(invalid="ignore"):
        return np.where(sound[:, None] & (variances > 0), np.sqrt(variances), np.inf)
