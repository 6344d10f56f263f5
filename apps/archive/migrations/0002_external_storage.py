from django.db import migrations


def set_storage(kind):
    def change(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            table = schema_editor.quote_name("archive_seriesblock")
            schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN data SET STORAGE {kind}")

    return change


class Migration(migrations.Migration):
    """Blocks are compressed already; PostgreSQL need not try again."""

    dependencies = [("archive", "0001_initial")]

    operations = [migrations.RunPython(set_storage("EXTERNAL"), set_storage("EXTENDED"))]
