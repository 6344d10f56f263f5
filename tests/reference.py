"""The real files of the reference collection, where they are at hand."""

from pathlib import Path

import pytest

REFERENCE = Path(__file__).parents[2] / "shared" / "data"
"""Folder of the reference collection beside the checkout."""

needs_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason="../shared/data is absent")
"""Skips a test where the collection is absent; combine with `pytest.mark.real`."""
