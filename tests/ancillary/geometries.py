"""Geometries of kernels in a folder, and times, for the tests."""

from datetime import datetime

import numpy as np

from apps.ancillary import kernelset
from apps.ancillary.geometry import Geometry, Provenance
from apps.ancillary.kernels import SOLAR_ORBITER, Pool
from apps.ancillary.times import ms_of_et
from apps.core.timeaxis import to_ms


def geometry_of(name, folder, *, approximate):
    """Geometry of the kernels of a folder."""
    found = kernelset.collect([folder])
    names = [one for one in kernelset.in_order(found) if not one.endswith(".tm")]
    pool = Pool(name, [found[one] for one in names])
    spans = np.array(pool.coverage(SOLAR_ORBITER))
    start, stop = ms_of_et(spans[[0, -1], [0, 1]])
    provenance = Provenance(
        mk=name,
        set_id=name,
        kernels=tuple(kernelset.described(found[one]).record() for one in names),
        approximate=approximate,
        start_ms=int(np.ceil(start)),
        stop_ms=int(stop),
        label=f"Kernels {name}",
    )
    return Geometry(pool, provenance)


def ms(text):
    """Milliseconds since 1970 of an ISO time in UTC, rounded."""
    return to_ms(datetime.fromisoformat(text.rstrip("Z") + "+00:00"))
