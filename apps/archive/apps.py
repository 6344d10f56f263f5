from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """The files and what is in them: products, versions, ingest, the time-series store."""

    name = "apps.archive"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Answer the search box; say how decisions about products are saved: with their days."""
        from apps.archive.feeds import find
        from apps.archive.ingest import one_at_a_time, save_decided
        from apps.core.registry import search, writers

        search.register(
            "archive-files",
            find,
            examples={
                "File name, or a part of it": ["solo_L1_stix-ql-lightcurve_20200506_V01.fits"],
                "Request id (UID)": ["2207235029"],
                "File id": ["#12"],
                "Kind of data": ["spectrogram", "housekeeping"],
            },
        )
        writers.register(
            "archive.dataproduct", save_decided, title="Data products", turn=one_at_a_time
        )
