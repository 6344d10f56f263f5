from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """The files and what is in them: products, versions, ingest, the time-series store."""

    name = "apps.archive"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Say how decisions about products are saved: with the days of the store they concern."""
        from apps.archive.ingest import save_decided
        from apps.core.registry import writers

        writers.register("archive.dataproduct", save_decided, title="Data products")
