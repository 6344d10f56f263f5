"""What curators filter by is looked up in an index, where the rows are few among many."""

import pytest

from apps.archive.models import DataProduct

# Not marked `db`: PostgreSQL plans by its statistics, so the question is one for SQLite alone.
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("field", ["superseded", "withdrawn"])
def test_rare_versions_are_found_in_an_index_of_their_own(field):
    rows = DataProduct.objects.filter(**{field: True}).order_by("-start", "-id")
    assert f"archive_product_{field}" in rows.explain()
