from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """The files and what is in them: products, versions, ingest, the time-series store."""

    name = "apps.archive"
    default_auto_field = "django.db.models.BigAutoField"
