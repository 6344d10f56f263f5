"""Geometries for the tests: the demonstration orbit, and real kernels of the mission."""

import tempfile
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np
from apps.ancillary.kernels import SOLAR_ORBITER, Pool

from apps.ancillary import demonstration, kernelset
from apps.ancillary.geometry import Geometry, Provenance
from apps.ancillary.times import ms_of_et
from apps.core.timeaxis import to_ms
from tests.reference import REFERENCE

KERNELS = REFERENCE / "kernels"


@cache
def demonstration_geometry():
    """Geometry of the demonstration set, written once."""
    folder = Path(tempfile.mkdtemp(prefix="demonstration-", dir=tempfile.gettempdir()))
    demonstration.make(folder)
    return geometry_of("demo-approx-1", kernelset.collect([folder]), approximate=True)


@cache
def planned_geometry():
    """Geometry of the real kernels: planned orbit L006, real attitude of three days."""
    found = kernelset.collect([KERNELS])
    found["de421.bsp"] = demonstration.planets()
    return geometry_of("planned", found, approximate=False)


def geometry_of(name, found, *, approximate):
    """Geometry of kernels: name to path."""
    names = [one for one in kernelset.in_order(found) if not one.endswith(".tm")]
    pool = Pool(name, [found[one] for one in names])
    spans = np.array(pool.coverage(SOLAR_ORBITER))
    start, stop = ms_of_et(spans[[0, -1], [0, 1]])
    files = tuple(kernelset.described(found[one]).record() for one in names)
    provenance = Provenance(
        mk=name,
        set_id=name,
        kernels=files,
        approximate=approximate,
        start_ms=int(np.ceil(start)),
        stop_ms=int(stop),
        label=f"Kernels {name}",
    )
    return Geometry(pool, provenance)


def ms(text):
    """Milliseconds since 1970 of an ISO time in UTC, rounded."""
    return to_ms(datetime.fromisoformat(text.rstrip("Z") + "+00:00"))
