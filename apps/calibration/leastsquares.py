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
        ``model(parameters, rows)`` for parameters of shape (len(rows), k); `rows` are the numbers
        of the rows asked for. Gives values of shape (len(rows), m) and their derivatives by each
        parameter, shape (len(rows), m, k).
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
    rows, root = np.arange(n), np.sqrt(variance)
    expected, slopes = model(best, rows)
    residual, slopes = (values - expected) / root, slopes / root[..., None]
    chi = (residual**2).sum(axis=1)
    damping, converged = np.full(n, _DAMPING), np.zeros(n, bool)
    for _ in range(MOST_STEPS):
        if not rows.size:
            break
        turned = slopes[rows].transpose(0, 2, 1)
        curvature = np.matmul(turned, slopes[rows])
        pull = np.matmul(turned, residual[rows][..., None])
        diagonal = np.maximum(np.einsum("nii->ni", curvature), 1e-12)
        curvature += (diagonal * damping[rows, None])[:, :, None] * np.eye(k)
        step = np.linalg.solve(curvature, pull)[..., 0]
        expected, steeper = model(best[rows] + step, rows)
        left = (values[rows] - expected) / root[rows]
        new = (left**2).sum(axis=1)
        better = np.isfinite(new) & (new <= chi[rows])
        small = (np.abs(step) * np.sqrt(diagonal) < 1e-3).all(axis=1)
        settled = (better & (chi[rows] - new < _SETTLED * np.maximum(new, 1))) | small
        at = rows[better]
        best[at] += step[better]
        residual[at], chi[at] = left[better], new[better]
        slopes[at] = steeper[better] / root[at][..., None]
        damping[rows] *= np.where(better, _EASIER, _HARDER)
        converged[rows[settled]] = True
        rows = rows[~settled & (damping[rows] < 1e8)]
    return Fitted(best, _errors(slopes), chi, converged)


def _errors(slopes):
    """Errors from weighted derivatives: the root of the diagonal of the inverse curvature."""
    curvature = np.matmul(slopes.transpose(0, 2, 1), slopes)
    sound = np.isfinite(curvature).all(axis=(1, 2))[:, None, None]
    curvature = np.where(sound, curvature, 0.0)
    scale = np.sqrt(np.maximum(np.einsum("nii->ni", curvature), 1e-300))
    inverse = np.linalg.pinv(curvature / (scale[:, :, None] * scale[:, None, :]), hermitian=True)
    variances = np.einsum("nii->ni", inverse) / scale**2
    with np.errstate(invalid="ignore"):
        return np.where(sound[..., 0] & (variances > 0), np.sqrt(variances), np.inf)
