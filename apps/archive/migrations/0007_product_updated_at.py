from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):
    dependencies = [("archive", "0006_lists_of_curators")]

    operations = [
        migrations.AddField(
            model_name="dataproduct",
            name="updated_at",
            field=models.DateTimeField(
                auto_now=True,
                db_index=True,
                default=timezone.now,
                help_text="Last change of this record, UTC.",
            ),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="dataproduct",
            index=models.Index(
                fields=["release_at"],
                name="archive_product_released",
                condition=models.Q(release_at__isnull=False),
            ),
        ),
    ]
