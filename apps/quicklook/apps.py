from django.apps import AppConfig


class QuicklookConfig(AppConfig):
    """Quick-look data: light curves, background, spectra, variance, flare flag."""

    name = "apps.quicklook"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Tell the archive how to read the quick-look products."""
        from apps.core.registry import readers
        from apps.quicklook.ingest import READERS

        for title, reader in READERS.items():
            readers.register(reader.key, reader, title=title)
