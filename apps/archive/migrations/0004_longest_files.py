"""Note the longest file of each product type among those that are in the archive already."""

from django.db import migrations
from django.db.models import F, Max


def note(apps, schema_editor):
    """Fill the table from the rows."""
    products = apps.get_model("archive", "DataProduct").objects
    lengths = apps.get_model("archive", "TypeLength").objects
    found = products.order_by().values("product_type").annotate(longest=Max(F("stop") - F("start")))
    for row in found:
        lengths.update_or_create(
            product_type=row["product_type"], defaults={"longest": row["longest"]}
        )


class Migration(migrations.Migration):
    dependencies = [("archive", "0003_finding_products")]

    operations = [migrations.RunPython(note, migrations.RunPython.noop)]
