"""Geometries of kernel sets, made once for all tests of a process."""

import pytest

from tests.ancillary.geometries import geometry_of


@pytest.fixture(scope="session")
def demo_geometry(demonstration_kernels):
    """The demonstration orbit, 2020-02-12 to 2025-02-18."""
    folder, _ = demonstration_kernels
    return geometry_of("demo-approx-1", folder, approximate=True)


@pytest.fixture(scope="session")
def planned_geometry(official_kernels):
    """The real kernels: planned orbit L006, real attitude of three days."""
    folder, _ = official_kernels
    return geometry_of("planned", folder, approximate=False)
