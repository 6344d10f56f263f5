from django.apps import AppConfig


class HousekeepingConfig(AppConfig):
    """Housekeeping: parameters of the instrument over time, their states and limits."""

    name = "apps.housekeeping"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Tell the archive how to read the two reports, and the search box what parameters are."""
        from apps.core.registry import readers, search
        from apps.housekeeping.feeds import find
        from apps.housekeeping.ingest import READERS

        for title, reader in READERS.items():
            readers.register(reader.key, reader, title=title)
        search.register(
            "housekeeping-parameters",
            find,
            examples={"A housekeeping parameter": ["NIXD0023", "detector temperature"]},
        )
