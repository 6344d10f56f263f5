"""What aspect files hold: where STIX pointed, by its own aspect system and by the spacecraft.

`y_srf` and `z_srf` are the aspect system's solution, the offset of the Sun along the spacecraft's Y
and Z, and exist only where the photodiodes saw the limb. Roll, pitch and yaw are those of the
spacecraft's attitude kernel, carried with each row: STIX_ILS against SOLO_SUN_RTN, no sign turned.
Longitude and latitude are Stonyhurst's although the file calls them Carrington's, and the HEEQ
vector is in the order x, y, z although it says zxy: both were held against the orbit.
"""

from dataclasses import dataclass

import numpy as np

from apps.ancillary import aspect
from apps.ancillary.attitude import ASPECT as FROM_PRODUCT
from apps.ancillary.attitude import CK, HALF_TURN, attitude
from apps.archive.fitsborder import FitsFileError
from apps.archive.series import Column, SeriesReader, Table
from apps.core.timeaxis import DAY_MS

ASPECT = "asp-ephemeris"
"""Key of the product and of its series."""

CADENCE_MS = 64_000
MOST_TURN_DEG = 90.0
FIRST_MS, LAST_MS = 18_262 * DAY_MS, 29_220 * DAY_MS
"""2020-01-01 and 2050-01-01: no row lies outside."""

NO_SOLUTION, USABLE, NOT_STATED = 0, 1, 2

ATTITUDE = Column("attitude", "f4", (3,), "deg", "Roll, pitch, yaw of STIX_ILS in SOLO_SUN_RTN")
COLUMNS = (
    Column("y_srf", "f4", (), "arcsec", "Sun along the spacecraft's Y, by the aspect system"),
    Column("z_srf", "f4", (), "arcsec", "Sun along the spacecraft's Z, by the aspect system"),
    Column("sas_ok", "u1", (), "", "Aspect solution: 0 none, 1 usable, 2 not stated", "max"),
    Column("disc_radius", "f4", (), "arcsec", "Apparent radius of the Sun"),
    ATTITUDE,
    Column("lonlat", "f4", (2,), "deg", "Stonyhurst longitude and latitude", "none"),
    Column("distance", "f4", (), "km", "Distance from the Sun"),
    Column("heeq", "f4", (3,), "km", "Position in HEEQ: x, y, z"),
)

NAMES = {
    "disc_radius": "spice_disc_size",
    "attitude": "roll_angle_rpy",
    "lonlat": "solo_loc_carrington_lonlat",
    "distance": "solo_loc_carrington_dist",
    "heeq": "solo_loc_heeq_zxy",
}
"""Names in the files, where they differ."""


@dataclass(frozen=True)
class Aspect:
    """The aspect product of a time range, row by row.

    Parameters
    ----------
    time_ms : ndarray of int64, shape (n,)
        UTC at Solar Orbiter.
    step_ms : int
        Distance of rows: 64 s, or the width of buckets.
    y_srf_arcsec, z_srf_arcsec : ndarray of float64, shape (n,)
        Sun by the aspect system; NaN where it has no solution.
    sas_ok : ndarray of bool, shape (n,)
        Where the file says that it has one.
    sas_stated : ndarray of bool, shape (n,)
        Where the file says anything of it; the first files (L2 of 2020) do not.
    roll_deg, pitch_deg, yaw_deg : ndarray of float64, shape (n,)
        STIX_ILS in SOLO_SUN_RTN, by the attitude kernel of the day; NaN where the file has none.
    disc_radius_arcsec : ndarray of float64, shape (n,)
    stonyhurst_longitude_deg, stonyhurst_latitude_deg : ndarray of float64, shape (n,)
    distance_km : ndarray of float64, shape (n,)
    heeq_km : ndarray of float64, shape (n, 3)
    simulated : bool
    """

    time_ms: np.ndarray
    step_ms: int
    y_srf_arcsec: np.ndarray
    z_srf_arcsec: np.ndarray
    sas_ok: np.ndarray
    sas_stated: np.ndarray
    roll_deg: np.ndarray
    pitch_deg: np.ndarray
    yaw_deg: np.ndarray
    disc_radius_arcsec: np.ndarray
    stonyhurst_longitude_deg: np.ndarray
    stonyhurst_latitude_deg: np.ndarray
    distance_km: np.ndarray
    heeq_km: np.ndarray
    simulated: bool = False

    def pointing(self):
        """Attitude (source "aspect") and the Sun's centre of the rows that have an attitude."""
        angles = np.stack([self.roll_deg, self.pitch_deg, self.yaw_deg], axis=1)
        seen = self.y_srf_arcsec, self.z_srf_arcsec
        return aspect.pointing(self.time_ms, angles, *seen, self.sas_ok)

    def unusable(self):
        """Where the file says that there is no solution: (start, stop) in ms, for shading."""
        edges = np.flatnonzero(np.diff(self.sas_ok | ~self.sas_stated, prepend=True, append=True))
        half = self.step_ms // 2
        return [
            (int(self.time_ms[first]) - half, int(self.time_ms[after - 1]) + half)
            for first, after in zip(edges[::2], edges[1::2], strict=True)
        ]


def read(stix):
    """Read an aspect product as native samples of the store.

    Columns that older files lack are NaN. Offsets are NaN where `sas_ok` is 0: the file then holds
    no solution. A file without `sas_ok` does not say whether they are one.

    Raises
    ------
    FitsFileError
        If a column has another shape, or no row has a time between 2020 and 2050.
    """
    time, _ = stix.times()
    rows = {column.name: _column(stix, column, len(time)) for column in COLUMNS}
    found = np.isfinite(rows["y_srf"]) & np.isfinite(rows["z_srf"])
    stated = np.where(np.isnan(rows["sas_ok"]), NOT_STATED, rows["sas_ok"] > 0)
    rows["sas_ok"] = np.where(found, stated, NO_SOLUTION)
    for name in ("y_srf", "z_srf"):
        rows[name] = np.where(rows["sas_ok"] == NO_SOLUTION, np.nan, rows[name])
    good = (time > FIRST_MS) & (time < LAST_MS)
    if not good.any():
        raise FitsFileError(
            f"{stix.path.name}: none of {len(time)} rows has a time between 2020 and 2050; ask for "
            "the file to be made again"
        )
    kept = {column.name: rows[column.name][good].astype(column.dtype) for column in COLUMNS}
    return Table(time[good], kept)


READER = SeriesReader(ASPECT, CADENCE_MS, COLUMNS, read)


def aspect_of(samples):
    """The aspect rows of samples of the series `ASPECT`.

    Of buckets, rows stand at their middle and hold means; an attitude that turned by more than
    90 deg within one has none, and longitude and latitude are not known.
    """
    n = len(samples.time)
    rows = {column.name: _rows(samples.mean, column, n) for column in COLUMNS}
    if samples.bucket_ms:
        reach = _rows(samples.high, ATTITUDE, n) - _rows(samples.low, ATTITUDE, n)
        rows["attitude"][~(reach <= MOST_TURN_DEG).all(axis=1)] = np.nan
    roll, pitch, yaw = rows["attitude"].T
    longitude, latitude = rows["lonlat"].T
    return Aspect(
        time_ms=samples.time + samples.bucket_ms // 2,
        step_ms=samples.bucket_ms or CADENCE_MS,
        y_srf_arcsec=rows["y_srf"],
        z_srf_arcsec=rows["z_srf"],
        sas_ok=rows["sas_ok"] == USABLE,
        sas_stated=rows["sas_ok"] != NOT_STATED,
        roll_deg=roll,
        pitch_deg=pitch,
        yaw_deg=yaw,
        disc_radius_arcsec=rows["disc_radius"],
        stonyhurst_longitude_deg=longitude,
        stonyhurst_latitude_deg=latitude,
        distance_km=rows["distance"],
        heeq_km=rows["heeq"],
        simulated=bool(samples.simulated),
    )


def preferred(found, rows, time_ms):
    """Attitudes with those of the aspect product where no attitude kernel has one.

    Parameters
    ----------
    found : Attitude
        Of the kernels, against SOLO_SUN_RTN; instants without one nominal, or left out.
    rows : Aspect
    time_ms : ndarray of int64, shape (n,)
        Instants that were asked for.

    Returns
    -------
    Attitude
        In the frame of `found`; the nearest aspect row counts if it is no farther than its step,
        and is marked by its source "aspect".
    """
    product = rows.pointing().attitude
    if found.reference != product.reference or not len(product.time_ms):
        return found
    wanted = np.setdiff1d(time_ms, found.time_ms[found.source == CK])
    after = np.minimum(np.searchsorted(product.time_ms, wanted), len(product.time_ms) - 1)
    before = np.maximum(after - 1, 0)
    nearer = wanted - product.time_ms[before] <= product.time_ms[after] - wanted
    near = np.where(nearer, before, after)
    close = np.abs(product.time_ms[near] - wanted) <= rows.step_ms
    matrices = product.matrices[near[close]]
    if found.frame != product.frame:
        matrices = HALF_TURN @ matrices
    kept = ~np.isin(found.time_ms, wanted[close])
    time = np.concatenate([found.time_ms[kept], wanted[close]])
    source = np.concatenate([found.source[kept], np.full(int(close.sum()), FROM_PRODUCT)])
    order = np.argsort(time, kind="stable")
    both = np.concatenate([found.matrices[kept], matrices])[order]
    return attitude(time[order], both, source[order], found.frame, found.reference)


def _rows(part, column, n):
    """A column of samples as float64; NaN where it is absent."""
    values = part.get(column.name)
    if values is None:
        return np.full((n, *column.shape), np.nan)
    return np.array(values, "f8").reshape(n, *column.shape)


def _column(stix, column, n):
    name = NAMES.get(column.name, column.name)
    if not stix.has_column(name):
        return np.full((n, *column.shape), np.nan)
    values = np.asarray(stix.column(name))
    if values.dtype.kind not in "biuf" or values.size != n * column.width:
        raise FitsFileError(
            f"{stix.path.name}: column {name} has {values.dtype} of shape {values.shape}, expected "
            f"numbers of shape {(n, *column.shape)}; the file is no aspect product"
        )
    return values.reshape((n, *column.shape)).astype("f8")
