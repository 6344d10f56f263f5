from django.apps import AppConfig


class AncillaryConfig(AppConfig):
    """Where Solar Orbiter is and how it points: kernel sets and what they answer."""

    name = "apps.ancillary"
    verbose_name = "Orbit and pointing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Say how a decision about the active set is saved; tell the team which one answers."""
        from apps.ancillary.ingest import one_at_a_time, save_decided
        from apps.ancillary.managers import answering
        from apps.core.registry import cards, writers

        writers.register(
            "ancillary.kernelset", save_decided, title="Kernel sets", turn=one_at_a_time
        )
        cards.register(
            "kernels",
            answering,
            title="Orbit and pointing",
            audience="team",
            template="ancillary/_kernels.html",
        )
