"""Link files that were in the archive already with the raw telemetry they were made from."""

from django.db import migrations

from apps.archive import fitsfile, storage


def link(apps, schema_editor):
    """Read the card of each archived file; one that cannot be read stays without links."""
    known = apps.get_model("archive", "RawFile").objects
    products = apps.get_model("archive", "DataProduct").objects
    for key in list(products.filter(raw_files=None).order_by("pk").values_list("pk", flat=True)):
        product = products.only("path").get(pk=key)
        names = raw_files(product)
        rows = [known.model(name=name) for name in names]
        known.bulk_create(rows, ignore_conflicts=True)
        product.raw_files.set(known.filter(name__in=names))


def raw_files(product):
    """Names of the raw files in the header of a product's file."""
    try:
        with fitsfile.open_stix(storage.absolute(product)) as archived:
            text = archived.text("RAW_FILE")
    except (OSError, TypeError, ValueError, storage.StorageError):
        return ()
    return fitsfile.listed("".join(sign if sign.isprintable() else "?" for sign in text))


class Migration(migrations.Migration):
    dependencies = [("archive", "0007_product_updated_at")]

    operations = [migrations.RunPython(link, migrations.RunPython.noop)]
